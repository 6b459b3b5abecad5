import { t } from 'tap';

import { CASES } from './chart-cases.ts';
import { render } from './chart.ts';
import type { Manifest } from './chart.ts';
import { startControlPlane } from './controlplane/start.ts';

/** Which rights the chart grants: those of features that are on, and no other. */

const WEBHOOKS = 'validatingwebhookconfigurations,mutatingwebhookconfigurations eni-config-guard';
// The restart gate takes it, too.
const READ_ENI_CONFIG = 'kube-system get,list,watch configmaps eni-config';
const IN_KUBE_SYSTEM = [
  'kube-system create,patch events *',
  // The history of eni-config lies beside it.
  'kube-system get,update secrets eni-config-guard-history',
  READ_ENI_CONFIG,
  'kube-system list pods *',
  'kube-system list,watch configmaps kube-proxy,kube-proxy-worker',
  'kube-system list,watch daemonsets terway-eniip,terway-eni,terway',
];
const readProbesIn = (namespace: string) => [
  `${namespace} list controllerrevisions *`,
  `${namespace} list daemonsets eni-config-guard-node-probe`,
];
const servingSecretIn = (namespace: string) => `${namespace} get secrets eni-config-guard-tls`;
const READ_CONFIGURATIONS = `cluster get ${WEBHOOKS}`;
const ASK_FOR_BYPASS = 'cluster create subjectaccessreviews *';
const LIST_NODES = 'cluster list nodes *';
const WITHOUT_FACTS = [
  ASK_FOR_BYPASS,
  // Those that carry the name of an overlay.
  LIST_NODES,
  READ_CONFIGURATIONS,
  READ_ENI_CONFIG,
  servingSecretIn('kube-system'),
].sort();
const GUARD: Readonly<Record<string, readonly string[]>> = {
  'the defaults in kube-system': [
    ASK_FOR_BYPASS,
    READ_CONFIGURATIONS,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    ...readProbesIn('kube-system'),
    servingSecretIn('kube-system'),
  ].sort(),
  'the defaults in network': [
    ASK_FOR_BYPASS,
    READ_CONFIGURATIONS,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    'network list pods *',
    ...readProbesIn('network'),
    servingSecretIn('network'),
  ].sort(),
  'overlays in the background in kube-system': [
    ASK_FOR_BYPASS,
    READ_CONFIGURATIONS,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    'kube-system get configmaps *',
    ...readProbesIn('kube-system'),
    servingSecretIn('kube-system'),
  ].sort(),
  'no rights but the least in network': [READ_CONFIGURATIONS],
  'nothing but judging in kube-system': [
    ASK_FOR_BYPASS,
    LIST_NODES,
    READ_CONFIGURATIONS,
    ...IN_KUBE_SYSTEM,
    servingSecretIn('kube-system'),
  ].sort(),
  'static facts in kube-system': WITHOUT_FACTS,
  'defaults taken away in kube-system': WITHOUT_FACTS,
  'cert-manager in network': [
    ASK_FOR_BYPASS,
    LIST_NODES,
    READ_CONFIGURATIONS,
    ...IN_KUBE_SYSTEM,
    'network list pods *',
    ...readProbesIn('network'),
  ].sort(),
};
const caBundleAndSecrets = (namespace: string) =>
  [
    READ_CONFIGURATIONS,
    `cluster patch ${WEBHOOKS}`,
    `${namespace} get,patch secrets eni-config-guard-ca,eni-config-guard-tls`,
  ].sort();
const TRUST: Readonly<Record<string, readonly string[]>> = {
  'the defaults in kube-system': caBundleAndSecrets('kube-system'),
  'the defaults in network': caBundleAndSecrets('network'),
  'overlays in the background in kube-system': caBundleAndSecrets('kube-system'),
  'no rights but the least in network': [READ_CONFIGURATIONS, `cluster patch ${WEBHOOKS}`].sort(),
  'nothing but judging in kube-system': [
    READ_CONFIGURATIONS,
    'cluster patch validatingwebhookconfigurations eni-config-guard',
    'kube-system get,patch secrets eni-config-guard-ca,eni-config-guard-tls',
  ].sort(),
  'static facts in kube-system': caBundleAndSecrets('kube-system'),
  'defaults taken away in kube-system': caBundleAndSecrets('kube-system'),
  'cert-manager in network': [],
};

t.test('the chart grants', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());

  for (const [name, namespace] of [
    ['the defaults', 'kube-system'],
    ['the defaults', 'network'],
    ['overlays in the background', 'kube-system'],
    ['no rights but the least', 'network'],
    ['nothing but judging', 'kube-system'],
    ['static facts', 'kube-system'],
    ['defaults taken away', 'kube-system'],
    ['cert-manager', 'network'],
  ] as const) {
    await t.test(`what ${name} in ${namespace} take`, async (t) => {
      const objects = await render(plane, CASES[name] ?? {}, { namespace });
      const rightsOfRoles = (role: string) =>
        objects
          .filter(({ kind, metadata }) => kind.endsWith('Role') && metadata.name === role)
          .flatMap(rightsOf)
          .sort();
      t.same(rightsOfRoles('eni-config-guard'), GUARD[`${name} in ${namespace}`]);
      t.same(rightsOfRoles('eni-config-guard-trust'), TRUST[`${name} in ${namespace}`]);
    });
  }
});

/** `verb,verb resource [names]`, one for every rule of a Role. */
function rightsOf({ kind, metadata, rules }: Manifest): string[] {
  interface Rule {
    readonly verbs: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }
  const where = kind === 'Role' ? (metadata.namespace ?? '') : 'cluster';
  return (rules as readonly Rule[]).map(({ verbs, resources, resourceNames }) =>
    [where, verbs.join(), resources.join(), resourceNames?.join() ?? '*'].join(' '),
  );
}
