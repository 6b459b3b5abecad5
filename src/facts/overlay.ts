import type { Fact, Facts } from '../engine/core/facts.ts';
import type { Version } from '../engine/core/version.ts';

/** `learnt` under what the configuration says, which overrides it and says so. */
export function overlay(learnt: Facts, configured: Facts): Facts {
  const plugins = new Map(learnt.plugins);
  for (const [type, fact] of configured.plugins) {
    plugins.set(type, overriding(fact, plugins.get(type), versionText));
  }
  const { terway, kubeProxyMode, datapath } = configured;
  const { nodesWithoutKubeProxy, ...others } = learnt;
  return {
    ...others,
    // A mode that is configured holds on every node.
    ...(!kubeProxyMode && nodesWithoutKubeProxy && { nodesWithoutKubeProxy }),
    plugins,
    ...(terway && { terway: overriding(terway, learnt.terway, versionText) }),
    ...(kubeProxyMode && {
      kubeProxyMode: overriding(kubeProxyMode, learnt.kubeProxyMode, String),
    }),
    ...(datapath && { datapath }),
  };
}

const versionText = ({ normal }: Version) => normal;

function overriding<T, F extends Fact<T>>(
  fact: F,
  learnt: Fact<T> | undefined,
  show: (value: T) => string,
): F {
  if (!learnt || show(learnt.value) === show(fact.value)) return fact;
  const overrides = { value: show(learnt.value), source: learnt.source };
  return { ...fact, source: { kind: 'configuration', overrides } };
}
