import { BASE_VETH, VETH_CONF, conflist } from '../../test/support/config-maps.ts';
import type { Data } from '../../test/support/config-maps.ts';
import { textOf } from './shape.ts';

/** Objects that cost much, by what they are; each of about `length` characters. */

const FIRST = JSON.stringify(VETH_CONF);
const MEMBERS = FIRST.slice(1, -1);

const repeated = (head: string, part: string, tail: string) => (length: number) =>
  textOf({ head, parts: [part], separator: ',', tail }, length);

const chainOf = (part: string) => repeated(`{"plugins":[${FIRST},`, part, ']}');
const onlyChain =
  (text: (length: number) => string) =>
  (length: number): Data => ({ ...BASE_VETH, '10-terway.conflist': text(length) });

/** A list in the conf, and another in the entry that should say the same. */
const twoLists =
  (confPart: string, entry: string, levels = 1) =>
  (length: number): Data => ({
    ...BASE_VETH,
    '10-terway.conf': repeated(
      `{${MEMBERS},"a":${'['.repeat(levels)}`,
      confPart,
      `${']'.repeat(levels)}}`,
    )(length),
    '10-terway.conflist': `{"plugins":[{${MEMBERS},"a":${entry}}]}`,
  });

const bothLong = (levels: number) => (length: number) => {
  const half = length / 2;
  const text = (part: string) =>
    repeated(`{${MEMBERS},"a":${'['.repeat(levels)}`, part, `${']'.repeat(levels)}}`)(half);
  return {
    ...BASE_VETH,
    '10-terway.conf': text('{}'),
    '10-terway.conflist': `{"plugins":[${text('3')}]}`,
  };
};

const same = (levels: number) => (length: number) => {
  const text = repeated(
    `{${MEMBERS},"a":${'['.repeat(levels)}`,
    '0',
    `${']'.repeat(levels)}}`,
  )(length / 2);
  return { ...BASE_VETH, '10-terway.conf': text, '10-terway.conflist': `{"plugins":[${text}]}` };
};

const sixty = `[${Array(60).fill('3').join(',')}]`;

/** Chains that make as much work as they can. */
const CHAINS: Readonly<Record<string, (bytes: number) => string>> = {
  nested: (bytes) =>
    `{"plugins":[${Array(Math.floor(bytes / 500))
      .fill('['.repeat(250) + ']'.repeat(250))
      .join(',')}]}`,
  'many findings': (bytes) => conflist(Array(Math.floor(bytes / 6)).fill({}), null),
  'wide entry': (bytes) =>
    conflist(
      [
        VETH_CONF,
        {
          type: 'portmap',
          ...Object.fromEntries(
            Array.from({ length: Math.floor(bytes / 20) }, (_, i) => [`masqAl${i}`, 1]),
          ),
        },
      ],
      null,
    ),
  'broken everywhere': (bytes) => '{"a" 1,}\n'.repeat(Math.floor(bytes / 9)),
  'one line of slips': (bytes) => `[${'1 '.repeat(bytes / 2)}]`,
  'wrong elements': (bytes) =>
    conflist(
      [VETH_CONF, { type: 'portmap', conditionsV4: Array(Math.floor(bytes / 2)).fill(1) }],
      null,
    ),
  'unknown types': (bytes) =>
    conflist(
      [
        VETH_CONF,
        ...Array.from({ length: Math.floor(bytes / 20) }, (_, i) => ({ type: `p${i}x` })),
      ],
      null,
    ),
  'emoji on one line': (bytes) =>
    conflist([VETH_CONF, { type: 'portmap', note: '\u{1f600}'.repeat(bytes / 5), snat: 1 }], null),
  'a list in the first entry': (bytes) =>
    conflist([{ ...VETH_CONF, host_stack_cidrs: Array(Math.floor(bytes / 8)).fill('10.0') }], null),
  'long string': (bytes) => conflist([VETH_CONF, { type: 'x'.repeat(bytes) }], null),
};

export const KNOWN: Readonly<Record<string, (length: number) => Data>> = {
  'objects in the conf, 60 numbers in the entry': twoLists('{}', sixty),
  'lists in the conf, 60 numbers in the entry': twoLists('[]', sixty),
  'texts in the conf, 60 numbers in the entry': twoLists('""', sixty),
  'numbers in the conf, a text in the entry': twoLists('1', '"x"'),
  'a list at depth 240 in the conf': twoLists('1', sixty, 240),
  'long lists that differ, nested 200': bothLong(200),
  'long lists that differ': bothLong(1),
  'conf and entry equal, a list at depth 200': same(200),
  'types of six letters, all different': onlyChain(chainOf('{"type":"$"}')),
  'newlines, then findings': onlyChain(
    (length) =>
      '\n'.repeat(length - 1000) +
      conflist([VETH_CONF, ...Array<object>(30).fill({ type: 'x' })], null),
  ),
  'portmap again and again, one mismatch': onlyChain(
    chainOf('{"type":"portmap","snat":1},{"type":"portmap"}'),
  ),
  'wrong sysctl values': onlyChain(
    repeated(`{"plugins":[${FIRST},{"type":"tuning","sysctl":{`, '"net.$":#', '}}]}'),
  ),
  'wrong capabilities': onlyChain(
    repeated(`{"plugins":[${FIRST},{"type":"portmap","capabilities":{`, '"$":#', '}}]}'),
  ),
  'empty names': onlyChain(repeated(`{"plugins":[${FIRST},{`, '"":0', '}]}')),
  ...Object.fromEntries(Object.entries(CHAINS).map(([what, chain]) => [what, onlyChain(chain)])),
};
