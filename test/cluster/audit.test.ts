import { t } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  TYPO,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { prepareAuditor } from './auditor.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { type GuardConfig, startGuard } from './guard.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';
import { RESTART_WEBHOOK_NAME, createDaemonSet, registerRestartGate } from './restart-webhook.ts';
import { PATH_WITH_PROGRAM, installProgram } from './own-program.ts';
import { WEBHOOK_NAMES } from './webhooks.ts';

const PATIENCE_MS = 15_000;
const VENDOR = 'ack-operator@example.com';
const ANN = 'ann@example.com';

const withFacts = (terwayVersion: string): GuardConfig => ({
  facts: { terwayVersion, pluginVersions: { portmap: '1.7.1' }, kubeProxyMode: 'ipvs' },
  exempt: { users: [VENDOR] },
  audit: { events: true, background: true },
  restartGate: 'deny',
});

const GOOD = withConflist(
  BASE_VETH,
  conflist([
    { ...VETH_CONF, symmetric_routing: true },
    { ...PORTMAP, masqAll: true },
  ]),
);

interface Event {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

interface StoredLine {
  readonly msg: string;
  readonly because: string;
  readonly verdict: string;
  readonly findings: readonly { readonly rule: string }[];
}

t.test('what happens to eni-config is seen', async (t) => {
  const cluster = await startGuardedCluster(withFacts('1.15.2'), prepareAuditor);
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;
  const patch = 'kubectl patch cm eni-config -n kube-system --patch-file';
  const kubeconfigs: Readonly<Record<string, string>> = {
    [ANN]: await plane.kubeconfigFor(ANN, ['system:masters']),
    [VENDOR]: await plane.kubeconfigFor(VENDOR, ['system:masters']),
  };
  const as = (user: string) => ({ kubeconfig: kubeconfigs[user]! });
  await cluster.file(
    'chain.json',
    JSON.stringify({ data: { '10-terway.conflist': TYPO['10-terway.conflist'] } }),
  );
  const conf = BASE_VETH['10-terway.conf']!.replace('"iptables"', '"ebpf"');
  await cluster.file('conf.json', JSON.stringify({ data: { '10-terway.conf': conf } }));

  const events = async (): Promise<Event[]> => {
    const selector = '?fieldSelector=involvedObject.name%3Deni-config';
    const { body } = await plane.raw('GET', `/api/v1/namespaces/kube-system/events${selector}`);
    return (JSON.parse(body) as { readonly items: Event[] }).items;
  };
  const untilEvent = (wanted: Partial<Event> & { readonly message: string }) =>
    waitFor(`the Event ${JSON.stringify(wanted)}`, PATIENCE_MS, async () =>
      (await events()).find(
        ({ message, reason, count }) =>
          message.includes(wanted.message) &&
          reason === (wanted.reason ?? reason) &&
          count === (wanted.count ?? count),
      ),
    );
  const untilStored = (wanted: Partial<StoredLine> & { readonly rule?: string }) =>
    waitFor(`the log to tell of ${JSON.stringify(wanted)}`, PATIENCE_MS, async () => {
      const lines = (await guard.log()).split('\n').filter((line) => line.startsWith('{'));
      const last = lines
        .map((line) => JSON.parse(line) as StoredLine)
        .filter(({ msg }) => msg === 'stored object')
        .at(-1);
      const isIt =
        last?.verdict === wanted.verdict &&
        last?.because === (wanted.because ?? last?.because) &&
        (wanted.rule === undefined || last?.findings.some(({ rule }) => rule === wanted.rule));
      return isIt ? last : undefined;
    });

  await t.test('a refusal is an Event, counted up by whichever replica refuses', async (t) => {
    await cluster.store(BASE_VETH);
    const transcript = new Transcript();
    const refuse = () => cluster.type(transcript, `${patch} chain.json`, as(ANN));
    t.equal((await refuse()).code, 1);
    await untilEvent({ message: 'plugin-typo', count: 1 });
    t.equal((await refuse()).code, 1);
    await untilEvent({ message: 'plugin-typo', count: 2 });

    const options = await prepareAuditor(plane);
    const replica = await startGuard(withFacts('1.15.2'), options);
    t.teardown(() => replica.stop());
    await cluster.register(replica);
    t.equal((await refuse()).code, 1);
    await untilEvent({ message: 'plugin-typo', count: 3 });
    await cluster.register(guard);
  });

  await t.test('so is a change by an exempt user; a dry run leaves no trace', async (t) => {
    await cluster.store(BASE_VETH);
    const transcript = new Transcript();
    const before = await events();
    const dryRuns = [
      await cluster.type(transcript, `${patch} chain.json --dry-run=server`, as(ANN)),
      await cluster.type(transcript, `${patch} conf.json --dry-run=server`, as(VENDOR)),
    ];
    t.match(dryRuns, [{ code: 1 }, { code: 0 }]);
    const change = await cluster.type(transcript, `${patch} conf.json`, as(VENDOR));
    t.equal(change.code, 0);
    await untilEvent({ reason: 'Exempted', message: 'conf-changed', count: 1 });
    const after = await events();
    const isNew = ({ message, count }: Event) =>
      !before.some((event) => event.message === message && event.count === count);
    t.same(
      after
        .filter(isNew)
        .map(({ reason }) => reason)
        // The record of refused writers is written when it is due, and tells of the test before.
        .filter((reason) => !reason.startsWith('StoredObject') && reason !== 'RefusedWriters'),
      ['Exempted'],
      'written one after the other, so the dry runs before it left none',
    );
    t.match(await guard.metrics(), /^eni_config_guard_exemptions_total\{source="user"\} 1$/m);
  });

  await t.test('kubectl shows both', async (t) => {
    await cluster.store(BASE_VETH);
    const transcript = new Transcript();
    await plane.shell(`${patch} chain.json`, as(ANN));
    await plane.shell(`${patch} conf.json`, as(VENDOR));
    await untilEvent({ reason: 'Exempted', message: 'conf-changed', count: 1 });
    const columns =
      'TYPE:.type,REASON:.reason,FROM:.source.component,OBJECT:.involvedObject.name,MESSAGE:.message';
    const get =
      'kubectl get events -n kube-system --field-selector' +
      ` involvedObject.name=eni-config,type=Warning,reason!=StoredObjectInvalid -o custom-columns=${columns}`;
    await cluster.type(transcript, `${get} | sort -u`);
    const describe = 'kubectl describe cm eni-config -n kube-system';
    const { stdout } = await plane.shell(describe);
    const shown = stdout.slice(stdout.indexOf('\nEvents:'));
    t.match(shown, /Warning +Refused .* eni-config-guard +UPDATE by ann@.* refused: plugin-typo/);
    t.match(shown, /Warning +Exempted .* let through against conf-changed/);
    await transcript.matchesGolden(t, 'audit-events');
  });

  await t.test('break-glass: opened and used, for a write and for a restart', async (t) => {
    for (const line of [
      'create clusterrole asks --verb=create --resource=subjectaccessreviews.authorization.k8s.io',
      'create clusterrolebinding asks --clusterrole=asks --user=system:serviceaccount:kube-system:eni-config-guard',
    ])
      t.match(await plane.kubectl(line.split(' ')), { code: 0 });
    await cluster.store(BASE_VETH);
    await createDaemonSet(plane, 'terway-eniip');
    await registerRestartGate(plane, guard);
    const open =
      "kubectl annotate cm eni-config -n kube-system eni-config-guard/bypass-reason='ticket 4711' " +
      "eni-config-guard/bypass-until=$(date -u -d '+1 hour' +%FT%TZ)";
    const restart = 'kubectl rollout restart -n kube-system daemonset.apps/terway-eniip';
    for (const line of [
      `${open} --dry-run=server`,
      open,
      `${patch} chain.json --dry-run=server`,
      `${patch} chain.json`,
      restart,
    ])
      t.match(await plane.shell(line, as(ANN)), { code: 0 }, line);
    const who = 'by ann@example.com';
    const used = `let through against plugin-typo (break-glass until`;
    for (const [reason, message] of [
      ['BreakGlassOpened', `UPDATE ${who} opened break-glass until`],
      ['BreakGlass', `UPDATE ${who} ${used}`],
      ['BreakGlass', `restart of terway-eniip ${who} ${used}`],
    ] as const)
      t.match(await untilEvent({ reason, message }), { count: 1 }, 'no dry run was counted');
    t.match(
      await guard.metrics(),
      /^eni_config_guard_exemptions_total\{source="break-glass"\} 2$/m,
    );
    const { stdout } = await plane.shell('kubectl describe cm eni-config -n kube-system');
    t.match(
      stdout,
      /Warning +BreakGlass .* restart of terway-eniip by ann@example.com let through/,
    );
    const told = await waitFor('the audit event of the restart', PATIENCE_MS, async () =>
      (await plane.auditEvents()).find(
        ({ annotations }) => annotations?.[`${RESTART_WEBHOOK_NAME}/exemption`] !== undefined,
      ),
    );
    t.match(told.annotations, {
      [`${RESTART_WEBHOOK_NAME}/verdict`]: 'allow',
      [`${RESTART_WEBHOOK_NAME}/rules`]: /plugin-typo/,
      [`${RESTART_WEBHOOK_NAME}/exemption`]: /^break-glass until .*Z: ticket 4711$/,
    });
    t.match(await plane.shell('kubectl delete ds terway-eniip -n kube-system'), { code: 0 });
  });

  await t.test("the API server's own audit log has the verdicts", async (t) => {
    await cluster.store(BASE_VETH);
    const chain = conflist([VETH_CONF, PORTMAP]);
    await cluster.file('good.json', JSON.stringify({ data: { '10-terway.conflist': chain } }));
    t.match(await plane.shell(`${patch} chain.json --field-manager=m1`, as(ANN)), { code: 1 });
    t.match(await plane.shell(`${patch} good.json --field-manager=m2`, as(ANN)), { code: 0 });
    const annotationsOf = (manager: string) =>
      waitFor(`the audit event of ${manager}`, PATIENCE_MS, async () => {
        const all = await plane.auditEvents();
        return all.find(({ requestURI }) => requestURI.includes(`fieldManager=${manager}`))
          ?.annotations;
      });
    t.match(await annotationsOf('m1'), {
      [`${WEBHOOK_NAMES.validate}/verdict`]: 'deny',
      [`${WEBHOOK_NAMES.validate}/rules`]: /plugin-typo/,
    });
    t.match(await annotationsOf('m2'), {
      [`${WEBHOOK_NAMES.mutate}/injected`]: 'portmap.externalSetMarkChain',
      [`${WEBHOOK_NAMES.validate}/verdict`]: 'allow',
    });
    const line = (await guard.log()).split('\n').find((text) => text.includes('"m2"'));
    t.match(JSON.parse(line ?? '{}'), { fieldManager: 'm2', user: ANN, schema: 1 });
  });

  await t.test(
    'what is stored is judged at every change, those past the webhook too',
    async (t) => {
      await cluster.store(GOOD);
      await untilStored({ verdict: 'allow' });
      t.match(await plane.shell(`${patch} conf.json`, as(VENDOR)), { code: 0 });
      await untilStored({ verdict: 'deny', because: 'object', rule: 'first-entry-differs' });
      await untilEvent({ reason: 'StoredObjectInvalid', message: 'first-entry-differs' });
      t.match(
        await guard.metrics(),
        /^eni_config_guard_stored_object_findings\{rule="first-entry-differs",severity="deny"\} 1$/m,
      );
      await cluster.remove();
      await untilStored({ verdict: 'deny', rule: 'eni-conf-missing' });
      await cluster.store(GOOD);
      await untilStored({ verdict: 'allow' });
      await untilEvent({ reason: 'StoredObjectValid', message: 'can restart' });
    },
  );

  await t.test('and at the start: Terway was downgraded meanwhile', async () => {
    await guard.kill();
    await guard.restart(withFacts('1.14.3'));
    await untilStored({ verdict: 'deny', because: 'start', rule: 'field-version' });
    await untilEvent({ reason: 'StoredObjectInvalid', message: 'field-version' });
  });

  await t.test('status tells whether Terway can restart', async (t) => {
    await installProgram(plane);
    const env = { PATH: PATH_WITH_PROGRAM(plane) };
    for (const version of ['1.15.2', '1.14.3']) {
      const facts = { terwayVersion: version, kubeProxyMode: 'ipvs' };
      await cluster.file(`terway-${version}.yaml`, JSON.stringify({ facts }));
    }
    const transcript = new Transcript();
    const outputs = [];
    for (const line of [
      'eni-config-guard status --config terway-1.15.2.yaml',
      'eni-config-guard status --config terway-1.14.3.yaml',
      'eni-config-guard status --config terway-1.14.3.yaml --output json',
    ]) {
      outputs.push(await cluster.type(transcript, line, { env }));
    }
    await cluster.remove();
    outputs.push(await cluster.type(transcript, 'eni-config-guard status', { env }));
    const nobody = await plane.kubeconfigFor('nobody@example.com', []);
    const forbidden = `eni-config-guard status --kubeconfig nobody.kubeconfig`;
    await cluster.file('nobody.kubeconfig', '');
    await plane.shell(`cp ${nobody} nobody.kubeconfig`);
    outputs.push(await cluster.type(transcript, forbidden, { env }));
    t.same(
      outputs.map(({ code }) => code),
      [0, 1, 1, 1, 2],
    );
    await transcript.matchesGolden(t, 'status');
  });
});

t.test('an eni-config broken before there was a guard is found at the start', async (t) => {
  const cluster = await startGuardedCluster({}, async (plane) => {
    const stdin = manifest(TYPO);
    await plane.kubectl(['apply', '-f', '-'], { stdin });
    return prepareAuditor(plane);
  });
  t.teardown(() => cluster.stop());
  const { guard } = cluster;
  t.notMatch(await guard.metrics(), /stored_object/, 'the check is switched off');
  await guard.kill();
  await guard.restart({ audit: { background: true } });
  await waitFor(
    'the log to tell',
    PATIENCE_MS,
    async () =>
      (await guard.log()).includes('"because":"start","exists":true,"verdict":"deny"') || undefined,
  );
});
