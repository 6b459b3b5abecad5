import type { RuleId } from '../../../src/engine/rules/index.ts';
import { BASE_VETH, VETH_CONF } from '../config-maps.ts';
import type { Claim } from './claim.ts';
import {
  NEW_PODS,
  TERWAY_PODS,
  without,
  withChain,
  withEniConf,
  plugin,
  terway,
  podOf,
  onNode,
  inSandbox,
  PORT_MAPPINGS,
  withText,
  HOST_PORT_DEAD,
  DEAD,
} from './showings.ts';

/** What rules say of the object, its texts and the entries of a chain. */
export const CHAIN_CLAIMS: Partial<Record<RuleId, Claim>> = {
  'object-deleted': {
    claim: TERWAY_PODS,
    nodes: [{ fails: 'mount', message: /configmap "eni-config" not found/ }],
  },
  'conf-missing': {
    claim: TERWAY_PODS,
    runs: [terway(without('10-terway.conf'), 'cni', /10-terway\.conf: no such file/)],
  },
  'eni-conf-missing': {
    claim: TERWAY_PODS,
    runs: [terway(without('eni_conf'), 'cni', /eni_conf: no such file/)],
  },
  'conf-not-entry': {
    claim: `${TERWAY_PODS}, or ${NEW_PODS}`,
    runs: [
      terway({ ...BASE_VETH, '10-terway.conf': '[]' }, 'cni', /type not found/),
      podOf({ ...BASE_VETH, '10-terway.conf': '{"type": "terwayy"}' }, /failed to find plugin/),
    ],
    nodes: [
      onNode(
        'sandbox',
        { ...BASE_VETH, '10-terway.conf': JSON.stringify({ ...VETH_CONF, type: 'terwayy' }) },
        /failed to find plugin "terwayy"/,
      ),
    ],
  },
  'binary-data': {
    claim: `text as UTF-16: ${TERWAY_PODS}`,
    nodes: [
      onNode('init', BASE_VETH, /invalid character/, {
        binaryData: {
          '10-terway.conflist': Buffer.from('\ufeff{"plugins": []}', 'utf16le').toString('base64'),
        },
      }),
    ],
  },
  'json-syntax': {
    claim: 'every Terway pod that starts from now on fails',
    runs: [
      terway(withText('{"plugins": [{"type": "terway"},]}'), 'cni', /invalid character/),
      terway(withText('{"plugins": ['), 'cni', /unexpected end|unexpected EOF/),
      terway(withText(''), 'cni', /unexpected end|EOF/),
      terway(withText("{'plugins': []}"), 'cni', /invalid character/),
      terway(withText('{"plugins": []} x'), 'cni', /invalid character/),
      terway(
        { ...BASE_VETH, '10-terway.conf': `${BASE_VETH['10-terway.conf']!},` },
        'cni',
        /invalid character/,
      ),
      terway(withEniConf('{"version": "1",}'), 'nodeconfig', /invalid character/),
    ],
  },
  'json-number': {
    claim: TERWAY_PODS,
    runs: [
      terway(
        withText('{"plugins": [{"type": "terway", "a": 1e400}]}'),
        'cni',
        /cannot unmarshal number/,
      ),
    ],
  },
  'json-depth': {
    claim: TERWAY_PODS,
    runs: [
      terway(
        withText(`{"plugins": ${'['.repeat(10_001)}${']'.repeat(10_001)}}`),
        'cni',
        /exceeded max depth/,
      ),
    ],
  },
  'chain-shape': {
    claim: 'nodes that restart go NotReady',
    runs: [
      terway(withChain(), 'runtime', /no 'plugins' key|no plugin configs found/),
      terway(
        { ...BASE_VETH, '10-terway.conflist': '{"plugins": null}' },
        'runtime',
        /no 'plugins' key|no plugin configs found/,
      ),
      terway({ ...BASE_VETH, '10-terway.conflist': '[]' }, 'cni', /type not found/),
    ],
  },
  'entry-type': {
    claim: `${TERWAY_PODS}; with an empty type the node goes NotReady`,
    runs: [
      terway(withChain(VETH_CONF, {}), 'cni', /type not found/),
      terway(withChain(VETH_CONF, { type: null }), 'cni', /type not found/),
      terway(withChain(VETH_CONF, { type: '' }), 'runtime', /missing 'type'/),
    ],
  },
  'entry-type-name': {
    claim: NEW_PODS,
    runs: ['a/portmap', 'portmap ', 'port\nmap'].map((type) =>
      podOf(withChain(VETH_CONF, { type }), /invalid plugin name|failed to find plugin/),
    ),
    nodes: [inSandbox({ type: '../portmap' }, /invalid plugin name/)],
  },
  'portmap-capability': {
    claim: HOST_PORT_DEAD,
    nodes: [
      onNode('host-port', withChain(VETH_CONF, { type: 'portmap', snat: true }), DEAD, {
        hasHostPort: true,
      }),
    ],
  },
  'capability-typo': {
    claim: HOST_PORT_DEAD,
    nodes: [
      onNode(
        'host-port',
        withChain(VETH_CONF, { type: 'portmap', capabilities: { portMapping: true } }),
        DEAD,
        { hasHostPort: true },
      ),
    ],
  },
  'key-typo': {
    claim: HOST_PORT_DEAD,
    nodes: [
      onNode(
        'host-port',
        {
          ...BASE_VETH,
          '10-terway.confilst': JSON.stringify({
            plugins: [VETH_CONF, { type: 'portmap', ...PORT_MAPPINGS }],
          }),
        },
        DEAD,
        { hasHostPort: true },
      ),
    ],
  },
  'field-reserved': {
    claim: NEW_PODS,
    runs: [plugin('portmap', { runtimeConfig: 'x' }, /cannot unmarshal string/)],
  },
  'terway-not-first': {
    claim: NEW_PODS,
    runs: [
      ...(['portmap', 'tuning', 'firewall', 'sbr'] as const).map((type) =>
        plugin(type, {}, /chained|prevResult|previous/i, { isFirst: true }),
      ),
      plugin('vrf', { vrfname: 'blue' }, /prevResult|previous/i, { isFirst: true }),
    ],
  },
  'second-network': {
    claim: NEW_PODS,
    nodes: [
      inSandbox(
        { type: 'ptp', ipam: { type: 'host-local', subnet: '10.22.0.0/16' } },
        /plugin type="ptp" failed \(add\)/,
      ),
    ],
    test: 'test/plugins/network-makers.test.ts',
    source: 'for plugins of other projects: their own, named in docs/plugins.md',
  },
  'plugin-typo': {
    claim: NEW_PODS,
    runs: [podOf(withChain(VETH_CONF, { type: 'portmapp' }), /failed to find plugin "portmapp"/)],
    nodes: [inSandbox({ ...PORT_MAPPINGS, type: 'portmapp' }, /failed to find plugin "portmapp"/)],
  },
  'plugin-missing': {
    claim: NEW_PODS,
    runs: [podOf(withChain(VETH_CONF, { type: 'sbr' }), /failed to find plugin "sbr"/)],
    nodes: [inSandbox({ type: 'sbr' }, /failed to find plugin "sbr"/, { without: 'sbr' })],
  },
  'plugin-unknown': {
    claim: `where its binary is missing ${NEW_PODS}`,
    nodes: [inSandbox({ type: 'istio-cni' }, /failed to find plugin "istio-cni"/)],
  },
};
