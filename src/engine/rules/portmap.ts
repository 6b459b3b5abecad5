import { EFFECT_TEXT } from '../catalogue/field.ts';
import {
  BACKENDS_SINCE,
  BANG_IS_NFTABLES_IN,
  NFTABLES_FIXED_IN,
  NFTABLES_MASQ_ALL_SINCE,
} from '../catalogue/plugins/portmap.ts';
import type { Chain } from '../core/chain.ts';
import { CHAIN_KEYS, CONFLIST_KEY } from '../core/eni-config.ts';
import { namesOf, originOf, sourceClause } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { chosen, inText, paste, prose, withWays } from '../core/fix.ts';
import { isChainName } from '../reading/go-formats.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonNode, pathOf, type JsonString } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { count, listed, quoted } from '../text/text.ts';
import { isAtLeast } from '../core/version.ts';
import { capabilitySlips } from './capabilities.ts';
import { fieldRemoval, memberSetting } from './entry-edits.ts';
import { problemAt } from './field-text.ts';
import { countingKey } from '../reading/counting-chain.ts';
import { clashes, hasClashes } from '../reading/exclusions.ts';
import { matchingNodes, oneMayPass } from '../reading/installed.ts';
import { type VersionNeed, gapsOf } from '../reading/version-gap.ts';
import { describeNodes, probingAnewFor } from './version-text.ts';
import { problemOf } from './version-problem.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { replaceValue } from '../json/edit.ts';
import { closest } from '../reading/suggest.ts';
import { needsMasqAll } from '../reading/datapath.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';

/**
 * Rules about portmap entries as wholes. Source for all of them: plugins/meta/portmap/main.go
 * (parseConfig, ensureBackend) of containernetworking/plugins.
 */

/** A check that looks at each portmap entry by itself. */
const eachEntry = (check: (entry: DecodedObject, context: ReviewContext) => Iterable<Problem>) =>
  checkEach((context) => entriesOf(context, 'portmap'), check);

