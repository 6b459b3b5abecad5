import { type JsonNode, valueOf } from '../node.ts';
import { readStrictly } from '../reader.ts';
import { plainValue } from './plain.ts';

/** Turns pieces of JSON into YAML of the same meaning, as people write it. */

/** A member or a value of JSON as YAML on one line: `"snat": true` is `snat: true`. */
export function yamlFragment(json: string): string {
  const member = read(`{${json}}`);
  if (member?.type === 'object' && member.members.length > 0) return inner(member);
  const value = read(json);
  if (value) return flow(value);
  // A name with something in place of a value that a person has to find: `"ingressRate": <bits>`.
  const [, name, rest = ''] = /^("(?:[^"\\]|\\.)*"):[ ]*(.*)$/s.exec(json) ?? [];
  const named = name === undefined ? undefined : read(name);
  return named ? `${flow(named)}: ${rest}` : json;
}

function read(json: string): JsonNode | undefined {
  const reading = readStrictly(json);
  return 'failedAt' in reading ? undefined : reading.root;
}

function flow(node: JsonNode): string {
  if (node.type === 'array') return `[${node.items.map(flow).join(', ')}]`;
  if (node.type === 'object') return `{${inner(node)}}`;
  return node.type === 'string' ? yamlText(node.value) : JSON.stringify(valueOf(node));
}

const inner = (node: JsonNode) =>
  node.type === 'object'
    ? node.members.map(({ name, value }) => `${yamlText(name)}: ${flow(value)}`).join(', ')
    : '';

const BARE = /^[A-Za-z][\w./-]*$/;

/** A text without quotes where it means the same without. */
export const yamlText = (text: string) =>
  BARE.test(text) && plainValue(text) === text ? text : JSON.stringify(text);
