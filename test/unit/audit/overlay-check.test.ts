import t from 'tap';
import type { EventNote } from '../../../src/audit/events.ts';
import { OverlayCheck } from '../../../src/audit/overlay-check.ts';
import type { OverlayCounts } from '../../../src/audit/overlay-metrics.ts';
import { NO_FACTS } from '../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { reviewStoredOverlay } from '../../../src/engine/rules/index.ts';
import { type ApiCall, ApiError, type ApiServer } from '../../../src/kube/api.ts';
import { configMap } from '../../support/changes.ts';
import { BASE_VETH, type Data } from '../../support/config-maps.ts';
import { knownVersion } from '../../support/facts.ts';
import { keepLines } from '../../support/kept-lines.ts';

const REFRESH_MS = 300_000;

const base = (eniConf: object, uid = 'u1') => ({
  configMap: configMap({ ...BASE_VETH, eni_conf: JSON.stringify(eniConf) }),
  uid,
});
const overlay = (members: object) => ({ eni_conf: JSON.stringify(members) });

/** A cluster whose nodes carry labels, with the ConfigMaps of these names. */
function check(labels: readonly string[], objects: Record<string, Data>) {
  const world = {
    labels: [...labels],
    objects,
    facts: NO_FACTS,
    failure: undefined as ApiError | undefined,
    now: 0,
  };
  const calls: string[] = [];
  const call = async ({ path }: ApiCall): Promise<unknown> => {
    calls.push(path);
    if (world.failure) throw world.failure;
    if (path === '/api/v1/nodes') {
      const items = world.labels.map((name) => ({
        metadata: { labels: { 'terway-config': name } },
      }));
      return { metadata: {}, items };
    }
    const data = world.objects[path.slice(path.lastIndexOf('/') + 1)];
    if (!data) throw new ApiError(404, 'NotFound', 'no such ConfigMap');
    return { data };
  };
  const events: EventNote[] = [];
  const counts: OverlayCounts[] = [];
  const { log, lines } = keepLines();
  const overlays = new OverlayCheck({
    api: { call } as unknown as ApiServer,
    review: reviewStoredOverlay,
    facts: () => world.facts,
    policy: DEFAULT_POLICY,
    log,
    observe: (one) => counts.push(one),
    events: { write: (note) => events.push(note) },
    refreshMs: REFRESH_MS,
    now: () => world.now,
  });
  return { overlays, world, calls, events, lines, counts };
}

t.test('nothing is asked before the API server has told of eni-config', async (t) => {
  const { overlays, calls } = check(['pool-a'], {});
  await overlays.recheck();
  t.same(calls, []);
});

t.test('a good overlay is a line at the start and nothing else', async (t) => {
  const { overlays, world, events, lines, counts, calls } = check(['pool-a', 'pool-a'], {
    'pool-a': overlay({ max_pool_size: 10 }),
  });
  overlays.see(base({ max_pool_size: 5 }));
  await overlays.recheck();
  await overlays.recheck();
  world.now = REFRESH_MS;
  await overlays.recheck();
  t.match(lines, [
    {
      level: 'info',
      message: 'stored overlay',
      fields: {
        because: 'start',
        configMap: 'pool-a',
        nodes: 2,
        exists: true,
        dangling: false,
        verdict: 'allow',
        safeToRestart: true,
        findings: [],
      },
    },
  ]);
  t.equal(lines.length, 1);
  t.same(events, []);
  t.same(counts.at(-1), { good: 1, ineffective: 0, outage: 0, dangling: 0, unread: 0 });
  t.equal(calls.length, 4, 'at the start and when it is time');
});

