import { MAX_VALUES } from '../../../src/engine/json/syntax-problem.ts';
import { VETH_CONF } from '../config-maps.ts';
import type { Random } from './random.ts';

/**
 * A text of any length that is made of a few parts again and again. In a part `#` stands for how many
 * came before, `$` for a word of six letters that differs from part to part.
 */
export interface Shape {
  readonly head: string;
  readonly parts: readonly string[];
  readonly separator: string;
  /** Stands between the parts and the tail, again and again, where there are as many values as are read. */
  readonly padding: string;
  readonly tail: string;
}

/** Values that `head` and what stands around a text may have, besides those that are counted. */
const SPARE_VALUES = 100;

/**
 * The text, of so many UTF-16 units. Without a padding the parts fill it; with one they are as many as
 * have all values read, and the padding fills the rest.
 */
export function textOf({ head, parts, separator, padding, tail }: Shape, length: number): string {
  const made: string[] = [];
  let left = length - head.length - tail.length;
  let values = padding === '' ? Infinity : MAX_VALUES - SPARE_VALUES;
  for (let index = 0; ; index += 1) {
    const part = (parts[index % parts.length] ?? '')
      .replaceAll('#', String(index))
      .replaceAll('$', wordOf(index));
    left -= part.length + separator.length;
    values -= 1 + (part.match(/[,[{]/g)?.length ?? 0);
    if (left < 0 || values < 0 || made.length >= length) break;
    made.push(part);
  }
  const padded = padding.repeat(Math.max(0, Math.floor(left / (padding.length || 1))));
  return `${head}${made.join(separator)}${padded}${tail}`;
}

/** Six letters; neighbours share none of their places. */
function wordOf(index: number): string {
  let rest = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  let word = '';
  for (let letter = 0; letter < 6; letter += 1) {
    word += String.fromCharCode(97 + (rest % 26));
    rest = Math.floor(rest / 26);
  }
  return word;
}

const FIRST = JSON.stringify(VETH_CONF);
const MEMBERS_OF_FIRST = FIRST.slice(1, -1);

/** What stands around the parts, and what they are. */
export interface Frame {
  readonly head: string;
  readonly tail: string;
  readonly takes: 'elements' | 'members' | 'anything';
}

const frame = (takes: Frame['takes'], head: string, tail: string): Frame => ({ head, tail, takes });
const nested = (levels: number) =>
  frame('elements', `{${MEMBERS_OF_FIRST},"a":${'['.repeat(levels)}`, `${']'.repeat(levels)}}`);

/** What documents of eni-config can have very much of. */
export const DOCUMENT_FRAMES: readonly Frame[] = [
  frame('elements', `{"plugins":[${FIRST},`, ']}'),
  frame('elements', '{"plugins":[', ']}'),
  frame('elements', `{"plugins":[{${MEMBERS_OF_FIRST},"a":[`, ']}]}'),
  frame('elements', `{"plugins":[${FIRST},{"type":"portmap","conditionsV4":[`, ']}]}'),
  frame('elements', `{"plugins":[${FIRST},{"type":"sbr","ipam":{"a":[`, ']}}]}'),
  frame('members', `{"plugins":[{${MEMBERS_OF_FIRST},`, '}]}'),
  frame('members', `{"plugins":[{${MEMBERS_OF_FIRST},"a":{`, '}}]}'),
  frame('members', `{"plugins":[${FIRST},{"type":"portmap",`, '}]}'),
  frame('members', `{"plugins":[${FIRST},{"type":"tuning","sysctl":{`, '}}]}'),
  frame('members', `{"plugins":[${FIRST},{"type":"portmap","capabilities":{`, '}}]}'),
  frame('members', `{"plugins":[${FIRST}],`, '}'),
  frame('members', `{${MEMBERS_OF_FIRST},`, '}'),
  frame('elements', `{${MEMBERS_OF_FIRST},"host_stack_cidrs":[`, ']}'),
  nested(50),
  nested(200),
  frame('members', '{', '}'),
  frame('members', '{"vswitches":{', '}}'),
  frame('members', '{"eni_tags":{', '}}'),
  frame('elements', '{"extra_routes":[', ']}'),
  frame('elements', '{"eni_tag_block_list":[', ']}'),
  frame('members', '{"backoff_override":{"x":{', '}}}'),
  frame('elements', '[', ']'),
  frame('anything', '', ''),
  frame('anything', '{"plugins":[', ']}'),
  frame('anything', `{"plugins":[${FIRST},{"type":"portmap","a":"`, '"}]}'),
];

/** What a text of YAML can. */
export const YAML_FRAMES: readonly Frame[] = [
  frame('elements', '[', ']'),
  frame('members', '{', '}'),
  frame('members', '[{type: portmap,', '}]'),
  frame('anything', '', ''),
  frame('anything', '- type: portmap\n', ''),
  frame('anything', '[{type: ', '}]'),
  frame('anything', '- type: "', '"\n'),
  frame('anything', '- &a {a: 1, b: 2, c: {d: 1}}\n- <<: [', ']\n'),
  frame('anything', '- &a\n  a: 1\n  b: 1\n- ', '\n'),
  frame('elements', '- &a {b: 1}\n- [', ']'),
];

const ELEMENTS = [
  ...['{}', '[]', '""', '0', 'null', 'true', '1e400', '-0', '1.50', '"$"', '"#"', '[[[[[]]]]]'],
  ...['{"type":"$"}', '{"type":"portmap#"}', '{"type":"portmapp"}', '{"type":"#/中\\u001b"}'],
  ...['{"type":"portmap"}', '{"type":"portmap","masqAll":#}', '{"type":"portmap","snat":"$"}'],
  ...['{"type":"portmap","$":1}', '{"type":"portmap","conditionsV4":["$"]}', '{"type":"terway"}'],
  ...['{"type":"tuning","sysctl":{"net.$":1}}', '{"type":"tuning","mtu":"#","capabilities":1}'],
  ...['{"type":"portmap","capabilities":{"portMappings":"$"}}', '{"type":"bandwidth","$":"#"}'],
  ...['{"type":"tuning","a":1,"a":2,"a":3}', '{"type":"portmap","snat":1,"Snat":2,"sNat":3}'],
  ...['{"type":"cilium-cni","log-level":#}', '{"type":"sbr","ipam":{"type":#}}', '{"a":{"b":{}}}'],
  ...[
    '{"type":"vrf","vrfname":"$","table":"#"}',
    '{"type":"firewall","backend":"$"}',
    '"\\u00e9\\n"',
  ],
  ...['{"type":"portmap","externalSetMarkChain":"KUBE-MARK-MASQ","markMasqBit":15,"snat":1}'],
  ...['{"dst":"10.0.0.0/8","DST":1}', '{"dst":"$"}', `"${'x'.repeat(200)}"`, '"😀"'],
];

const MEMBERS = [
  ...['"#":0', '"$":""', '"":0', '"a":1', '"A":1', '"masqAl#":1', '"snat":"$"', '"Snat":#'],
  ...['"snat#":{}', '"\\u0061":1', '"conditionsV4":[1,2,3]', '"net.ipv4.$":"1"', '"$":{"a":[]}'],
  ...['"net.core.#":#', '"中$":1', '"symmetric_routing_config":{"mark":"$"}', '"max_pool_siz#":1'],
  ...['"__proto__":{}', '"type":"portmap"', '"ſnat":1', '"capabilities":{"$":true}', '"$":null'],
  ...['"max_pool_size":"$"', '"MAX_POOL_SIZE":#', '"ip_stack":"$"', '"security_group$":[#]'],
  ...['"a":[[[[[[[[1]]]]]]]]', `"${'k'.repeat(200)}#":1`, '"\\ud800#":1', '"$":"\\u001b\\n"'],
];

const ATOMS = [
  ...['\n', ' ', '\t', '\r', '{', '}', '[', ']', ',', ':', '"', "'", '\\', '/', '//', '/*', '*/'],
  ...['#', '$', '-', '- ', '? ', ': ', '&a ', '*a ', '!!str ', '!', '|\n', '>\n', '%', '@', '`'],
  ...[
    '<<: ',
    '<<: *a\n',
    '*a, ',
    '- *a\n',
    '  <<: *a\n',
    '  k#: v\n',
    '&a {k#: 1}',
    '---\n',
    '...\n',
    'a: ',
    '  ',
    '"a"',
    "'a'",
    '“',
    '”',
    '中',
    '😀',
    '\u0001',
    '\u0085',
  ],
  ...['\u2028', '\u00a0', '\ufeff', 'true', 'null', 'True', 'None', '1', '0x1', '.5', '1e9', '='],
  ...['"a" 1,', "'x',", '{"a":1}', '"type":', 'type: $\n', '- type: $\n', 'k#: v\n', '\\u', '\\"'],
  ...['- {type: portmap}\n', '- type: portmap\n  snat: $\n', '? a\n', '# c\n', '"\\x41"', '\\\n'],
];

/** Behind the parts; with the empty one they fill a text alone. */
const PADDINGS = ['', ' ', '\n', '\t', '\r\n'];

/** A shape at random. */
export function anyShape(frames: readonly Frame[], random: Random): Shape {
  const { head, tail, takes } = random.pick(frames);
  const parts = Array.from({ length: 1 + random.below(2) }, () => anyPart(takes, random));
  const separator = takes === 'anything' ? '' : anySeparator(random);
  return { head, parts, tail, separator, padding: random.pick(PADDINGS) };
}

function anyPart(takes: Frame['takes'], random: Random): string {
  if (takes === 'elements') return random.pick(ELEMENTS);
  if (takes === 'members') return random.pick(MEMBERS);
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(ATOMS)).join('');
}

const anySeparator = (random: Random) =>
  random.below(10) > 0 ? ',' : random.pick([', ', ',\n', ' ', '\n', ',,', ';', '']);

/** The shape with one thing about it changed. */
export function alteredShape(shape: Shape, frames: readonly Frame[], random: Random): Shape {
  const parts = [...shape.parts];
  const at = random.below(parts.length);
  switch (random.below(7)) {
    case 0: {
      const { head, tail } = random.pick(frames);
      return { ...shape, head, tail };
    }
    case 1:
      return { ...shape, separator: anySeparator(random) };
    case 2:
      return { ...shape, tail: shape.tail.slice(random.below(3)) };
    case 3:
      return { ...shape, padding: random.pick(PADDINGS) };
    case 4:
      parts.push(random.pick([...ELEMENTS, ...MEMBERS, ...ATOMS]));
      break;
    case 5: {
      const part = parts[at] ?? '';
      const cut = random.below(part.length + 1);
      parts[at] = `${part.slice(0, cut)}${random.pick(ATOMS)}${part.slice(cut + random.below(2))}`;
      break;
    }
    default:
      parts[at] = random.pick([...ELEMENTS, ...MEMBERS, ...ATOMS]);
  }
  return { ...shape, parts };
}
