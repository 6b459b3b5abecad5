import { EFFECT_TEXT } from '../catalogue/field.ts';
import {
  BACKENDS_SINCE,
  BANG_IS_NFTABLES_IN,
  NFTABLES_FIXED_IN,
  NFTABLES_MASQ_ALL_SINCE,
} from '../catalogue/plugins/portmap.ts';
import type { Problem } from '../core/finding.ts';
import type { Facts } from '../core/facts.ts';
import { chosen, prose, withWays } from '../core/fix.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { isAtLeast } from '../core/version.ts';
import type { JsonNode } from '../json/node.ts';
import { needsMasqAll } from '../reading/datapath.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { matchingNodes, oneMayPass } from '../reading/installed.ts';
import { type VersionNeed, gapsOf } from '../reading/version-gap.ts';
import { fieldRemoval } from './entry-edits.ts';
import { problemAt } from './field-text.ts';
import { eachPortmap } from './portmap.ts';
import { problemOf } from './version-problem.ts';
import { describeNodes, probingAnewFor } from './version-text.ts';
import { aboutMembers } from '../reading/subjects.ts';

/**
 * Rules about the backend of portmap, iptables or nftables. Source for all of them:
 * plugins/meta/portmap/main.go (parseConfig, ensureBackend) of containernetworking/plugins.
 */

/** The backend that a list of conditions is written for, by its first word; undefined: either. */
export function conditionsBackend(
  conditions: JsonNode | undefined,
): 'iptables' | 'nftables' | undefined {
  const first = conditions?.type === 'array' ? conditions.items[0]?.value : undefined;
  if (typeof first !== 'string' || first === '') return undefined;
  return first.startsWith('-') || first.startsWith('!') ? 'iptables' : 'nftables';
}

/** What is of one backend; the name of a chain is of iptables, which is what there is without a word. */
const BACKEND_OPTIONS = ['backend', 'conditionsV4', 'conditionsV6'];

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
  about: aboutMembers(...BACKEND_OPTIONS),
  check: eachPortmap((entry, context) =>
    BACKEND_OPTIONS.some((name) => entry.members.has(name))
      ? mixedBackends(entry, context)
      : NO_PROBLEMS,
  ),
});

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
      fix: prose('remove "externalSetMarkChain"', fieldRemoval(entry, 'externalSetMarkChain')),
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
  about: aboutMembers('backend'),
  check: eachPortmap((entry, context) => {
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
  about: aboutMembers('backend'),
  check: eachPortmap((entry, { facts }) => {
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
