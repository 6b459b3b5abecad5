import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { NodeFailure, NodeShowing } from '../../support/claims/claim.ts';
import { findOrBuildPlugins } from '../../support/plugin-binaries.ts';
import { LAB_RELEASE, type PluginRelease } from '../../support/plugin-releases.ts';
import { waitFor } from '../../support/wait.ts';
import { ask, list } from '../lab/api.ts';
import { BUSYBOX_IMAGE } from '../lab/busybox-image.ts';
import type { Lab } from '../lab/lab.ts';
import { PLUGIN_FOLDER } from '../lab/node-configs.ts';
import { type Node, type Pod, isReady } from '../lab/objects.ts';
import { ENI_CONFIG } from '../lab/release.ts';
import type { Worker } from '../lab/worker.ts';

/** What became of a node that Terway started on, and what a program said of it. */
export interface Outcome {
  readonly fails: NodeFailure | 'nothing';
  readonly said: string;
}

const CHAIN = '/etc/cni/net.d/10-terway.conflist';
const PODS = '/api/v1/namespaces/default/pods';
const TERWAY_PODS = '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dterway-eniip';
const POD_PORT = 8080;
const HOST_PORT = 8081;
/** Of terway-cli, which ends on an error. */
const LAST_WORDS = /^(error|task): /m;
/** Each takes a second or more, in which a chain is loaded. */
const MAX_PODS = 4;
/** A kubelet says so every ten seconds. */
const TIMEOUT_MS = 60_000;

/** A node of a lab without a guard, on which Terway starts with whatever is stored. */
export class HarmedNode {
  readonly #lab: Lab;
  readonly #worker: Worker;
  #pods = 0;

  constructor(lab: Lab, worker: Worker) {
    this.#lab = lab;
    this.#worker = worker;
  }

  /** Stores the object, has Terway start anew, then a new pod, and says what failed first. */
  async outcomeOf(
    showing: NodeShowing,
    expected: Outcome['fails'] = showing.fails,
  ): Promise<Outcome> {
    const { release, without, hasNoProxy } = showing;
    if (release !== undefined) await this.#equip(release);
    if (without !== undefined) await rm(this.#worker.node.file(join(PLUGIN_FOLDER, without)));
    await this.#store(showing);
    try {
      return await this.#start(showing, expected);
    } finally {
      if (release !== undefined || without !== undefined) await this.#equip(LAB_RELEASE);
      if (hasNoProxy) await this.#worker.restoreProxy();
    }
  }

  async #equip(release: PluginRelease): Promise<void> {
    await this.#worker.installPlugins([await findOrBuildPlugins(release)]);
  }

