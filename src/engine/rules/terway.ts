import { EFFECT_TEXT, choices, isAccepted } from '../catalogue/field.ts';
import { POLICY_PROVIDERS, VIRTUAL_TYPES } from '../catalogue/plugins/terway.ts';
import { CHAIN_KEYS, CONFLIST_KEY, CONF_KEY } from '../core/eni-config.ts';
import { sourceClause, nodesOf } from '../core/fact-text.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { exactMember, foldName } from '../json/go-names.ts';
import { type JsonNode, describeType, pathOf } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { listed, quoted } from '../text/text.ts';
import { utf8Length } from '../text/byte-length.ts';
import { isAtLeast } from '../core/version.ts';
import { lacksCiliumAgent } from '../reading/datapath.ts';
import { entryRemoval, fieldRemoval, memberRemoval } from './entry-edits.ts';
import { problemAt } from './field-text.ts';
import { countingKey } from '../reading/counting-chain.ts';
import { oneMayPass } from '../reading/installed.ts';
import { decodedObjects, entriesOf } from '../reading/decoded-entries.ts';
import { type DecodedObject, scalarAt, structAt, valueAt } from '../reading/decoded-object.ts';
import { isDualStack } from './tuning.ts';
import {
  aboutEntries,
  aboutEntryTraits,
  aboutMembers,
  aboutWriteTraits,
} from '../reading/subjects.ts';

/** Rules about what Terway makes of the terway entry. Source: Terway's cmd/terway-cli. */

