import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import type { Facts } from '../../src/engine/core/facts.ts';
import type { Finding } from '../../src/engine/core/finding.ts';
import { denialsIn } from '../../src/engine/core/decide.ts';
import { BASE_VETH, VETH_CONF } from '../support/config-maps.ts';
import { known, knownVersion } from '../support/facts.ts';
import { verdictOn } from '../support/verdicts.ts';
import type { Configuration } from './generate.ts';
import { type PluginRelease, TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { chainOf } from './terway-merge.ts';

/** The object before the chain is added, and the entry that the chain must begin with. */
export const BASE = BASE_VETH;
export const FIRST_ENTRY = JSON.stringify(VETH_CONF);

/**
 * The findings for which the guard denies adding the entry after terway, on a cluster known to run
 * this release of the plugin; an empty list when it allows the change.
 */
export function denials({ plugin, entry }: Configuration, release: PluginRelease): Finding[] {
  const chain = chainOf(FIRST_ENTRY, [entry]);
  const change = {
    operation: 'UPDATE',
    old: configMap(BASE),
    new: configMap({ ...BASE, '10-terway.conflist': chain }),
  } as const;
  return denialsIn(verdictOn(change, factsFor(plugin, release)));
}

function factsFor(plugin: string, release: PluginRelease): Facts {
  return {
    terway: knownVersion(TERWAY_RELEASE),
    plugins: new Map([[plugin, knownVersion(release)]]),
    kubeProxyMode: known('iptables'),
    datapath: known('veth'),
  };
}

function configMap(data: Readonly<Record<string, string>>): ConfigMap {
  return { data: new Map(Object.entries(data)), binaryData: new Map(), immutable: false };
}
