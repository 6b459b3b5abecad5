import { CNI_PLUGINS, TERWAY } from '../catalogue/distributions.ts';
import { terwayDaemonSetOf } from '../core/fact-text.ts';
import type { Facts, VersionFact } from '../core/facts.ts';
import { pathOf } from '../json/node.ts';
import { formatPath } from '../json/path.ts';
import type { MatchingNodes, Released } from '../reading/installed.ts';
import { isRollingOut } from './installed-text.ts';
import type { VersionNeed } from './version-need.ts';

/** What to do about a need that is not met. */

export const removal = ({ removable }: VersionNeed) =>
  removable ? `remove ${formatPath(pathOf(removable))}` : '';

/** How an operator makes an unknown version known. */
export function howToTell({ program, releasedWith }: Released): string {
  const key = releasedWith === TERWAY ? 'terwayVersion' : `pluginVersions.${program}`;
  return `set facts.${key} in the configuration of eni-config-guard`;
}

/** The same for single nodes: plugins are asked by the node probe, whose pods say what went wrong. */
export function whereToLook(released: Released): string {
  const tell = howToTell(released);
  return released.releasedWith !== CNI_PLUGINS
    ? tell
    : `look at the pods of DaemonSet eni-config-guard-node-probe on these nodes, or ${tell}`;
}

/** The same where it is not known which nodes there are. */
export const whyNotListed = (released: Released): string =>
  `see in the guard's log why nodes are not listed, or ${howToTell(released)}`;

/**
 * To end a remedy that rests on the probe of nodes: their pods tell what they saw when they started,
 * however long ago. Nothing where it does not.
 */
export function probingAnew({ probeNamespace: namespace }: Facts): string {
  if (namespace === undefined) return '';
  return (
    '; after replacing binaries in place also run kubectl rollout restart ' +
    `-n ${namespace} daemonset/eni-config-guard-node-probe`
  );
}

/** The same for one program. */
export function probingAnewFor(
  installed: VersionFact,
  { releasedWith }: Released,
  facts: Facts,
): string {
  const isProbed = installed.spread !== undefined && !installed.isEstimate;
  return isProbed && releasedWith === CNI_PLUGINS ? probingAnew(facts) : '';
}

/** The remedy for releases that are too old, and what may be done instead. */
export function upgrade(
  need: VersionNeed,
  installed: VersionFact,
  where: MatchingNodes,
  facts: Facts,
): string {
  const { program, releasedWith, floor = '', removable } = need;
  const newer =
    releasedWith === TERWAY
      ? newerTerway(floor, installed, where, facts)
      : `bring ${program} ${floor} or newer to all nodes${releasedWith ? ` (it comes with the ${releasedWith.binaryFrom})` : ''}`;
  const ways = [
    newer,
    ...(installed.isEstimate ? [`or ${howToTell(need)} if it is there`] : []),
    ...(removable ? [`or ${removal(need)}`] : []),
  ].join(', ');
  return `${ways}${probingAnewFor(installed, need, facts)}`;
}

function newerTerway(
  floor: string,
  installed: VersionFact,
  { nodes }: MatchingNodes,
  facts: Facts,
): string {
  const isOnAll = !nodes || nodes.count >= (installed.spread?.total ?? 0);
  if (isOnAll || !isRollingOut(installed, facts)) {
    return `upgrade Terway to ${floor} or newer (ACK console, Operations > Add-ons)`;
  }
  const daemonSet = `daemonset.apps/${terwayDaemonSetOf(facts)}`;
  if (facts.terwayUpdates?.value === 'OnDelete') {
    return (
      `delete the pods of ${daemonSet} on these nodes, so that Terway ${floor} or newer starts ` +
      '(its update strategy is OnDelete)'
    );
  }
  return (
    `complete the rollout of Terway ${floor} or newer ` +
    `(kubectl rollout status -n kube-system ${daemonSet})`
  );
}
