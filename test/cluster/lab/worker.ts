import type { ChildProcess } from 'node:child_process';
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { release } from '../../support/leash.ts';
import { waitFor } from '../../support/wait.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Daemon } from '../controlplane/daemon.ts';
import type { LabBinaries } from './binaries.ts';
import { addBusybox } from './busybox-image.ts';
import { cgroupOf, makeCgroups } from './cgroups.ts';
import type { Place } from './network.ts';
import {
  AUTHORITY_FILE,
  CONTAINERD_CONFIG,
  KUBECONFIG_FOLDER,
  PLUGIN_FOLDER,
  kubeProxyConfig,
  kubeletConfig,
} from './node-configs.ts';
import { Node } from './node.ts';
import { HOST_ROOT } from './terway/daemon-set.ts';

/** What a worker is made of. */
export interface WorkerParts {
  readonly binaries: LabBinaries;
  /** Archives of images that are imported. */
  readonly images: readonly string[];
  /** Folders whose files are the node's CNI plugins. */
  readonly plugins: readonly string[];
  readonly syncFrequency: string;
}

const START_TIMEOUT_MS = 60_000;

/** A node with what makes it part of the cluster: containerd, a kubelet and kube-proxy. */
export class Worker {
  readonly node: Node;
  readonly containerd: Daemon;
  readonly kubelet: Daemon;
  readonly proxy: Daemon;
  readonly #cgroups: ChildProcess;

