import t from 'tap';
import { factsOfProbes } from '../../../src/facts/probe-facts.ts';
import { specText } from '../../../src/facts/probe-specs.ts';
import { type ProbePod, seeProbes } from '../../../src/facts/probe-pods.ts';
import { collectReports } from '../../../src/facts/probes.ts';
import { nodesWithout } from '../../../src/engine/reading/binaries.ts';
import { type ProbeResult, encodeProbeResult } from '../../../src/probe/result.ts';

const result = (versions: Readonly<Record<string, string | undefined>>): ProbeResult => ({
  binaries: new Map(
    Object.entries(versions).map(([name, version]) => [
      name,
      version === undefined ? {} : { version },
    ]),
  ),
});

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
const time = (second: number) => Date.parse(at(second));

function pod(nodeName: string, message: string, second: number, exitCode = 0): ProbePod {
  const terminated = { exitCode, finishedAt: at(second), message };
  return {
    spec: { nodeName },
    status: {
      initContainerStatuses: [
        { name: 'sidecar', state: { terminated: { ...terminated, message: 'other' } } },
        { name: 'probe', state: { terminated } },
      ],
    },
  };
}

/** Pods here are as JSON has them: none is read twice. */
const READER = {
  readSpecs: async () => new Set([specText({})]),
  readPod: async () => Promise.reject(new Error('read again')),
};
const NOW = time(59);

const text = (versions: Readonly<Record<string, string | undefined>>) =>
  encodeProbeResult(result(versions));

async function* pages(...all: (readonly ProbePod[])[]) {
  for (const page of all) yield page.map(seeProbes());
}

async function learn(nodes: readonly string[] | undefined, ...all: (readonly ProbePod[])[]) {
  const { reports } = await collectReports(pages(...all), READER, NOW);
  return factsOfProbes(reports, nodes && new Set(nodes));
}

t.test('versions node by node, the oldest counts', async (t) => {
  const facts = await learn(
    ['a', 'b', 'c', 'd'],
    [
      pod('a', text({ portmap: 'v1.7.1' }), 1),
      pod('b', text({ portmap: 'v1.6.2' }), 7),
      pod('gone', text({ portmap: 'v1.0.0' }), 9),
    ],
    [pod('c', text({ portmap: 'v1.6.2' }), 5)],
  );
  t.match(facts?.plugins.get('portmap'), {
    value: { normal: '1.6.2' },
    source: { kind: 'node-probe' },
    learntAt: time(5),
    spread: {
      total: 4,
      versions: [
        { version: { normal: '1.6.2' }, nodes: { count: 2, names: ['b', 'c'] } },
        { version: { normal: '1.7.1' }, nodes: { count: 1, names: ['a'] } },
      ],
      unknown: { count: 1, names: ['d'] },
    },
  });
  t.equal(facts?.plugins.get('portmap')?.isEstimate, undefined);
  t.equal(facts?.binaries?.learntAt, time(1), 'of all that counts, the oldest');
  t.equal(facts?.binaries?.value.probed, 3);
});

t.test('a node with several pods: the newest finished probe counts, come what may', async (t) => {
  const old = pod('a', text({ portmap: 'v1.6.2' }), 1);
  const young = pod('a', text({ portmap: 'v1.7.1' }), 2);
  const waiting: ProbePod = {
    spec: { nodeName: 'a' },
    status: { initContainerStatuses: [{ name: 'probe', state: {} }] },
  };
  for (const order of [
    [old, young, waiting],
    [waiting, young, old],
  ]) {
    const facts = await learn(['a'], order);
    t.equal(facts?.plugins.get('portmap')?.value.normal, '1.7.1');
  }
  t.equal(await learn(['a'], [old, pod('a', text({ portmap: 'v1.7.1' }), 2, 1)]), undefined);
});

t.test('what is no result leaves a node unknown', async (t) => {
  const good = pod('good', text({ portmap: 'v1.7.1' }), 1);
  const broken: readonly ProbePod[] = [
    pod('x', 'panic: oh no', 1),
    pod('x', '', 1),
    pod('x', text({ portmap: 'v1.6.2' }), 1, 137),
    { spec: { nodeName: 'x' } },
    { spec: { nodeName: 'x' }, status: { initContainerStatuses: [] } },
    {},
  ];
  for (const other of broken) {
    const facts = await learn(['good', 'x'], [good, other]);
    t.same(facts?.plugins.get('portmap')?.spread?.unknown, { count: 1, names: ['x'] });
    t.equal(facts?.plugins.get('portmap')?.value.normal, '1.7.1');
  }
  t.equal(
    await learn(['x'], broken),
    undefined,
    'and if there is no other, the probe says nothing',
  );
  t.equal(await learn(['a'], []), undefined);
});

t.test('binaries', async (t) => {
  const facts = await learn(
    ['a', 'b', 'c', 'd'],
    [
      pod('a', text({ portmap: 'v1.7.1', mine: undefined }), 1),
      pod('b', text({ portmap: 'v1.7.1' }), 1),
      pod('c', encodeProbeResult({ ...result({ portmap: 'v1.7.1' }), leftOut: 3 }), 1),
    ],
  );
  t.same(facts?.binaries?.value, {
    probed: 3,
    truncatedOn: { count: 1, names: ['c'] },
    present: new Set(['mine', 'portmap']),
    missing: new Map([['mine', { count: 1, names: ['b'] }]]),
  });
  t.notOk(facts?.plugins.has('mine'), 'only plugins of the catalogue have a version');
});

