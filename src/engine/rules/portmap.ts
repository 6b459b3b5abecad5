import { EFFECT_TEXT } from '../catalogue/field.ts';
import { MASQ_ALL_WITH_NFTABLES_SINCE, NFTABLES_FIXED_IN } from '../catalogue/plugins/portmap.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import { CONFLIST_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { isChainName } from '../reading/go-formats.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonNode, pathOf } from '../json/node.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { listed } from '../text/text.ts';
import { isAtLeast, isNewer } from '../core/version.ts';
import { problemAt } from './field-text.ts';
import { allPass, matchingNodes, oneMayPass } from '../reading/installed.ts';
import { describeNodes } from './installed-text.ts';
import { probingAnewFor } from './version-remedy.ts';
import { whyNoKubeMarks } from '../reading/kube-proxy.ts';
import { type Struct, entriesOf, scalarAt, valueAt } from '../reading/structs.ts';

/**
 * Rules about portmap entries as wholes. Source for all of them: plugins/meta/portmap/main.go
 * (parseConfig, ensureBackend) of containernetworking/plugins.
 */

function portmapRule(
  id: keyof typeof RULE_INFO,
  check: (entry: Struct, context: ReviewContext) => Iterable<Problem>,
): Rule {
  return {
    info: RULE_INFO[id],
    *check(context) {
      for (const entry of entriesOf(context, 'portmap')) yield* check(entry, context);
    },
  };
}

export const portmapMarks = portmapRule('portmap-marks', function* (entry) {
  const chain = valueAt(entry, 'externalSetMarkChain');
  const bit = valueAt(entry, 'markMasqBit');
  if (!chain || !bit) return;
  yield {
    ...problemAt(entry, bit),
    message: `externalSetMarkChain and markMasqBit exclude each other: ${EFFECT_TEXT['every-pod']}`,
    fix: 'remove "markMasqBit" or "externalSetMarkChain"',
  };
});

/** The backend whose words a list of conditions speaks, by its first word; undefined: either. */
export function conditionsBackend(
  conditions: JsonNode | undefined,
): 'iptables' | 'nftables' | undefined {
  const first = conditions?.type === 'array' ? conditions.items[0]?.value : undefined;
  if (typeof first !== 'string' || first === '') return undefined;
  return first.startsWith('-') || first.startsWith('!') ? 'iptables' : 'nftables';
}

/**
 * First release that knows backends; older ones hand every condition to iptables. Where both run,
 * the newer ones are judged here, and the version rule speaks of a backend on the older ones.
 */
const BACKENDS_SINCE = '1.6.0';

export const portmapBackend = portmapRule('portmap-backend', function* (entry, { facts }) {
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
      fix: 'remove "externalSetMarkChain"',
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
      fix: `write ${name} in the words of ${right}`,
    };
  }
});

export const portmapMarkChain = portmapRule('portmap-mark-chain', function* (entry, { facts }) {
  const chain = valueAt(entry, 'externalSetMarkChain');
  if (chain?.type !== 'string' || scalarAt(entry, 'snat') === false) return;
  if (chain.value === '') {
    yield {
      ...problemAt(entry, chain),
      message: `externalSetMarkChain must not be empty: ${EFFECT_TEXT['hostport-pods']}`,
      fix: '"externalSetMarkChain": "KUBE-MARK-MASQ"',
    };
  } else if (!isChainName(chain.value)) {
    yield {
      ...problemAt(entry, chain),
      message: `this is no name of an iptables chain (28 characters at most, no space): ${EFFECT_TEXT['hostport-pods']}`,
    };
  }
  const why = chain.value === 'KUBE-MARK-MASQ' ? whyNoKubeMarks(facts) : undefined;
  if (why === undefined) return;
  yield {
    ...problemAt(entry, chain),
    message: `KUBE-MARK-MASQ does not exist${why}: ${EFFECT_TEXT['hostport-pods']}`,
    fix: 'remove "externalSetMarkChain"; portmap then marks packets by itself',
  };
});

