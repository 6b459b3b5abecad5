import { jsonText } from '../format.ts';
import { readStrictly } from '../reader.ts';
import { type Slip, type SlipList, range, removing, replacing } from './slip.ts';
import { readYaml } from './yaml.ts';

/** Texts that are something else than JSON as a whole. */

/** A text without content, or in UTF-16: there is no more to say of it. */
export function emptyOrUtf16(text: string): Slip | undefined {
  if (text.trim() === '') {
    return {
      kind: 'empty',
      message: 'the text is empty',
      fix: 'put a JSON document here',
      at: range(0, 1),
    };
  }
  return utf16(text);
}

/** Characters at the beginning that tell the encoding. */
const SAMPLE = 400;

/** Every other byte is NUL: UTF-16, taken for UTF-8. */
function utf16(text: string): Slip | undefined {
  const sample = text.slice(0, SAMPLE);
  const nuls = sample.split('\0').length - 1;
  if (nuls < 3 || nuls * 3 < sample.length) return undefined;
  const mended = text.replace(/[\0\ufffd\ufeff]/g, '');
  return {
    kind: 'utf-16',
    message:
      'UTF-16 text (Unicode of Windows): every second byte is a NUL, a control character that JSON does not take',
    fix: 'save the text as UTF-8, without a byte-order mark',
    at: range(0, 1),
    ...(!('failedAt' in readStrictly(mended))
      ? { edits: [replacing(0, text.length, mended)] }
      : {}),
  };
}

/** A document in quotes as a whole, as for a shell. The text without them, where it is one. */
export function withoutWrapping(text: string, slips: SlipList): string {
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const quote = text.charAt(start);
  if (!`'"\``.includes(quote) || text[end - 1] !== quote || end - start < 4) return text;
  const inside = text.slice(start + 1, end - 1).trim();
  if (!/^[{[]/.test(inside) || !/[}\]]$/.test(inside)) return text;
  slips.add({
    kind: 'wrapped-in-quotes',
    message: 'quotes around the whole text, as a shell needs them',
    fix: 'remove the quote before the JSON and the one behind it',
    at: range(start, start + 1),
    edits: [removing(start, start + 1), removing(end - 1, end)],
  });
  return `${text.slice(0, start)} ${text.slice(start + 1, end - 1)} ${text.slice(end)}`;
}

/** YAML's block style, which kubectl's output and most examples are in. */
export function yamlSlip(text: string): Slip | undefined {
  const yaml = readYaml(text);
  if (!yaml) return undefined;
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const firstLine = text.indexOf('\n', start);
  const at = range(start, firstLine === -1 ? end : Math.min(firstLine, end));
  if (yaml.isManifest) {
    return {
      kind: 'manifest',
      message:
        'a ConfigMap, or keys of one, in YAML: the text of one key alone belongs here, as JSON',
      fix: 'keep the JSON text of this key only, without the lines around it and its indentation',
      at,
    };
  }
  const { json } = yaml;
  const root = json === undefined ? undefined : readStrictly(json);
  const slip = {
    kind: 'yaml',
    message: 'YAML instead of JSON',
    fix: 'write it as JSON: { } around members, [ ] around lists, commas between, names and texts in double quotes',
  } as const;
  if (json === undefined || !root || 'failedAt' in root) return { ...slip, at };
  const paste = jsonText(root.root);
  return {
    ...slip,
    at: range(start, end),
    ...(paste.endsWith('...') ? {} : { paste }),
    edits: [replacing(start, end, json)],
  };
}

const KEY = /["']?[\w./-]{1,200}["']?[ \t]*:[ \t]*(?=\{)/y;

/** `10-terway.conflist: {...}`: a key of the ConfigMap before its value. */
export function keyBeforeJson(text: string): Slip | undefined {
  const start = text.length - text.trimStart().length;
  KEY.lastIndex = start;
  if (!KEY.test(text)) return undefined;
  const end = KEY.lastIndex;
  if ('failedAt' in readStrictly(text.slice(end))) return undefined;
  return {
    kind: 'leading-text',
    message: 'a name and a colon before the JSON: the text has to begin with {',
    fix: 'remove what stands before the {',
    at: range(start, end),
    edits: [removing(start, end)],
  };
}
