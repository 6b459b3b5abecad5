import { ACCEPTED_CHAINS_EDITS } from './accepted-chains.ts';
import { BANDWIDTH_EDITS } from './bandwidth.ts';
import { BREAK_GLASS_EDITS } from './break-glass.ts';
import { CHAIN_EDITS } from './chain.ts';
import { CNI_CHAIN_BESIDE_EDITS } from './cni-chain-beside.ts';
import { CNI_CHAIN_ENTRIES_EDITS } from './cni-chain-entries.ts';
import { CNI_CHAIN_YAML_EDITS } from './cni-chain-yaml.ts';
import { CONF_ALONE_EDITS } from './conf-alone.ts';
import { ENI_CONF_EDITS } from './eni-conf.ts';
import { ENI_CONF_HALVES_EDITS } from './eni-conf-halves.ts';
import { ENI_CONF_RELEASES_EDITS } from './eni-conf-releases.ts';
import { ENI_CONF_VALUES_EDITS } from './eni-conf-values.ts';
import { FIELDS_EDITS } from './fields.ts';
import { FIREWALL_VRF_EDITS } from './firewall-vrf.ts';
import { FIRST_ENTRY_EDITS } from './first-entry.ts';
import { JSON_EDITS } from './json.ts';
import { KEYS_EDITS } from './keys.ts';
import { LIVE_NODES_EDITS } from './live-nodes.ts';
import { LIVE_PLUGINS_EDITS } from './live-plugins.ts';
import { LIVE_TERWAY_EDITS } from './live-terway.ts';
import { OBJECT_EDITS } from './object.ts';
import { OVERLAY_EDITS } from './overlay.ts';
import { PLAIN_TEXT_KEYS_EDITS } from './plain-text-keys.ts';
import { PLUGIN_TYPES_EDITS } from './plugin-types.ts';
import { POLICY_EDITS } from './policy.ts';
import { PORTMAP_EDITS } from './portmap.ts';
import { PUBLIC_ACCESS_EDITS } from './public-access.ts';
import { STORED_EDITS } from './stored.ts';
import { TERWAY_EDITS } from './terway.ts';
import { TUNING_EDITS } from './tuning.ts';
import { VERSIONS_EDITS } from './versions.ts';
import type { WorkedEdit } from './edit.ts';

export type { WorkedEdit } from './edit.ts';

/** The families of edits, each named as its file. */
export const FAMILIES: Readonly<Record<string, readonly WorkedEdit[]>> = {
  'accepted-chains': ACCEPTED_CHAINS_EDITS,
  'plain-text-keys': PLAIN_TEXT_KEYS_EDITS,
  json: JSON_EDITS,
  object: OBJECT_EDITS,
  keys: KEYS_EDITS,
  chain: CHAIN_EDITS,
  'conf-alone': CONF_ALONE_EDITS,
  'first-entry': FIRST_ENTRY_EDITS,
  'plugin-types': PLUGIN_TYPES_EDITS,
  portmap: PORTMAP_EDITS,
  fields: FIELDS_EDITS,
  versions: VERSIONS_EDITS,
  'public-access': PUBLIC_ACCESS_EDITS,
  tuning: TUNING_EDITS,
  bandwidth: BANDWIDTH_EDITS,
  'firewall-vrf': FIREWALL_VRF_EDITS,
  terway: TERWAY_EDITS,
  'eni-conf': ENI_CONF_EDITS,
  'eni-conf-releases': ENI_CONF_RELEASES_EDITS,
  'eni-conf-values': ENI_CONF_VALUES_EDITS,
  'eni-conf-halves': ENI_CONF_HALVES_EDITS,
  stored: STORED_EDITS,
  policy: POLICY_EDITS,
  'break-glass': BREAK_GLASS_EDITS,
  'cni-chain-entries': CNI_CHAIN_ENTRIES_EDITS,
  'cni-chain-yaml': CNI_CHAIN_YAML_EDITS,
  'cni-chain-beside': CNI_CHAIN_BESIDE_EDITS,
  'live-plugins': LIVE_PLUGINS_EDITS,
  'live-terway': LIVE_TERWAY_EDITS,
  'live-nodes': LIVE_NODES_EDITS,
  overlay: OVERLAY_EDITS,
};

/**
 * Edits of eni-config with the verdict that each must get, one family a file. A new row goes to the
 * family of the rule that it is about. The order matters to messages.txt only: it shows each rule
 * with the first edit in which the rule speaks.
 *
 * Names that begin with a letter and a number are the edits that the rules were first worked out
 * from: G.. for good ones, which are accepted, and B.. for bad ones, which are refused or warned
 * about. The numbers say no more than that, and some are not used. Names that begin with "live:"
 * are about clusters whose nodes differ.
 */
export const EDITS: readonly WorkedEdit[] = Object.values(FAMILIES).flat();
