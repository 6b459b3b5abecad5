import { t } from 'tap';

import { CASES } from './chart-cases.ts';
import { render } from './chart.ts';
import type { Manifest } from './chart.ts';
import { startControlPlane } from './controlplane/start.ts';

/** Which rights the chart grants the guard: those of features that are on, and no other. */

const WEBHOOKS = 'validatingwebhookconfigurations,mutatingwebhookconfigurations eni-config-guard';
const IN_KUBE_SYSTEM = [
  'kube-system create,patch events *',
  'kube-system get,list,watch configmaps eni-config',
  'kube-system list pods *',
  'kube-system list,watch configmaps kube-proxy,kube-proxy-worker',
  'kube-system list,watch daemonsets terway-eniip,terway-eni,terway',
];
const secretsOf = (namespace: string) => [
  `${namespace} create secrets *`,
  `${namespace} get,patch secrets eni-config-guard-ca`,
];
const READ_CONFIGURATIONS = `cluster get ${WEBHOOKS}`;
const WRITE_CA_BUNDLE = [READ_CONFIGURATIONS, `cluster patch ${WEBHOOKS}`];
const ASK_FOR_BYPASS = 'cluster create subjectaccessreviews *';
const LIST_NODES = 'cluster list nodes *';
const WITHOUT_FACTS = [ASK_FOR_BYPASS, ...WRITE_CA_BUNDLE, ...secretsOf('kube-system')].sort();
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'the defaults in kube-system': [
    ASK_FOR_BYPASS,
    ...WRITE_CA_BUNDLE,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    ...secretsOf('kube-system'),
  ].sort(),
  'the defaults in network': [
    ASK_FOR_BYPASS,
    ...WRITE_CA_BUNDLE,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    'network list pods *',
    ...secretsOf('network'),
  ].sort(),
  'no rights but the least in network': WRITE_CA_BUNDLE,
  'nothing but judging in kube-system': [
    ASK_FOR_BYPASS,
    LIST_NODES,
    READ_CONFIGURATIONS,
    'cluster patch validatingwebhookconfigurations eni-config-guard',
    ...IN_KUBE_SYSTEM,
    ...secretsOf('kube-system'),
  ].sort(),
  'static facts in kube-system': WITHOUT_FACTS,
  'defaults taken away in kube-system': WITHOUT_FACTS,
  'cert-manager in network': [
    ASK_FOR_BYPASS,
    LIST_NODES,
    READ_CONFIGURATIONS,
    ...IN_KUBE_SYSTEM,
    'network list pods *',
  ].sort(),
};

t.test('the chart grants', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());

  for (const [name, namespace] of [
    ['the defaults', 'kube-system'],
    ['the defaults', 'network'],
    ['no rights but the least', 'network'],
    ['nothing but judging', 'kube-system'],
    ['static facts', 'kube-system'],
    ['defaults taken away', 'kube-system'],
    ['cert-manager', 'network'],
  ] as const) {
    await t.test(`what ${name} in ${namespace} take`, async (t) => {
      const objects = await render(plane, CASES[name] ?? {}, { namespace });
      const roles = objects.filter(
        ({ kind, metadata }) => kind.endsWith('Role') && metadata.name === 'eni-config-guard',
      );
      t.same(roles.flatMap(rightsOf).sort(), RIGHTS[`${name} in ${namespace}`]);
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
