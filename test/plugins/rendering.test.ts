import t from 'tap';

import { NO_FACTS } from '../../src/engine/core/facts.ts';
import { renderNodeFile } from '../../src/engine/rendering/node-file.ts';
import { configMap } from '../support/changes.ts';
import {
  BASE_DATAPATH_V2,
  BASE_EBPF_POLICY,
  BASE_VETH,
  DATAPATH_V2_CONF,
  type Data,
  EBPF_POLICY_CONF,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { knownVersion } from '../support/facts.ts';
import { findOrBuildTerwayCli } from '../support/plugin-binaries.ts';
import { TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { everyField, randomDocuments } from './documents.ts';
import { installNetworkTools } from './sandbox/tools.ts';
import { type RenderCase, type TerwayNode, renderByTerway } from './terway-render.ts';

// Building Terway takes minutes, once per machine; the documents take one.
t.setTimeout(20 * 60_000);

/** `render` shows the file that the real terway-cli writes, byte for byte. */

const RANDOM = 200;
const NODES: readonly TerwayNode[] = ['new', 'veth', 'datapathv2', 'exclusive-eni'];

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`random documents drawn with FC_SEED=${seed}`);

const ownConf = (data: Data, conf: object): Data => ({
  ...data,
  '10-terway.conf': JSON.stringify(conf),
});

/** What decides on the file, one by one. */
const HAND_PICKED: readonly Data[] = [
  BASE_VETH,
  BASE_DATAPATH_V2,
  BASE_EBPF_POLICY,
  { ...BASE_EBPF_POLICY, disable_network_policy: 'true' },
  { ...BASE_EBPF_POLICY, disable_network_policy: '' },
  { ...BASE_EBPF_POLICY, disable_network_policy: 'False' },
  ...['ipvlan', 'IPVlan', 'DataPathV2', 'VETH', '', 'datapath-v2', null, 1].map((type) =>
    ownConf(BASE_VETH, { ...VETH_CONF, eniip_virtual_type: type }),
  ),
  ...['iptables', 'calico', null, 1, ['ebpf']].map((provider) =>
    ownConf(BASE_VETH, { ...VETH_CONF, network_policy_provider: provider }),
  ),
  ...[BASE_VETH, BASE_DATAPATH_V2, BASE_EBPF_POLICY].flatMap((base) =>
    [VETH_CONF, DATAPATH_V2_CONF, EBPF_POLICY_CONF].map((conf) =>
      withConflist(base, conflist([conf, PORTMAP])),
    ),
  ),
  withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: true }, PORTMAP])),
  withConflist(
    BASE_DATAPATH_V2,
    conflist([{ ...DATAPATH_V2_CONF, bandwidth_mode: 'tc', mtu: 1400, auto_mtu: true }, PORTMAP]),
  ),
  withConflist(BASE_DATAPATH_V2, conflist([DATAPATH_V2_CONF, { type: 'cilium-cni' }, PORTMAP])),
  withConflist(BASE_DATAPATH_V2, conflist([{ type: 'cilium-cni' }, DATAPATH_V2_CONF])),
  withConflist(BASE_VETH, conflist([PORTMAP])),
  withConflist(BASE_VETH, conflist([VETH_CONF, DATAPATH_V2_CONF])),
  withConflist(BASE_VETH, conflist([DATAPATH_V2_CONF, VETH_CONF])),
  withConflist(BASE_VETH, conflist([VETH_CONF, { ...VETH_CONF, eniip_virtual_type: 'odd' }])),
  withConflist(BASE_VETH, '{"plugins": null}'),
  withConflist(BASE_VETH, '{"plugins": [], "name": "a"}'),
  withConflist(BASE_VETH, '{"plugins": {"a": {"type": "terway"}}}'),
  withConflist(BASE_VETH, '{"plugins": {"a": {"type": "terway"}, "b": {"type": "portmap"}}}'),
  withConflist(BASE_VETH, JSON.stringify(VETH_CONF)),
  withConflist(BASE_VETH, ''),
  // What Go writes otherwise than JavaScript.
  withConflist(
    BASE_VETH,
    `{"plugins": [{"type": "terway", "a": "<&>\\u2028\\u007f\\b\\f\\u0001\\ud800\u00e4", "b": [],
      "\\ufffd": 1, "\\ud83d\\ude00": {}, "B": [1e21, 1e-7, 123456789012345678901, -0, 1.50, 1e20],
      "a": "\\ud83d\\ude00", "\\"": {"z": [[]], "a": {"": null}}}]}`,
  ),
  Object.fromEntries(Object.entries(BASE_VETH).filter(([key]) => key !== '10-terway.conf')),
  Object.fromEntries(Object.entries(BASE_VETH).filter(([key]) => key !== 'eni_conf')),
];

const drawn = [
  ...everyField().filter((_, index) => index % 30 === seed % 30),
  ...randomDocuments(RANDOM, seed),
].map(({ data }) => data);

const cases: RenderCase[] = [
  ...HAND_PICKED.flatMap((data) => NODES.map((node) => ({ node, data }))),
  // nodeconfig looks at more than the file, so on exclusive-ENI nodes only what it takes is tried.
  ...drawn.map((data, index) => ({ node: NODES[index % 3]!, data })),
];

await installNetworkTools();
const written = await renderByTerway(await findOrBuildTerwayCli(), cases);
t.comment(`${cases.length} files`);

const facts = { ...NO_FACTS, terway: knownVersion(TERWAY_RELEASE) };
const shown = cases.map(({ node, data }) => renderNodeFile(configMap(data), node, { facts }));

t.test('each file is what terway-cli writes, and there is none where it writes none', (t) => {
  const different = cases.flatMap((one, index) => {
    const file = shown[index]!;
    const { file: real, refusal } = written[index]!;
    const own = file.kind === 'file' ? file.text : undefined;
    return file.kind === 'unsure' || own === real ? [] : [{ ...one, own, real, refusal }];
  });
  t.same(different.slice(0, 10), []);
  t.end();
});

t.test('the words of a refusal are those of terway-cli, but for what is no JSON', (t) => {
  for (const [index, file] of shown.entries()) {
    const { refusal } = written[index]!;
    if (file.kind !== 'refused' || /no JSON|is missing/.test(file.why)) continue;
    t.match(refusal, file.why, JSON.stringify(cases[index]));
  }
  t.end();
});

t.test('enough was tried', (t) => {
  for (const kind of ['file', 'refused', 'unsure'] as const) {
    t.ok(
      shown.some((file) => file.kind === kind),
      kind,
    );
  }
  const files = new Set(written.map(({ file }) => file));
  t.ok(files.size > 100, `${files.size} different files`);
  t.ok(shown.filter(({ kind }) => kind === 'unsure').length < cases.length / 20);
  t.end();
});
