import { BASE_VETH, VETH_CONF, conflist } from '../config-maps.ts';
import type { Data } from '../config-maps.ts';
import { textOf } from './shape.ts';

/**
 * Objects that cost much once, by what they are; each of about `length` characters. With a padding
 * they have only as many values as are read, and white space for the rest.
 */
type Make<Result> = (length: number, padding: string) => Result;

const FIRST = JSON.stringify(VETH_CONF);
const MEMBERS = FIRST.slice(1, -1);

const repeated =
  (head: string, part: string, tail: string, separator = ','): Make<string> =>
  (length, padding) =>
    textOf({ head, parts: [part], separator, padding, tail }, length);

const chainOf = (part: string) => repeated(`{"plugins":[${FIRST},`, part, ']}');
const entryOf = (head: string, part: string, tail: string) =>
  repeated(`{"plugins":[${FIRST},{${head}`, part, `${tail}}]}`);
const onlyChain =
  (text: Make<string>): Make<Data> =>
  (length, padding) => ({ ...BASE_VETH, '10-terway.conflist': text(length, padding) });

/** A list as a member of the first entry. */
const listIn = (part: string, levels = 1) =>
  repeated(`{${MEMBERS},"a":${'['.repeat(levels)}`, part, `${']'.repeat(levels)}}`);

/** A list in the conf, and another in the entry that should say the same. */
const twoLists =
  (part: string, entry: string, levels = 1): Make<Data> =>
  (length, padding) => ({
    ...BASE_VETH,
    '10-terway.conf': listIn(part, levels)(length, padding),
    '10-terway.conflist': `{"plugins":[{${MEMBERS},"a":${entry}}]}`,
  });

const bothLong =
  (inConf: string, inEntry: string, levels: number): Make<Data> =>
  (length, padding) => ({
    ...BASE_VETH,
    '10-terway.conf': listIn(inConf, levels)(length / 2, padding),
    '10-terway.conflist': `{"plugins":[${listIn(inEntry, levels)(length / 2, padding)}]}`,
  });

const sixty = `[${Array(60).fill('3').join(',')}]`;

/** Chains that make as much work as they can. */
const CHAINS: Readonly<Record<string, Make<string>>> = {
  'types of six letters, all different': chainOf('{"type":"$"}'),
  'portmap again and again, one mismatch': chainOf(
    '{"type":"portmap","snat":1},{"type":"portmap"}',
  ),
  'wrong sysctl values': entryOf('"type":"tuning","sysctl":{', '"net.$":#', '}'),
  'wrong capabilities': entryOf('"type":"portmap","capabilities":{', '"$":#', '}'),
  'empty names': entryOf('', '"":0', ''),
  nested: repeated('{"plugins":[', '['.repeat(250) + ']'.repeat(250), ']}'),
  'cilium-cni again and again, and no terway': repeated(
    '{"plugins":[',
    '{"type":"cilium-cni"}',
    ']}',
  ),
  'many findings': repeated('{"plugins":[', '{}', ']}'),
  'wide entry': entryOf('"type":"portmap",', '"masqAl#":1', ''),
  'wrong elements': entryOf('"type":"portmap","conditionsV4":[', '1', ']'),
  'unknown types': chainOf('{"type":"p#x"}'),
  'a list in the first entry': repeated(
    `{"plugins":[{${MEMBERS},"host_stack_cidrs":[`,
    '"10.0"',
    ']}]}',
  ),
  'broken everywhere': repeated('', '{"a" 1,}\n', '', ''),
  'one line of slips': repeated('[', '1 ', ']', ''),
  'emoji on one line': repeated(
    `{"plugins":[${FIRST},{"type":"portmap","note":"`,
    '\u{1f600}',
    '","snat":1}]}',
    '',
  ),
  'long string': repeated(`{"plugins":[${FIRST},{"type":"`, 'x', '"}]}', ''),
  'tabs in a string': repeated(`{"plugins":[${FIRST},{"type":"`, '\t', '"}]}', ''),
  'escapes of no kind in a string': repeated(`{"plugins":[${FIRST},{"type":"`, '\\x', '"}]}', ''),
  'newlines, then findings': repeated(
    '',
    '\n',
    conflist([VETH_CONF, ...Array<object>(30).fill({ type: 'x' })], null),
    '',
  ),
};

export const KNOWN: Readonly<Record<string, Make<Data>>> = {
  'objects in the conf, 60 numbers in the entry': twoLists('{}', sixty),
  'lists in the conf, 60 numbers in the entry': twoLists('[]', sixty),
  'texts in the conf, 60 numbers in the entry': twoLists('""', sixty),
  'numbers in the conf, a text in the entry': twoLists('1', '"x"'),
  'a list at depth 240 in the conf': twoLists('1', sixty, 240),
  'long lists that differ, nested 200': bothLong('{}', '3', 200),
  'long lists that differ': bothLong('{}', '3', 1),
  'conf and entry equal, a list at depth 200': bothLong('0', '0', 200),
  ...Object.fromEntries(Object.entries(CHAINS).map(([what, chain]) => [what, onlyChain(chain)])),
};
