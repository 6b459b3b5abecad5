import type { KubeProxyMode } from '../engine/core/facts.ts';
import { exactMember, timesNamed } from '../engine/json/go-names.ts';
import { valueOf } from '../engine/json/node.ts';
import { readYaml } from '../engine/json/yaml/document.ts';
import { quoted } from '../engine/text/text.ts';
import { type Follower, type ObjectRef, followObject, readObject } from '../kube/follow.ts';
import { Health, type Learnt, type Source, type SourceOptions } from './source.ts';

/** The first that exists tells. Source: Terway's tests. */
const NAMES = ['kube-proxy-worker', 'kube-proxy'] as const;
const KEY = 'config.conf';
/** Such a file has some 2 KB; a far larger one is something else and takes long to read. */
const MAX_LENGTH = 16 * 1024;

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

type Mode = { readonly mode: KubeProxyMode } | { readonly gap: string };

/** Reads the mode out of kube-proxy's configuration (YAML, KubeProxyConfiguration). */
export function readMode(text: string | undefined): Mode {
  if (text === undefined) return { gap: `has no ${KEY}` };
  if (text.length > MAX_LENGTH) return { gap: `has a ${KEY} too long to be one` };
  const { root, yaml } = readYaml(text);
  if (!root || yaml?.restAt !== undefined) return { gap: `has a ${KEY} that is not valid YAML` };
  if (root.type !== 'object') return { gap: `has a ${KEY} that is no map of settings` };
  if (timesNamed(root, 'mode') > 1) return { gap: `has a ${KEY} with several modes` };
  const member = exactMember(root, 'mode');
  const mode = member && valueOf(member.value);
  // Without a mode kube-proxy on Linux takes iptables. Source: KubeProxyConfiguration.
  if (mode === undefined || mode === null || mode === '') return { mode: 'iptables' };
  if (mode === 'iptables' || mode === 'ipvs' || mode === 'nftables') return { mode };
  return { gap: `has the mode ${quoted(JSON.stringify(mode))}, which Linux does not know` };
}

interface Seen {
  readonly mode: Mode | undefined;
  readonly at: number;
}

/** How kube-proxy works, from its ConfigMaps. */
export function kubeProxySource({ api, log, now, staleAfterMs, changed }: SourceOptions): Source {
  const health = new Health('kube-proxy', NAMES, log);
  const seen = new Map<string, Seen>();
  const followerOf = (name: string): Follower<ConfigMap> => {
    const see = (mode: Mode | undefined) => {
      seen.set(name, { mode, at: now() });
      health.confirmed(name, now());
      changed();
    };
    return {
      seen: (object) => see(object && readMode(object.data?.[KEY])),
      confirmed: () => see(seen.get(name)?.mode),
      recovered: () => health.recovered(name),
      failed: (error) => health.failed(name, error),
    };
  };
  return {
    read: () => allOf((ref, name) => readObject(api, ref, followerOf(name))),
    follow: (signal) =>
      allOf((ref, name) => followObject(api, ref, staleAfterMs, followerOf(name), signal)),
    learnt: () => learntFrom(seen),
    status: () => health.status(),
    answered: health.answered,
  };
}

async function allOf(action: (ref: ObjectRef, name: string) => Promise<void>): Promise<void> {
  const path = '/api/v1/namespaces/kube-system/configmaps';
  await Promise.all(NAMES.map((name) => action({ path, name }, name)));
}

function learntFrom(seen: ReadonlyMap<string, Seen>): Learnt | undefined {
  let confirmedAt = Infinity;
  for (const name of NAMES) {
    const known = seen.get(name);
    // Not known to be missing: it may say something else than the next one.
    if (!known) return undefined;
    // Nor may it have come into being since.
    confirmedAt = Math.min(confirmedAt, known.at);
    const { mode } = known;
    if (!mode) continue;
    if ('gap' in mode) {
      return { facts: {}, gaps: [`ConfigMap kube-system/${name} ${mode.gap}`], confirmedAt };
    }
    const source = { kind: 'config-map', name } as const;
    return {
      facts: { kubeProxyMode: { value: mode.mode, source, learntAt: confirmedAt } },
      gaps: [],
      confirmedAt,
    };
  }
  const gaps = [`there is no ConfigMap ${NAMES.join(' or ')} in kube-system`];
  return { facts: {}, gaps, confirmedAt };
}
