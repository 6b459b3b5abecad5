import t from 'tap';
import {
  AbortedError,
  type CheckParts,
  restartAndCheck,
} from '../../../../src/rollout/waves/check-node.ts';
import { ApiError } from '../../../../src/kube/api.ts';
import type { Cluster } from '../../../../src/rollout/waves/cluster.ts';
import type { EventJson, NodeJson, PodJson } from '../../../../src/kube/pod-json.ts';

type Status = NonNullable<PodJson['status']>;

const READY = [{ type: 'Ready', status: 'True' }];
const RUNNING: Status = { phase: 'Running', podIP: '10.0.0.9', conditions: READY };
const CONNECTED: Status = { phase: 'Succeeded' };
const warning = (reason: string, message: string): EventJson => ({
  type: 'Warning',
  reason,
  message,
  lastTimestamp: '2026-01-01T00:00:00Z',
});
const NO_SANDBOX = warning('FailedCreatePodSandBox', 'plugin type="tuning" failed: no such file');

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName: string; readonly hostNetwork: boolean };
}

/** A cluster in which everything goes well, but for what a test says. */
class Fake implements Cluster {
  readonly made: Manifest[] = [];
  readonly pods = new Set<string>();
  deleted: string[] = [];
  terway: Status = { conditions: READY };
  nodeConditions: NonNullable<NonNullable<NodeJson['status']>['conditions']> = READY;
  listening: Status[] = [RUNNING];
  connecting: Status = CONNECTED;
  events: readonly EventJson[] = [];

  async terwayPod(): Promise<PodJson | undefined> {
    const uid = this.deleted.length === 0 ? 'old' : 'new';
    return Promise.resolve({ metadata: { name: 'terway', uid }, status: this.terway });
  }
  async deleteTerwayPod({ metadata }: PodJson): Promise<void> {
    this.deleted.push(metadata.uid);
    return Promise.resolve();
  }
  async node(name: string): Promise<NodeJson | undefined> {
    const addresses = [{ type: 'InternalIP', address: '192.0.2.1' }];
    const status = { conditions: this.nodeConditions, addresses };
    return Promise.resolve({ metadata: { name }, status });
  }
  async tryCheckPod(): Promise<void> {
    return Promise.resolve();
  }
  async createCheckPod(manifest: Manifest): Promise<PodJson> {
    this.made.push(manifest);
    this.pods.add(manifest.metadata.name);
    return this.checkPod(manifest.metadata.name);
  }
  async checkPod(name: string): Promise<PodJson> {
    const index = this.made.findIndex(({ metadata }) => metadata.name === name);
    const listeners = this.made.filter(({ spec }) => !spec.hostNetwork);
    const isConnecting = this.made[index]!.spec.hostNetwork;
    const status = isConnecting
      ? this.connecting
      : (this.listening[listeners.indexOf(this.made[index]!)] ?? this.listening.at(-1)!);
    return Promise.resolve({ metadata: { name, uid: name }, status });
  }
  async eventsOf(): Promise<readonly EventJson[]> {
    return Promise.resolve(this.events);
  }
  async removeCheckPod(name: string): Promise<void> {
    this.pods.delete(name);
    return Promise.resolve();
  }
  async checkPods(): Promise<readonly string[]> {
    return Promise.resolve([...this.pods]);
  }
}

function partsOf(cluster: Cluster, parts: Partial<CheckParts> = {}): CheckParts {
  let time = 0;
  let names = 0;
  return {
    cluster,
    image: { image: 'guard:1', pullSecrets: [] },
    hasHostPorts: true,
    neighbourOf: () => 'n2',
    newName: () => `check-${(names += 1)}`,
    newPort: () => 61_000 + names,
    clock: { now: () => time, pause: async (ms) => Promise.resolve(void (time += ms)) },
    left: () => undefined,
    signal: new AbortController().signal,
    ...parts,
  };
}

t.test('a node that is well is so by every check, and no pod is left', async (t) => {
  const fake = new Fake();
  t.same(await restartAndCheck('n1', partsOf(fake)), { kind: 'well' });
  t.same(fake.deleted, ['old']);
  t.match(fake.made, [
    {
      spec: { nodeName: 'n1', hostNetwork: false, containers: [{ ports: [{ hostPort: 61_001 }] }] },
    },
    { spec: { nodeName: 'n2', hostNetwork: true } },
  ]);
  t.equal(fake.pods.size, 0);
});

t.test('what asked is done when its container ended well, whatever its phase', async (t) => {
  const fake = new Fake();
  const state = { terminated: { exitCode: 0, reason: 'Completed' } };
  fake.connecting = { phase: 'Running', containerStatuses: [{ name: 'check', state }] };
  t.same(await restartAndCheck('n1', partsOf(fake)), { kind: 'well' });
});

