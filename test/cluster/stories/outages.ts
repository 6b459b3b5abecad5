import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { Transcript } from '../controlplane/transcript.ts';
import { waitFor } from '../../support/wait.ts';
import { CHART, helm, install, untilArmed, untilSettled, upgrade } from '../lab/release.ts';
import { ReviewStream, UNNOTICED, outside } from '../lab/review-stream.ts';
import { CONFIGURATION_NAME } from '../webhooks.ts';

const TARGET = 'cm eni-config -n kube-system';
const AFTERMATH_MS = 3000;
/** Long enough for a pod to look for its configurations more than once. */
const LOOKS_MS = 12_000;
/** Long enough for the kubelets to bring the volumes of their pods up to date. */
const UNTIL_MOUNTED_MS = 8000;

/** An installed guard loses pods, its API server, all its pods. */
export async function guardIsOut(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await install(lab);
  const names = (await lab.pods('webhook')).map(({ metadata }) => metadata?.name ?? '');

  await t.test('survives the loss of a pod: only calls of that pod fail', async (t) => {
    for (const pod of await lab.pods('webhook')) {
      const name = pod.metadata?.name ?? '';
      const stream = await ReviewStream.start(t, plane);
      await stream.flow(50);
      const beforeKill = stream.elapsed;
      await lab.kill(name);
      const dead = stream.elapsed;
      await lab.untilWithdrawn(name);
      const { answered, wrong, failed, passedOver, unanswered } = await stream.stop();
      const afterwards = await ReviewStream.start(t, plane);
      t.comment(`${answered} reviews, ${failed.length} failed (${passedOver} passed over)`);
      t.same({ wrong, unanswered }, { wrong: [], unanswered: 0 });
      t.same(outside(failed, beforeKill, Infinity), [], 'none fails before');
      // A call that was under way breaks off; one that comes later is refused at that address.
      const refused = `dial tcp ${pod.status?.podIP ?? ''}:18443: connect: connection refused`;
      const later = failed.filter(({ sentAt }) => sentAt > dead);
      t.same(
        later.filter(({ message }) => !message.includes(refused)),
        [],
      );
      await untilSettled(lab);
      await sleep(AFTERMATH_MS);
      const { answered: answeredThen, ...rest } = await afterwards.stop();
      t.ok(answeredThen > 50, `${answeredThen} reviews once the pod was withdrawn`);
      t.same(rest, UNNOTICED, 'the next call succeeds, and all that follow');
    }
  });

  await t.test('goes on when the API server is restarted', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    await plane.restartApiServer();
    await stream.flow(50);
    await untilSettled(lab);
    const { answered, wrong, failed, unanswered } = await stream.stop();
    t.comment(`${answered} reviews, ${unanswered} writes without an API server`);
    t.same({ wrong, failed }, { wrong: [], failed: [] });
    t.ok(unanswered > 0, 'there was none for a while');
  });

  await t.test('is told by its name when all its pods are dead, and is disarmed', async (t) => {
    // With a configuration that it can't read, a guard that has ended can't start again.
    const broken = JSON.stringify({ data: { 'config.yaml': 'mode: [' } });
    const patch = ['patch', 'configmap/eni-config-guard', '-nkube-system', '--patch', broken];
    t.match(await plane.kubectl(patch), { code: 0 });
    await sleep(UNTIL_MOUNTED_MS);
    for (const name of names) await lab.kill(name);
    for (const name of names) await lab.untilWithdrawn(name);
    for (const name of names) t.match(await lab.log(name), /config/, 'the pod tells why');
    const transcript = new Transcript();
    const type = async (line: string, code: number) => {
      const output = await plane.shell(line);
      transcript.add(line, output);
      t.equal(output.code, code, `${line}: ${output.stderr}`);
    };
    await type(`kubectl label ${TARGET} team=network`, 1);
    await type(`kubectl delete ${TARGET}`, 1);
    await type('kubectl create cm other -n kube-system --from-literal=key=value', 0);
    await type('kubectl delete cm other -n kube-system', 0);
    await type('kubectl create cm eni-config -n default', 0);
    await type('kubectl delete cm eni-config -n default', 0);
    await type(`kubectl delete validatingwebhookconfiguration ${CONFIGURATION_NAME}`, 0);
    await waitFor('the disarming to take effect', 10_000, async () => {
      const { code } = await plane.shell(`kubectl label ${TARGET} team=network --dry-run=server`);
      return code === 0 ? true : undefined;
    });
    await type(`kubectl label ${TARGET} team=network`, 0);
    await type(`kubectl delete ${TARGET}`, 1);
    await transcript.matchesGolden(t, 'installed-and-dead');
  });

  await t.test('is armed again by helm upgrade', async (t) => {
    await upgrade(lab);
    await untilArmed(lab);
    const stream = await ReviewStream.start(t, plane);
    await sleep(AFTERMATH_MS);
    const { answered, ...rest } = await stream.stop();
    t.ok(answered > 0);
    t.same(rest, UNNOTICED);
  });

  await t.test('is armed again in the order that the notes tell', async (t) => {
    const kinds = 'validatingwebhookconfiguration,mutatingwebhookconfiguration';
    t.match(await plane.shell(`kubectl delete ${kinds} ${CONFIGURATION_NAME}`), { code: 0 });
    const label = 'app.kubernetes.io/component=webhook';
    t.match(await plane.shell(`kubectl delete pods -n kube-system -l ${label}`), { code: 0 });
    await sleep(LOOKS_MS);
    const rollout = 'kubectl rollout status deployment/eni-config-guard -n kube-system';
    const waiting = await plane.shell(`${rollout} --timeout=1s`);
    t.equal(waiting.code, 1, 'a pod that finds no configuration is not ready');
    await helm(lab, ['upgrade', 'eni-config-guard', CHART]);
    t.match(await plane.shell(`${rollout} --timeout=60s`), { code: 0 });
    await untilArmed(lab);
  });
}
