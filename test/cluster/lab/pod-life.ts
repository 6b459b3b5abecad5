import { setTimeout as sleep } from 'node:timers/promises';

import { watchHealth } from './health.ts';
import type { Extras, PodFolder, RunningContainer } from './pod.ts';
import type { Container, ContainerStatus, Pod } from './objects.ts';

const RESTART_AFTER_MS = 1000;
const DEFAULT_GRACE_SECONDS = 30;

/** What a pod's status says, times left out. */
export interface PodState {
  readonly phase: string;
  readonly isReady: boolean;
  readonly initContainerStatuses: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
}

/** What tests may change while a pod lives. */
export interface Circumstances {
  readonly extras: () => Extras;
  /** Whether a container that has ended may be started again. */
  readonly mayStart: () => boolean;
}

/** One pod on its node, from its first container to its end: what a kubelet does with it. */
export class PodLife {
  readonly #pod: Pod;
  readonly #folder: PodFolder;
  readonly #circumstances: Circumstances;
  readonly #stopped = new AbortController();
  readonly #running = new Map<string, RunningContainer>();
  readonly #init: ContainerStatus[] = [];
  readonly #main = new Map<string, ContainerStatus>();
  #phase = 'Pending';
  /** Why a container of the pod can't be started. */
  failure: Error | undefined;
  /** Resolves when no process of the pod is left. */
  readonly over: Promise<void>;

  constructor(pod: Pod, folder: PodFolder, circumstances: Circumstances) {
    this.#pod = pod;
    this.#folder = folder;
    this.#circumstances = circumstances;
    this.over = this.#live().catch((error: unknown) => {
      this.failure = error as Error;
    });
  }

  get state(): PodState {
    const containerStatuses = [...this.#main.values()];
    const isReady = this.#phase === 'Running' && containerStatuses.every(({ ready }) => ready);
    return {
      phase: this.#phase,
      isReady,
      initContainerStatuses: this.#init,
      containerStatuses,
    };
  }

  /** Ends the pod: the preStop hook, SIGTERM, and SIGKILL when its grace period is over. */
  async end(graceSeconds = this.#pod.spec?.terminationGracePeriodSeconds): Promise<void> {
    if (this.#stopped.signal.aborted) return this.over;
    this.#stopped.abort();
    const pause = this.#pod.spec?.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const grace = AbortSignal.timeout((graceSeconds ?? DEFAULT_GRACE_SECONDS) * 1000);
    grace.addEventListener('abort', () => void this.kill());
    await sleep(pause * 1000);
    for (const container of this.#running.values()) container.terminate();
    return this.over;
  }

  /** Kills all processes of the pod (SIGKILL); what is to be restarted is. */
  async kill(): Promise<void> {
    await Promise.all([...this.#running.values()].map(async (container) => container.kill()));
  }

  async #live(): Promise<void> {
    for (const container of this.#pod.spec?.initContainers ?? []) await this.#prepare(container);
    if (this.#stopped.signal.aborted) return;
    const containers = this.#pod.spec?.containers ?? [];
    for (const container of containers) this.#note(container, { ready: false });
    this.#phase = 'Running';
    const codes = await Promise.all(containers.map(async (one) => this.#keepRunning(one)));
    this.#phase = codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  }

  async #prepare(container: Container): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const running = await this.#start(container);
      const exitCode = await running.exited;
      const message = await running.terminationMessage();
      const terminated = { exitCode, message, finishedAt: new Date().toISOString() };
      const status = statusOf(container, { ready: exitCode === 0, state: { terminated } });
      this.#init[(this.#pod.spec?.initContainers ?? []).indexOf(container)] = status;
      if (exitCode === 0) return;
      await sleep(RESTART_AFTER_MS);
    }
  }

  async #keepRunning(container: Container): Promise<number> {
    // Of another image than the guard's there is nothing to run: it only waits.
    if (/\bpause\b/.test(container.image ?? '')) {
      this.#note(container, { ready: true, state: { running: {} } });
      await new Promise((resolve) => this.#stopped.signal.addEventListener('abort', resolve));
      return 0;
    }
    for (;;) {
      const running = await this.#start(container);
      this.#note(container, { state: { running: { startedAt: new Date().toISOString() } } });
      const ended = new AbortController();
      const listener = {
        readiness: (ready: boolean) => this.#note(container, { ready }),
        dead: () => void running.kill(),
      };
      const health = watchHealth(container, this.#pod.status?.podIP ?? '', listener, ended.signal);
      const exitCode = await running.exited;
      ended.abort();
      await health;
      const restartCount = (this.#main.get(container.name)?.restartCount ?? 0) + 1;
      const terminated = { exitCode, finishedAt: new Date().toISOString() };
      this.#note(container, { ready: false, state: { terminated } });
      if (this.#isStopped() || this.#pod.spec?.restartPolicy === 'Never') return exitCode;
      this.#note(container, { ready: false, restartCount });
      do await sleep(RESTART_AFTER_MS);
      while (!this.#circumstances.mayStart() && !this.#isStopped());
      if (this.#isStopped()) return exitCode;
    }
  }

  async #start(container: Container): Promise<RunningContainer> {
    const running = await this.#folder.start(container, this.#circumstances.extras());
    this.#running.set(container.name, running);
    void running.exited.then(() => this.#running.delete(container.name));
    return running;
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  #note(container: Container, news: Partial<ContainerStatus>): void {
    this.#main.set(container.name, {
      ...(this.#main.get(container.name) ?? statusOf(container, {})),
      ...news,
    });
  }
}

function statusOf({ name, image }: Container, news: Partial<ContainerStatus>): ContainerStatus {
  return { name, image: image ?? '', imageID: '', restartCount: 0, ready: false, ...news };
}