t.test('of a warning that was combined the sentence alone is told', async (t) => {
  const fake = new Fake();
  const combined = `(combined from similar events): ${NO_SANDBOX.message}`;
  fake.listening = [{ phase: 'Pending', podIP: '' }];
  fake.events = [warning('FailedCreatePodSandBox', combined)];
  t.match(await restartAndCheck('n1', partsOf(fake)), { sentence: NO_SANDBOX.message });
});

t.test('without portmap there is no host port to ask', async (t) => {
  const fake = new Fake();
  t.same(await restartAndCheck('n1', partsOf(fake, { hasHostPorts: false })), { kind: 'well' });
  t.equal(fake.made.length, 1);
  t.notMatch(JSON.stringify(fake.made), 'hostPort');
});

t.test('harm is told with the sentence of the kubelet', async (t) => {
  const harmed = async (change: (fake: Fake) => void) => {
    const fake = new Fake();
    change(fake);
    const outcome = await restartAndCheck('n1', partsOf(fake));
    t.equal(fake.pods.size, 0, 'no pod is left');
    return outcome;
  };
  const starting = { phase: 'Pending', podIP: '' };
  t.match(
    await harmed((fake) => Object.assign(fake, { listening: [starting], events: [NO_SANDBOX] })),
    {
      kind: 'harmed',
      check: 'address',
      sentence: NO_SANDBOX.message,
    },
  );
  t.match(await harmed((fake) => (fake.listening = [starting])), {
    kind: 'harmed',
    check: 'address',
    sentence: 'not within 60 s',
  });
  const state = { terminated: { exitCode: 1, message: 'connect ECONNREFUSED' } };
  t.match(
    await harmed(
      (fake) =>
        (fake.connecting = { phase: 'Failed', containerStatuses: [{ name: 'check', state }] }),
    ),
    {
      kind: 'harmed',
      check: 'host-port',
      sentence: 'connect ECONNREFUSED (192.0.2.1:61001 of n1, asked from n2)',
    },
  );
  t.match(
    await harmed((fake) => {
      fake.nodeConditions = [
        { type: 'Ready', status: 'False', message: 'cni plugin not initialized' },
      ];
    }),
    { kind: 'harmed', check: 'node', sentence: 'cni plugin not initialized' },
  );
  t.match(
    await harmed((fake) => {
      const crash = { exitCode: 2, message: 'type not found' };
      const init = { name: 'terway-init', restartCount: 3, lastState: { terminated: crash } };
      fake.terway = { initContainerStatuses: [init] };
    }),
    {
      kind: 'harmed',
      check: 'terway',
      sentence: 'container terway-init ended with 2: type not found',
    },
  );
});

t.test('what could not be tried is not called harm', async (t) => {
  const unchecked = async (change: (fake: Fake) => void, parts: Partial<CheckParts> = {}) => {
    const fake = new Fake();
    change(fake);
    const outcome = await restartAndCheck('n1', partsOf(fake, parts));
    t.equal(fake.pods.size, 0, 'no pod is left');
    return outcome;
  };
  const refused = { phase: 'Failed', reason: 'OutOfpods', message: 'Node has too many pods' };
  t.match(await unchecked((fake) => (fake.listening = [refused])), {
    kind: 'unchecked',
    check: 'address',
    why: 'the kubelet does not take the pod: OutOfpods Node has too many pods',
  });
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "guard:1"' };
  const noImage = { phase: 'Pending', containerStatuses: [{ name: 'check', state: { waiting } }] };
  t.match(await unchecked((fake) => (fake.listening = [noImage])), {
    kind: 'unchecked',
    why: 'the image is missing: Back-off pulling image "guard:1"',
  });
  const message =
    'failed to allocate for range 0: no IP addresses available in range set: 10.0.0.2';
  t.match(
    await unchecked((fake) => {
      fake.listening = [{ phase: 'Pending' }];
      fake.events = [warning('FailedCreatePodSandBox', message)];
    }),
    { kind: 'unchecked', why: `no address is left: ${message}` },
  );
  t.match(await unchecked(() => undefined, { neighbourOf: () => undefined }), {
    kind: 'unchecked',
    check: 'host-port',
    why: 'there is no other node to connect from',
  });
  const forbidden = async () => Promise.reject(new Error('pods is forbidden'));
  t.match(await unchecked((fake) => (fake.createCheckPod = forbidden)), {
    kind: 'unchecked',
    why: "its pod can't be made: pods is forbidden",
  });
  t.match(await unchecked((fake) => (fake.deleteTerwayPod = forbidden)), {
    kind: 'unchecked',
    check: 'terway',
    why: "its Terway pod can't be deleted: pods is forbidden",
  });
});

