import { CNI_CHAIN_UNREAD_UP_TO } from '../catalogue/cni-chain.ts';
import { lossInOverlay } from '../catalogue/eni-conf-readers.ts';
import { KEY_NAMES } from '../catalogue/keys.ts';
import {
  type Change,
  ENI_CONF_KEY,
  type LabelledNodes,
  OVERLAY_KEYS,
  OVERLAY_LABEL,
  type Overlay,
  touches,
} from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { lostKeys } from '../core/overlay.ts';
import { defineOverlayRule } from '../core/review-overlay.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonMember, type JsonNode, describeType } from '../json/node.ts';
import { isSameJson } from '../json/same.ts';
import { hasCentralIpam } from '../core/central-ipam.ts';
import { listed, printable, quoted } from '../text/text.ts';

/**
 * Rules about overlays: ConfigMaps that the label terway-config of a node names. Terway merges their
 * eni_conf over that of eni-config. Source: Terway's pkg/k8s/k8s.go, types/daemon/config.go,
 * types/daemon/dynamicconfig.go, daemon/builder.go, pkg/eni/node_reconcile.go and its page about
 * dynamic configuration.
 */

/** The nodes that read an overlay, in words. */
const nodesOf = ({ name }: Overlay) => `nodes with the label ${OVERLAY_LABEL}: ${printable(name)}`;

