import { createOverlayReview } from '../core/review-overlay.ts';
import { createStoredReview } from '../core/review-stored.ts';
import { createStoredOverlayReview } from '../core/stored-overlay.ts';
import { type Review, createReview } from '../core/review.ts';
import type { Rule, RuleInfo } from '../core/rule.ts';
import * as bandwidth from './bandwidth.ts';
import { BREAK_GLASS_RULES } from './break-glass.ts';
import { capabilityTypo } from './capabilities.ts';
import { ciliumArgs } from './cilium-args.ts';
import * as chain from './chain.ts';
import { entryType } from './chain-entries.ts';
import * as chainOrder from './chain-order.ts';
import * as cniChain from './cni-chain.ts';
import * as conf from './conf.ts';
import * as publicAccess from './public-access.ts';
import * as eniConf from './eni-conf.ts';
import { eniConfHalves } from './eni-conf-halves.ts';
import { eniConfIdle } from './eni-conf-idle.ts';
import * as fieldNames from './field-names.ts';
import { fieldType } from './field-types.ts';
import { fieldValue } from './field-values.ts';
import * as firewall from './firewall.ts';
import * as firstEntry from './first-entry.ts';
import { GUARD_ERROR } from './guard-error.ts';
import * as json from './json.ts';
import * as keys from './keys.ts';
import * as texts from './plain-text-keys.ts';
import * as object from './object.ts';
import * as overlay from './overlay.ts';
import * as pluginTypes from './plugin-types.ts';
import * as portmap from './portmap.ts';
import * as portmapBackend from './portmap-backend.ts';
import * as sbr from './sbr.ts';
import { secondNetwork } from './second-network.ts';
import * as terway from './terway.ts';
import { restartNeeded, takesEffect } from './timing.ts';
import * as tuning from './tuning.ts';
import * as sysctls from './tuning-sysctls.ts';
import * as vrf from './vrf.ts';
import * as versions from './field-versions.ts';

/** The rules of a review, in the order in which findings are told: from the whole to the detail. */
export const RULES = [
  object.objectDeleted,
  object.binaryData,
  conf.confChanged,
  conf.confMissing,
  conf.eniConfMissing,
  object.immutableObject,
  keys.keyTypo,
  json.jsonSyntax,
  json.jsonNumber,
  json.jsonDepth,
  json.jsonSize,
  json.jsonDuplicate,
  chain.confNotEntry,
  chain.chainShape,
  cniChain.cniChainShape,
  entryType,
  pluginTypes.entryTypeName,
  chainOrder.terwayNotFirst,
  chainOrder.terwayRepeated,
  cniChain.cniChainTerway,
  cniChain.cniChainMember,
  secondNetwork,
  pluginTypes.pluginTypo,
  pluginTypes.pluginMissing,
  firstEntry.firstEntryDiffers,
  fieldNames.fieldReserved,
  fieldType,
  fieldValue,
  terway.terwayVirtualType,
  terway.symmetricLimits,
  terway.terwayNameCase,
  terway.ciliumChainer,
  ciliumArgs,
  capabilityTypo,
  portmap.portmapMarks,
  portmapBackend.portmapBackend,
  portmap.portmapMarkChain,
  portmapBackend.portmapMasqAllNftables,
  publicAccess.publicAccess,
  sysctls.tuningSysctl,
  sysctls.tuningSysctlHost,
  sysctls.tuningSysctlValue,
  tuning.tuningMtu,
  tuning.tuningDataDir,
  bandwidth.bandwidthPair,
  bandwidth.bandwidthSubnets,
  bandwidth.bandwidthAfterTerway,
  sbr.sbrAfterTerway,
  firewall.firewallChain,
  vrf.vrfName,
  eniConf.eniConfShape,
  eniConf.eniConfProtected,
  eniConf.eniConfLimits,
  versions.chainVersion,
  cniChain.cniChainVersion,
  versions.fieldVersion,
  firstEntry.firstEntryUnverified,
  cniChain.conflistShadowed,
  cniChain.cniChainRest,
  chainOrder.pluginRepeated,
  firstEntry.firstEntryAddition,
  pluginTypes.pluginUnknown,
  fieldNames.fieldUnknown,
  json.jsonNameCase,
  portmap.portmapCapability,
  portmap.portmapNoSnat,
  portmap.portmapMarkBit,
  portmapBackend.portmapNftables,
  portmap.portmapRemoved,
  sysctls.tuningSysctlName,
  tuning.tuningIpv6,
  vrf.vrfAfterTerway,
  firewall.firewallIngress,
  terway.terwayPolicyProvider,
  terway.symmetricRouting,
  terway.exclusiveEniNodes,
  keys.keyUnknown,
  texts.networkPolicyText,
  texts.loadBalanceText,
  texts.chainTopLevel,
  eniConfIdle,
  eniConfHalves,
  restartNeeded,
  takesEffect,
] as const satisfies readonly Rule[];

