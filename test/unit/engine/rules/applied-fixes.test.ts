import fc from 'fast-check';
import t from 'tap';
import { PLUGINS } from '../../../../src/engine/catalogue/plugins.ts';
import { CONFLIST_KEY } from '../../../../src/engine/core/eni-config.ts';
import type { Facts } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../src/engine/core/policy.ts';
import { readJson } from '../../../../src/engine/json/document.ts';
import { RULE_IDS, type RuleId } from '../../../../src/engine/rules/index.ts';
import { type Write, update } from '../../../support/changes.ts';
import { BASE_VETH, withConflist } from '../../../support/config-maps.ts';
import { known } from '../../../support/facts.ts';
import { valuesFor } from '../../../support/field-values.ts';
import { faultsOf } from '../../../support/fixes.ts';
import { assertProperty } from '../../../support/properties.ts';
import {
  type Member,
  allSlips,
  misspellings,
  plainEntry,
  writeOf,
} from '../../../support/slip-writes.ts';
import { tried } from '../../../support/sweeps.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { MENDABLE } from '../json/slip-samples.ts';
import { ACK, cluster } from './edits/clusters.ts';
import { EDITS } from './edits/index.ts';

/**
 * Fixes do what they say: applied literally, the finding is gone, no new one came, and nothing that
 * the user wrote is lost but what the finding is about.
 */

/** Rules whose fix carries edits in at least one case: a person or a program can just do it. */
const CERTAIN: readonly RuleId[] = [
  'cilium-args',
  'eni-conf-idle',
  'cni-chain-member',
  'cni-chain-shape',
  'cni-chain-terway',
  'cni-chain-version',
  'eni-conf-protected',
  'eni-conf-shape',
  'field-version',
  'conf-changed',
  'conf-missing',
  'eni-conf-missing',
  'key-typo',
  'json-syntax',
  'json-duplicate',
  'chain-shape',
  'entry-type',
  'entry-type-name',
  'terway-not-first',
  'terway-repeated',
  'second-network',
  'plugin-typo',
  'first-entry-differs',
  'field-reserved',
  'field-type',
  'field-value',
  'symmetric-routing-limits',
  'terway-name-case',
  'cilium-without-datapath',
  'capability-typo',
  'portmap-backend',
  'portmap-mark-chain',
  'public-access-masqall',
  'tuning-sysctl',
  'tuning-sysctl-host',
  'tuning-sysctl-value',
  'tuning-data-dir',
  'bandwidth-after-terway',
  'sbr-after-terway',
  'firewall-chain',
  'plugin-repeated',
  'field-unknown',
  'json-name-case',
  'portmap-capability',
  'tuning-sysctl-name',
  'tuning-ipv6',
  'vrf-after-terway',
  'firewall-ingress',
  'symmetric-routing',
  'network-policy-text',
  'load-balance-text',
  'chain-top-level',
];

const spoken = new Set<string>();
const certain = new Set<string>();

/** Everything that is wrong with the fixes told for a write. */
function faultsIn(change: Write, facts: Facts, policy: Policy): string[] {
  const judge = (write: Write) => verdictOn(write, facts, policy).findings;
  const findings = judge(change);
  return findings.slice(0, 20).flatMap((finding) => {
    spoken.add(finding.rule);
    if (finding.fix.edits) certain.add(finding.rule);
    return faultsOf(finding, change, findings, judge).map(
      (fault) => `${finding.rule}: ${finding.message}; fix: ${finding.fix.text}: ${fault}`,
    );
  });
}

const V2 = cluster('1.15.2', '1.7.1', { datapath: known('datapathv2') });
const CLUSTERS = {
  ACK,
  V2,
  unknown: cluster(undefined, undefined),
  old: cluster('1.14.3', '1.2.0'),
};

t.test('the fixes of every worked edit', (t) => {
  const faults = EDITS.flatMap(({ name, change, facts, policy }) =>
    faultsIn(change, facts, policy).map((fault) => `${name}: ${fault}`),
  );
  t.same(faults, []);
  t.end();
});

t.test('the fixes for every field, name, value and shape', (t) => {
  const faults: string[] = [];
  let writes = 0;
  for (const { name, change } of tried(allSlips())) {
    writes += 1;
    faults.push(...faultsIn(change, ACK, DEFAULT_POLICY).map((fault) => `${name}: ${fault}`));
  }
  t.comment(`${writes} writes`);
  t.same(faults, []);
  t.end();
});

t.test('the fixes of syntax errors', (t) => {
  for (const [name, text] of Object.entries(MENDABLE)) {
    const change = update(BASE_VETH, withConflist(BASE_VETH, text));
    t.same(faultsIn(change, ACK, DEFAULT_POLICY), [], name);
  }
  t.end();
});

t.test('every rule was met, and carries edits where it can', (t) => {
  t.same(
    RULE_IDS.filter((id) => id !== 'guard-error' && !spoken.has(id)),
    [],
    'rules without a finding',
  );
  t.same([...certain].sort(), [...CERTAIN].sort(), 'rules with edits');
  t.end();
});

/** Members of an entry, right, wrong and misspelt. */
const membersFor = (type: string): fc.Arbitrary<Member[]> => {
  const fields = Object.entries(PLUGINS.get(type)?.fields ?? {}).filter(
    ([name]) => name !== 'type',
  );
  const member = fc
    .constantFrom(...fields)
    .chain(([name, field]) =>
      fc.tuple(
        fc.constantFrom(name, name, name, ...misspellings(name)),
        fc.constantFrom(...valuesFor(field)),
      ),
    );
  return fc.uniqueArray(member, { maxLength: 4, selector: ([name]) => name });
};

const writes = fc.constantFrom(...PLUGINS.keys()).chain((type) =>
  membersFor(type).map((members) => {
    const names = members.map(([name]) => name);
    return writeOf([...plainEntry(type).filter(([name]) => !names.includes(name)), ...members]);
  }),
);

t.test('the fixes of several slips at once, on clusters of every kind', (t) => {
  const clusters = fc.constantFrom(...Object.values(CLUSTERS));
  const property = fc.property(writes, clusters, (change, facts) => {
    const faults = faultsIn(change, facts, DEFAULT_POLICY);
    for (const fault of faults) t.comment(fault);
    return faults.length === 0;
  });
  assertProperty(t, property, 1500);
  t.end();
});

t.test('the fixes of minified texts', (t) => {
  const faults: string[] = [];
  let count = 0;
  for (const { name, change } of tried(allSlips(), 6)) {
    const text = change.new?.data.get(CONFLIST_KEY) ?? '';
    const isJson = readJson(text).root !== undefined;
    if (!change.new || !isJson) continue;
    count += 1;
    const data = new Map(change.new.data).set(CONFLIST_KEY, JSON.stringify(JSON.parse(text)));
    const minified = { ...change, new: { ...change.new, data } };
    faults.push(...faultsIn(minified, ACK, DEFAULT_POLICY).map((fault) => `${name}: ${fault}`));
  }
  t.ok(count > 0, 'texts were minified');
  t.same(faults, []);
  t.end();
});
