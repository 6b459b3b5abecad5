import { EFFECT_TEXT } from '../catalogue/field.ts';
import type { Chain } from '../core/chain.ts';
import { CHAIN_KEYS, CONFLIST_KEY } from '../core/eni-config.ts';
import { namesOf, originOf, sourceClause } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { inText, paste, prose } from '../core/fix.ts';
import { isChainName } from '../reading/go-formats.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonString, pathOf } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { count, listed, quoted } from '../text/text.ts';
import { capabilitySlips } from './capabilities.ts';
import { fieldRemoval, fieldSetting, memberSetting } from './entry-edits.ts';
import { problemAt } from './field-text.ts';
import { countingKey } from '../reading/counting-chain.ts';
import { clashes } from '../reading/exclusions.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { replaceValue } from '../json/edit.ts';
import { closest } from '../reading/suggest.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { aboutChange, aboutEntries, aboutMembers } from '../reading/subjects.ts';

/**
 * Rules about what portmap marks, and about the entry as a whole. Source for all of them:
 * plugins/meta/portmap/main.go (parseConfig) of containernetworking/plugins.
 */

/** A check that looks at each entry of portmap by itself. */
export const eachPortmap = (
  check: (entry: DecodedObject, context: ReviewContext) => Iterable<Problem>,
) => checkEach((context) => entriesOf(context, 'portmap'), check);

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
  about: aboutMembers('markMasqBit'),
  check: eachPortmap(clashingMarks),
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

const withoutChain = (entry: DecodedObject, why = '') =>
  prose(`remove "externalSetMarkChain"${why}`, fieldRemoval(entry, 'externalSetMarkChain'));

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
  about: aboutMembers('externalSetMarkChain'),
  check: eachPortmap((entry, { facts }) => {
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
  about: aboutMembers('snat'),
  check: eachPortmap((entry) => {
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
  about: aboutEntries('portmap'),
  check: eachPortmap((entry, context) => {
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
              fieldSetting(context, entry, 'capabilities', '{"portMappings": true}'),
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
  about: aboutMembers('markMasqBit'),
  check: eachPortmap((entry) => {
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
  about: aboutChange(...CHAIN_KEYS),
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
