import { ENI_CONF_FIELDS } from '../../engine/catalogue/eni-conf.ts';
import { KEY_NAMES } from '../../engine/catalogue/keys.ts';
import { isSecretKey } from '../../engine/core/eni-config.ts';
import { masked } from '../../engine/json/credentials.ts';
import { readJson } from '../../engine/json/document.ts';
import type { JsonMember } from '../../engine/json/node.ts';
import { printable } from '../../engine/text/text.ts';

/** Stands for a value that is not shown. */
const HIDDEN = '***';

export interface ShownOptions {
  /** Whether values of eni_conf, of keys that Terway does not know and of credentials are shown. */
  readonly hasSecrets: boolean;
  /** The text of the same key to compare with, so that a hidden value says that it is another one. */
  readonly former?: string | undefined;
}

/** The text of a key for a terminal: line by line, without control characters and secrets. */
export function shownText(key: string, text: string, options: ShownOptions): string {
  if (options.hasSecrets) return withoutControls(text);
  if (isSecretKey(key)) return membersAlone(text, options.former);
  if (!KEY_NAMES.includes(key)) return `${HIDDEN}${mark(text, options.former)}\n`;
  return withoutControls(masked(text));
}

const withoutControls = (text: string) =>
  text.replace(/[^\n\t]+/g, (part) => printable(part, Infinity));

/** The members of a secret document, each without its value. */
function membersAlone(text: string, former: string | undefined): string {
  const members = membersOf(text);
  if (!members) return `${HIDDEN}${mark(text, former)}\n`;
  const before = former === undefined ? undefined : membersOf(former);
  const lines = members.map(({ name, value }) => {
    const was = before?.findLast((member) => member.name === name)?.value;
    const known = Object.hasOwn(ENI_CONF_FIELDS, name) ? name : HIDDEN;
    return `  "${known}": ${HIDDEN}${was === undefined ? '' : mark(value, was)}`;
  });
  return ['{', ...lines, '}', ''].join('\n');
}

const mark = (value: string, former: string | undefined) =>
  former === undefined || former === value ? '' : ' (another value)';

/** The names and the text of each value; undefined for what is no JSON object. */
function membersOf(text: string): { readonly name: string; readonly value: string }[] | undefined {
  const { root } = readJson(text);
  return root?.type === 'object'
    ? root.members.map(({ name, value: { offset, length } }: JsonMember) => ({
        name,
        value: text.slice(offset, offset + length),
      }))
    : undefined;
}
