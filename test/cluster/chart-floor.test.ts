import { t } from 'tap';

import { denialsIn } from '../../src/engine/core/decide.ts';
import { ADMISSION_POLICY_RULES } from '../../src/engine/rules/admission-policy.ts';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import { BASE_VETH, VETH_CONF } from '../support/config-maps.ts';
import { apply, render } from './chart.ts';
import type { Values } from './chart.ts';
import type { RawResponse } from './controlplane/admin-client.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { Transcript } from './controlplane/transcript.ts';
import { verdictOn } from '../support/verdicts.ts';
import { waitFor } from '../support/wait.ts';
import { replaceIn } from './edit-steps.ts';
import { kubectlEdit } from './controlplane/edit.ts';

/** The ValidatingAdmissionPolicy of the chart on a real API server, without any guard. */

const EFFECT_TIMEOUT_MS = 20_000;
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';
const ENI_CONFIG = `${CONFIG_MAPS}/eni-config`;
const POLICIES = '/apis/admissionregistration.k8s.io/v1';
const CONF = '10-terway.conf';

/** The user who may do anything, in tests that grant rights with care. */
const ADMIN = { exempt: { users: ['setup'] } };

t.test('the floor', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const setup = await plane.kubeconfigFor('setup', ['system:masters']);
  const store = async (object: Stored) => {
    const stdin = JSON.stringify(manifestOf(object));
    await plane.kubectl(['delete', '--ignore-not-found', '-f', '-'], { stdin, kubeconfig: setup });
    const output = await plane.kubectl(['create', '-f', '-'], { stdin, kubeconfig: setup });
    if (output.code !== 0) throw new Error(output.stderr);
  };
  await store({ data: BASE_VETH });
  await stand(plane, ADMIN);

  await t.test('refuses and tells why, and leaves everything else free', async (t) => {
    await store({ data: BASE_VETH });
    const transcript = new Transcript();
    const type = async (line: string) => {
      const output = await plane.shell(line);
      transcript.add(line, output);
      return output;
    };
    const merge = 'kubectl patch cm eni-config -n kube-system --type=merge -p';
    for (const line of [
      'kubectl delete cm eni-config -n kube-system',
      'kubectl delete cm -n kube-system -l team!=none --field-selector metadata.name=eni-config',
      `${merge} '{"data":{"${CONF}":"{}"}}'`,
      `${merge} '{"data":{"${CONF}":null}}'`,
      `${merge} '{"data":{"${CONF}":null},"binaryData":{"${CONF}":"e30="}}'`,
    ]) {
      t.match(await type(line), { code: 1 }, line);
    }
    const edit = await kubectlEdit(
      plane,
      ['cm', '-nkube-system', 'eni-config'],
      [(text) => replaceIn(text, '"iptables"', '"ebpf"'), 'quit'],
    );
    transcript.add('kubectl edit cm -nkube-system eni-config', edit);
    t.equal(edit.openings.length, 2, 'the editor opens again on the same text');
    for (const line of [
      `${merge} '{"data":{"10-terway.conflist":"{"}}'`,
      'kubectl label cm eni-config -n kube-system team=network',
      'kubectl create cm other -n kube-system --from-literal=10-terway.conf=a',
      `kubectl patch cm other -n kube-system --type=merge -p '{"data":{"${CONF}":"b"}}'`,
      'kubectl delete cm other -n kube-system',
      'kubectl create cm eni-config -n default',
      'kubectl delete cm eni-config -n default',
    ]) {
      t.match(await type(line), { code: 0, stderr: '' }, line);
    }
    await transcript.matchesGolden(t, 'floor');
  });

  await t.test('refuses the delete of a collection that it is in', async (t) => {
    await store({ data: BASE_VETH });
    const { status, body } = await plane.raw('DELETE', `${CONFIG_MAPS}?dryRun=All`);
    t.equal(status, 422);
    t.match(body, /rule: eni-config-guard\/object-deleted/);
  });

  for (const [name, before, after] of CHANGES) {
    await t.test(`says what the guard says: ${name}`, async (t) => {
      await store(before);
      const response =
        after === undefined
          ? await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`)
          : await plane.raw('PUT', `${ENI_CONFIG}?dryRun=All`, manifestOf(after));
      t.equal(refusingRule(response), guardsRule(before, after), response.body);
    });
  }

  await t.test('is lifted by the command that its message names', async (t) => {
    await store({ data: BASE_VETH });
    const { body } = await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`);
    const command = /to lift it: (kubectl [a-z -]+)/.exec(body)?.[1] ?? '';
    t.match(await plane.shell(command), { code: 0 }, command);
    await waitFor('the floor to be gone', EFFECT_TIMEOUT_MS, async () => isFree(plane));
  });

  await t.test('exempts those whom the guard exempts, and them alone', async (t) => {
    const hostile = ['a"b\\c', "O'Brien {{ .Values }} ${x}", '") || true || ("', 'line\nbreak'];
    await stand(plane, {
      exempt: { users: ['setup', ...hostile], groups: ['system:vendor', ...hostile] },
    });
    await store({ data: BASE_VETH });
    const remove = ['delete', 'cm', 'eni-config', '-n', 'kube-system', '--dry-run=server'];
    const as = async (user: string, ...groups: string[]) =>
      plane.kubectl([
        ...remove,
        `--as=${user}`,
        ...['system:masters', ...groups].map((group) => `--as-group=${group}`),
      ]);
    for (const user of hostile.filter((name) => !name.includes('\n'))) {
      t.match(await as(user), { code: 0 }, user);
      t.match(await as('ann', user), { code: 0 }, `group ${user}`);
    }
    t.match(await as('ann', 'system:vendor'), { code: 0 });
    for (const user of ['ann', 'setu', 'setup2', 'Setup', 'system:vendor', 'true']) {
      t.match(await as(user), { code: 1, stderr: /object-deleted/ }, user);
    }
  });

  await t.test('opens to a break-glass annotation of those with the right', async (t) => {
    await stand(plane, ADMIN);
    await store({ data: BASE_VETH });
    await apply(plane, rightsFor('anyone', ['get', 'patch']));
    await apply(plane, rightsFor('oncall', ['get', 'patch', 'bypass']));
    const patch = async (group: string, annotations: Record<string, string>) => {
      const body = JSON.stringify({ metadata: { annotations }, data: { [CONF]: '{}' } });
      const target = ['cm', 'eni-config', '-n', 'kube-system', '--dry-run=server'];
      const kubeconfig = await plane.kubeconfigFor('ann', [group]);
      return plane.kubectl(['patch', ...target, '--type=merge', '-p', body], { kubeconfig });
    };
    const reason = { 'eni-config-guard/bypass-reason': 'incident 4711' };
    const glass = { ...reason, 'eni-config-guard/bypass-until': '2030-01-01T00:00:00Z' };
    const refused = { code: 1, stderr: /conf-changed/ };
    t.match(await patch('oncall', glass), { code: 0 });
    t.match(await patch('oncall', reason), refused, 'for ever');
    t.match(await patch('oncall', {}), refused, 'the right alone');
    t.match(await patch('anyone', glass), refused, 'the annotations alone');

    await stand(plane, { ...ADMIN, breakGlass: { enabled: false } });
    t.match(await patch('oncall', glass), refused, 'switched off');
  });

  await t.test('follows the severity of each rule', async (t) => {
    await stand(plane, { ...ADMIN, rules: { 'conf-changed': 'warn', 'conf-missing': false } });
    await store({ data: BASE_VETH });
    const put = async (data: Readonly<Record<string, string>>) =>
      plane.raw('PUT', `${ENI_CONFIG}?dryRun=All`, manifestOf({ data }));
    t.equal((await put({ ...BASE_VETH, [CONF]: '{}' })).status, 200);
    t.equal((await put({ eni_conf: '{}' })).status, 200);
    t.equal((await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`)).status, 422);
  });

  await t.test('warns in mode warn', async (t) => {
    await stand(plane, { ...ADMIN, mode: 'warn' }, async () => {
      const { headers } = await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`);
      return headers.warning === undefined ? undefined : true;
    });
    const { status, headers } = await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`);
    t.equal(status, 200);
    t.match(headers.warning, /eni-config-guard\/object-deleted/);
  });

  await t.test('only leaves a mark in the audit log in mode audit', async (t) => {
    await stand(plane, { ...ADMIN, mode: 'audit' }, async () => {
      const { status, headers } = await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`);
      t.same([status, headers.warning], [200, undefined]);
      const marks = (await plane.auditEvents()).map(
        ({ annotations }) => annotations?.['validation.policy.admission.k8s.io/validation_failure'],
      );
      return marks.some((mark) => mark?.includes('object-deleted') && mark.includes('"Audit"'))
        ? true
        : undefined;
    });
  });

  await t.test('is not rendered when nothing is left to hold, or when off', async (t) => {
    const off = Object.fromEntries(ADMISSION_POLICY_RULES.map(({ rule }) => [rule, 'audit']));
    for (const values of [{ config: { rules: off } }, { floor: { enabled: false } }]) {
      const kinds = (await render(plane, values)).map(({ kind }) => kind);
      t.same(
        kinds.filter((kind) => kind.startsWith('ValidatingAdmissionPolicy')),
        [],
      );
    }
  });
});