export const terwayVirtualType = defineRule({
  info: {
    id: 'terway-virtual-type',
    title: 'eniip_virtual_type is one that Terway knows',
    why: `Since ${VIRTUAL_TYPES.refusedSince} terway-cli stops at an unknown value; before, it took it for ${VIRTUAL_TYPES.otherwise}.`,
    fix: prose('use the value of 10-terway.conf'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  about: aboutMembers('eniip_virtual_type'),
  check: checkEach(
    (context) => entriesOf(context, 'terway'),
    (entry, context) => {
      const type = valueAt(entry, 'eniip_virtual_type');
      if (type?.type !== 'string') return NO_PROBLEMS;
      const text = type.value.toLowerCase();
      if (isAccepted(VIRTUAL_TYPES, text)) return NO_PROBLEMS;
      const ignored = !oneMayPass(context.facts.terway, (version) =>
        isAtLeast(version, VIRTUAL_TYPES.refusedSince),
      );
      return [
        {
          ...problemAt(entry, type),
          message:
            `eniip_virtual_type must be ${listed(choices(VIRTUAL_TYPES))}, not ${quoted(text, 40)}: ` +
            EFFECT_TEXT[ignored ? 'no-effect' : 'terway-start'],
          ...(isConfAlike(context, text) && {
            fix: prose(`write ${listed(choices(VIRTUAL_TYPES))}`),
          }),
          ...(ignored ? { severity: 'warn' as const } : {}),
        },
      ];
    },
  ),
});

/** Whether 10-terway.conf has this type, in any letter case, so that there is nothing to take from it. */
function isConfAlike(context: ReviewContext, type: string): boolean {
  const root = context.document(CONF_KEY)?.root;
  const node = root && exactMember(root, 'eniip_virtual_type')?.value;
  return node?.type === 'string' && node.value.toLowerCase() === type;
}

export const terwayPolicyProvider = defineRule({
  info: {
    id: 'terway-policy-provider',
    title: 'network_policy_provider is iptables or ebpf',
    why: 'Any other text acts as iptables, and null stops terway-cli in the init container.',
    fix: prose('use iptables or ebpf'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutMembers('network_policy_provider'),
  check: checkEach(
    (context) => entriesOf(context, 'terway'),
    (entry) => {
      const provider = entry.members.get('network_policy_provider')?.value;
      if (provider?.type === 'null') return [nullProvider(entry, provider)];
      if (provider?.type !== 'string') return NO_PROBLEMS;
      const text = provider.value;
      if (isAccepted(POLICY_PROVIDERS, text)) return NO_PROBLEMS;
      return [
        {
          ...problemAt(entry, provider),
          message: `network_policy_provider ${quoted(text, 40)} acts as ${POLICY_PROVIDERS.otherwise}`,
          fix: prose(
            `write ${listed(POLICY_PROVIDERS.values)}${entry.key === CONF_KEY ? '' : ', as 10-terway.conf has it'}`,
          ),
        },
      ];
    },
  ),
});

/** terway-cli asks whether the member is there, and then for a text. */
const nullProvider = (entry: DecodedObject, node: JsonNode): Problem => ({
  ...problemAt(entry, node),
  message: `network_policy_provider must be text in double quotes, not null: ${EFFECT_TEXT['terway-start']}`,
  severity: 'deny',
  fix: prose(`write ${listed(POLICY_PROVIDERS.values)}, or remove it`),
});

/** Marks of others: portmap's default bit 13, kube-proxy's bits 14 and 15, Calico's 20 to 31. */
const FOREIGN_MARKS = (0x2000 | 0xc000 | 0xfff00000) >>> 0;

export const symmetricRouting = defineRule({
  info: {
    id: 'symmetric-routing',
    title: 'symmetric_routing can do what is asked of it',
    why: 'Values that are not positive fall back to defaults, marks that overlap others confuse routing, and a dual-stack node without an IPv6 gateway does not start.',
    fix: prose('check the values'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('symmetric_routing', 'symmetric_routing_config'),
  check: symmetricRoutingIn,
});

function* symmetricRoutingIn(context: ReviewContext): Generator<Problem> {
  for (const decoded of decodedObjects(context)) {
    if (decoded.reader !== 'terway' || decoded.prefix[0] !== 'symmetric_routing_config') continue;
    yield* symmetricConfig(decoded);
  }
  for (const entry of entriesOf(context, 'terway')) {
    const isOn = scalarAt(entry, 'symmetric_routing') === true;
    const config = valueAt(entry, 'symmetric_routing_config');
    if (config && !isOn) {
      yield {
        ...problemAt(entry, config),
        message: 'symmetric_routing_config has no effect without symmetric_routing true',
        fix: prose('add "symmetric_routing": true beside it, or remove it'),
      };
    }
    const flag = valueAt(entry, 'symmetric_routing');
    if (flag && isOn && isDualStack(context)) {
      yield {
        ...problemAt(entry, flag),
        message:
          'on a dual-stack cluster symmetric_routing needs an IPv6 default gateway on every node, ' +
          'or its Terway pod fails to start',
        fix: prose('check on a node: ip -6 route show default'),
      };
    }
  }
}

function* symmetricConfig(config: DecodedObject): Generator<Problem> {
  for (const name of ['mark', 'mask', 'table_id', 'rule_priority']) {
    const node = valueAt(config, name);
    if (typeof node?.value !== 'number' || node.value > 0) continue;
    yield {
      ...problemAt(config, node),
      message: `${name} 0 or less counts as absent: the default is used`,
      fix: prose('remove it, or write a number above 0', fieldRemoval(config, name)),
    };
  }
  const priority = valueAt(config, 'rule_priority');
  if (typeof priority?.value === 'number' && isAfterMain(priority.value)) {
    yield {
      ...problemAt(config, priority),
      message: `rule_priority ${priority.value} comes after the rule of table main (${MAIN_RULE}), so the routes of symmetric_routing are not looked at`,
      fix: prose(`write a number below ${MAIN_RULE}, or remove it: the default is 600`),
      impact: 'no-effect',
    };
  }
  const mark = positive(scalarAt(config, 'mark'));
  const mask = positive(scalarAt(config, 'mask'));
  const node = valueAt(config, 'mark') ?? valueAt(config, 'mask');
  if (!node || mark > UINT32_MAX || mask > UINT32_MAX) return;
  if ((mark & mask) >>> 0 !== mark) {
    yield {
      ...problemAt(config, node),
      message: `mark ${mark} has bits outside mask ${mask}, so marked packets are not recognised`,
    };
  }
  if ((mark & FOREIGN_MARKS) !== 0) {
    yield {
      ...problemAt(config, node),
      message: `mark ${mark} overlaps marks of portmap (0x2000), kube-proxy (0xc000) or Calico (0xfff00000)`,
    };
  }
}

/** Priority of the rule that every node has for its table main. */
const MAIN_RULE = 32_766;

const isAfterMain = (priority: number) => priority >= MAIN_RULE && priority <= UINT32_MAX;

const UINT32_MAX = 0xffff_ffff;

/** Linux gives a single argument of a program 128 KiB, its end included. */
const MAX_ARGUMENT = 131_071;

/** The kernel keeps so many bytes of what a program notes at a rule of nftables. */
const MAX_NFTABLES_NOTE = 256;

/**
 * Limits of what Terway hands the values to: 32 bits of marks and tables, arguments of iptables,
 * notes of nftables. Shown with Terway 1.17.5's own code, iptables and nftables.
 */
export const symmetricLimits = defineRule({
  info: {
    id: 'symmetric-routing-limits',
    title: 'Values of symmetric_routing_config fit what they are used for',
    why: "Terway reads integers of 64 bits and texts of any length. iptables refuses marks of more than 32 bits and arguments that are too long or hold a NUL, nftables a comment of more than 256 bytes: the Terway pod of every node fails to start. Elsewhere more than 32 bits are cut off without a word. Shown with Terway's own code.",
    fix: prose('write a smaller value'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('symmetric_routing_config'),
  check: checkEach(
    (context) => entriesOf(context, 'terway'),
    (entry) => {
      const config = structAt(entry, 'symmetric_routing_config');
      // Switched off, the values are decoded and not used.
      const isUsed = scalarAt(entry, 'symmetric_routing') === true;
      return config && isUsed ? beyondLimits(config) : NO_PROBLEMS;
    },
  ),
});

function* beyondLimits(config: DecodedObject): Generator<Problem> {
  const isNftables = scalarAt(config, 'backend') === 'nftables';
  for (const name of ['mark', 'mask', 'table_id', 'rule_priority']) {
    const node = valueAt(config, name);
    if (typeof node?.value !== 'number' || node.value <= UINT32_MAX) continue;
    const isRefused = !isNftables && (name === 'mark' || name === 'mask');
    yield {
      ...problemAt(config, node),
      message: `${name} has 32 bits, so ${UINT32_MAX} at most: ${
        isRefused ? EFFECT_TEXT['terway-start'] : 'what is above them is cut off without a word'
      }`,
      fix: prose(`write a whole number from 1 to ${UINT32_MAX}`),
      ...(isRefused ? {} : { impact: 'no-effect' as const }),
    };
  }
  yield* longComment(config, isNftables);
}

function* longComment(config: DecodedObject, isNftables: boolean): Generator<Problem> {
  const comment = valueAt(config, 'comment');
  if (comment?.type !== 'string') return;
  const text = comment.value;
  const max = isNftables ? MAX_NFTABLES_NOTE : MAX_ARGUMENT;
  const isCut = !isNftables && text.includes('\0');
  if (utf8Length(text) <= max && !isCut) return;
  yield {
    ...problemAt(config, comment),
    message: `comment has ${max} bytes at most${isNftables ? ' with nftables' : ' and no NUL'}: ${EFFECT_TEXT['terway-start']}`,
    fix: prose('remove it; the default is "terway-symmetric"', fieldRemoval(config, 'comment')),
  };
}

/** Terway's default where the value is absent or not positive. */
const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : 16);

export const ciliumChainer = defineRule({
  info: {
    id: 'cilium-without-datapath',
    title: 'cilium-cni needs an eBPF datapath or eBPF policy',
    why: "On veth without eBPF policy Terway starts no cilium-agent, so the plugin finds nothing to talk to and every new pod fails. Read in Terway's cmd/terway-cli/policy.go, not run. IPvlan, Datapath V2 and network_policy_provider ebpf have an agent.",
    fix: prose('remove the entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('cilium-cni'),
  check: checkEach(
    (context) => entriesOf(context, 'cilium-cni'),
    ({ key, node }, context) => {
      if (!lacksCiliumAgent(context)) return NO_PROBLEMS;
      return [
        {
          key,
          whole: pathOf(node),
          path: pathOf(node),
          at: { offset: node.offset, length: 1 },
          dependsOn: [...CHAIN_KEYS, CONF_KEY],
          message: `cilium-cni needs Datapath V2 or eBPF policy; on this datapath no agent answers it: ${EFFECT_TEXT['every-pod']}`,
          fix: prose(
            'remove this entry; Terway adds it by itself where it is needed',
            entryRemoval(key, node),
          ),
        },
      ];
    },
  ),
});

/** Members that terway-cli alone reads. */
const CLI_ONLY: ReadonlySet<string> = new Set([
  'auto_mtu',
  'network_policy_provider',
  'symmetric_routing',
]);

/**
 * Terway looks these up by their exact names; its policy container and its plugin then decode the
 * whole entry, where letter case does not count. Shown with Terway 1.17.5.
 */
export const terwayNameCase = defineRule({
  info: {
    id: 'terway-name-case',
    title: 'A member of terway in another letter case has the right type all the same',
    why: 'terway-cli takes no notice of it, but the policy container and the plugin decode it, and refuse the whole entry when its type is wrong.',
    fix: prose('remove the member'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueTypeInvalid',
  },
  about: aboutEntryTraits('unknown-member'),
  check: checkEach(
    (context) => entriesOf(context, 'terway'),
    (entry) => (entry.unknown.length === 0 ? NO_PROBLEMS : variantsOfTerway(entry)),
  ),
});

function* variantsOfTerway(entry: DecodedObject): Generator<Problem> {
  const fields = new Map(
    Object.entries(entry.fields)
      .filter(([, { exactName }]) => exactName)
      .map(([name, field]) => [foldName(name), { name, field }]),
  );
  for (const member of entry.unknown) {
    const { name, field } = fields.get(foldName(member.name)) ?? {};
    const { type } = member.value;
    if (!field || type === 'null' || type === field.type) continue;
    const effect = field.effect === 'policy-container' ? field.effect : 'every-pod';
    // What only terway-cli knows is decoded by neither of the two.
    if (name !== undefined && CLI_ONLY.has(name)) continue;
    yield {
      key: entry.key,
      path: pathOf(member.value),
      at: member.nameNode,
      message: `${quoted(member.name, 60)} is read as "${name}" by a program of Terway that refuses ${describeType(member.value)} there: ${EFFECT_TEXT[effect]}`,
      fix: prose(`remove ${quoted(member.name, 60)}`, memberRemoval(entry.key, member)),
    };
  }
}

export const exclusiveEniNodes = defineRule({
  info: {
    id: 'exclusive-eni-nodes',
    title: 'Nodes in exclusive-ENI mode ignore the chain',
    why: 'Terway replaces the chain there by a fixed list with terway alone.',
    fix: prose('do not rely on the chain on those nodes'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  about: aboutWriteTraits('exclusive-eni-nodes'),
  check({ facts, object }) {
    const known = facts.exclusiveEniNodes;
    if (!known || known.value.count === 0 || !object.data.has(CONFLIST_KEY)) return NO_PROBLEMS;
    // Terway that reads cni_chain follows it there as well.
    if (countingKey(object, facts) !== CONFLIST_KEY) return NO_PROBLEMS;
    return [
      {
        key: CONFLIST_KEY,
        message: `pods on ${nodesOf(known.value)} get whole ENIs${sourceClause(known, facts)}; this chain is ignored there`,
      },
    ];
  },
});
