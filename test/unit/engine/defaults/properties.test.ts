import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import { NoUidError } from '../../../../src/admission/handle.ts';
import { mutate } from '../../../../src/admission/mutate.ts';
import { DEFAULTS, type DefaultId } from '../../../../src/engine/catalogue/defaults.ts';
import { CONFLIST_KEY } from '../../../../src/engine/core/eni-config.ts';
import type { Facts } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { review } from '../../../../src/engine/rules/index.ts';
import { unicodeText } from '../../../support/arbitraries.ts';
import { update } from '../../../support/changes.ts';
import {
  BASE_VENDOR,
  DATAPATH_V2_CONF,
  type Data,
  VENDOR_CONF,
  VETH_CONF,
  withConflist,
} from '../../../support/config-maps.ts';
import { anyStyle, printJson } from '../../../support/json-styles.ts';
import {
  ACK,
  type Known,
  type MutatedText,
  factsOf,
  judgeOf,
  mutateText,
  switchedOn,
} from '../../../support/mutations.ts';
import { assertProperty } from '../../../support/properties.ts';
import { UID, reviewBody, reviewObject } from '../../../support/reviews.ts';

/** What holds for every chain, in every style, on every cluster, whatever is switched on. */

const RUNS = 1500;

const ALL_IDS = DEFAULTS.map(({ id }) => id);

// ---------------------------------------------------------------------------------------------
// What is tried
// ---------------------------------------------------------------------------------------------

/** Members that people give a portmap entry, good ones and bad ones. */
const ODD_MEMBERS: readonly (readonly [string, unknown])[] = [
  ['snat', true],
  ['snat', false],
  ['snat', null],
  ['snat', 'true'],
  ['Snat', false],
  ['markMasqBit', 13],
  ['markMasqBit', null],
  ['backend', 'iptables'],
  ['backend', 'nftables'],
  ['conditionsV4', ['!', '-d', '10.0.0.0/8']],
  ['conditionsV4', ['ip', 'daddr', '10.0.0.0/8']],
  ['conditionsV6', []],
  ['masqAll', true],
  ['masqAll', false],
  ['masqAll', null],
  ['externalSetMarkChain', 'KUBE-MARK-MASQ'],
  ['externalSetMarkChain', null],
  ['ExternalSetMarkChain', 'KUBE-MARK-MASQ'],
  ['Capabilities', {}],
  ['name', 'mapped'],
  ['comment', 'for hostPort \u2028 \u00e9 "quoted" {"type": "portmap"}'],
  ['__proto__', { snat: false }],
];

const CAPABILITIES: readonly (readonly [string, unknown])[] = [
  ['capabilities', { portMappings: true }],
  ['capabilities', { portMappings: false }],
  ['capabilities', { bandwidth: true }],
  ['capabilities', {}],
  ['capabilities', null],
];

