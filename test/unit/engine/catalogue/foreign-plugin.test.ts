import '@tapjs/mock/import';
import t from 'tap';
import { known } from '../../../support/facts.ts';
import * as distributions from '../../../../src/engine/catalogue/distributions.ts';
import type { FieldSpec, PluginSpec } from '../../../../src/engine/catalogue/field.ts';
import { PLUGINS } from '../../../../src/engine/catalogue/plugins.ts';
import { GENERIC_FIELDS } from '../../../../src/engine/catalogue/plugins/generic.ts';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';
import type * as schema from '../../../../src/config/schema.ts';
import type * as rules from '../../../../src/engine/rules/index.ts';
import type * as nodes from '../../../../src/facts/nodes.ts';
import { update } from '../../../support/changes.ts';
import { BASE_VETH, VETH_CONF, conflist, withConflist } from '../../../support/config-maps.ts';

/**
 * A plugin of another project than those of the catalogue: adding it takes a file such as this
 * value, and a line in catalogue/plugins.ts. Nothing that holds for other programs may be said of it.
 */

const ISTIO: distributions.Distribution = {
  project: 'istio/istio',
  binaryFrom: 'DaemonSet istio-cni-node',
};

const text = (since: string, more: Partial<FieldSpec> = {}): FieldSpec => ({
  type: 'string',
  since,
  effect: 'every-pod',
  meaning: 'A text.',
  source: 'istio/istio: cni/pkg/plugin/plugin.go',
  ...more,
});

const istioCni: PluginSpec = {
  type: 'istio-cni',
  releasedWith: ISTIO,
  fields: {
    ...GENERIC_FIELDS,
    log_level: text('1.0.0'),
    plugin_log_level: text('1.26.0', { excludes: 'log_level' }),
  },
};

/** The list of plugins with one line more; distributions are compared by identity. */
const list = {
  '../../../../src/engine/catalogue/plugins.ts': {
    PLUGINS: new Map([...PLUGINS, [istioCni.type, istioCni]]),
  },
  '../../../../src/engine/catalogue/distributions.ts': distributions,
};
const { review } = await t.mockImport<typeof rules>('../../../../src/engine/rules/index.ts', list);
const { factsOfNodes } = await t.mockImport<typeof nodes>('../../../../src/facts/nodes.ts', list);
const { CONFIG_SCHEMA } = await t.mockImport<typeof schema>(
  '../../../../src/config/schema.ts',
  list,
);

const group = (...names: string[]) => ({ count: names.length, names });

/** What is learnt of one node with a kubelet of which the node image's plugins are known. */
const ONE_NODE: Facts = {
  ...NO_FACTS,
  ...factsOfNodes(
    {
      inChain: new Set(['a']),
      exclusiveEni: group(),
      withoutKubeProxy: group(),
      kubelets: new Map([['v1.34.0', group('a')]]),
    },
    0,
  ),
};

/** The findings about the second entry of a chain, without its place. */
function findingsFor(entry: object, facts: Facts) {
  const change = update(BASE_VETH, withConflist(BASE_VETH, conflist([VETH_CONF, entry])));
  return review(change, facts, DEFAULT_POLICY)
    .filter(({ path }) => path?.[1] === 1)
    .map(({ rule, severity, message, fix }) => [severity, rule, message, fix.text]);
}

t.test('its version is not estimated from the kubelet', async (t) => {
  t.ok(ONE_NODE.plugins.has('portmap'));
  t.notOk(ONE_NODE.plugins.has('istio-cni'));
});

t.test('of an unknown version nothing is assumed, and the configuration can tell it', async (t) => {
  const fix = 'set facts.pluginVersions.istio-cni in the configuration of eni-config-guard';
  for (const [name, since] of [
    ['log_level', '1.0.0'],
    ['plugin_log_level', '1.26.0'],
  ] as const) {
    const message = `${name} needs istio-cni ${since} or newer; the installed version is not known`;
    t.same(findingsFor({ type: 'istio-cni', [name]: 'info' }, ONE_NODE), [
      ['warn', 'field-version', message, fix],
    ]);
  }
  t.match(CONFIG_SCHEMA.properties.facts.properties, {
    pluginVersions: { properties: { 'istio-cni': Object } },
  });
});

t.test('a newer release comes from where its own binaries come from', async (t) => {
  const version = parseVersion('1.25.2')!;
  const facts = {
    ...ONE_NODE,
    plugins: new Map([['istio-cni', known(version)]]),
  };
  t.same(findingsFor({ type: 'istio-cni', plugin_log_level: 'info' }, facts), [
    [
      'deny',
      'field-version',
      "plugin_log_level needs istio-cni 1.26.0 or newer; this cluster runs 1.25.2 (from the guard's configuration)",
      'bring istio-cni 1.26.0 or newer to all nodes (it comes with the DaemonSet istio-cni-node), ' +
        'or remove plugins[1].plugin_log_level',
    ],
  ]);
});

t.test('Terway does not bring its binary', async (t) => {
  const binaries = {
    value: { probed: 1, present: new Set(['portmap']), missing: new Map() },
    source: { kind: 'node-probe' } as const,
  };
  const findings = findingsFor({ type: 'istio-cni' }, { ...ONE_NODE, binaries });
  t.match(findings, [
    ['deny', 'plugin-missing', 'the binary "istio-cni" is missing on the only node'],
  ]);
});

t.test('a member that another one excludes is not suggested', async (t) => {
  const version = parseVersion('1.27.0')!;
  const facts = {
    ...ONE_NODE,
    plugins: new Map([['istio-cni', known(version)]]),
  };
  const meant = (entry: object) =>
    findingsFor({ type: 'istio-cni', ...entry }, facts).map(([, , , fix]) => fix);
  t.same(meant({ plugin_log_levl: 'x' }), ['"plugin_log_level"']);
  t.same(meant({ plugin_log_levl: 'x', log_level: 'x' }), [
    'remove the member or correct its name',
  ]);
  t.same(meant({ log_levl: 'x', plugin_log_level: 'x' }), [
    'remove the member or correct its name',
  ]);
});