  private constructor(node: Node, cgroups: ChildProcess) {
    this.node = node;
    this.#cgroups = cgroups;
    this.containerd = node.daemon('containerd', ['--config', '/etc/containerd.toml']);
    this.kubelet = node.daemon('kubelet', [
      '--config=/etc/kubelet.yaml',
      `--kubeconfig=${KUBECONFIG_FOLDER}/kubelet`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.place.address}`,
    ]);
    this.proxy = node.daemon('kube-proxy', ['--config=/etc/kube-proxy.yaml']);
  }

  /** Switches a node on and has it join the cluster; its images are imported by then. */
  static async start(plane: ControlPlane, place: Place, parts: WorkerParts): Promise<Worker> {
    const { cluster, containerd } = parts.binaries;
    const cgroup = cgroupOf(plane.dir, place.name);
    const cgroups = await makeCgroups(cgroup);
    const programs = [cluster.kubelet, cluster['kube-proxy'], ...containerd];
    const node = await Node.start(place, join(plane.dir, 'nodes', place.name), programs);
    const worker = new Worker(node, cgroups);
    try {
      await worker.#writeFiles(plane, parts, cgroup);
      worker.containerd.start();
      await worker.#importImages(parts.images);
      worker.proxy.start();
      worker.kubelet.start();
      return worker;
    } catch (error) {
      await worker.stop();
      throw error;
    }
  }

  get name(): string {
    return this.node.name;
  }

  /** Runs containerd's client in the kubelet's namespace; rejects when it fails. */
  async ctr(...args: readonly string[]): Promise<string> {
    const output = await this.node.run('ctr', ['--namespace', 'k8s.io', ...args]);
    if (output.code === 0) return output.stdout;
    throw new Error(`ctr ${args.join(' ')} failed on ${this.name}: ${output.stderr}`);
  }

  /** Gives an image a second name, as if another release of it had been pulled. */
  async tagImage(name: string, second: string): Promise<void> {
    const names = (await this.ctr('images', 'list', '--quiet')).split('\n');
    // containerd keeps short names with the registry that they stand for.
    const full = names.find((one) => one.endsWith(`/${name}`));
    if (full === undefined) throw new Error(`${this.name} has no image ${name}`);
    await this.ctr('images', 'tag', full, full.replace(name, second));
  }

  /** Removes the images whose names hold this, by all their names, once no container uses them. */
  async removeImages(part: string): Promise<void> {
    const rows = (await this.ctr('images', 'list')).split('\n').map((row) => row.split(/\s+/));
    const digests = new Set(rows.filter(([name]) => name?.includes(part)).map((row) => row[2]));
    // containerd's part for Kubernetes gives each image the name of its configuration besides.
    const names = rows.filter((row) => digests.has(row[2])).map(([name = '']) => name);
    if (names.length === 0) return;
    await waitFor(`${this.name} to run nothing of ${part}`, 120_000, async () => {
      const containers = await this.ctr('containers', 'list');
      return names.some((name) => containers.includes(name)) ? undefined : true;
    });
    await this.ctr('images', 'remove', '--sync', ...names);
  }

  /** Puts the files of these folders among the node's CNI plugins, over those of the same name. */
  async installPlugins(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      await cp(folder, this.node.file(PLUGIN_FOLDER), { recursive: true, force: true });
    }
  }

  /** Ends kube-proxy and removes the chains that it and CNI plugins have made for address translation. */
  async removeProxy(): Promise<void> {
    await this.proxy.stop();
    for (const flag of ['-F', '-X']) await this.node.run('iptables', ['-t', 'nat', flag]);
  }

  /** Starts kube-proxy again; resolves when its chains are there. */
  async restoreProxy(): Promise<void> {
    this.proxy.start();
    await waitFor('the chains of kube-proxy', START_TIMEOUT_MS, async () => {
      const { code } = await this.node.run('iptables', ['-t', 'nat', '-S', 'KUBE-MARK-MASQ']);
      return code === 0 ? true : undefined;
    });
  }

  /** The last lines of what the node's servers have printed. */
  lastLogLines(): string {
    const daemons = [this.containerd, this.kubelet, this.proxy];
    return daemons.map((daemon) => daemon.lastLogLines()).join('\n');
  }

  /** Cuts the power and removes what the node has left in the machine's kernel. */
  async stop(): Promise<void> {
    await this.node.stop();
    await release(this.#cgroups);
  }

  async #writeFiles(plane: ControlPlane, parts: WorkerParts, cgroup: string): Promise<void> {
    const { place } = this.node;
    const { syncFrequency } = parts;
    const write = async (path: string, content: string) =>
      writeFile(this.node.file(path), content, { mode: 0o600 });
    await write('/etc/hosts', '127.0.0.1 localhost\n');
    // Names are looked up nowhere.
    await write('/etc/resolv.conf', '');
    await write('/etc/containerd.toml', CONTAINERD_CONFIG);
    await write(
      '/etc/kubelet.yaml',
      JSON.stringify(kubeletConfig(place, { cgroup, syncFrequency })),
    );
    await write('/etc/kube-proxy.yaml', JSON.stringify(kubeProxyConfig(place)));
    await write(AUTHORITY_FILE, plane.authority);
    const users = {
      kubelet: await plane.kubeconfigFor(`system:node:${place.name}`, ['system:nodes']),
      'kube-proxy': await plane.kubeconfigFor('system:kube-proxy', []),
    };
    for (const [name, file] of Object.entries(users)) {
      await copyFile(file, this.node.file(join(KUBECONFIG_FOLDER, name)));
    }
    await write('/var/lib/cni/terway-stand-in-range', place.pods);
    await this.#makeHostRoot();
    await this.installPlugins(parts.plugins);
  }

  /** Terway's init script calls programs of the node, in whose place the machine's must not be. */
  async #makeHostRoot(): Promise<void> {
    const root = this.node.file(HOST_ROOT);
    await mkdir(root, { recursive: true });
    await addBusybox(root);
  }

  async #importImages(archives: readonly string[]): Promise<void> {
    await waitFor(`containerd of ${this.name}`, START_TIMEOUT_MS, async () => {
      this.containerd.assertRunning();
      const { code } = await this.node.run('ctr', ['version']);
      return code === 0 ? true : undefined;
    }).catch((error: unknown) => {
      // The log goes with the node's files: what it says must travel with the error.
      const message = [(error as Error).message, this.containerd.lastLogLines()].join('\n');
      throw new Error(message, { cause: error });
    });
    for (const archive of archives) await this.ctr('images', 'import', archive);
  }
}