  async #store({ data, binaryData }: NodeShowing): Promise<void> {
    const { plane } = this.#lab;
    const { status } = await plane.raw('GET', ENI_CONFIG);
    if (data === undefined) {
      await ask(plane, 'DELETE', ENI_CONFIG);
      return;
    }
    const metadata = { name: 'eni-config', namespace: 'kube-system' };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, binaryData };
    if (status !== 404) await ask(plane, 'PUT', ENI_CONFIG, object);
    else await ask(plane, 'POST', ENI_CONFIG.replace(/\/eni-config$/, ''), object);
  }

  async #start(showing: NodeShowing, expected: Outcome['fails']): Promise<Outcome> {
    const written = await this.#chainWrittenAt();
    const refused = this.#refusals().length;
    const terway = await this.#restartTerway();
    if (terway !== undefined) return terway;
    await waitFor('the chain on the node', TIMEOUT_MS, async () =>
      (await this.#chainWrittenAt()) === written ? undefined : true,
    );
    // Terway itself needs the Services that kube-proxy serves.
    if (showing.hasNoProxy) await this.#worker.removeProxy();
    if (expected === 'not-ready') return this.#refusedChain(refused);
    return this.#outcomeOfNewPods(showing, expected);
  }

  /**
   * containerd does not say when it has loaded what was written, and a pod before that gets the former
   * chain. So a pod comes first that asks for no port, which portmap would leave behind in that case.
   */
  async #outcomeOfNewPods(
    { hasHostPort }: NodeShowing,
    expected: Outcome['fails'],
  ): Promise<Outcome> {
    let outcome = await this.#outcomeOfNewPod(false);
    if (hasHostPort) return outcome.fails === 'nothing' ? this.#outcomeOfNewPod(true) : outcome;
    for (let pods = 1; outcome.fails !== expected && pods < MAX_PODS; pods += 1) {
      outcome = await this.#outcomeOfNewPod(false);
    }
    return outcome;
  }

  async #chainWrittenAt(): Promise<number> {
    return (await stat(this.#worker.node.file(CHAIN))).mtimeMs;
  }

  /** Resolves with nothing when Terway's pod is ready. */
  async #restartTerway(): Promise<Outcome | undefined> {
    const { plane } = this.#lab;
    const podsOf = async () =>
      (await list<Pod>(plane, TERWAY_PODS)).filter(
        ({ spec }) => spec?.nodeName === this.#worker.name,
      );
    const former = new Set<string | undefined>();
    for (const { metadata } of await podsOf()) {
      former.add(metadata?.uid);
      const path = `/api/v1/namespaces/kube-system/pods/${metadata?.name ?? ''}`;
      await ask(plane, 'DELETE', `${path}?gracePeriodSeconds=0`);
    }
    return waitFor('what becomes of Terway', TIMEOUT_MS, async () => {
      const pod = (await podsOf()).find(({ metadata }) => !former.has(metadata?.uid));
      if (pod === undefined) return undefined;
      if (isReady(pod)) return { outcome: undefined };
      const [init] = pod.status?.initContainerStatuses ?? [];
      const ended = init?.state?.terminated ?? init?.lastState?.terminated;
      if (ended !== undefined && ended.exitCode !== 0) {
        // Its last line can be read a moment later.
        const said = await this.#initLog(pod.metadata?.name ?? '');
        return LAST_WORDS.test(said) ? { outcome: { fails: 'init' as const, said } } : undefined;
      }
      const unmounted = await this.#event('kube-system', pod, 'FailedMount');
      if (unmounted === undefined) return undefined;
      return { outcome: { fails: 'mount' as const, said: unmounted } };
    }).then(({ outcome }) => outcome);
  }

  async #initLog(pod: string): Promise<string> {
    const { stdout } = await this.#lab.plane.kubectl([
      'logs',
      '-nkube-system',
      pod,
      '-cterway-init',
    ]);
    return stdout;
  }

  /** Of a chain that comes after so many that the runtime has refused. */
  async #refusedChain(former: number): Promise<Outcome> {
    const said = await waitFor('containerd to refuse the chain', TIMEOUT_MS, () => {
      const refusals = this.#refusals().slice(former);
      return refusals.length > 0 ? refusals : undefined;
    });
    return { fails: 'not-ready', said: [...said, await this.#untilReady(false)].join('\n') };
  }

  /** Resolves with what the kubelet says of it; it tells the API server some seconds later. */
  async #untilReady(isExpected: boolean): Promise<string> {
    return waitFor(`the node to be ${isExpected ? '' : 'not '}ready`, TIMEOUT_MS, async () => {
      const path = `/api/v1/nodes/${this.#worker.name}`;
      const node = await ask<Node>(this.#lab.plane, 'GET', path);
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
      return isReady(node) === isExpected ? (ready?.message ?? '') : undefined;
    });
  }

  /** What containerd has said of chains that it does not take. */
  #refusals(): string[] {
    const errors = this.#worker.containerd
      .log()
      .matchAll(/ error=("cni config load failed: .*")$/gm);
    return [...errors].map(([, text = '""']) => JSON.parse(text) as string);
  }

  async #outcomeOfNewPod(hasHostPort: boolean): Promise<Outcome> {
    const { plane } = this.#lab;
    await this.#untilReady(true);
    const name = `try-${String((this.#pods += 1))}`;
    const pod = await ask<Pod>(plane, 'POST', PODS, newPod(name, this.#worker.name, hasHostPort));
    try {
      const failed = await waitFor(`${name} to run or to fail`, TIMEOUT_MS, async () => {
        if (isReady(await ask<Pod>(plane, 'GET', `${PODS}/${name}`))) return { said: undefined };
        const said = await this.#event('default', pod, 'FailedCreatePodSandBox');
        return said === undefined ? undefined : { said };
      });
      if (failed.said !== undefined) return { fails: 'sandbox', said: failed.said };
      if (!hasHostPort) return { fails: 'nothing', said: '' };
      const url = `http://${this.#worker.node.place.address}:${String(HOST_PORT)}/`;
      const { code, stderr } = await plane.shell(`wget -nv -O- -T5 -t1 ${url}`);
      return code === 0 ? { fails: 'nothing', said: '' } : { fails: 'host-port', said: stderr };
    } finally {
      await this.#delete(`${PODS}/${name}`);
    }
  }

  /** Resolves when the kubelet has taken its network down, while the chain is there that made it. */
  async #delete(pod: string): Promise<void> {
    const { plane } = this.#lab;
    await ask(plane, 'DELETE', pod);
    await waitFor('the pod to be gone', TIMEOUT_MS, async () =>
      (await plane.raw('GET', pod)).status === 404 ? true : undefined,
    );
  }

  async #event(namespace: string, { metadata }: Pod, reason: string): Promise<string | undefined> {
    const own = `fieldSelector=involvedObject.uid%3D${metadata?.uid ?? ''},reason%3D${reason}`;
    const events = await list<{ readonly message?: string }>(
      this.#lab.plane,
      `/api/v1/namespaces/${namespace}/events?${own}`,
    );
    return events.at(-1)?.message;
  }
}

/** A pod that answers on its port, and on one of the node's if it is to. */
function newPod(name: string, nodeName: string, hasHostPort: boolean) {
  const command = ['sh', '-c', `echo ${name} >/index.html; exec httpd -f -p ${POD_PORT} -h /`];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName,
      tolerations: [{ operator: 'Exists' }],
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'web',
          image: BUSYBOX_IMAGE,
          command,
          ports: [{ containerPort: POD_PORT, ...(hasHostPort && { hostPort: HOST_PORT }) }],
          readinessProbe: { tcpSocket: { port: POD_PORT }, periodSeconds: 1 },
        },
      ],
    },
  };
}
