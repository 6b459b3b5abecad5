import t from 'tap';
import { CILIUM, CNI_PLUGINS, TERWAY } from '../../../../src/engine/catalogue/distributions.ts';
import { type Facts, NO_FACTS, type VersionFact } from '../../../../src/engine/core/facts.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';
import { type VersionNeed, gapsOf } from '../../../../src/engine/reading/version-gap.ts';

const version = (text: string) => parseVersion(text)!;
const group = (...names: string[]) => ({ count: names.length, names });

/** Node by node; without a version a node's release is not known. */
function installed(nodes: Record<string, string | undefined>, isOpen = false): VersionFact {
  const names = Object.keys(nodes).sort();
  const releases = [...new Set(Object.values(nodes))].filter((text) => text !== undefined).sort();
  return {
    value: version(releases[0]!),
    source: { kind: 'configuration' },
    spread: {
      total: names.length,
      versions: releases.map((text) => ({
        version: version(text),
        nodes: group(...names.filter((name) => nodes[name] === text)),
      })),
      unknown: group(...names.filter((name) => nodes[name] === undefined)),
      ...(isOpen ? { isOpen } : {}),
    },
  };
}

const portmap = (fact: VersionFact): Facts => ({ plugins: new Map([['portmap', fact]]) });

const need = (more: Partial<VersionNeed>): VersionNeed => ({
  reader: 'portmap',
  releasedWith: CNI_PLUGINS,
  shown: 'something',
  ...more,
});

/** Kinds of the gaps, and the nodes of each that is known. */
const kindsOf = (wanted: VersionNeed, facts: Facts) =>
  gapsOf(wanted, facts).map((gap) =>
    gap.kind === 'unknown'
      ? gap.kind
      : `${gap.kind} ${gap.where.nodes?.names.join() ?? 'everywhere'}`,
  );

t.test('nodes on the wrong side of a release are told, the older before the newer', async (t) => {
  const facts = portmap(installed({ a: '1.4.0', b: '1.5.1', c: '1.6.0', d: undefined }));
  t.same(kindsOf(need({ floor: '1.5.0', until: '1.6.0' }), facts), ['too-old a', 'too-new c']);
  t.same(kindsOf(need({ unreleasedAt: '1.5.1' }), facts), ['unreleased a,b']);
  const one: VersionFact = { value: version('1.5.0'), source: { kind: 'configuration' } };
  t.same(kindsOf(need({ floor: '1.5.1' }), portmap(one)), ['too-old everywhere']);
});

t.test('a need that is met on the known nodes leaves those that are not known', async (t) => {
  t.same(kindsOf(need({ floor: '1.5.0' }), portmap(installed({ a: '1.5.0', b: '1.6.0' }))), []);
  t.same(kindsOf(need({ floor: '1.5.0' }), portmap(installed({ a: '1.5.0', b: undefined }))), [
    'unknown',
  ]);
  t.same(kindsOf(need({ floor: '1.5.0' }), portmap(installed({ a: '1.5.0' }, true))), ['unknown']);
});

t.test(
  'what every supported cluster has is no gap, unless a release is known to lack it',
  async (t) => {
    const unknown = NO_FACTS;
    t.same(kindsOf(need({}), unknown), []);
    t.same(kindsOf(need({ floor: '1.2.0' }), unknown), []);
    t.same(kindsOf(need({ floor: '1.2.1' }), unknown), ['unknown']);
    t.same(kindsOf(need({ floor: '1.2.0', until: '1.6.0' }), unknown), ['unknown']);
    t.same(kindsOf(need({ unreleasedAt: '1.0.0' }), unknown), ['unknown']);
    t.same(kindsOf(need({ floor: '1.2.0' }), portmap(installed({ a: '1.1.0', b: undefined }))), [
      'too-old a',
    ]);
  },
);

t.test('each distribution has assumptions of its own, and one may have none', async (t) => {
  const terway = { program: 'eni_conf', releasedWith: TERWAY };
  t.same(kindsOf(need({ ...terway, floor: '1.9.0' }), NO_FACTS), []);
  t.same(kindsOf(need({ ...terway, floor: '1.9.1' }), NO_FACTS), ['unknown']);
  const cilium = { program: 'cilium-cni', releasedWith: CILIUM };
  t.same(kindsOf(need({ ...cilium, floor: '0.0.1' }), NO_FACTS), ['unknown']);
});