t.test(
  'a change of eni-config that spoils an overlay is found, and that it is mended',
  async (t) => {
    const { overlays, events, lines, counts } = check(['pool-a'], {
      'pool-a': overlay({ security_groups: ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6'] }),
    });
    const groups = (count: number) =>
      base({ security_group: 'sg-x', ip_warm_up_size: count, ipam_type: 'crd' });
    overlays.see(groups(1));
    await overlays.recheck();
    overlays.see(groups(-1));
    await overlays.recheck();
    t.same(
      lines.map(({ level }) => level),
      ['info'],
      'what is wrong with eni-config itself is told of eni-config',
    );
    const crd = { 'pool-a': overlay({ ip_warm_up_size: -1 }) };
    const other = check(['pool-a'], crd);
    other.overlays.see(base({ security_group: 'sg-x' }));
    await other.overlays.recheck();
    other.overlays.see(base({ security_group: 'sg-x', ipam_type: 'crd' }));
    await other.overlays.recheck();
    t.match(other.lines, [
      { level: 'info', fields: { because: 'start', verdict: 'allow' } },
      {
        level: 'warn',
        message: 'stored overlay',
        fields: {
          because: 'object',
          verdict: 'deny',
          safeToRestart: false,
          findings: [{ rule: 'eni-conf-limits', path: 'ip_warm_up_size' }],
        },
      },
    ]);
    t.match(other.events, [
      {
        type: 'Warning',
        reason: 'OverlayInvalid',
        message:
          /^ConfigMap pool-a, which nodes name with terway-config: as stored, it takes nodes down .*: eni-conf-limits; data\[eni_conf\]\S+$/,
        objectUid: 'u1',
      },
    ]);
    t.match(other.counts.at(-1), { good: 0, outage: 1 });
    other.overlays.see(base({ security_group: 'sg-x' }));
    await other.overlays.recheck();
    t.match(other.lines[2], { level: 'info', fields: { verdict: 'allow' } });
    t.match(other.events[1], {
      type: 'Normal',
      reason: 'OverlayValid',
      message: /^ConfigMap pool-a: /,
    });
    t.same(events, []);
    t.match(counts.at(-1), { good: 1 });
  },
);

t.test('a change beside eni_conf and 10-terway.conf asks nothing', async (t) => {
  const { overlays, calls } = check(['pool-a'], { 'pool-a': overlay({}) });
  const stored = base({});
  overlays.see(stored);
  await overlays.recheck();
  const { length } = calls;
  const data = new Map(stored.configMap.data).set('disable_network_policy', 'true');
  overlays.see({ ...stored, configMap: { ...stored.configMap, data } });
  await overlays.recheck();
  t.equal(calls.length, length);
});

t.test('a label that points to nothing, and to a ConfigMap without eni_conf', async (t) => {
  const { overlays, world, events, lines, counts } = check(['gone', 'empty', 'gone'], {
    empty: { note: 'x' },
  });
  overlays.see(base({}));
  await overlays.recheck();
  t.match(lines, [
    { level: 'warn', fields: { configMap: 'empty', exists: true, dangling: true, nodes: 1 } },
    { level: 'warn', fields: { configMap: 'gone', exists: false, dangling: true, nodes: 2 } },
  ]);
  t.match(events, [
    { reason: 'OverlayInvalid', message: /^ConfigMap empty, .*: it has no eni_conf, / },
    {
      reason: 'OverlayInvalid',
      message: /^ConfigMap gone, .*: there is none, /,
      detail: /^2 nodes/,
    },
  ]);
  t.match(counts.at(-1), { dangling: 2 });
  world.labels = ['empty'];
  world.now = REFRESH_MS;
  await overlays.recheck();
  t.match(events[2], { type: 'Normal', reason: 'OverlayValid', message: /^ConfigMap gone: / });
  t.equal(lines.length, 2);
});

t.test('what is still bad is told again before its Event is forgotten', async (t) => {
  const { overlays, world, events } = check(['gone'], {});
  overlays.see(base({}));
  for (const minutes of [0, 10, 29, 36, 41, 72]) {
    world.now = minutes * 60_000;
    await overlays.recheck();
  }
  t.equal(events.length, 3);
  t.same(new Set(events).size, 1);
});

t.test('what is learnt of the cluster has it judged anew', async (t) => {
  const { overlays, world, lines } = check(['pool-a'], {
    'pool-a': overlay({ ip_warm_up_size: 3 }),
  });
  world.facts = { ...NO_FACTS, terway: knownVersion('1.17.5') };
  overlays.see(base({}));
  await overlays.recheck();
  world.facts = { ...NO_FACTS, terway: knownVersion('1.15.2') };
  await overlays.recheck();
  t.match(lines[1]?.fields, { because: 'facts', findings: [{ rule: 'field-version' }] });
});

t.test('without the right it says so once, and tries again ever more seldom', async (t) => {
  const { overlays, world, calls, lines, counts } = check(['pool-a'], { 'pool-a': overlay({}) });
  world.failure = new ApiError(403, 'Forbidden', 'may not');
  overlays.see(base({}));
  await overlays.recheck();
  await overlays.recheck();
  t.equal(calls.length, 1, 'not at once');
  t.match(overlays.state(), { name: 'overlays', failing: true, lastSuccessMs: undefined });
  world.now = 60_000;
  await overlays.recheck();
  t.equal(lines.length, 1);
  t.match(lines[0], { level: 'warn', fields: { error: 'may not' } });
  t.same(counts, []);
  world.failure = undefined;
  world.now = 120_000;
  await overlays.recheck();
  t.match(overlays.state(), { failing: false });
  t.match(lines[1]?.fields, { because: 'start', configMap: 'pool-a' });
});

t.test('one that breaks off at the end of the program tells nothing', async (t) => {
  const { overlays, lines, counts } = check(['pool-a'], { 'pool-a': overlay({}) });
  overlays.see(base({}));
  await overlays.recheck(AbortSignal.abort());
  t.same([...lines, ...counts], []);
});

t.test('values of an overlay stand neither in the log nor in Events', async (t) => {
  const secret = 'LTAI5tCANARY';
  const { overlays, lines, events } = check(['pool-a'], {
    'pool-a': {
      eni_conf: `{"access_key": "${secret}", "max_pool_size": "${secret}", "${secret}": 1}`,
    },
  });
  overlays.see(base({}));
  await overlays.recheck();
  t.equal(events.length, 1);
  t.notMatch(JSON.stringify([lines, events]), secret);
});
