import t from 'tap';
import { TerwayPods, seePods } from '../../../src/facts/terway-pods.ts';
import type { PodJson } from '../../../src/kube/pod-json.ts';
import { at, terwayPodJson } from '../rollout/nodes/pods.ts';

function collected(...pages: (readonly PodJson[])[]) {
  const pods = new TerwayPods();
  for (const page of pages) pods.add(page.map(seePods()));
  return pods.byNode;
}

t.test('what is kept of a pod', async (t) => {
  const pods = collected([terwayPodJson({ sandbox: '09:58' })]);
  t.same(pods.get('n1'), {
    name: 'terway-eniip-n1',
    version: { raw: 'v1.15.2', normal: '1.15.2' },
    isTerminating: false,
    isReady: true,
    isDaemonReady: true,
    init: { sandboxAt: at('09:58'), startedAt: at('09:59:50'), endedAt: at('10:00') },
  });
});

t.test('of several pods on a node the one counts whose init container ended last', async (t) => {
  const old = terwayPodJson({ name: 'old', deleted: true });
  const waiting = terwayPodJson({ name: 'new', initState: { waiting: {} } });
  const fresh = terwayPodJson({ name: 'new', init: ['10:10', '10:11'] });
  const gone = terwayPodJson({ name: 'gone', phase: 'Failed', init: ['10:20', '10:21'] });
  const cases: readonly (readonly [readonly PodJson[], string])[] = [
    [[old, waiting], 'old'],
    [[waiting, old], 'old'],
    [[old, fresh], 'new'],
    [[fresh, old, gone], 'new'],
    [[terwayPodJson({ name: 'leaving', deleted: true, initState: {} }), waiting], 'new'],
  ];
  for (const [pods, name] of cases) {
    for (const order of [pods, pods.toReversed()]) {
      t.equal(collected(order).get('n1')?.name, name);
    }
  }
});

t.test('pods that are on no node or have ended are left out', async (t) => {
  const pods = collected(
    [
      { metadata: { name: 'unscheduled', uid: '1' } },
      terwayPodJson({ node: 'a', phase: 'Failed' }),
    ],
    [terwayPodJson({ node: 'b', phase: 'Succeeded' }), terwayPodJson({ node: 'c' })],
  );
  t.same([...pods.keys()], ['c']);
});
