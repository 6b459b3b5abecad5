import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import type { AdminClient, RawResponse } from './admin-client.ts';
import { readAuditEvents } from './audit.ts';
import type { AuditEvent } from './audit.ts';
import type { Binaries } from './binaries.ts';
import type { CertificateAuthority, Credential } from '../../support/certificates.ts';
import type { Daemon } from './daemon.ts';
import { kubeconfig } from '../../support/kubeconfig.ts';
import { release } from '../../support/leash.ts';
import { run } from '../../support/output.ts';
import type { Output } from '../../support/output.ts';
import { waitFor } from '../../support/wait.ts';

const READY_TIMEOUT_MS = 60_000;

/** Circumstances of one kubectl or helm command. */
export interface CommandOptions {
  /** Fed to standard input, which is otherwise empty. */
  readonly stdin?: string;
  /** Added to the control plane's own environment; nothing of the caller's but PATH is in there. */
  readonly env?: Readonly<Record<string, string>>;
  /** Path of another kubeconfig than the administrator's. */
  readonly kubeconfig?: string;
}

/** The parts a {@link ControlPlane} is put together from. */
export interface ControlPlaneParts {
  readonly dir: string;
  readonly url: string;
  readonly binaries: Binaries;
  readonly authority: CertificateAuthority;
  readonly admin: Credential;
  readonly client: AdminClient;
  readonly etcd: Daemon;
  readonly apiServer: Daemon;
  readonly janitor: ChildProcess;
}

/** A real etcd and kube-apiserver on this machine, with nothing else of a cluster. */
export class ControlPlane {
  readonly #parts: ControlPlaneParts;

  constructor(parts: ControlPlaneParts) {
    this.#parts = parts;
  }

  /** Folder of everything the control plane writes; removed at the end. */
  get dir(): string {
    return this.#parts.dir;
  }

  /** Base URL of the API server. */
  get url(): string {
    return this.#parts.url;
  }

  /** The CA of the API server's certificate, PEM. */
  get authority(): string {
    return this.#parts.authority.certificate;
  }

  /** The programs in use, and the Kubernetes release. */
  get binaries(): Binaries {
    return this.#parts.binaries;
  }

  /** Path of the administrator's kubeconfig (group `system:masters`). */
  get kubeconfig(): string {
    return join(this.dir, 'admin.kubeconfig');
  }

  /** Writes a kubeconfig for a user with these groups and returns its path. */
  async kubeconfigFor(user: string, groups: readonly string[]): Promise<string> {
    const path = join(this.dir, `${randomUUID()}.kubeconfig`);
    await this.#writeKubeconfig(path, await this.#parts.authority.issueClient(user, groups));
    return path;
  }

  /** Runs kubectl to its end, as the administrator unless told otherwise. */
  async kubectl(args: readonly string[], options: CommandOptions = {}): Promise<Output> {
    return this.#command(this.binaries.kubectl, args, options);
  }

  /** Runs helm to its end, as the administrator unless told otherwise. */
  async helm(args: readonly string[], options: CommandOptions = {}): Promise<Output> {
    return this.#command(this.binaries.helm, args, options);
  }

  /** Runs another program to its end as helm is run. */
  async run(
    program: string,
    args: readonly string[],
    options: CommandOptions = {},
  ): Promise<Output> {
    return this.#command(program, args, options);
  }

  /**
   * Runs a command line as a person types it: in /bin/sh, in the control plane's folder, with kubectl
   * and helm on PATH.
   */
  async shell(line: string, options: CommandOptions = {}): Promise<Output> {
    return this.#command('/bin/sh', ['-c', line], options);
  }

  /**
   * Sends an HTTPS request as the administrator. A string or Buffer goes out as it stands, anything
   * else as JSON; the content type is JSON unless given. Any HTTP status resolves; only a failed
   * connection rejects.
   */
  async raw(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<RawResponse> {
    return this.#parts.client.send(method, path, body, contentType);
  }

  /**
   * The audit log so far, one event a request. The API server may write an event shortly after the
   * client has its answer: wait for the event, do not expect it at once.
   */
  async auditEvents(): Promise<AuditEvent[]> {
    return readAuditEvents(join(this.dir, 'audit.log'));
  }

  /** Starts etcd and the API server, and resolves when there is a kube-system to work in. */
  async start(): Promise<void> {
    await this.#writeKubeconfig(this.kubeconfig, this.#parts.admin);
    this.#parts.etcd.start();
    await this.startApiServer();
    // The API server makes it too, a moment after it is ready.
    const kubeSystem = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } };
    await this.raw('POST', '/api/v1/namespaces', kubeSystem);
  }

  /** Starts the API server on its former port and data; resolves when it is ready. */
  async startApiServer(): Promise<void> {
    const { apiServer, etcd } = this.#parts;
    apiServer.start();
    try {
      await waitFor('the API server to be ready', READY_TIMEOUT_MS, async () => {
        etcd.assertRunning();
        apiServer.assertRunning();
        const response = await this.raw('GET', '/readyz').catch(() => undefined);
        return response?.status === 200 ? response : undefined;
      });
    } catch (error) {
      // The log files go with the folder: what they say must travel with the error.
      const logs = [etcd, apiServer].map((daemon) => daemon.lastLogLines());
      throw new Error([(error as Error).message, ...logs].join('\n'), { cause: error });
    }
  }

  /** Kills the API server and resolves when it is gone; etcd keeps its data. */
  async stopApiServer(): Promise<void> {
    await this.#parts.apiServer.stop();
    this.#parts.client.disconnect();
  }

  /** Kills the API server and starts it again; resolves when it is ready. */
  async restartApiServer(): Promise<void> {
    await this.stopApiServer();
    await this.startApiServer();
  }

  /** Ends both servers and removes the folder; resolves when no process and no file is left. */
  async stop(): Promise<void> {
    await this.stopApiServer();
    await this.#parts.etcd.stop();
    await release(this.#parts.janitor);
  }

  async #command(
    program: string,
    args: readonly string[],
    { stdin, env, kubeconfig: path = this.kubeconfig }: CommandOptions,
  ): Promise<Output> {
    const { kubectl } = this.binaries;
    return run(program, args, {
      cwd: this.dir,
      // A bare environment: neither the person's own settings nor a test runner's may show through.
      env: {
        PATH: [join(this.dir, 'bin'), dirname(kubectl), process.env.PATH].join(delimiter),
        HOME: this.dir,
        TMPDIR: join(this.dir, 'tmp'),
        SHELL: '/bin/sh',
        KUBECONFIG: path,
        ...env,
      },
      ...(stdin === undefined ? {} : { stdin }),
    });
  }

  async #writeKubeconfig(path: string, credential: Credential): Promise<void> {
    const text = kubeconfig(this.url, this.#parts.authority.certificate, credential);
    // Helm complains on stderr about a kubeconfig that others may read.
    await writeFile(path, text, { mode: 0o600 });
  }
}