t.test(
  'a name that a truncated result may have left out is missing on no node that has one',
  async (t) => {
    const whole = text({ portmap: 'v1.7.1' });
    const truncated = encodeProbeResult({ ...result({ portmap: 'v1.7.1' }), leftOut: 190 });
    const without = async (...results: readonly string[]) => {
      const pods = results.map((message, index) => pod(`n${index}`, message, 1));
      const facts = await learn(undefined, pods);
      return facts && nodesWithout(facts, 'zz-custom');
    };
    t.equal(await without(truncated), undefined);
    t.equal(await without(truncated, truncated), undefined);
    t.match(await without(truncated, whole, whole), { count: 2 });
    t.match(await without(whole), { count: 1 });
  },
);

t.test('a binary that tells no version, and one that a node lacks', async (t) => {
  const facts = await learn(
    ['a', 'b', 'c'],
    [
      pod('a', text({ portmap: 'v1.7.1', tuning: undefined }), 1),
      pod('b', text({ portmap: 'unknown', tuning: undefined }), 1),
      pod('c', text({ tuning: undefined }), 1),
    ],
  );
  t.same(facts?.plugins.get('portmap')?.spread?.unknown, { count: 2, names: ['b', 'c'] });
  t.notOk(facts?.plugins.has('tuning'));
});

t.test('while nodes are not known, those with a probe pod count', async (t) => {
  const facts = await learn(undefined, [
    pod('a', text({ portmap: 'v1.7.1' }), 1),
    pod('b', 'broken', 1),
    { spec: { nodeName: 'c' } },
    { spec: { nodeName: 'd' }, status: { initContainerStatuses: [{ name: 'probe', state: {} }] } },
  ]);
  const spread = facts?.plugins.get('portmap')?.spread;
  t.match(spread, { total: 4, unknown: { names: ['b', 'c', 'd'] }, isOpen: true });
  const known = await learn(['a'], [pod('a', text({ portmap: 'v1.7.1' }), 1)]);
  t.equal(known?.plugins.get('portmap')?.spread?.isOpen, undefined);
});

t.test(
  'a probe that saw no plugin at all was shown another directory: it says nothing',
  async (t) => {
    const facts = await learn(
      ['a', 'b'],
      [pod('a', text({ portmap: 'v1.7.1' }), 1), pod('b', text({}), 2)],
    );
    t.match(facts?.binaries?.value, { probed: 1 });
    t.equal(facts?.binaries?.value.missing.size, 0);
    t.match(facts?.plugins.get('portmap')?.spread?.unknown, { count: 1, names: ['b'] });
    t.equal(await learn(['a'], [pod('a', text({}), 1)]), undefined);
  },
);

t.test('a forged result changes nothing', async (t) => {
  const honest = [
    pod('a', text({ portmap: 'v1.6.2' }), 1),
    pod('b', text({ portmap: 'v1.6.2' }), 2),
  ];
  const forged = (nodeName: string, message: string, finishedAt = '9999-12-31T23:59:59Z') => ({
    ...pod(nodeName, message, 1),
    ...{
      status: {
        initContainerStatuses: [
          { name: 'probe', state: { terminated: { exitCode: 0, finishedAt, message } } },
        ],
      },
    },
  });
  const isOld = async (...pods: readonly ProbePod[]) => {
    for (const order of [pods, [...pods].reverse()]) {
      const facts = await learn(['a', 'b'], order);
      t.match(facts?.plugins.get('portmap')?.spread?.versions.at(0), {
        version: { normal: '1.6.2' },
        nodes: { names: ['a', 'b'] },
      });
    }
  };
  const newer = text({ portmap: 'v9.9.9' });
  const another = { ...forged('a', newer), spec: { nodeName: 'a', hostNetwork: true } };
  await isOld(...honest, another);
  const many = Array.from({ length: 300 }, (_, index) => ({
    ...forged('evil', text({ portmap: 'v1.0.0', [`a${index}`]: undefined })),
  }));
  await isOld(...honest, ...many);

  await t.test(
    'of a node that lies only what it says of itself counts, and its time ends now',
    async (t) => {
      const liar = [...honest, forged('c', newer)];
      const facts = await learn(['a', 'b', 'c'], liar);
      const { versions } = facts!.plugins.get('portmap')!.spread!;
      t.same(
        versions.map(({ nodes }) => nodes.names),
        [['a', 'b'], ['c']],
      );
      const { reports } = await collectReports(pages(liar), READER, NOW);
      t.equal(reports.get('c')?.finishedAt, NOW);
    },
  );
});

t.test('more results than are read: those of most nodes are', async (t) => {
  const nodes = Array.from({ length: 250 }, (_, index) => `n${index}`);
  const pods = nodes.map((node) => pod(node, text({ portmap: 'v1.0.0', [node]: undefined }), 1));
  const common = ['y', 'z'].map((node) => pod(node, text({ portmap: 'v1.7.1' }), 1));
  const facts = await learn([...nodes, 'y', 'z'], [...pods, ...common]);
  const spread = facts?.plugins.get('portmap')?.spread;
  t.equal(spread?.unknown.count, 51);
  t.same(spread?.versions.at(-1)?.nodes.names, ['y', 'z']);
});

t.test(
  'pods that are not as the DaemonSet has them are counted, and it is not asked for without any',
  async (t) => {
    const stranger = {
      ...pod('a', text({ portmap: 'v1.7.1' }), 1),
      spec: { nodeName: 'a', hostPID: true },
    };
    const { reports, strangers } = await collectReports(pages([stranger]), READER, NOW);
    t.same([reports.size, strangers], [0, 1]);
    const unasked = { ...READER, readSpecs: async () => Promise.reject(new Error('asked')) };
    t.equal((await collectReports(pages([]), unasked, NOW)).strangers, 0);
  },
);