t.test('a Terway pod that reads no chain is no harm of the chain', async (t) => {
  const outcomeOf = async (pod: PodJson | undefined) => {
    const fake = new Fake();
    const before = fake.terwayPod.bind(fake);
    fake.terwayPod = async () => (fake.deleted.length === 0 ? before() : Promise.resolve(pod));
    return restartAndCheck('n1', partsOf(fake));
  };
  const unchecked = (why: RegExp) => ({ kind: 'unchecked', check: 'terway', why });
  t.match(await outcomeOf(undefined), unchecked(/^its DaemonSet has made no new Terway pod$/));
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const stuck = { metadata: { name: 'terway', uid: 'old', deletionTimestamp } };
  t.match(await outcomeOf(stuck), unchecked(/^its former Terway pod terway does not go: /));
  const waiting = { reason: 'ErrImagePull', message: 'pull access denied' };
  const initContainerStatuses = [{ name: 'terway-init', state: { waiting } }];
  const noImage = { metadata: { name: 'terway', uid: 'new' }, status: { initContainerStatuses } };
  t.match(await outcomeOf(noImage), unchecked(/^the image is missing: pull access denied$/));
});

t.test('a node that was deleted is neither harmed nor unchecked', async (t) => {
  const none = async () => Promise.resolve(undefined);
  const before = new Fake();
  before.node = none;
  before.terwayPod = none;
  t.same(await restartAndCheck('n1', partsOf(before)), { kind: 'gone' });
  const meanwhile = new Fake();
  meanwhile.node = none;
  const deletes = meanwhile.deleteTerwayPod.bind(meanwhile);
  meanwhile.deleteTerwayPod = async (pod) => {
    meanwhile.terwayPod = none;
    return deletes(pod);
  };
  const clock = partsOf(meanwhile).clock;
  t.same(await restartAndCheck('n1', partsOf(meanwhile, { clock })), { kind: 'gone' });
  t.equal(clock.now(), 0, 'at once');
  const late = new Fake();
  late.node = none;
  t.same(await restartAndCheck('n1', partsOf(late, { hasHostPorts: false })), { kind: 'gone' });
  t.equal(late.pods.size, 0, 'no pod is left');
});

t.test('a port that is taken is tried elsewhere', async (t) => {
  const fake = new Fake();
  const taken = { phase: 'Failed', reason: 'NodePorts', message: 'node(s) had no free ports' };
  fake.listening = [taken, RUNNING];
  t.same(await restartAndCheck('n1', partsOf(fake)), { kind: 'well' });
  const busy = new Fake();
  busy.listening = [taken];
  t.match(await restartAndCheck('n1', partsOf(busy)), { kind: 'unchecked', check: 'address' });
});

t.test('the pods are removed when it is broken off, and one that stays is named', async (t) => {
  const fake = new Fake();
  fake.listening = [{ phase: 'Pending' }];
  const stop = new AbortController();
  const parts = partsOf(fake, { signal: stop.signal });
  let looks = 0;
  fake.eventsOf = async () => {
    if ((looks += 1) === 3) stop.abort();
    return Promise.resolve([]);
  };
  await t.rejects(restartAndCheck('n1', parts), AbortedError);
  t.equal(fake.made.length, 1);
  t.equal(fake.pods.size, 0);

  const stuck = new Fake();
  stuck.removeCheckPod = async () => Promise.reject(new Error('no answer'));
  const left: string[] = [];
  const stuckParts = partsOf(stuck, { left: (pod) => left.push(pod), hasHostPorts: false });
  await restartAndCheck('n1', stuckParts);
  t.same(left, ['check-1']);
});

t.test('no write is given up while the API server or the credentials are renewed', async (t) => {
  const fake = new Fake();
  const refusals = [
    new ApiError(undefined, 'ECONNREFUSED', 'connect ECONNREFUSED'),
    new ApiError(401, 'Unauthorized', 'Unauthorized'),
    new ApiError(503, 'ServiceUnavailable', 'starting'),
  ];
  const often = <T, A extends readonly unknown[]>(call: (...args: A) => Promise<T>) => {
    const left = [...refusals];
    return async (...args: A) => {
      const refusal = left.pop();
      return refusal ? Promise.reject(refusal) : call(...args);
    };
  };
  fake.deleteTerwayPod = often(fake.deleteTerwayPod.bind(fake));
  fake.createCheckPod = often(fake.createCheckPod.bind(fake));
  fake.removeCheckPod = often(fake.removeCheckPod.bind(fake));
  t.same(await restartAndCheck('n1', partsOf(fake)), { kind: 'well' });
  t.equal(fake.pods.size, 0, 'no pod is left');

  const away = new Fake();
  away.createCheckPod = async () => Promise.reject(refusals[0]!);
  const { clock } = partsOf(away);
  t.match(await restartAndCheck('n1', partsOf(away, { clock })), {
    kind: 'unchecked',
    why: "its pod can't be made: connect ECONNREFUSED",
  });
  t.equal(clock.now(), 60_000);
});

t.test('an API server that is away for a while is waited for', async (t) => {
  const fake = new Fake();
  const answers = fake.terwayPod.bind(fake);
  let calls = 0;
  fake.terwayPod = async () => {
    calls += 1;
    return calls === 1 || calls > 5 ? answers() : Promise.reject(new Error('connect ECONNREFUSED'));
  };
  t.same(await restartAndCheck('n1', partsOf(fake)), { kind: 'well' });
});