export const overlayNoPatch = defineOverlayRule({
  info: {
    id: 'overlay-no-patch',
    title: 'The eni_conf of a ConfigMap that terway-config names is a JSON object',
    why: "Terway merges it over eni-config's as a JSON merge patch (RFC 7396). Null, text, a number or true is no patch, and a list takes the place of everything: the daemon of the nodes that name this ConfigMap does not start.",
    fix: prose('write an object with the members that shall differ, {} for none'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueTypeInvalid',
  },
  *check({ patch, overlay }) {
    const root = patch?.root;
    if (!root || root.type === 'object') return;
    yield {
      key: ENI_CONF_KEY,
      at: { offset: root.offset, length: 1 },
      whole: [],
      message: `${ENI_CONF_KEY} is merged over that of eni-config, so it must be a JSON object, not ${describeType(root)}: the daemon does not start on ${nodesOf(overlay)}`,
    };
  },
});

export const overlayLost = defineOverlayRule({
  info: {
    id: 'overlay-lost',
    title: 'A ConfigMap that nodes name with terway-config stays',
    why: "Where each node keeps a pool of its own, the daemon goes on with eni-config's eni_conf without a word when the ConfigMap or its key is gone: other vSwitches, other security groups, other pool sizes. Under central IPAM the controller stops at it: nodes that join get no addresses. The API server is asked for the nodes at each such write; without an answer within a second this warns.",
    fix: prose(
      `take the label ${OVERLAY_LABEL} off the nodes first, or name another ConfigMap with it`,
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  *check(change) {
    const { overlay, operation } = change;
    const keys = lostKeys(change);
    const [first] = keys;
    if (first === undefined || overlay.nodes?.count === 0) return;
    const what = operation === 'DELETE' ? 'this ConfigMap' : listed(keys, 'and');
    const place = operation === 'DELETE' ? {} : { key: first };
    if (overlay.nodes) {
      yield {
        ...place,
        // No release reads cni_chain yet.
        ...(keys.includes(ENI_CONF_KEY) ? {} : { severity: 'warn' as const }),
        message: `${counted(overlay.nodes)} the label ${OVERLAY_LABEL}: ${printable(overlay.name)}, so Terway needs ${what} there`,
      };
    } else {
      yield {
        ...place,
        severity: 'warn',
        message: `${nodesOf(overlay)} lose their own settings without ${what}; whether there are any could not be found out`,
        fix: prose(`look first: kubectl get nodes -l ${OVERLAY_LABEL}=${printable(overlay.name)}`),
      };
    }
  },
});

function counted({ count, isOpen }: LabelledNodes): string {
  if (isOpen) return `${count} nodes or more carry`;
  return count === 1 ? '1 node carries' : `${count} nodes carry`;
}

export const overlayBase = defineOverlayRule({
  info: {
    id: 'overlay-base-unknown',
    title: 'What an overlay makes of eni-config could not be judged',
    why: "The eni_conf of a ConfigMap that terway-config names is judged merged over eni-config's. Where that could not be read, or is broken itself, each member is judged by itself only.",
    fix: prose('have the guard reach the API server, or mend eni-config, and write it again'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  *check({ base, patch }) {
    if (!patch || base) return;
    yield {
      key: ENI_CONF_KEY,
      message: `the ${ENI_CONF_KEY} of eni-config, over which this is merged, could not be read; only this text by itself was judged`,
    };
  },
});

export const overlayIdle = defineOverlayRule({
  info: {
    id: 'overlay-idle',
    title: 'A part of an overlay that does nothing',
    why: `Of a ConfigMap that terway-config names Terway reads eni_conf, and with releases newer than ${CNI_CHAIN_UNREAD_UP_TO} cni_chain; any other key of eni-config is dead text there. Some members of eni_conf are taken from eni-config, by all or by some of their readers.`,
    fix: prose('remove it here; what shall change for all nodes is set in eni-config'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  *check(change, context) {
    yield* deadKeys(change);
    if (change.patch?.text === '') {
      yield { key: ENI_CONF_KEY, message: `an empty ${ENI_CONF_KEY} changes nothing` };
    }
    const patch = change.patch?.root;
    if (patch?.type !== 'object') return;
    const base = change.base?.root;
    for (const member of patch.members) yield* deadMember(member, base);
    const merged = context.document(ENI_CONF_KEY)?.root;
    if (base && merged && patch.members.length > 0 && isSameJson(base, merged)) {
      yield {
        key: ENI_CONF_KEY,
        at: { offset: patch.offset, length: 1 },
        message: 'eni-config has all of this already, so it changes nothing',
      };
    }
  },
});

function* deadKeys({ old, new: object }: Change): Generator<Problem> {
  for (const key of KEY_NAMES) {
    if ((OVERLAY_KEYS as readonly string[]).includes(key)) continue;
    const text = object?.data.get(key);
    if (text === undefined || text === old?.data.get(key)) continue;
    yield { key, message: `Terway reads ${key} in eni-config only, so it has no effect here` };
  }
}

function* deadMember(
  { name, nameNode: at, value }: JsonMember,
  base: JsonNode | undefined,
): Generator<Problem> {
  const place = { key: ENI_CONF_KEY, path: [name], at };
  const before = base && exactMember(base, name)?.value;
  if (value.type === 'null') {
    if (!base || before) return;
    yield { ...place, message: `${quoted(name, 60)}: eni-config has no such member to take away` };
    return;
  }
  const isCentral = base !== undefined && hasCentralIpam(base);
  const loss = lossInOverlay(name, isCentral ? 'central' : 'own-pool');
  if (loss === undefined || (before && isSameJson(before, value))) return;
  yield { ...place, message: `${name} ${loss.how}: ${loss.why}` };
}

export const overlayTakesEffect = defineOverlayRule({
  info: {
    id: 'overlay-takes-effect',
    title: 'When a change of an overlay acts, and on which nodes',
    why: 'On the nodes whose label terway-config names the ConfigMap: where each node keeps a pool of its own, at the next start of Terway\'s pod there; under central IPAM (ipam_type "crd" in eni-config) without a restart, at the next look at each node.',
    fix: prose("restart Terway's pods on those nodes when it suits"),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    advisory: true,
  },
  *check(change, { change: effective }) {
    const [key] = OVERLAY_KEYS.filter((name) => touches(change, name));
    if (key === undefined || change.operation === 'DELETE' || change.isDryRun) return;
    if (!touches(effective, key)) return;
    const base = change.base?.root;
    const isAtOnce = key === ENI_CONF_KEY && base !== undefined && hasCentralIpam(base);
    const when = isAtOnce
      ? 'at the next look at each node, without a restart (central IPAM)'
      : "at the next start of Terway's pod there";
    yield { key, message: `acts on ${nodesOf(change.overlay)}, ${when}` };
  },
});
