import { t } from 'tap';

import { GOOD, WRONG_TYPE } from '../support/config-maps.ts';
import { allowEditing, startAskingCluster, startAskingGuard } from './asking-cluster.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { startGuard } from './guard.ts';
import type { GuardConfig } from './guard.ts';
import { manifest } from './guarded-cluster.ts';
import { WEBHOOK_NAMES } from './webhooks.ts';

const EVENT_TIMEOUT_MS = 5_000;
const CONFIG: GuardConfig = { facts: { terwayVersion: '1.15.2' } };

const TARGET = 'cm eni-config -n kube-system';
const REASON = "eni-config-guard/bypass-reason='ticket 4711'";
const IN_AN_HOUR = "eni-config-guard/bypass-until=$(date -u -d '+1 hour' +%FT%TZ)";
const AN_HOUR_AGO = "eni-config-guard/bypass-until=$(date -u -d '-1 hour' +%FT%TZ)";
const TOMORROW = "eni-config-guard/bypass-until=$(date -u -d '+1 day' +%FT%TZ)";
const BREAK_GLASS = `kubectl annotate ${TARGET} ${REASON} ${IN_AN_HOUR}`;
const REMOVAL = `kubectl annotate ${TARGET} eni-config-guard/bypass-until- eni-config-guard/bypass-reason-`;
const BREAK = 'kubectl apply --server-side --force-conflicts -f broken.yaml';