/** An object of these members in this order; of members of one name the last. */
const objectOf = (members: readonly (readonly [string, unknown])[]): object =>
  JSON.parse(
    `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
  ) as object;

const anyPortmap = fc
  .record({
    capabilities: fc.option(fc.constantFrom(...CAPABILITIES)),
    odd: fc.subarray([...ODD_MEMBERS], { maxLength: 2 }),
  })
  .chain(({ capabilities, odd }) => {
    const members = [['type', 'portmap'] as const, ...(capabilities ? [capabilities] : []), ...odd];
    return fc.shuffledSubarray(members, { minLength: members.length });
  })
  .map(objectOf);

const anyOtherPlugin = fc.constantFrom<object>(
  { type: 'tuning', sysctl: { 'net.core.somaxconn': '500' } },
  { type: 'firewall' },
  { type: 'cilium-cni' },
  { type: 'portmapp' },
  { snat: true },
);

interface Cluster {
  readonly conf: object;
  readonly known: Known;
}

const anyCluster: fc.Arbitrary<Cluster> = fc.record({
  conf: fc.constantFrom(VENDOR_CONF, VETH_CONF, DATAPATH_V2_CONF),
  known: fc.oneof(
    { weight: 4, arbitrary: fc.constant(ACK) },
    fc.constant({ ...ACK, portmap: '0.6.0' }),
    fc.record(
      {
        terway: fc.constantFrom('1.15.2', '1.5.0'),
        portmap: fc.constantFrom('1.7.1', '1.6.2', '0.6.0'),
        kubeProxy: fc.constantFrom('iptables', 'ipvs', 'nftables', 'none'),
        datapath: fc.constantFrom('veth', 'datapathv2', 'mixed'),
      },
      { requiredKeys: [] },
    ),
  ),
});

/** A save of a chain, and what the operator switched on. */
interface Save {
  readonly base: Data;
  readonly facts: Facts;
  readonly text: string;
  readonly ids: readonly DefaultId[];
}

const anySave: fc.Arbitrary<Save> = fc
  .record({
    cluster: anyCluster,
    isPublic: fc.boolean(),
    plugins: fc.array(fc.oneof({ weight: 4, arbitrary: anyPortmap }, anyOtherPlugin), {
      minLength: 1,
      maxLength: 3,
    }),
    style: anyStyle,
    ids: fc.subarray(ALL_IDS, { minLength: 1 }),
  })
  .map(({ cluster: { conf, known }, isPublic, plugins, style, ids }) => ({
    base: { ...BASE_VENDOR, '10-terway.conf': JSON.stringify(conf) },
    facts: factsOf(known),
    text: printJson(
      { plugins: [isPublic ? { ...conf, symmetric_routing: true } : conf, ...plugins] },
      style,
    ),
    ids,
  }));

// ---------------------------------------------------------------------------------------------
// What is looked at
// ---------------------------------------------------------------------------------------------

function mutated({ base, facts, text, ids }: Save): MutatedText {
  return mutateText(text, judgeOf({ defaults: switchedOn(ids) }, facts), base);
}

function isRefused({ base, facts }: Save, text: string): boolean {
  return !review(update(base, withConflist(base, text)), facts, DEFAULT_POLICY).allowed;
}

/** Whether `short` is `long` with some of its characters left out. */
function isLeftOf(short: string, long: string): boolean {
  let kept = 0;
  for (const character of long) {
    if (short.startsWith(character, kept)) kept += character.length;
  }
  return kept === short.length;
}

/** Whether `long` is `short` with one stretch of text inserted. */
function isOneInsertion(short: string, long: string): boolean {
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  return long.endsWith(short.slice(same));
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The paths of what `after` has and `before` lacks; `null` when they differ in any other way. */
function addedTo(before: unknown, after: unknown, path: string): string[] | null {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const added = before.map((item, index) => addedTo(item, after[index], `${path}[${index}]`));
    return added.includes(null) ? null : added.flatMap((paths) => paths ?? []);
  }
  if (!isObject(before) || !isObject(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : null;
  }
  const names = Object.keys(after);
  const kept = names.filter((name) => Object.hasOwn(before, name));
  if (kept.join('\n') !== Object.keys(before).join('\n')) return null;
  const added = names.map((name) =>
    Object.hasOwn(before, name)
      ? addedTo(before[name], after[name], `${path}.${name}`)
      : leavesOf(after[name], `${path}.${name}`),
  );
  return added.includes(null) ? null : added.flatMap((paths) => paths ?? []);
}

/** The paths of the values in a value that was added as a whole, with the values. */
function leavesOf(value: unknown, path: string): string[] {
  if (!isObject(value)) return [`${path}=${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`));
}

const addedBy = (before: string, after: string) =>
  addedTo(JSON.parse(before), JSON.parse(after), '');

const DEFAULT_MEMBER =
  /^\.plugins\[\d+\]\.(externalSetMarkChain="KUBE-MARK-MASQ"|capabilities\.portMappings=true|Capabilities\.portMappings=true|masqAll=true)$/;

/** Asserts the property, and that the saves tried are not all of the kind that nothing is added to. */
function assertForSaves(
  t: Test,
  holds: (save: Save, after: MutatedText) => boolean,
  saves = anySave,
): void {
  let patched = 0;
  const property = fc.property(saves, (save) => {
    const after = mutated(save);
    if (after.patched) patched += 1;
    return holds(save, after);
  });
  assertProperty(t, property, RUNS);
  t.comment(`${patched} chains were patched`);
  t.ok(patched > 0, 'some chains get a default');
}

// ---------------------------------------------------------------------------------------------
// What holds
// ---------------------------------------------------------------------------------------------

t.test('property: a second pass patches nothing', (t) => {
  assertForSaves(t, (save, { text }) => !mutated({ ...save, text }).patched);
  t.end();
});

t.test('property: what is patched is not refused', (t) => {
  assertForSaves(t, (save, { patched, text }) => !patched || !isRefused(save, text));
  t.end();
});

t.test('property: nothing that was accepted is refused after the mutator', (t) => {
  assertForSaves(t, (save, { text }) => isRefused(save, save.text) || !isRefused(save, text));
  t.end();
});

t.test('property: the meaning differs by the members added and by nothing else', (t) => {
  assertForSaves(t, ({ text: before }, { text, injected }) => {
    const added = addedBy(before, text);
    return (
      added !== null &&
      added.length === injected.length &&
      added.every((member) => DEFAULT_MEMBER.test(member))
    );
  });
  t.end();
});

t.test('property: a warning for each default added, and none without', (t) => {
  assertForSaves(t, (_save, { warnings, injected, patched }) => {
    return warnings.length === injected.length && patched === injected.length > 0;
  });
  t.end();
});

t.test("property: without what was inserted it is the user's text", (t) => {
  assertForSaves(t, ({ text: before }, { text, injected }) =>
    injected.length === 1 ? isOneInsertion(before, text) : isLeftOf(before, text),
  );
  t.end();
});

t.test('property: minified text stays minified', (t) => {
  const minified = anySave.map((save) => ({
    ...save,
    text: JSON.stringify(JSON.parse(save.text)),
  }));
  assertForSaves(t, (_save, { text }) => text === JSON.stringify(JSON.parse(text)), minified);
  t.end();
});

t.test('property: defaults switched on one after the other, in any order, end the same', (t) => {
  const anyOrder = fc.shuffledSubarray(ALL_IDS, { minLength: 1 });
  let patched = 0;
  const property = fc.property(anySave, anyOrder, (save, order) => {
    const atOnce = mutated({ ...save, ids: order });
    const oneByOne = order.reduce((text, _id, index) => {
      return mutated({ ...save, text, ids: order.slice(0, index + 1) }).text;
    }, save.text);
    if (atOnce.patched) patched += 1;
    const added = [atOnce.text, oneByOne].map((text) => addedBy(save.text, text)?.sort().join());
    return added[0] === added[1];
  });
  assertProperty(t, property, RUNS);
  t.ok(patched > 0, 'some chains get a default');
  t.end();
});

/** Chains that went through bad hands: a stretch lost, doubled, or replaced by something else. */
const anyBrokenText = fc
  .record({
    save: anySave,
    from: fc.nat(),
    length: fc.nat({ max: 12 }),
    instead: fc.oneof(
      fc.constantFrom('', ',', '"', '{', '}', '[', ']', ':', '\\', '\0', '"type": "portmap", '),
      unicodeText({ maxLength: 4 }),
    ),
    doubled: fc.boolean(),
  })
  .map(({ save: { text }, from, length, instead, doubled }) => {
    const start = from % text.length;
    const end = Math.min(text.length, start + length);
    const middle = doubled ? text.slice(start, end).repeat(2) : instead;
    return `${text.slice(0, start)}${middle}${text.slice(end)}`;
  });

const anyText = fc.oneof(unicodeText(), fc.json(), {
  weight: 4,
  arbitrary: anyBrokenText,
});

t.test('property: any text as the chain: no failure, and no patch that is refused', (t) => {
  const property = fc.property(anyText, anySave, (text, save) => {
    const after = mutated({ ...save, text });
    return after.patched ? !isRefused(save, after.text) : after.text === text;
  });
  assertProperty(t, property, 2 * RUNS);
  t.end();
});

t.test('property: any text as the chain, nothing refused: no failure, and still one pass', (t) => {
  const policy = { ...DEFAULT_POLICY, mode: 'audit' } as const;
  const judge = judgeOf({ policy, defaults: switchedOn(ALL_IDS) });
  const property = fc.property(anyText, (text) => {
    const after = mutateText(text, judge);
    return isLeftOf(text, after.text) && !mutateText(after.text, judge).patched;
  });
  assertProperty(t, property, RUNS);
  t.end();
});

/** The answer to a body; undefined when it has no uid to answer to. */
function answerTo(body: string) {
  try {
    return mutate(body, judgeOf()).review.response;
  } catch (error) {
    if (error instanceof NoUidError) return undefined;
    throw error;
  }
}

t.test('property: any object in the request is allowed', (t) => {
  const anyObject = fc.oneof(
    fc.jsonValue(),
    fc.record(
      { data: fc.jsonValue(), binaryData: fc.jsonValue(), immutable: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc
      .dictionary(fc.constantFrom(CONFLIST_KEY, '10-terway.conf', 'eni_conf'), anyText)
      .map((data) => ({ data })),
  );
  const property = fc.property(anyObject, anyObject, (object, oldObject) => {
    const body = reviewObject({ data: BASE_VENDOR, oldData: BASE_VENDOR });
    const request = { ...body.request, object, oldObject };
    const answer = answerTo(JSON.stringify({ ...body, request }));
    return answer?.uid === UID && answer.allowed;
  });
  assertProperty(t, property, RUNS);
  t.end();
});

t.test('property: any body is allowed, or has no uid', (t) => {
  const body = reviewBody({ data: BASE_VENDOR, oldData: BASE_VENDOR });
  const anyBody = fc.oneof(
    unicodeText(),
    fc.json(),
    fc.nat({ max: body.length }).map((length) => body.slice(0, length)),
  );
  const property = fc.property(anyBody, (text) => answerTo(text)?.allowed !== false);
  assertProperty(t, property, RUNS);
  t.end();
});
