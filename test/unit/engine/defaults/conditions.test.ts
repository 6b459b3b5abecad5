import t from 'tap';
import { DEFAULTS, type DefaultId } from '../../../../src/engine/defaults/defaults.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../src/engine/core/policy.ts';
import {
  BASE_VENDOR,
  DATAPATH_V2_CONF,
  type Data,
  VENDOR_CONF,
  conflist,
} from '../../../support/config-maps.ts';
import {
  ACK,
  type Known,
  factsOf,
  webhookOf,
  mutateText,
  switchedOn,
  untouched,
} from '../../../support/mutations.ts';

/**
 * When a default is added: for each default an edit to which it is added,
 * and that edit with one condition after the other broken. The validator would stop some of the
 * edits anyway, so each is looked at once more under a policy that refuses nothing.
 */

interface Edit {
  readonly known: Known;
  /** The terway entry. */
  readonly terway: object;
  /** Members of the portmap entry besides the type. */
  readonly portmap: object;
}

type Change = (edit: Edit) => Edit;

const portmap =
  (members: object): Change =>
  (edit) => ({ ...edit, portmap: { ...edit.portmap, ...members } });
const terway =
  (members: object): Change =>
  (edit) => ({ ...edit, terway: { ...edit.terway, ...members } });
const known =
  (facts: Known): Change =>
  (edit) => ({ ...edit, known: { ...edit.known, ...facts } });
const unknown =
  (fact: keyof Known): Change =>
  (edit) => ({
    ...edit,
    known: Object.fromEntries(Object.entries(edit.known).filter(([name]) => name !== fact)),
  });

const CAPABLE = { capabilities: { portMappings: true } };
const PRIVATE: Edit = { known: ACK, terway: VENDOR_CONF, portmap: CAPABLE };
const PUBLIC_V2: Edit = {
  known: ACK,
  terway: { ...DATAPATH_V2_CONF, symmetric_routing: true },
  portmap: CAPABLE,
};
const INCAPABLE: Edit = { ...PRIVATE, portmap: {} };

interface Conditions {
  /** An edit to which the default is added. */
  readonly edit: Edit;
  /** What else does not stand in its way. */
  readonly kept: Readonly<Record<string, Change>>;
  /** What, alone, keeps the default away. */
  readonly broken: Readonly<Record<string, Change>>;
}

const IPTABLES_WORDS = ['!', '-d', '10.0.0.0/8'];
const NFTABLES_WORDS = ['ip', 'daddr', '!=', '10.0.0.0/8'];

