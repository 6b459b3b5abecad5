import type { Fact, Facts, VersionFact } from '../core/facts.ts';
import { sourceText } from '../core/fact-text.ts';
import { printable } from '../text/text.ts';

/** A fact as a log line and `status` show it. */
export interface FactSummary {
  readonly value: string | number;
  /** Where it is known from, in words. */
  readonly origin: string;
  /** How old it was when it was used; absent for what stands in the configuration. */
  readonly ageSeconds?: number;
  /** Guessed from something else, so it never denies. */
  readonly estimate?: true;
}

/** Versions of plugins that are shown: the catalogue knows a dozen, a cluster may have anything. */
const MAX_PLUGINS = 20;

/** What is known of the cluster, by name (`terway`, `plugins.portmap`): one short value each. */
export function summarizeFacts(facts: Facts): Readonly<Record<string, FactSummary>> {
  const { asOf } = facts;
  const summaries: Record<string, FactSummary> = {};
  const add = <T>(name: string, fact: Fact<T> | undefined, show: (value: T) => string | number) => {
    if (!fact) return;
    const value = show(fact.value);
    summaries[name] = {
      value: typeof value === 'string' ? printable(value, 100) : value,
      origin: printable(sourceText(fact.source), 100),
      ...(fact.learntAt === undefined || asOf === undefined
        ? {}
        : { ageSeconds: Math.max(0, Math.round((asOf - fact.learntAt) / 1000)) }),
      ...(fact.isEstimate ? { estimate: true } : {}),
    };
  };
  const addVersion = (name: string, fact: VersionFact | undefined) =>
    add(name, fact, ({ normal }) => normal);
  addVersion('terway', facts.terway);
  add('terwayDaemonSet', facts.terwayDaemonSet, String);
  for (const [type, fact] of [...facts.plugins].slice(0, MAX_PLUGINS)) {
    addVersion(`plugins.${printable(type, 40)}`, fact);
  }
  add('probedNodes', facts.binaries, ({ probed }) => probed);
  add('kubeProxyMode', facts.kubeProxyMode, String);
  add('nodesWithoutKubeProxy', facts.nodesWithoutKubeProxy, ({ count }) => count);
  add('datapath', facts.datapath, String);
  add('exclusiveEniNodes', facts.exclusiveEniNodes, ({ count }) => count);
  addVersion('kubelet', facts.kubelet);
  return summaries;
}
