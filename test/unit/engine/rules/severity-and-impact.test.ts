import type { Impact } from '../../../../src/engine/core/finding.ts';
import t from 'tap';
import { RULE_INFO } from '../../../../src/engine/rules/index.ts';
import { review } from '../../../../src/engine/rules/index.ts';
import { EDITS } from './edits/index.ts';

/**
 * What each rule does by default, and what it comes to on the nodes when its advice is not followed:
 * after an `outage` pods or nodes do not start, so that a restart of Terway is held back; with
 * `no-effect` they start all the same. A new rule adds one row.
 */
const GOLDEN: Readonly<Record<string, string>> = {
  'object-deleted': 'deny outage',
  'binary-data': 'deny outage',
  'conf-changed': 'deny outage',
  'conf-missing': 'deny outage',
  'conf-not-entry': 'deny outage',
  'eni-conf-missing': 'deny outage',
  'immutable-object': 'deny no-effect',
  'key-typo': 'deny no-effect',
  'key-unknown': 'warn no-effect',
  'network-policy-text': 'warn no-effect',
  'load-balance-text': 'warn no-effect',
  'json-syntax': 'deny outage',
  'json-number': 'deny outage',
  'json-depth': 'deny outage',
  'json-size': 'deny outage',
  'json-duplicate': 'deny no-effect',
  'json-name-case': 'warn no-effect',
  'chain-shape': 'deny outage',
  'entry-type': 'deny outage',
  'cni-chain-shape': 'deny outage',
  'cni-chain-terway': 'deny outage',
  'cni-chain-member': 'deny outage',
  'cni-chain-version': 'warn no-effect',
  'conflist-shadowed': 'warn no-effect',
  'cni-chain-rest': 'warn no-effect',
  'entry-type-name': 'deny outage',
  'terway-not-first': 'deny outage',
  'terway-repeated': 'deny outage',
  'first-entry-differs': 'deny outage',
  'first-entry-addition': 'warn no-effect',
  'first-entry-unverified': 'warn no-effect',
  'second-network': 'deny outage',
  'plugin-repeated': 'warn no-effect',
  'plugin-typo': 'deny outage',
  'plugin-missing': 'deny outage',
  'plugin-unknown': 'warn outage',
  'chain-version': 'deny no-effect',
  'chain-top-level': 'warn no-effect',
  'exclusive-eni-nodes': 'warn no-effect',
  'restart-needed': 'warn no-effect',
  'takes-effect': 'warn no-effect',
  'field-version': 'deny outage',
  'field-type': 'deny outage',
  'field-value': 'deny outage',
  'field-reserved': 'deny outage',
  'field-unknown': 'warn no-effect',
  'capability-typo': 'deny no-effect',
  'portmap-marks': 'deny outage',
  'portmap-backend': 'deny outage',
  'portmap-mark-chain': 'deny outage',
  'portmap-masqall-nftables': 'deny no-effect',
  'portmap-no-snat': 'warn no-effect',
  'portmap-capability': 'warn no-effect',
  'portmap-mark-bit': 'warn outage',
  'portmap-nftables': 'warn no-effect',
  'portmap-removed': 'warn no-effect',
  'public-access-masqall': 'deny outage',
  'tuning-sysctl': 'deny outage',
  'tuning-sysctl-host': 'deny outage',
  'tuning-sysctl-value': 'deny outage',
  'tuning-sysctl-name': 'warn outage',
  'tuning-data-dir': 'deny outage',
  'symmetric-routing-limits': 'deny outage',
  'terway-name-case': 'deny outage',
  'tuning-mtu': 'deny outage',
  'tuning-ipv6': 'warn outage',
  'sbr-after-terway': 'deny outage',
  'vrf-after-terway': 'warn outage',
  'bandwidth-pair': 'deny outage',
  'bandwidth-subnets': 'deny outage',
  'bandwidth-after-terway': 'deny outage',
  'firewall-chain': 'deny outage',
  'vrf-name': 'deny outage',
  'firewall-ingress': 'warn outage',
  'terway-virtual-type': 'deny outage',
  'terway-policy-provider': 'warn no-effect',
  'symmetric-routing': 'warn outage',
  'cilium-args': 'deny outage',
  'cilium-without-datapath': 'deny outage',
  'eni-conf-shape': 'deny outage',
  'eni-conf-protected': 'deny outage',
  'eni-conf-limits': 'deny outage',
  'eni-conf-idle': 'warn no-effect',
  'eni-conf-halves': 'warn no-effect',
  'overlay-no-patch': 'deny outage',
  'overlay-lost': 'deny outage',
  'overlay-base-unknown': 'warn no-effect',
  'overlay-idle': 'warn no-effect',
  'overlay-takes-effect': 'warn no-effect',
  'bypass-refused': 'deny no-effect',
  'bypass-open': 'warn no-effect',
  'guard-error': 'deny outage',
};

const impactOf = ({ impact }: { readonly impact: Impact }) => impact;

t.test('every rule has the severity and the impact that were agreed on', (t) => {
  const actual = Object.values(RULE_INFO).map((info) => [
    info.id,
    `${info.severity} ${impactOf(info)}`,
  ]);
  t.strictSame(Object.fromEntries(actual), GOLDEN);
  t.end();
});

/** What comes of the field-version findings of an edit. */
function impactsOf(name: string): string[] {
  const edit = EDITS.find((candidate) => candidate.name === name)!;
  return review(edit.change, edit.facts, edit.policy)
    .filter(({ rule }) => rule === 'field-version')
    .map(impactOf);
}

t.test('a field that a release does not read has no effect; a value that it refuses does', (t) => {
  t.strictSame(impactsOf('version: masqAll with portmap 1.7.0'), ['no-effect']);
  t.strictSame(impactsOf('B35 ingressPolicy isolated with firewall 1.6.2'), ['outage']);
  t.end();
});
