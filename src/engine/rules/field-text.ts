import type { FieldSpec } from '../catalogue/field.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, inText, paste, tentative } from '../core/fix.ts';
import { replaceValue } from '../json/edit.ts';
import { isCredential } from '../json/credentials.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonNode, describeType, pathOf } from '../json/node.ts';
import { listed, printable, quoted } from '../text/text.ts';
import { isAtLeast, isNewer } from '../core/version.ts';
import { jsonText } from '../json/format.ts';
import { isNameShown } from '../reading/shown-path.ts';
import { allPass, installedVersion } from '../reading/installed.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';

/** How rules about single fields speak of a value and its place. */

/** A value for a message; of a secret document, and of what looks like a credential, nothing is shown. */
export function shown(decoded: DecodedObject, node: JsonNode): string {
  if (isSecretKey(decoded.key) || isCredential(node)) return describeType(node);
  if (node.type === 'string') return `the text ${quoted(node.value, 40)}`;
  if (node.type === 'object' || node.type === 'array') return describeType(node);
  return printable(jsonText(node), 40);
}

/** The texts that a field accepts in every release that was found, the empty one aside. */
export function writableTexts(
  { enum: accepted = [], enumSince = {}, enumUnreleasedAt = {} }: FieldSpec,
  decoded: DecodedObject,
  facts: Facts,
): string[] {
  const installed = installedVersion(facts, decoded);
  return accepted.filter((text) => {
    const since = enumSince[text];
    const newest = enumUnreleasedAt[text];
    if (text === '' || (!installed && newest !== undefined)) return false;
    return (
      !installed ||
      allPass(
        installed,
        (version) =>
          (since === undefined || isAtLeast(version, since)) &&
          (newest === undefined || isNewer(version, newest)),
      )
    );
  });
}

/** `"iptables" or "nftables"`. */
export const choice = (texts: readonly string[]) => listed(texts.map((text) => `"${text}"`));

/** The member's name in quotes, or `this element`. */
export const nameAt = ({ key }: DecodedObject, node: JsonNode) => {
  const path = pathOf(node);
  const last = path.at(-1);
  return typeof last === 'number' || !isNameShown(key, path)
    ? 'this element'
    : quoted(String(last), 60);
};

/** Where a value stands, as the beginning of a problem. */
export function problemAt(
  { key }: DecodedObject,
  node: JsonNode,
): Pick<Problem, 'key' | 'path' | 'at'> {
  return { key, path: pathOf(node), at: node };
}

/** The value of `type` of an entry, or the entry itself where it has none. */
export const typeValue = (entry: JsonNode): JsonNode => exactMember(entry, 'type')?.value ?? entry;

/** The member with another value, as JSON text to paste. */
export const pasteable = ({ key }: DecodedObject, node: JsonNode, value: string): Fix => {
  const last = pathOf(node).at(-1);
  const text = typeof last === 'string' ? `${printable(JSON.stringify(last))}: ${value}` : value;
  return tentative(paste(text, inText(key, replaceValue(node, value))));
};
