import { BASE_VETH, PORTMAP } from '../../../../support/config-maps.ts';
import { known } from '../../../../support/facts.ts';
import { vethChain } from './chains.ts';
import { ACK, cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** portmap: marks, backends, capability, kube-proxy. */
export const PORTMAP_EDITS: readonly WorkedEdit[] = [
  edit('G15 back to the default chain', {
    old: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
    new: BASE_VETH,
    warn: ['portmap-removed', 'restart-needed'],
  }),
  edit('B22 two ways to mark packets', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ', markMasqBit: 13 }),
    deny: ['portmap-marks'],
  }),
  edit('B27 portmap without its capability', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', externalSetMarkChain: 'KUBE-MARK-MASQ' }),
    warn: ['portmap-capability', 'restart-needed'],
  }),
  edit('portmap with a null for its capabilities, in capitals', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', CAPABILITIES: null }),
    warn: ['portmap-capability', 'json-name-case', 'restart-needed'],
  }),
  edit('portMappings beside a null for its capabilities', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', portMappings: true, capabilities: null }),
    warn: ['portmap-capability', 'field-unknown', 'restart-needed'],
  }),
  ...(['nftables', 'none'] as const).map((mode) =>
    edit(`KUBE-MARK-MASQ, kube-proxy mode ${mode}`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
      facts: { ...ACK, kubeProxyMode: known(mode) },
      deny: ['portmap-mark-chain'],
    }),
  ),
  edit('KUBE-MARK-MASQ, kube-proxy unknown', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
    facts: cluster('1.15.2', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('a mark chain of the user, kube-proxy mode nftables', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'MY-MARKS' }),
    facts: { ...ACK, kubeProxyMode: known('nftables') },
    warn: ['restart-needed'],
  }),
  edit('masqAll with backend nftables', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, masqAll: true, backend: 'nftables' }),
    facts: cluster('1.15.2', '1.9.1'),
    deny: ['portmap-masqall-nftables'],
  }),
  edit('masqAll false with backend nftables', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, masqAll: false, backend: 'nftables' }),
    facts: cluster('1.15.2', '1.9.1'),
    warn: ['restart-needed'],
  }),
  edit('backend nftables with portmap 1.8.0', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables' }),
    facts: cluster('1.15.2', '1.8.0'),
    warn: ['portmap-nftables', 'restart-needed'],
  }),
  edit('backend nftables with a mark chain', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables', externalSetMarkChain: 'MY-MARKS' }),
    facts: cluster('1.15.2', '1.9.1'),
    deny: ['portmap-backend'],
  }),
  edit('conditions of the other backend', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, conditionsV4: ['ip', 'daddr', '10.8.0.0/16'] }),
    deny: ['portmap-backend'],
  }),
  edit('conditions of which the backend is undecided', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, conditionsV4: [], conditionsV6: [''] }),
    warn: ['restart-needed'],
  }),
  edit('field: the largest mark bit', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, markMasqBit: 31 }),
    warn: ['portmap-mark-bit', 'restart-needed'],
  }),
  edit('portmap with a capability that is false', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', capabilities: { portMappings: false } }),
    warn: ['portmap-capability', 'restart-needed'],
  }),
  edit('snat false with options that need it', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, snat: false, markMasqBit: 12 }),
    warn: ['portmap-no-snat', 'restart-needed'],
  }),
  edit('a mark chain beside a mark bit that is null', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ', markMasqBit: null }),
    warn: ['restart-needed'],
  }),
  ...['KUBE_MARK_MASQ', 'KUBE-MASQ-MARK', 'kube-mark-masq', 'KUBE-MARK-MASK'].map((chain) =>
    edit(`a slip of KUBE-MARK-MASQ: ${chain}`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, externalSetMarkChain: chain }),
      warn: ['portmap-mark-chain', 'restart-needed'],
    }),
  ),
  ...['KUBE-MARK-DROP', 'MY-MARKS'].map((chain) =>
    edit(`a mark chain of another name: ${chain}`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, externalSetMarkChain: chain }),
      warn: ['restart-needed'],
    }),
  ),
  edit('an empty mark chain', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: '' }),
    deny: ['portmap-mark-chain'],
  }),
  edit('portmap with capabilities null', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', capabilities: null }),
    warn: ['portmap-capability', 'restart-needed'],
  }),
  edit('a mark bit of kube-proxy', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, markMasqBit: 14 }),
    warn: ['portmap-mark-bit', 'restart-needed'],
  }),
  ...Object.entries({
    4: "Terway's symmetric routing (mark 0x10)",
    15: 'kube-proxy',
    20: 'Calico',
    31: 'Calico',
  }).map(([bit, owner]) =>
    edit(`mark bit ${bit}, which is taken`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, markMasqBit: Number(bit) }),
      warn: ['portmap-mark-bit', 'restart-needed'],
      says: [`mark bit ${bit} belongs to ${owner}; packets may be masqueraded by mistake`],
    }),
  ),
  ...[3, 5, 13, 16, 19].map((bit) =>
    edit(`mark bit ${bit}, which is free`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, markMasqBit: bit }),
      warn: ['restart-needed'],
    }),
  ),
  edit('portmap leaves the chain', {
    old: vethChain(PORTMAP, { type: 'tuning' }),
    new: vethChain({ type: 'tuning' }),
    warn: ['portmap-removed', 'restart-needed'],
  }),
  edit('tuning leaves the chain', {
    old: vethChain(PORTMAP, { type: 'tuning' }),
    new: vethChain(PORTMAP),
    warn: ['restart-needed'],
  }),
  ...['portMapping', 'portmappings', 'PortMappings', 'portMappngs'].map((name) =>
    edit(`portmap: the capability ${name} is a slip`, {
      old: BASE_VETH,
      new: vethChain({ type: 'portmap', capabilities: { [name]: true } }),
      deny: ['capability-typo'],
      says: [
        `portmap has no capability "${name}", so the runtime passes nothing; did you mean "portMappings"?`,
      ],
    }),
  ),
  edit('portmap: a slip beside the capability itself', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', capabilities: { portMappings: true, portMapping: true } }),
    deny: ['capability-typo'],
  }),
  edit('portmap: capabilities of others', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', capabilities: { portMappings: true, bandwidth: true } }),
    warn: ['restart-needed'],
  }),
  ...[['portMappings'], 'portMappings'].map((capabilities) =>
    edit(`portmap: capabilities that are ${JSON.stringify(capabilities)}`, {
      old: BASE_VETH,
      new: vethChain({ type: 'portmap', capabilities }),
      deny: ['field-type'],
    }),
  ),
  edit('portmap: snat false, and two members that it switches off', {
    old: BASE_VETH,
    new: vethChain({
      ...PORTMAP,
      snat: false,
      masqAll: true,
      conditionsV4: ['-p', 'tcp'],
      markMasqBit: 5,
    }),
    warn: ['portmap-no-snat', 'restart-needed'],
  }),
];
