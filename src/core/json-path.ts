import { printable } from './text.ts';

/** Member names and array indices from a document's root. */
export type JsonPath = readonly (string | number)[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** `plugins[1].capabilities.portMappings`; a name that is no plain word stands as `["a.b"]`. */
export function formatPath(path: JsonPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (PLAIN_NAME.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${printable(JSON.stringify(step), 80)}]`;
  }
  return text;
}