export const portmapMarks = defineRule({
  info: {
    id: 'portmap-marks',
    title: 'portmap marks packets in one way',
    why: 'externalSetMarkChain and markMasqBit together make portmap refuse its configuration, even for pods without hostPort.',
    fix: prose('remove one of them'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  check: eachEntry((entry) => (hasClashes(entry) ? clashingMarks(entry) : NO_PROBLEMS)),
});

function* clashingMarks(entry: DecodedObject): Generator<Problem> {
  for (const [name, excluding] of clashes(entry)) {
    yield {
      ...problemAt(entry, valueAt(entry, excluding) ?? entry.node),
      message: `${name} and ${excluding} exclude each other: ${EFFECT_TEXT['every-pod']}`,
      fix: prose(`remove "${excluding}" or "${name}"`),
    };
  }
}

/** The backend that a list of conditions is written for, by its first word; undefined: either. */
export function conditionsBackend(
  conditions: JsonNode | undefined,
): 'iptables' | 'nftables' | undefined {
  const first = conditions?.type === 'array' ? conditions.items[0]?.value : undefined;
  if (typeof first !== 'string' || first === '') return undefined;
  return first.startsWith('-') || first.startsWith('!') ? 'iptables' : 'nftables';
}

const withoutChain = (entry: DecodedObject, why = '') =>
  prose(`remove "externalSetMarkChain"${why}`, fieldRemoval(entry, 'externalSetMarkChain'));

/**
 * Releases without backends hand every condition to iptables. Where both kinds run, the newer one is
 * judged here, and the version rule speaks of a backend on the older one.
 */
export const portmapBackend = defineRule({
  info: {
    id: 'portmap-backend',
    title: "portmap's options speak the language of its backend",
    why: `From ${BACKENDS_SINCE} on portmap refuses its configuration when options of the other backend stand in it. Conditions that begin with - or ! are for iptables, others for nftables.`,
    fix: prose('use one backend throughout'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  check: eachEntry((entry, context) =>
    BACKEND_OPTIONS.some((name) => entry.members.has(name))
      ? mixedBackends(entry, context)
      : NO_PROBLEMS,
  ),
});

/** What is of one backend; the name of a chain is of iptables, which is what there is without a word. */
const BACKEND_OPTIONS = ['backend', 'conditionsV4', 'conditionsV6'];

function* mixedBackends(entry: DecodedObject, { facts }: ReviewContext): Generator<Problem> {
  const knowsBackends = oneMayPass(facts.plugins.get('portmap'), (version) =>
    isAtLeast(version, BACKENDS_SINCE),
  );
  const backend = knowsBackends ? (scalarAt(entry, 'backend') ?? 'iptables') : 'iptables';
  const isNftables = backend === 'nftables';
  const chain = valueAt(entry, 'externalSetMarkChain');
  if (isNftables && chain) {
    yield {
      ...problemAt(entry, chain),
      message: `externalSetMarkChain is for the backend iptables, not nftables: ${EFFECT_TEXT['every-pod']}`,
      fix: withoutChain(entry),
    };
  }
  const [right, wrong] = isNftables ? ['nftables', 'iptables'] : ['iptables', 'nftables'];
  for (const name of ['conditionsV4', 'conditionsV6']) {
    const conditions = valueAt(entry, name);
    if (!conditions || conditionsBackend(conditions) !== wrong) continue;
    const effect = EFFECT_TEXT[knowsBackends ? 'every-pod' : 'hostport-pods'];
    yield {
      ...problemAt(entry, conditions),
      message: `${name} is written for ${wrong}, but the backend is ${right}: ${effect}`,
      fix: prose(`write ${name} in the words of ${right}`),
    };
  }
  if (!isNftables) yield* misreadConditions(entry, facts);
}

/**
 * Why the chain KUBE-MARK-MASQ is known to be missing, as the end of a sentence: `, as there is no
 * kube-proxy (...)`, ` on 3 nodes without kube-proxy (...)`; undefined when nothing says so.
 */
function whyNoKubeMarks(facts: Facts): string | undefined {
  const { kubeProxyMode: mode, nodesWithoutKubeProxy: without } = facts;
  if (mode?.value === 'none') return `, as there is no kube-proxy${sourceClause(mode, facts)}`;
  if (mode?.value === 'nftables') {
    return `, as kube-proxy runs in nftables mode${sourceClause(mode, facts)}`;
  }
  if (!without || without.value.count === 0) return undefined;
  const nodes = `${count(without.value.count, 'node')} without kube-proxy`;
  return ` on ${nodes}${namesOf(without.value)}, ${originOf(without, facts)}`;
}

/** One release looks for a hyphen alone, so conditions that begin with ! are of the other backend. */
function* misreadConditions(entry: DecodedObject, facts: Facts): Generator<Problem> {
  const installed = facts.plugins.get('portmap');
  const misreading =
    installed && matchingNodes(installed, ({ normal }) => normal === BANG_IS_NFTABLES_IN);
  if (!misreading || installed.isEstimate) return;
  for (const name of ['conditionsV4', 'conditionsV6']) {
    const conditions = valueAt(entry, name);
    const first: unknown = conditions?.type === 'array' ? conditions.items[0]?.value : undefined;
    if (!conditions || typeof first !== 'string' || !first.startsWith('!')) continue;
    yield {
      ...problemAt(entry, conditions),
      message:
        `portmap ${BANG_IS_NFTABLES_IN} takes ${name} for nftables, as they begin with "!": ` +
        `${EFFECT_TEXT['every-pod']}; ${describeNodes(installed, misreading, facts)}`,
      fix: withWays(
        prose(
          `bring a newer portmap than ${BANG_IS_NFTABLES_IN} to all nodes, or let ${name} begin with a match that begins with "-"` +
            probingAnewFor(installed, entry, facts),
        ),
        { kind: 'newer-release', program: entry.reader, newerThan: BANG_IS_NFTABLES_IN },
      ),
    };
  }
}

const KUBE_MARKS = 'KUBE-MARK-MASQ';

/** A few letters away, in another letter case, or the same words in another order. */
function isSlipOfKubeMarks(name: string): boolean {
  const words = (text: string) => text.toUpperCase().split(/[-_.]/).sort().join('-');
  return words(name) === words(KUBE_MARKS) || closest(name, [KUBE_MARKS]) !== undefined;
}

export const portmapMarkChain = defineRule({
  info: {
    id: 'portmap-mark-chain',
    title: 'externalSetMarkChain names a chain that exists',
    why: 'portmap jumps to the chain for pods with hostPort; a chain that is not there makes them fail. KUBE-MARK-MASQ belongs to kube-proxy in iptables and ipvs mode.',
    fix: prose('name a chain that exists in table nat on every node'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  check: eachEntry((entry, { facts }) => {
    const chain = valueAt(entry, 'externalSetMarkChain');
    if (chain?.type !== 'string' || scalarAt(entry, 'snat') === false) return NO_PROBLEMS;
    const why = whyNoKubeMarks(facts);
    const isThere = chain.value === KUBE_MARKS && why === undefined;
    return isThere ? NO_PROBLEMS : missingChain(entry, chain, why);
  }),
});

function* missingChain(
  entry: DecodedObject,
  chain: JsonString,
  why: string | undefined,
): Generator<Problem> {
  if (chain.value === '') {
    yield {
      ...problemAt(entry, chain),
      message: `externalSetMarkChain must not be empty: ${EFFECT_TEXT['hostport-pods']}`,
      fix: withoutChain(entry, ', or name a chain; without it portmap marks packets by itself'),
    };
  } else if (!isChainName(chain.value)) {
    yield {
      ...problemAt(entry, chain),
      message: `this is no name of an iptables chain (28 bytes at most, no space): ${EFFECT_TEXT['hostport-pods']}`,
    };
  }
  if (chain.value !== KUBE_MARKS) {
    if (why === undefined && isSlipOfKubeMarks(chain.value)) {
      yield {
        ...problemAt(entry, chain),
        severity: 'warn',
        isGuess: true,
        message: `kube-proxy makes the chain ${KUBE_MARKS}; did you mean it by ${quoted(chain.value, 30)}? Where there is no chain of that name ${EFFECT_TEXT['hostport-pods']}`,
        fix: paste(
          `"externalSetMarkChain": "${KUBE_MARKS}"`,
          inText(entry.key, replaceValue(chain, `"${KUBE_MARKS}"`)),
        ),
      };
    }
    return;
  }
  if (why === undefined) return;
  yield {
    ...problemAt(entry, chain),
    message: `KUBE-MARK-MASQ does not exist${why}: ${EFFECT_TEXT['hostport-pods']}`,
    fix: withoutChain(entry, '; portmap then marks packets by itself'),
  };
}

export const portmapMasqAllNftables = defineRule({
  info: {
    id: 'portmap-masqall-nftables',
    title: `masqAll with the nftables backend needs portmap ${NFTABLES_MASQ_ALL_SINCE} or newer`,
    why: 'Older releases of portmap ignore masqAll with the nftables backend without a word.',
    fix: prose('use the iptables backend'),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    settings: ['onUnknownVersion'],
  },
  check: eachEntry((entry, context) => {
    const masqAll = valueAt(entry, 'masqAll');
    const isAsked = masqAll?.value === true && scalarAt(entry, 'backend') === 'nftables';
    return isAsked ? unreadMasqAll(entry, masqAll, context) : NO_PROBLEMS;
  }),
});

function* unreadMasqAll(
  entry: DecodedObject,
  masqAll: JsonNode,
  context: ReviewContext,
): Generator<Problem> {
  // What public access needs stays, and the backend goes.
  const name = needsMasqAll(context, entry.key) ? 'backend' : 'masqAll';
  const need: VersionNeed = {
    reader: entry.reader,
    releasedWith: entry.releasedWith,
    shown: 'masqAll with backend nftables',
    floor: NFTABLES_MASQ_ALL_SINCE,
    removable: valueAt(entry, name),
  };
  for (const gap of gapsOf(need, context.facts)) {
    const { fix, ...problem } = problemOf(gap, context);
    const ways = chosen(fieldRemoval(entry, name));
    yield { ...problemAt(entry, masqAll), ...problem, fix: withWays(fix, ...ways) };
  }
}

export const portmapNoSnat = defineRule({
  info: {
    id: 'portmap-no-snat',
    title: 'With snat false nothing is masqueraded',
    why: 'portmap then marks no packets, so masqAll, markMasqBit and externalSetMarkChain have no effect.',
    fix: prose('remove "snat", or what has no effect'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  check: eachEntry((entry) => {
    const snat = valueAt(entry, 'snat');
    if (snat?.value !== false) return NO_PROBLEMS;
    const idle = ['masqAll', 'markMasqBit', 'externalSetMarkChain'].filter((name) => {
      const value = scalarAt(entry, name);
      return value !== undefined && value !== false;
    });
    if (idle.length === 0) return NO_PROBLEMS;
    return [
      {
        ...problemAt(entry, snat),
        message: `with snat false, ${listed(idle, 'and')} ${idle.length === 1 ? 'has' : 'have'} no effect`,
      },
    ];
  }),
});

export const portmapCapability = defineRule({
  info: {
    id: 'portmap-capability',
    title: 'portmap needs the capability portMappings',
    why: 'Without it the runtime passes no port mappings: portmap succeeds and does nothing.',
    fix: prose('grant the capability'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueRequired',
  },
  check: eachEntry((entry, context) => {
    const capabilities = valueAt(entry, 'capabilities');
    const granted = capabilities && exactMember(capabilities, 'portMappings')?.value;
    // The rule field-type reports a value of another type.
    if (granted && granted.value !== false) return NO_PROBLEMS;
    // A misspelt name, and a value that is no object, are findings of their own.
    if (capabilitySlips(entry).length > 0) return NO_PROBLEMS;
    if (capabilities && capabilities.type !== 'object') return NO_PROBLEMS;
    return [
      {
        key: entry.key,
        path: pathOf(entry.node),
        at: capabilities ?? { offset: entry.node.offset, length: 1 },
        message:
          'without the capability portMappings the runtime passes no ports: portmap does nothing',
        fix: capabilities
          ? paste(
              '"portMappings": true',
              memberSetting(context, entry.key, capabilities, 'portMappings', 'true'),
            )
          : paste(
              '"capabilities": {"portMappings": true}',
              memberSetting(
                context,
                entry.key,
                entry.node,
                'capabilities',
                '{"portMappings": true}',
              ),
            ),
      },
    ];
  }),
});

/** Mark bits that others use. Source: comments in portmap; Terway's default symmetric mark 0x10. */
function ownerOfBit(bit: number): string | undefined {
  if (bit === 4) return "Terway's symmetric routing (mark 0x10)";
  if (bit === 14 || bit === 15) return 'kube-proxy';
  return bit >= 20 && bit <= 31 ? 'Calico' : undefined;
}

export const portmapMarkBit = defineRule({
  info: {
    id: 'portmap-mark-bit',
    title: 'The mark bit of portmap is free',
    why: "kube-proxy uses bits 14 and 15, Calico 20 to 31, Terway's symmetric routing bit 4; a shared bit changes what happens to other packets.",
    fix: prose('choose a free bit'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  check: eachEntry((entry) => {
    const bit = valueAt(entry, 'markMasqBit');
    const owner = typeof bit?.value === 'number' ? ownerOfBit(bit.value) : undefined;
    if (!bit || owner === undefined) return NO_PROBLEMS;
    return [
      {
        ...problemAt(entry, bit),
        message: `mark bit ${String(bit.value)} belongs to ${owner}; packets may be masqueraded by mistake`,
        fix: prose('remove "markMasqBit" (the default is 13) or choose a free bit'),
      },
    ];
  }),
});

export const portmapNftables = defineRule({
  info: {
    id: 'portmap-nftables',
    title: `The nftables backend has a fix since ${NFTABLES_FIXED_IN}`,
    why: `Releases ${BACKENDS_SINCE} to 1.8.0 forward traffic that is not for the node (CVE-2025-67499).`,
    fix: prose('upgrade portmap, or use iptables'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  check: eachEntry((entry, { facts }) => {
    const backend = valueAt(entry, 'backend');
    const installed = facts.plugins.get('portmap');
    if (backend?.value !== 'nftables' || !installed) return NO_PROBLEMS;
    const exposed = matchingNodes(
      installed,
      (version) => isAtLeast(version, BACKENDS_SINCE) && !isAtLeast(version, NFTABLES_FIXED_IN),
    );
    if (!exposed) return NO_PROBLEMS;
    return [
      {
        ...problemAt(entry, backend),
        message:
          `portmap before ${NFTABLES_FIXED_IN} forwards foreign traffic with nftables ` +
          `(CVE-2025-67499); ${describeNodes(installed, exposed, facts)}`,
        fix: prose(
          `bring portmap ${NFTABLES_FIXED_IN} or newer to all nodes, or remove "backend"` +
            probingAnewFor(installed, entry, facts),
        ),
        ...(installed.isEstimate ? { isGuess: true } : {}),
      },
    ];
  }),
});

const hasPortmap = (chain: Chain | undefined) =>
  chain?.some(({ type }) => type === 'portmap') ?? false;

export const portmapRemoved = defineRule({
  info: {
    id: 'portmap-removed',
    title: 'Removing portmap leaves rules behind',
    why: 'DNAT rules of running pods with hostPort are only removed by portmap, when the pod is deleted.',
    fix: prose('delete those pods first'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    advisory: true,
  },
  check(context) {
    const { change, facts, object } = context;
    const oldKey = change.old && countingKey(change.old, facts);
    const key = countingKey(object, facts);
    const now = key && context.chain(key);
    // Whether a chain that can't be read holds portmap is not known.
    if (key !== undefined && (!now || hasPortmap(now))) return NO_PROBLEMS;
    if (!hasPortmap(oldKey && context.chainBefore(oldKey))) return NO_PROBLEMS;
    return [
      {
        key: key ?? oldKey ?? CONFLIST_KEY,
        dependsOn: CHAIN_KEYS,
        message: 'portmap leaves the chain: rules of running pods with hostPort stay on the nodes',
        fix: prose('delete pods with hostPort before Terway restarts'),
      },
    ];
  },
});