t.test('break-glass', async (t) => {
  const cluster = await startAskingCluster(CONFIG);
  t.teardown(() => cluster.stop());
  const { plane } = cluster;
  await cluster.file('broken.yaml', manifest(WRONG_TYPE));
  const ops = { kubeconfig: await allowEditing(plane, 'ops@example.com') };
  const ann = { kubeconfig: await allowEditing(plane, 'ann@example.com') };

  await t.test('is granted by a Role, used with warnings, and removed', async (t) => {
    await cluster.store(GOOD);
    const transcript = new Transcript();
    for (const line of [
      'kubectl create role eni-config-bypass -n kube-system --verb=bypass --resource=configmaps --resource-name=eni-config',
      'kubectl create rolebinding eni-config-bypass -n kube-system --role=eni-config-bypass --user=ops@example.com',
    ]) {
      t.match(await cluster.type(transcript, line), { code: 0 }, line);
    }
    const steps: [line: string, code: number][] = [
      ['kubectl auth can-i bypass configmaps/eni-config -n kube-system', 0],
      [BREAK, 1],
      [BREAK_GLASS, 0],
      [BREAK, 0],
      [REMOVAL, 0],
      [`kubectl delete ${TARGET}`, 1],
    ];
    for (const [line, code] of steps) {
      t.match(await cluster.type(transcript, line, ops), { code }, line);
    }
    t.same(await cluster.stored(), WRONG_TYPE);
    await transcript.matchesGolden(t, 'break-glass-used');

    const event = await waitFor('the audit event of the bypass', EVENT_TIMEOUT_MS, async () =>
      (await plane.auditEvents()).find(
        ({ annotations }) => annotations?.[`${WEBHOOK_NAMES.validate}/exemption`] !== undefined,
      ),
    );
    t.match(event.annotations, {
      [`${WEBHOOK_NAMES.validate}/verdict`]: 'allow',
      [`${WEBHOOK_NAMES.validate}/rules`]: /field-type/,
      [`${WEBHOOK_NAMES.validate}/exemption`]: /^break-glass until .*Z: ticket 4711$/,
    });
    t.match(event.user, { username: 'ops@example.com' });
    t.match(await cluster.guard.log(), /"exemption":"break-glass until [^"]*Z: ticket 4711"/);
  });

  await t.test('in one edit with the change it is for, and for a DELETE', async (t) => {
    await cluster.store(GOOD);
    const transcript = new Transcript();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const edit = await cluster.edit(
      transcript,
      [
        (opened) =>
          opened
            .replace('"type": "portmap"', '"type": "portmap",\n          "snat": "true"')
            .replace(
              '\nmetadata:\n',
              `\nmetadata:\n  annotations:\n    eni-config-guard/bypass-reason: ticket 4711\n    eni-config-guard/bypass-until: "${until}"\n`,
            ),
      ],
      ops,
    );
    t.match(edit, { code: 0 });
    t.match(await cluster.type(transcript, `kubectl delete ${TARGET}`, ops), { code: 0 });
    t.equal(await cluster.stored(), undefined);
    await transcript.matchesGolden(t, 'break-glass-edit-delete');
  });

  await t.test('is nothing to those without the right', async (t) => {
    await cluster.store(GOOD);
    const transcript = new Transcript();
    const canI = 'kubectl auth can-i bypass configmaps/eni-config -n kube-system';
    t.match(await cluster.type(transcript, canI, ann), { code: 1 });
    t.match(await cluster.type(transcript, BREAK_GLASS, ann), { code: 1 });
    t.match(await plane.shell(BREAK_GLASS, ops), { code: 0 }, 'the user who holds the right may');
    t.match(await cluster.type(transcript, BREAK, ann), { code: 1 });
    const label = `kubectl label ${TARGET} team=network`;
    t.match(await cluster.type(transcript, label, ann), { code: 0 });
    t.same(await cluster.stored(), GOOD);
    await transcript.matchesGolden(t, 'break-glass-forged');
  });

  await t.test('ends: what is expired or too far ahead is refused', async (t) => {
    await cluster.store(GOOD);
    const transcript = new Transcript();
    for (const until of [AN_HOUR_AGO, TOMORROW, 'eni-config-guard/bypass-until=later']) {
      const line = `kubectl annotate ${TARGET} ${REASON} ${until}`;
      t.match(await cluster.type(transcript, line, ops), { code: 1 }, until);
    }
    await transcript.matchesGolden(t, 'break-glass-ended');
  });

  await t.test('expired where it stands, it neither hinders nor helps a write', async (t) => {
    await cluster.store(GOOD);
    await cluster.unregister();
    t.match(await plane.shell(`kubectl annotate ${TARGET} ${REASON} ${AN_HOUR_AGO}`), { code: 0 });
    await cluster.register();
    const transcript = new Transcript();
    const label = `kubectl label ${TARGET} team=network`;
    t.match(await cluster.type(transcript, label, ops), { code: 0 });
    t.match(await cluster.type(transcript, BREAK, ops), { code: 1 });
    t.same(await cluster.stored(), GOOD);
    await transcript.matchesGolden(t, 'break-glass-expired');
  });

  await t.test('a dry run asks and answers the same', async (t) => {
    await cluster.store(GOOD);
    const asked = await questions(1);
    t.match(await plane.shell(`${BREAK_GLASS} --dry-run=server`, ops), {
      code: 0,
      stderr: /Warning/,
    });
    t.match(await plane.shell(`${BREAK_GLASS} --dry-run=server`, ann), { code: 1 });
    t.equal(await questions(asked + 2), asked + 2);
  });

  await t.test('only writes that turn on it cost a question', async (t) => {
    await cluster.store(GOOD);
    t.match(await plane.shell(BREAK_GLASS, ops), { code: 0 });
    const asked = await questions(1);
    t.match(await plane.shell(`kubectl label ${TARGET} team=network`, ann), { code: 0 });
    t.match(await plane.shell(REMOVAL, ann), { code: 0 });
    t.match(await plane.shell(BREAK, ops), { code: 1 });
    t.match(await plane.shell(BREAK_GLASS, ann), { code: 1 });
    t.equal(await questions(asked + 1), asked + 1, 'setting it again is what was asked about');
  });

  await t.test(
    'does not count when the API server does not answer, or when it is switched off',
    async (t) => {
      const transcript = new Transcript();
      const guards = {
        'may not ask': await startAskingGuard(plane, CONFIG, 'powerless@example.com'),
        'was given no API server': await startGuard(CONFIG),
        'is told not to': await startAskingGuard(plane, {
          ...CONFIG,
          breakGlass: { enabled: false },
        }),
      };
      for (const [name, guard] of Object.entries(guards)) {
        t.teardown(() => guard.stop());
        await cluster.store(GOOD);
        await cluster.register(guard);
        t.match(await cluster.type(transcript, BREAK_GLASS, ops), { code: 1 }, name);
        t.match(await cluster.type(transcript, BREAK, ops), { code: 1 }, name);
        t.same(await cluster.stored(), GOOD);
      }
      await transcript.matchesGolden(t, 'break-glass-unasked');
      await cluster.register();
    },
  );

  /** How often the guard has asked so far, once it is `least` times: the audit log lags behind. */
  async function questions(least: number): Promise<number> {
    return waitFor(`${least} questions`, EVENT_TIMEOUT_MS, async () => {
      const events = await plane.auditEvents();
      const found = events.filter(
        ({ objectRef, user }) =>
          objectRef?.resource === 'subjectaccessreviews' && user.username === 'eni-config-guard',
      );
      return found.length >= least ? found.length : undefined;
    });
  }
});