export const portmapMasqAllNftables = portmapRule(
  'portmap-masqall-nftables',
  function* (entry, { facts }) {
    const masqAll = valueAt(entry, 'masqAll');
    if (masqAll?.value !== true || scalarAt(entry, 'backend') !== 'nftables') return;
    const installed = facts.plugins.get('portmap');
    const newest = MASQ_ALL_WITH_NFTABLES_SINCE.unreleasedAt;
    if (installed && allPass(installed, (version) => isNewer(version, newest))) return;
    yield {
      ...problemAt(entry, masqAll),
      message: `no portmap up to ${newest} honours masqAll with the backend nftables; it would have no effect`,
      fix: 'remove "masqAll", or remove "backend" to use iptables',
    };
  },
);

export const portmapNoSnat = portmapRule('portmap-no-snat', function* (entry) {
  const snat = valueAt(entry, 'snat');
  if (snat?.value !== false) return;
  const idle = ['masqAll', 'markMasqBit', 'externalSetMarkChain'].filter((name) => {
    const value = scalarAt(entry, name);
    return value !== undefined && value !== false;
  });
  if (idle.length === 0) return;
  yield {
    ...problemAt(entry, snat),
    message: `with snat false, ${listed(idle, 'and')} ${idle.length === 1 ? 'has' : 'have'} no effect`,
  };
});

export const portmapCapability = portmapRule('portmap-capability', function* (entry) {
  const capabilities = valueAt(entry, 'capabilities');
  const granted = capabilities && exactMember(capabilities, 'portMappings')?.value;
  // Any other type is refused, which says it all.
  if (granted && granted.value !== false) return;
  yield {
    key: entry.key,
    path: pathOf(entry.node),
    at: capabilities ?? { offset: entry.node.offset, length: 1 },
    message:
      'without the capability portMappings the runtime passes no ports: portmap does nothing',
    fix: '"capabilities": {"portMappings": true}',
  };
});

/** Mark bits that others use. Source: comments in portmap; Terway's default symmetric mark 0x10. */
function ownerOfBit(bit: number): string | undefined {
  if (bit === 4) return "Terway's symmetric routing (mark 0x10)";
  if (bit === 14 || bit === 15) return 'kube-proxy';
  return bit >= 20 && bit <= 31 ? 'Calico' : undefined;
}

export const portmapMarkBit = portmapRule('portmap-mark-bit', function* (entry) {
  const bit = valueAt(entry, 'markMasqBit');
  const owner = typeof bit?.value === 'number' ? ownerOfBit(bit.value) : undefined;
  if (!bit || owner === undefined) return;
  yield {
    ...problemAt(entry, bit),
    message: `mark bit ${String(bit.value)} belongs to ${owner}; packets may be masqueraded by mistake`,
    fix: 'remove "markMasqBit" (the default is 13) or choose a free bit',
  };
});

export const portmapNftables = portmapRule('portmap-nftables', function* (entry, { facts }) {
  const backend = valueAt(entry, 'backend');
  const installed = facts.plugins.get('portmap');
  if (backend?.value !== 'nftables' || !installed) return;
  const exposed = matchingNodes(
    installed,
    (version) => isAtLeast(version, BACKENDS_SINCE) && !isAtLeast(version, NFTABLES_FIXED_IN),
  );
  if (!exposed) return;
  yield {
    ...problemAt(entry, backend),
    message:
      `portmap before ${NFTABLES_FIXED_IN} forwards foreign traffic with nftables ` +
      `(CVE-2025-67499); ${describeNodes(installed, exposed, facts)}`,
    fix:
      `bring portmap ${NFTABLES_FIXED_IN} or newer to all nodes, or remove "backend"` +
      probingAnewFor(installed, 'portmap', facts),
    ...(installed.isEstimate ? { isGuess: true } : {}),
  };
});

export const portmapRemoved: Rule = {
  info: RULE_INFO['portmap-removed'],
  *check(context) {
    if (!context.hadPlugin('portmap') || entriesOf(context, 'portmap').length > 0) return;
    // A chain that can't be read says nothing about what it holds.
    if (context.object.data.has(CONFLIST_KEY) && !context.chain()) return;
    yield {
      key: CONFLIST_KEY,
      message: 'portmap leaves the chain: rules of running pods with hostPort stay on the nodes',
      fix: 'delete pods with hostPort before Terway restarts',
    };
  },
};
