import type { Policy } from '../../../../../src/engine/core/policy.ts';
import { BASE_VETH } from '../../../../support/config-maps.ts';
import { SHAPED, SUBNETS, vethChain } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** An entry that is refused as a whole is not gone into. */
export const JUDGED: Partial<Policy> = { rules: new Map([['bandwidth-after-terway', 'off']]) };

/** bandwidth: rates, bursts, subnets, its place after terway. */
export const BANDWIDTH_EDITS: readonly WorkedEdit[] = [
  edit('B30 bandwidth after terway', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', capabilities: { bandwidth: true } }),
    warn: ['bandwidth-after-terway', 'restart-needed'],
  }),
  edit('bandwidth: a rate without its burst', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ingressRate: 1000 }),
    policy: JUDGED,
    deny: ['bandwidth-pair'],
  }),
  edit('bandwidth: a rate with its burst', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ingressRate: 1000, ingressBurst: 1000 }),
    deny: ['bandwidth-after-terway'],
  }),
  edit('bandwidth: the smallest burst that is too large', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', egressRate: 1000, egressBurst: 8 * 0xffff_ffff }),
    policy: JUDGED,
    deny: ['bandwidth-pair'],
    says: ['egressBurst must be less than 34359738360 bits (4 GB): every new pod fails'],
  }),
  edit('bandwidth: the largest burst', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', egressRate: 1000, egressBurst: 8 * 0xffff_ffff - 1 }),
    deny: ['bandwidth-after-terway'],
  }),
  edit('bandwidth: both lists of subnets', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS }),
    facts: cluster('1.15.2', '1.5.1'),
    policy: JUDGED,
    deny: ['bandwidth-subnets'],
  }),
  edit('bandwidth: a subnet that is none', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SHAPED, shapedSubnets: ['10.0.0.0'] }),
    facts: cluster('1.15.2', '1.5.1'),
    policy: JUDGED,
    deny: ['bandwidth-subnets'],
  }),
  edit('bandwidth: both lists of subnets, and nothing to shape', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SUBNETS }),
    facts: cluster('1.15.2', '1.5.1'),
    warn: ['bandwidth-after-terway', 'restart-needed'],
  }),
  edit('version: a bandwidth field that 1.5.1 has', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
    facts: cluster('1.15.2', '1.5.1'),
    warn: ['bandwidth-after-terway', 'restart-needed'],
  }),
  edit('version: a bandwidth field that 1.6.0 removed', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
    facts: cluster('1.15.2', '1.6.0'),
    deny: ['field-version'],
    warn: ['bandwidth-after-terway'],
  }),
  edit('version: a bandwidth field that 1.4.0 does not have yet', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
    facts: cluster('1.15.2', '1.4.0'),
    deny: ['field-version'],
    warn: ['bandwidth-after-terway'],
  }),
  edit('version: a bandwidth field of two releases, the version unknown', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
    facts: cluster('1.15.2', undefined),
    warn: ['bandwidth-after-terway', 'field-version', 'restart-needed'],
  }),
  edit('bandwidth: both lists of subnets, one of them empty', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS, unshapedSubnets: [] }),
    facts: cluster('1.15.2', '1.5.1'),
    deny: ['bandwidth-after-terway'],
  }),
  edit('bandwidth: a subnet that is null, and one that is a number', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SHAPED, shapedSubnets: [null, 10] }),
    facts: cluster('1.15.2', '1.5.1'),
    policy: JUDGED,
    deny: ['bandwidth-subnets', 'field-type'],
  }),
  edit('bandwidth: a dropped field in two spellings, of which one removal leaves the other', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'], ShapedSubnets: [] }),
    facts: cluster('1.15.2', '1.7.1'),
    deny: ['field-version', 'json-duplicate'],
    warn: ['bandwidth-after-terway', 'json-name-case'],
  }),
];
