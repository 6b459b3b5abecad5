import { quoted } from '../text/text.ts';

/** Member names and array indices from a document's root. */
export type JsonPath = readonly (string | number)[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** `plugins[1].capabilities.portMappings`; a name that is no plain word stands as `["a.b"]`. */
export function formatPath(path: JsonPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (PLAIN_NAME.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${quoted(step, 80)}]`;
  }
  return text;
}

/** The steps of a JSON pointer (RFC 6901), as ajv names places. */
export function stepsOfPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