interface Stored {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const { [CONF]: CONF_TEXT = '', ...OTHERS } = BASE_VETH;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const withConf = (text: string): Stored => ({ data: { ...OTHERS, [CONF]: text } });
const inBytes = (text: string): Stored => ({
  data: OTHERS,
  binaryData: { [CONF]: base64(text) },
});

/** Stored objects and what becomes of them; `undefined` is a delete. */
const CHANGES: readonly (readonly [string, Stored, Stored | undefined])[] = [
  ['a delete', withConf(CONF_TEXT), undefined],
  ['a delete of a broken object', {}, undefined],
  ['nothing changed', withConf(CONF_TEXT), withConf(CONF_TEXT)],
  ['one space more', withConf(CONF_TEXT), withConf(`${CONF_TEXT} `)],
  ['another policy provider', withConf(CONF_TEXT), withConf(JSON.stringify(VETH_CONF))],
  ['emptied', withConf(CONF_TEXT), withConf('')],
  ['removed', withConf(CONF_TEXT), { data: OTHERS }],
  ['all data removed', withConf(CONF_TEXT), {}],
  ['moved to binaryData', withConf(CONF_TEXT), inBytes(CONF_TEXT)],
  ['missing before and after', { data: OTHERS }, { data: { ...OTHERS, more: 'x' } }],
  ['put back', { data: OTHERS }, withConf(CONF_TEXT)],
  ['put into binaryData', { data: OTHERS }, inBytes(CONF_TEXT)],
  ['left in binaryData', inBytes(CONF_TEXT), inBytes(CONF_TEXT)],
  ['changed in binaryData', inBytes(CONF_TEXT), inBytes('{}')],
  ['moved out of binaryData', inBytes(CONF_TEXT), withConf(CONF_TEXT)],
  ['removed from binaryData', inBytes(CONF_TEXT), { data: OTHERS }],
];

const POLICY_RULE_IDS = ADMISSION_POLICY_RULES.map(({ rule }) => rule as string);

/** The first of the floor's rules by which the guard refuses; undefined when it has none. */
function guardsRule(before: Stored, after: Stored | undefined): string | undefined {
  const change = {
    operation: after === undefined ? 'DELETE' : 'UPDATE',
    old: configMapOf(before),
    new: after === undefined ? undefined : configMapOf(after),
  } as const;
  const refused = new Set(denialsIn(verdictOn(change)).map(({ rule }) => rule));
  return POLICY_RULE_IDS.find((rule) => refused.has(rule));
}

function refusingRule({ status, body }: RawResponse): string | undefined {
  if (status === 200) return undefined;
  return /rule: eni-config-guard\/([a-z-]+)\./.exec(body)?.[1] ?? `status ${status}`;
}

function configMapOf({ data = {}, binaryData = {} }: Stored): ConfigMap {
  return {
    data: new Map(Object.entries(data)),
    binaryData: new Map(Object.entries(binaryData)),
    immutable: false,
  };
}

function manifestOf(object: Stored) {
  const metadata = { name: 'eni-config', namespace: 'kube-system' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...object };
}

/** Whether eni-config may be deleted without a refusal or a warning. */
async function isFree(plane: ControlPlane): Promise<true | undefined> {
  const { status, headers } = await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`);
  return status === 200 && headers.warning === undefined ? true : undefined;
}

/**
 * Makes this configuration's floor the one that stands; resolves when the API server goes by it,
 * which is when a delete is refused unless `effect` knows better.
 */
async function stand(
  plane: ControlPlane,
  config: Values,
  effect = async () => {
    const { status } = await plane.raw('DELETE', `${ENI_CONFIG}?dryRun=All`);
    return status === 422 ? true : undefined;
  },
): Promise<void> {
  for (const kind of ['validatingadmissionpolicybindings', 'validatingadmissionpolicies']) {
    await plane.raw('DELETE', `${POLICIES}/${kind}/eni-config-guard`);
  }
  await waitFor('the former floor to be gone', EFFECT_TIMEOUT_MS, async () => isFree(plane));
  await apply(plane, await render(plane, { config }, { flags: ['-s', 'templates/floor.yaml'] }));
  await waitFor('the floor to take effect', EFFECT_TIMEOUT_MS, effect);
}

function rightsFor(group: string, verbs: readonly string[]) {
  const metadata = { name: group, namespace: 'kube-system' };
  const api = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: `${api}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['eni-config'], verbs }],
    },
    {
      apiVersion: `${api}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: api, kind: 'Role', name: group },
      subjects: [{ apiGroup: api, kind: 'Group', name: group }],
    },
  ];
}