/** The rules about ConfigMaps that are merged over eni-config, beside those about what comes of it. */
const OVERLAY_RULES = [
  overlay.overlayNoPatch,
  overlay.overlayLost,
  overlay.overlayBase,
  overlay.overlayIdle,
  overlay.overlayTakesEffect,
] as const;

/** What is asked of eni-config as an object, or of keys that no node reads in an overlay. */
const OF_ENI_CONFIG: readonly Rule[] = [
  object.objectDeleted,
  object.binaryData,
  conf.confChanged,
  conf.confMissing,
  conf.eniConfMissing,
  object.immutableObject,
  keys.keyTypo,
  keys.keyUnknown,
  eniConf.eniConfShape,
  texts.networkPolicyText,
  texts.loadBalanceText,
  restartNeeded,
  takesEffect,
];

/** Rules that look at several members of eni_conf, of which some may stand in eni-config. */
const OF_WHOLE_ENI_CONF: readonly Rule[] = [
  eniConf.eniConfProtected,
  eniConf.eniConfLimits,
  eniConfIdle,
  eniConfHalves,
];

const [bypassRefused, bypassOpen] = BREAK_GLASS_RULES;

const INFOS = [
  ...[bypassRefused, ...RULES, ...OVERLAY_RULES, bypassOpen].map(({ info }) => info),
  GUARD_ERROR,
];

export type RuleId =
  | (typeof RULES)[number]['info']['id']
  | (typeof OVERLAY_RULES)[number]['info']['id']
  | (typeof BREAK_GLASS_RULES)[number]['info']['id']
  | typeof GUARD_ERROR.id;

/** All rule ids, in the order of the rules. */
export const RULE_IDS: readonly RuleId[] = INFOS.map(({ id }) => id);

/** What is said of each rule, by id. */
export const RULE_INFO = Object.fromEntries(INFOS.map((info) => [info.id, info])) as Readonly<
  Record<RuleId, RuleInfo>
>;

const reviewObject = createReview(RULES, GUARD_ERROR);

const reviewOverlay = createOverlayReview(
  {
    own: OVERLAY_RULES,
    merged: RULES.filter((rule) => !OF_ENI_CONFIG.includes(rule)),
    isAlone: (rule) => !OF_WHOLE_ENI_CONF.includes(rule),
  },
  GUARD_ERROR,
);

/** Reviews a change of kube-system/eni-config, or of an overlay, with these rules. Pure and total. */
export const review: Review = (change, ...rest) =>
  (change.overlay ? reviewOverlay : reviewObject)(change, ...rest);

/** Reviews and decides on a stored kube-system/eni-config. Pure and total. */
export const reviewStored = createStoredReview(RULES, GUARD_ERROR);

/** Reviews and decides on a stored overlay, merged over the stored eni-config. Pure and total. */
export const reviewStoredOverlay = createStoredOverlayReview(review);
