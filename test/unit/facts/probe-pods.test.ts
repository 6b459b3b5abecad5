import t from 'tap';
import { type SeenProbe, probeReader, recognizer } from '../../../src/facts/probe-pods.ts';
import { specText } from '../../../src/facts/probe-specs.ts';
import { answeringApi } from '../../support/answering-api.ts';

const SPEC = { containers: [{ name: 'pause', image: 'r/pause:1' }] };

/** A server whose pods are these in JSON, and what is read of it. */
function setUp(...pods: readonly SeenProbe[]) {
  const asked: string[] = [];
  const recognize = recognizer({
    readSpecs: async () => new Set([specText(SPEC)]),
    async readPod(name) {
      asked.push(name);
      return pods.find(({ metadata }) => metadata?.name === name);
    },
  });
  return { asked, recognize };
}

const metadata = (name: string, resourceVersion = '1') => ({ name, resourceVersion });
const finished = { finishedAt: 1, text: '{}' };
const listed = (name: string, digest: string): SeenProbe => ({
  metadata: metadata(name),
  spec: { nodeName: 'n', digest },
  ...finished,
});
const stored = (name: string, more: object = {}, version = '1'): SeenProbe => ({
  metadata: metadata(name, version),
  spec: { ...SPEC, nodeName: 'n', ...more },
  ...finished,
});

t.test('of pods with one digest the first is compared as JSON', async (t) => {
  const { asked, recognize } = setUp(stored('a'), stored('x', { hostPID: true }));
  for (const name of ['a', 'b', 'c'])
    t.match(await recognize(listed(name, 'A')), { isProbe: true });
  for (const name of ['x', 'y']) t.match(await recognize(listed(name, 'X')), { isProbe: false });
  t.same(asked, ['a', 'x']);
  t.match(await recognize(stored('json')), { isProbe: true });
  t.equal(await recognize({ ...stored('unscheduled'), spec: {} }), undefined);
  t.same(asked, ['a', 'x'], 'what came as JSON, and what is on no node, is not read again');
});

t.test(
  'a pod that was changed after it was listed counts as it is by then, and says nothing of others',
  async (t) => {
    const changed = { ...stored('forged', {}, '2'), text: 'later' };
    const { asked, recognize } = setUp(changed, stored('next', { hostPID: true }));
    const counts = await recognize(listed('forged', 'X'));
    t.same(counts, { node: 'n', pod: changed, isProbe: true });
    t.match(await recognize(listed('next', 'X')), { isProbe: false });
    t.match(await recognize(listed('last', 'X')), { isProbe: false });
    t.same(asked, ['forged', 'next']);
    t.equal(await recognize(listed('gone', 'Y')), undefined);
  },
);

t.test('strangers that all differ are each told, and crowd out nothing', async (t) => {
  const names = Array.from({ length: 1100 }, (_, at) => `x${at}`);
  const { recognize } = setUp(stored('a'), ...names.map((name) => stored(name, { hostPID: true })));
  t.match(await recognize(listed('a', 'A')), { isProbe: true });
  for (const name of names) t.match(await recognize(listed(name, name)), { isProbe: false });
  t.match(await recognize(listed('a', 'A')), { isProbe: true });
});

t.test('a pod is read again by its name, if it bears the labels still', async (t) => {
  const { api, calls } = answeringApi(
    { items: [{ metadata: metadata('a'), spec: SPEC }] },
    { items: null },
  );
  const { readPod } = probeReader(api, 'guards');
  t.match(await readPod('a'), { metadata: { name: 'a' }, spec: SPEC, text: undefined });
  t.match(calls, [
    {
      path: '/api/v1/namespaces/guards/pods',
      query: { fieldSelector: 'metadata.name=a', labelSelector: /component=node-probe/ },
    },
  ]);
  t.equal(await readPod('b'), undefined);
});
