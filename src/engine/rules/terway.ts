import { EFFECT_TEXT, choices, isAccepted } from '../catalogue/field.ts';
import { POLICY_PROVIDERS, VIRTUAL_TYPES } from '../catalogue/plugins/terway.ts';
import { CONFLIST_KEY } from '../core/eni-config.ts';
import { sourceClause, nodesOf } from '../core/fact-text.ts';
import type { Problem } from '../core/finding.ts';
import { paste, prose } from '../core/fix.ts';
import { pathOf } from '../json/node.ts';
import { defineRule } from '../core/rule.ts';
import { listed, quoted } from '../text/text.ts';
import { isAtLeast } from '../core/version.ts';
import { datapathOf } from '../reading/datapath.ts';
import { problemAt } from './field-text.ts';
import { oneMayPass } from '../reading/installed.ts';
import { type Struct, allStructs, entriesOf, scalarAt, valueAt } from '../reading/structs.ts';
import { isDualStack } from './tuning.ts';

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
  *check(context) {
    for (const entry of entriesOf(context, 'terway')) {
      const type = valueAt(entry, 'eniip_virtual_type');
      if (type?.type !== 'string') continue;
      const text = type.value.toLowerCase();
      if (isAccepted(VIRTUAL_TYPES, text)) continue;
      const ignored = !oneMayPass(context.facts.terway, (version) =>
        isAtLeast(version, VIRTUAL_TYPES.refusedSince),
      );
      yield {
        ...problemAt(entry, type),
        message:
          `eniip_virtual_type must be ${listed(choices(VIRTUAL_TYPES))}, not ${quoted(text, 40)}: ` +
          EFFECT_TEXT[ignored ? 'no-effect' : 'terway-start'],
        ...(ignored ? { severity: 'warn' as const } : {}),
      };
    }
  },
});

export const terwayPolicyProvider = defineRule({
  info: {
    id: 'terway-policy-provider',
    title: 'network_policy_provider is iptables or ebpf',
    why: 'Any other text acts as iptables.',
    fix: prose('use iptables or ebpf'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  *check(context) {
    for (const entry of entriesOf(context, 'terway')) {
      const provider = valueAt(entry, 'network_policy_provider');
      if (provider?.type !== 'string') continue;
      const text = provider.value;
      if (isAccepted(POLICY_PROVIDERS, text)) continue;
      yield {
        ...problemAt(entry, provider),
        message: `network_policy_provider ${quoted(text, 40)} acts as ${POLICY_PROVIDERS.otherwise}`,
        fix: prose(`write ${listed(POLICY_PROVIDERS.values)}, as 10-terway.conf has it`),
      };
    }
  },
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
  *check(context) {
    for (const struct of allStructs(context)) {
      if (struct.program !== 'terway' || struct.prefix[0] !== 'symmetric_routing_config') continue;
      yield* symmetricConfig(struct);
    }
    for (const entry of entriesOf(context, 'terway')) {
      const isOn = scalarAt(entry, 'symmetric_routing') === true;
      const config = valueAt(entry, 'symmetric_routing_config');
      if (config && !isOn) {
        yield {
          ...problemAt(entry, config),
          message: 'symmetric_routing_config has no effect without symmetric_routing true',
          fix: paste('"symmetric_routing": true'),
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
  },
});

function* symmetricConfig(config: Struct): Generator<Problem> {
  for (const name of ['mark', 'mask', 'table_id', 'rule_priority']) {
    const node = valueAt(config, name);
    if (typeof node?.value !== 'number' || node.value > 0) continue;
    yield {
      ...problemAt(config, node),
      message: `${name} 0 or less counts as absent: the default is used`,
    };
  }
  const mark = positive(scalarAt(config, 'mark'));
  const mask = positive(scalarAt(config, 'mask'));
  const node = valueAt(config, 'mark') ?? valueAt(config, 'mask');
  if (!node || mark > 0xffff_ffff || mask > 0xffff_ffff) return;
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

/** Terway's default where the value is absent or not positive. */
const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : 16);

export const ciliumChainer = defineRule({
  info: {
    id: 'cilium-without-datapath',
    title: 'cilium-cni needs an eBPF datapath',
    why: 'On veth with iptables policy no cilium-agent runs, so the plugin finds nobody to talk to and new pods fail.',
    fix: prose('remove the entry'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const { datapath } = datapathOf(context);
    if (datapath !== 'veth') return;
    for (const { key, node } of entriesOf(context, 'cilium-cni')) {
      yield {
        key,
        path: pathOf(node),
        at: { offset: node.offset, length: 1 },
        message:
          'cilium-cni needs Datapath V2 or eBPF policy; on this datapath no agent answers it',
        fix: prose('remove this entry; Terway adds it by itself where it is needed'),
      };
    }
  },
});

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
  *check({ facts, object }) {
    const known = facts.exclusiveEniNodes;
    if (!known || known.value.count === 0 || !object.data.has(CONFLIST_KEY)) return;
    yield {
      key: CONFLIST_KEY,
      message: `pods on ${nodesOf(known.value)} get whole ENIs${sourceClause(known, facts)}; this chain is ignored there`,
    };
  },
});