const TABLE: Readonly<Record<DefaultId, Conditions>> = {
  externalSetMarkChain: {
    edit: PRIVATE,
    kept: {
      'kube-proxy in iptables mode': known({ kubeProxy: 'iptables' }),
      'no node without kube-proxy': known({ withoutKubeProxy: 0 }),
      'no version known': (edit) => ({ ...edit, known: { kubeProxy: 'ipvs' } }),
      'symmetric_routing false': terway({ symmetric_routing: false }),
      'backend iptables': portmap({ backend: 'iptables' }),
      'backend null, which is no backend': portmap({ backend: null }),
      'snat true': portmap({ snat: true }),
      'snat null, which is no snat': portmap({ snat: null }),
      'conditions in the words of iptables': portmap({
        conditionsV4: IPTABLES_WORDS,
        conditionsV6: ['-d', 'fc00::/7'],
      }),
      'empty conditions': portmap({ conditionsV4: [], conditionsV6: [] }),
      'no capability': (edit) => ({ ...edit, portmap: {} }),
    },
    broken: {
      'externalSetMarkChain present': portmap({ externalSetMarkChain: 'OTHER-CHAIN' }),
      'externalSetMarkChain null': portmap({ externalSetMarkChain: null }),
      'externalSetMarkChain empty': portmap({ externalSetMarkChain: '' }),
      'externalSetMarkChain in another letter case': portmap({ ExternalSetMarkChain: 'OTHER' }),
      'externalSetMarkChain in capitals, null': portmap({ EXTERNALSETMARKCHAIN: null }),
      'externalSetMarkChain with a long s, an s to Go': portmap({
        'external\u017fetMarkChain': 'X',
      }),
      'markMasqBit present': portmap({ markMasqBit: 13 }),
      'markMasqBit 0': portmap({ markMasqBit: 0 }),
      'markMasqBit null': portmap({ markMasqBit: null }),
      'markMasqBit in another letter case': portmap({ MarkMasqBit: 13 }),
      'backend nftables': portmap({ backend: 'nftables' }),
      'backend nftables in another letter case': portmap({ Backend: 'nftables' }),
      'snat false': portmap({ snat: false }),
      'snat false in another letter case': portmap({ Snat: false }),
      'conditions for IPv4 in the words of nftables': portmap({ conditionsV4: NFTABLES_WORDS }),
      'conditions for IPv6 in the words of nftables': portmap({ conditionsV6: ['ip6', 'daddr'] }),
      'public access': terway({ symmetric_routing: true }),
      'masqAll true': portmap({ masqAll: true }),
      'masqAll false': portmap({ masqAll: false }),
      'masqAll null': portmap({ masqAll: null }),
      'kube-proxy unknown': unknown('kubeProxy'),
      'kube-proxy in nftables mode': known({ kubeProxy: 'nftables' }),
      'no kube-proxy': known({ kubeProxy: 'none' }),
      'a node without kube-proxy': known({ withoutKubeProxy: 1 }),
      'the same member twice': portmap({ snat: true, Snat: true }),
    },
  },
  portMappings: {
    edit: INCAPABLE,
    kept: {
      'nothing known': (edit) => ({ ...edit, known: {} }),
      'no capability in capabilities': portmap({ capabilities: {} }),
      'another capability': portmap({ capabilities: { bandwidth: true } }),
      'capabilities in another letter case': portmap({ Capabilities: {} }),
      'public access': terway({ symmetric_routing: true }),
      'another backend': portmap({ backend: 'nftables' }),
      'snat false': portmap({ snat: false }),
    },
    broken: {
      'portMappings true': portmap({ capabilities: { portMappings: true } }),
      'portMappings false': portmap({ capabilities: { portMappings: false } }),
      'portMappings null': portmap({ capabilities: { portMappings: null } }),
      'portMappings in another letter case': portmap({ capabilities: { portmappings: true } }),
      'portMappings in capabilities in another letter case': portmap({
        Capabilities: { portMappings: true },
      }),
      'capabilities null': portmap({ capabilities: null }),
      'capabilities a text': portmap({ capabilities: 'portMappings' }),
      'capabilities a list': portmap({ capabilities: ['portMappings'] }),
      'capabilities twice': portmap({ capabilities: {}, Capabilities: {} }),
    },
  },
  masqAll: {
    edit: PUBLIC_V2,
    kept: {
      'version of portmap known on every node': known({ portmapUnknownOn: 0 }),
      'Datapath V2 as a fact': known({ datapath: 'datapathv2' }),
      'kube-proxy unknown': unknown('kubeProxy'),
      'kube-proxy in nftables mode': known({ kubeProxy: 'nftables' }),
      'backend iptables': portmap({ backend: 'iptables' }),
      'snat true': portmap({ snat: true }),
    },
    broken: {
      'private access': terway({ symmetric_routing: false }),
      'symmetric_routing absent': (edit) => ({ ...edit, terway: DATAPATH_V2_CONF }),
      'masqAll false': portmap({ masqAll: false }),
      'masqAll null': portmap({ masqAll: null }),
      'masqAll true': portmap({ masqAll: true }),
      'masqAll in another letter case': portmap({ MasqAll: false }),
      'datapath veth': known({ datapath: 'veth' }),
      'datapath mixed': known({ datapath: 'mixed' }),
      'datapath unknown, as Terway is': (edit) => ({
        ...edit,
        known: { portmap: '1.7.1', kubeProxy: 'ipvs' },
        terway: { ...edit.terway, eniip_virtual_type: 'ipvlan' },
      }),
      'backend nftables': portmap({ backend: 'nftables' }),
      'snat false': portmap({ snat: false }),
      'version of portmap unknown': unknown('portmap'),
      'version of portmap unknown on a node': known({ portmapUnknownOn: 1 }),
      'version of portmap estimated': known({ portmapEstimated: true }),
    },
  },
};

