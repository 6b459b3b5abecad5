import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import { NoUidError } from '../../../../src/admission/body.ts';
import { mutate } from '../../../../src/admission/mutate.ts';
import { DEFAULTS, type DefaultId } from '../../../../src/engine/defaults/defaults.ts';
import { CONFLIST_KEY } from '../../../../src/engine/core/eni-config.ts';
import type { Facts } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
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
  webhookOf,
  mutateText,
  switchedOn,
} from '../../../support/mutations.ts';
import { assertAsyncProperty } from '../../../support/properties.ts';
import { UID, reviewBody, reviewObject } from '../../../support/reviews.ts';
import { verdictOn } from '../../../support/verdicts.ts';

/** What holds for every chain, in every style, on every cluster, whatever is switched on. */

const RUNS = 400;

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

function mutated({ base, facts, text, ids }: Save): Promise<MutatedText> {
  return mutateText(text, webhookOf({ defaults: switchedOn(ids) }, facts), base);
}

function isRefused({ base, facts }: Save, text: string): boolean {
  return !verdictOn(update(base, withConflist(base, text)), facts).allowed;
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
async function assertForSaves(
  t: Test,
  holds: (save: Save, after: MutatedText) => boolean | Promise<boolean>,
  saves = anySave,
): Promise<void> {
  let patched = 0;
  const property = fc.asyncProperty(saves, async (save) => {
    const after = await mutated(save);
    if (after.patched) patched += 1;
    return await holds(save, after);
  });
  await assertAsyncProperty(t, property, RUNS);
  t.comment(`${patched} chains were patched`);
  t.ok(patched > 0, 'some chains get a default');
}

// ---------------------------------------------------------------------------------------------
// What holds
// ---------------------------------------------------------------------------------------------

t.test('property: a second pass patches nothing', async (t) => {
  await assertForSaves(t, async (save, { text }) => !(await mutated({ ...save, text })).patched);
});

t.test('property: what is patched is not refused', async (t) => {
  await assertForSaves(t, (save, { patched, text }) => !patched || !isRefused(save, text));
});

t.test('property: nothing that was accepted is refused after the mutator', async (t) => {
  await assertForSaves(t, (save, { text }) => isRefused(save, save.text) || !isRefused(save, text));
});

t.test('property: the meaning differs by the members added and by nothing else', async (t) => {
  await assertForSaves(t, ({ text: before }, { text, injected }) => {
    const added = addedBy(before, text);
    return (
      added !== null &&
      added.length === injected.length &&
      added.every((member) => DEFAULT_MEMBER.test(member))
    );
  });
});

t.test('property: a warning for each default added, and none without', async (t) => {
  await assertForSaves(t, (_save, { warnings, injected, patched }) => {
    return warnings.length === injected.length && patched === injected.length > 0;
  });
});

t.test("property: without what was inserted it is the user's text", async (t) => {
  await assertForSaves(t, ({ text: before }, { text, injected }) =>
    injected.length === 1 ? isOneInsertion(before, text) : isLeftOf(before, text),
  );
});

t.test('property: minified text stays minified', async (t) => {
  const minified = anySave.map((save) => ({
    ...save,
    text: JSON.stringify(JSON.parse(save.text)),
  }));
  await assertForSaves(t, (_save, { text }) => text === JSON.stringify(JSON.parse(text)), minified);
});

t.test(
  'property: defaults switched on one after the other, in any order, end the same',
  async (t) => {
    const anyOrder = fc.shuffledSubarray(ALL_IDS, { minLength: 1 });
    let patched = 0;
    const property = fc.asyncProperty(anySave, anyOrder, async (save, order) => {
      const atOnce = await mutated({ ...save, ids: order });
      let oneByOne = save.text;
      for (const index of order.keys()) {
        const ids = order.slice(0, index + 1);
        oneByOne = (await mutated({ ...save, text: oneByOne, ids })).text;
      }
      if (atOnce.patched) patched += 1;
      const added = [atOnce.text, oneByOne].map((text) => addedBy(save.text, text)?.sort().join());
      return added[0] === added[1];
    });
    await assertAsyncProperty(t, property, RUNS);
    t.ok(patched > 0, 'some chains get a default');
  },
);

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

t.test('property: any text as the chain: no failure, and no patch that is refused', async (t) => {
  const property = fc.asyncProperty(anyText, anySave, async (text, save) => {
    const after = await mutated({ ...save, text });
    return after.patched ? !isRefused(save, after.text) : after.text === text;
  });
  await assertAsyncProperty(t, property, 2 * RUNS);
});

t.test(
  'property: any text as the chain, nothing refused: no failure, and still one pass',
  async (t) => {
    const policy = { ...DEFAULT_POLICY, mode: 'audit' } as const;
    const webhook = webhookOf({ policy, defaults: switchedOn(ALL_IDS) });
    const property = fc.asyncProperty(anyText, async (text) => {
      const after = await mutateText(text, webhook);
      return isLeftOf(text, after.text) && !(await mutateText(after.text, webhook)).patched;
    });
    await assertAsyncProperty(t, property, RUNS);
  },
);

/** The answer to a body; undefined when it has no uid to answer to. */
async function answerTo(body: string) {
  try {
    return (await mutate(body, webhookOf())).response;
  } catch (error) {
    if (error instanceof NoUidError) return undefined;
    throw error;
  }
}

t.test('property: any object in the request is allowed', async (t) => {
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
  const property = fc.asyncProperty(anyObject, anyObject, async (object, oldObject) => {
    const body = reviewObject({ data: BASE_VENDOR, oldData: BASE_VENDOR });
    const request = { ...body.request, object, oldObject };
    const answer = await answerTo(JSON.stringify({ ...body, request }));
    return answer?.uid === UID && answer.allowed;
  });
  await assertAsyncProperty(t, property, RUNS);
});

t.test('property: any body is allowed, or has no uid', async (t) => {
  const body = reviewBody({ data: BASE_VENDOR, oldData: BASE_VENDOR });
  const anyBody = fc.oneof(
    unicodeText(),
    fc.json(),
    fc.nat({ max: body.length }).map((length) => body.slice(0, length)),
  );
  const property = fc.asyncProperty(
    anyBody,
    async (text) => (await answerTo(text))?.allowed !== false,
  );
  await assertAsyncProperty(t, property, RUNS);
});
