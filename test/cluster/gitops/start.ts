import { delimiter, dirname } from 'node:path';
import type { Test } from 'tap';

import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import type { Output } from '../../support/output.ts';
import type { EditStep } from '../controlplane/edit.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { waitFor } from '../../support/wait.ts';
import { replaceIn } from '../edit-steps.ts';
import { type GuardConfig, startGuard } from '../guard.ts';
import { type GuardedCluster, manifest, startGuardedCluster } from '../guarded-cluster.ts';

/** What the guard knows, so that it adds a default. */
const facts = {
  terwayVersion: '1.15.2',
  pluginVersions: { portmap: '1.7.1' },
  kubeProxyMode: 'ipvs',
};

/** A chain that lacks the default. */
export const WITHOUT_DEFAULT = withConflist(BASE_VENDOR, conflist([VENDOR_CONF, PORTMAP]));
/** The same with it, as the guard stores it. */
export const WITH_DEFAULT = withConflist(
  BASE_VENDOR,
  conflist([VENDOR_CONF, { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }]),
);
/** The latter with 10-terway.conf laid out otherwise: the same JSON. */
export const LAID_OUT_ANEW: Data = {
  ...WITH_DEFAULT,
  '10-terway.conf': JSON.stringify(VENDOR_CONF),
};
/** Nothing but the chain with the default. */
export const CHAIN_ALONE = only((key) => key === '10-terway.conflist');
/** All but 10-terway.conf. */
export const CONF_LEFT_OUT = only((key) => key !== '10-terway.conf');
/** A chain with a plugin that does not exist. */
export const REFUSED = withConflist(
  BASE_VENDOR,
  conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }]),
);

function only(isKept: (key: string) => boolean): Data {
  return Object.fromEntries(Object.entries(WITH_DEFAULT).filter(([key]) => isKept(key)));
}

/** What a person does to the chain behind Git's back. */
export const addSnat: EditStep = (opened) =>
  replaceIn(opened, '"type": "portmap",', '"type": "portmap",\n          "snat": true,');

/** One story: what is in Git and what is stored, and all that is typed. */
export interface Story {
  readonly transcript: Transcript;
  readonly type: (line: string) => Promise<Output>;
}

/** A guarded cluster, and an engine that brings into it what is in Git. */
export class Gitops {
  readonly cluster: GuardedCluster;
  readonly #engine: string;

  constructor(cluster: GuardedCluster, engine: string) {
    this.cluster = cluster;
    this.#engine = engine;
  }

  /** Makes `stored` the stored eni-config, as no engine has applied it, and `inGit` eni-config.yaml. */
  async begin(inGit: Data, stored: Data): Promise<Story> {
    const { cluster } = this;
    await cluster.store(stored);
    await cluster.file('eni-config.yaml', manifest(inGit));
    const folders = [this.#engine, cluster.plane.binaries.kubectl].map((file) => dirname(file));
    const env = { PATH: [...folders, process.env.PATH].join(delimiter) };
    const transcript = new Transcript();
    return { transcript, type: async (line) => cluster.type(transcript, line, { env }) };
  }

  /** Has another guard than the cluster's own answer until the test ends. */
  async guardedBy(t: Test, config: GuardConfig): Promise<void> {
    const guard = await startGuard({ facts, ...config });
    t.teardown(() => guard.stop());
    await this.cluster.register(guard);
    t.teardown(() => this.cluster.register());
  }

  /** What changes with every write. */
  async resourceVersion(): Promise<string> {
    return (await this.#metadata()).resourceVersion;
  }

  /**
   * Resolves in a later second than that of the last write. Kubernetes keeps the order of managedFields of
   * one second by name: another write, though it changes nothing, would put them in the order of time, once.
   */
  async secondIsOver(): Promise<void> {
    const { managedFields = [] } = await this.#metadata();
    const last = Math.max(...managedFields.map(({ time }) => Date.parse(time)));
    await waitFor('another second', 5000, () => (Date.now() >= last + 1000 ? true : undefined));
  }

  async #metadata(): Promise<Metadata> {
    const path = '/api/v1/namespaces/kube-system/configmaps/eni-config';
    const { body } = await this.cluster.plane.raw('GET', path);
    return (JSON.parse(body) as { metadata: Metadata }).metadata;
  }
}

interface Metadata {
  readonly resourceVersion: string;
  readonly managedFields?: readonly { readonly time: string }[];
}

/** Starts a cluster whose guard adds a default, for the engine that this program is. */
export const startGitops = async (engine: string): Promise<Gitops> =>
  new Gitops(await startGuardedCluster({ facts }), engine);
