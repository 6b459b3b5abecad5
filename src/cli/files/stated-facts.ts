import type { Config } from '../../config/config.ts';
import {
  DATAPATHS,
  type Datapath,
  type Facts,
  KUBE_PROXY_MODES,
  type KubeProxyMode,
} from '../../engine/core/facts.ts';
import { type Version, parseVersion } from '../../engine/core/version.ts';
import { quoted } from '../../engine/text/text.ts';
import type { Connection } from '../../kube/api.ts';
import type { Flags } from '../frame/arguments.ts';
import { KUBECONFIG, CONFIG } from '../frame/flags.ts';
import { UsageError } from '../usage-error.ts';

/** What flags say of the cluster that files are for. */
export const FACT_FLAGS = {
  terway: { value: 'VERSION', about: 'the version of Terway' },
  plugin: { value: 'NAME=VERSION', repeated: true, about: 'the version of a CNI plugin' },
  'kube-proxy': { value: 'MODE', values: KUBE_PROXY_MODES, about: 'the mode of kube-proxy' },
  datapath: { value: 'DATAPATH', values: DATAPATHS, about: 'the datapath of the nodes' },
  ...CONFIG,
  cluster: { about: 'learn the rest from the cluster' },
  ...KUBECONFIG,
} as const satisfies Flags;

export interface StatedFacts extends Connection {
  readonly terway: string | undefined;
  readonly plugin: readonly string[];
  readonly 'kube-proxy': KubeProxyMode | undefined;
  readonly datapath: Datapath | undefined;
  readonly cluster: boolean;
}

/**
 * What is known of the cluster: flags before the configuration file, and with --cluster what can be
 * learnt besides. Rejects with UsageError for a version that is none, and for a cluster that does not
 * answer at all.
 */
export async function factsFrom(flags: StatedFacts, config: Config): Promise<Facts> {
  const known = withFlags(config.facts.known, flags);
  if (!flags.cluster) return known;
  // Here, as the client of a cluster costs more than all the rest of a call without one.
  const { learnFacts } = await import('../compose/learn.ts');
  return learnFacts({ ...config, facts: { ...config.facts, known } }, flags);
}

function withFlags(facts: Facts, flags: StatedFacts): Facts {
  const source = { kind: 'configuration' } as const;
  const { terway, datapath, 'kube-proxy': mode } = flags;
  const plugins = new Map(facts.plugins);
  for (const text of flags.plugin) {
    const [name = '', version] = text.split('=');
    if (name === '' || version === undefined) {
      throw new UsageError(`--plugin takes NAME=VERSION, not ${quoted(text)}`);
    }
    plugins.set(name, { value: versionOf('--plugin', version), source });
  }
  return {
    ...facts,
    plugins,
    ...(terway === undefined ? {} : { terway: { value: versionOf('--terway', terway), source } }),
    ...(datapath === undefined ? {} : { datapath: { value: datapath, source } }),
    ...(mode === undefined ? {} : { kubeProxyMode: { value: mode, source } }),
  };
}

function versionOf(flag: string, text: string): Version {
  const version = parseVersion(text);
  if (version) return version;
  throw new UsageError(`${flag}: ${quoted(text)} is not a version such as 1.15.2 or an image tag`);
}