const POLICIES: readonly Policy[] = [DEFAULT_POLICY, { ...DEFAULT_POLICY, mode: 'warn' }];

/** The base whose conf is the edit's terway entry: what differs from it is not the matter here. */
function baseOf({ terway }: Edit): Data {
  const conf = Object.entries(terway).filter(([name]) => name !== 'symmetric_routing');
  return { ...BASE_VENDOR, '10-terway.conf': JSON.stringify(Object.fromEntries(conf)) };
}

/** Saves the edit while `id` alone is switched on. */
async function save(id: DefaultId, edit: Edit, policy = DEFAULT_POLICY) {
  const before = conflist([edit.terway, { type: 'portmap', ...edit.portmap }]);
  const webhook = webhookOf({ policy, defaults: switchedOn([id]) }, factsOf(edit.known));
  return { before, after: await mutateText(before, webhook, baseOf(edit)) };
}

for (const { id, value, path } of DEFAULTS) {
  const { edit, kept, broken } = TABLE[id];

  for (const [what, change] of Object.entries({ 'nothing special': (e: Edit) => e, ...kept })) {
    t.test(`portmap.${id} is added with ${what}`, async (t) => {
      const { after } = await save(id, change(edit));
      t.same(after.injected, [`portmap.${id}`]);
      t.equal(after.warnings.length, 1);
      const { plugins } = JSON.parse(after.text) as { plugins: Record<string, unknown>[] };
      const entry = foldedToLower(plugins[1]!);
      const found = path.reduce<unknown>(
        (object, name) => (object as Record<string, unknown>)[name.toLowerCase()],
        entry,
      );
      t.equal(found, value);
    });
  }

  for (const [what, change] of Object.entries(broken)) {
    t.test(`portmap.${id} is not added with ${what}`, async (t) => {
      for (const policy of POLICIES) {
        const { before, after } = await save(id, change(edit), policy);
        t.same(after, untouched(before), `policy ${policy.mode}`);
      }
    });
  }
}

/** An object with all its names in lower case, as letter case means nothing to a plugin. */
function foldedToLower(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toLowerCase(), foldedToLower(inner)]),
  );
}

t.test('a plugin of another type gets no default of portmap', async (t) => {
  const webhook = webhookOf({ defaults: switchedOn(DEFAULTS.map(({ id }) => id)) });
  for (const type of ['tuning', 'firewall', 'portmapper', 'Portmap']) {
    const text = conflist([VENDOR_CONF, { type }]);
    t.same(await mutateText(text, webhook), untouched(text), type);
  }
});

t.test('a default that the validator would refuse is not added', async (t) => {
  const old = (version: string) => known({ portmap: version });
  t.same((await save('externalSetMarkChain', old('0.6.0')(PRIVATE))).after.injected, []);
  t.same((await save('masqAll', old('1.6.2')(PUBLIC_V2))).after.injected, []);

  const minimumVersions = new Map([['portmap.externalSetMarkChain', '9.0.0']]);
  const strict: Policy = { ...DEFAULT_POLICY, minimumVersions };
  t.same((await save('externalSetMarkChain', PRIVATE, strict)).after.injected, []);
});

t.test('a default that the validator would refuse keeps no other away', async (t) => {
  const text = conflist([VENDOR_CONF, { type: 'portmap' }]);
  const old = factsOf({ ...ACK, portmap: '0.6.0' });
  const defaults = switchedOn(['externalSetMarkChain', 'portMappings']);
  t.same((await mutateText(text, webhookOf({ defaults }, old))).injected, ['portmap.portMappings']);
});

t.test(
  'a default without which the chain is refused brings the others along, in one pass',
  async (t) => {
    const conf = JSON.stringify(DATAPATH_V2_CONF);
    const text = conflist([{ ...DATAPATH_V2_CONF, symmetric_routing: true }, { type: 'portmap' }]);
    const webhook = webhookOf({ defaults: switchedOn(['portMappings', 'masqAll']) });
    const after = await mutateText(text, webhook, { ...BASE_VENDOR, '10-terway.conf': conf });
    t.same([...after.injected].sort(), ['portmap.masqAll', 'portmap.portMappings']);
  },
);
