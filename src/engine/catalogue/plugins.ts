import type { PluginSpec } from './field.ts';
import { bandwidth } from './plugins/bandwidth.ts';
import { ciliumCni } from './plugins/cilium-cni.ts';
import { firewall } from './plugins/firewall.ts';
import { portmap } from './plugins/portmap.ts';
import { sbr } from './plugins/sbr.ts';
import { terway } from './plugins/terway.ts';
import { tuning } from './plugins/tuning.ts';
import { vrf } from './plugins/vrf.ts';

/** Every plugin whose configuration is known, by type. */
export const PLUGINS: ReadonlyMap<string, PluginSpec> = new Map(
  [terway, portmap, tuning, bandwidth, firewall, sbr, vrf, ciliumCni].map((plugin) => [
    plugin.type,
    plugin,
  ]),
);
