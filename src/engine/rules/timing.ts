import { CNI_CHAIN_UNREAD_UP_TO } from '../catalogue/cni-chain.ts';
import {
  CHAIN_KEYS,
  CNI_CHAIN_KEY,
  CONFLIST_KEY,
  CONF_KEY,
  ENI_CONF_KEY,
  touches,
} from '../core/eni-config.ts';
import { terwayDaemonSetOf } from '../core/fact-text.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { exactMember } from '../json/go-names.ts';
import type { JsonNode } from '../json/node.ts';
import { isSameJson } from '../json/same.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { countingKey, isReadEverywhere } from '../reading/counting-chain.ts';
import { hasCentralIpam } from '../core/central-ipam.ts';
import { listed } from '../text/text.ts';
import { aboutChange } from '../reading/subjects.ts';

/** The command that has every node read the object anew. */
const restart = ({ facts }: ReviewContext) =>
  `kubectl rollout restart -n kube-system daemonset.apps/${terwayDaemonSetOf(facts)}`;

export const restartNeeded = defineRule({
  info: {
    id: 'restart-needed',
    title: 'A changed chain takes effect with the next restart of Terway',
    why: "Nodes read the chain when Terway's init container runs there, not when the ConfigMap changes.",
    fix: prose('restart the Terway DaemonSet when it suits'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    advisory: true,
  },
  about: aboutChange(...CHAIN_KEYS),
  check(context) {
    const { change, object, facts } = context;
    if (change.operation === 'DELETE' || change.isDryRun) return NO_PROBLEMS;
    const key = countingKey(object, facts);
    const oldKey = change.old && countingKey(change.old, facts);
    const isChanged = key !== oldKey || (key !== undefined && touches(change, key));
    if (!isChanged) return NO_PROBLEMS;
    const isOff = key === CNI_CHAIN_KEY && context.chain(key)?.length === 0;
    const what = key === undefined || isOff ? 'the default chain' : 'this chain';
    // Of nodes with an older release it is not known, or not true.
    const doubt = key === CNI_CHAIN_KEY && !isReadEverywhere(facts);
    const where = doubt ? `, on nodes with Terway newer than ${CNI_CHAIN_UNREAD_UP_TO}` : '';
    return [
      {
        key: key ?? oldKey ?? CONFLIST_KEY,
        dependsOn: CHAIN_KEYS,
        message: `${what} takes effect after: ${restart(context)}${where}`,
      },
    ];
  },
});

/** The keys, beside eni_conf, that Terway's containers read when they start. */
const SWITCHES = ['disable_network_policy', 'in_cluster_loadbalance'];

const TIMED_KEYS = [ENI_CONF_KEY, CONF_KEY, ...SWITCHES];

/**
 * When an accepted change acts, for the keys beside the chain. Source: Terway's hack/init.sh and
 * cmd/terway-cli (init and policy container), daemon/builder.go (daemon), pkg/eni/node_reconcile.go
 * and pkg/controller (central IPAM).
 */
export const takesEffect = defineRule({
  info: {
    id: 'takes-effect',
    title: 'When a change of eni_conf, of a switch or of 10-terway.conf acts',
    why: 'Each container of Terway reads eni_conf, disable_network_policy and in_cluster_loadbalance when it starts, so a crash on one node applies a change there before any restart that is planned. Under central IPAM (ipam_type "crd") the daemon and the controller also read eni_conf from the API: at each look at a node, and for pods that lack a vSwitch or a security group. 10-terway.conf is read when the init container runs.',
    fix: prose('restart the Terway DaemonSet when it suits'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    advisory: true,
  },
  about: aboutChange(...TIMED_KEYS),
  check(context) {
    const { change } = context;
    if (change.operation !== 'UPDATE' || change.isDryRun) return NO_PROBLEMS;
    return timesOf(context);
  },
});

function* timesOf(context: ReviewContext): Generator<Problem> {
  yield* eniConf(context);
  yield* switches(context);
  yield* conf(context);
}

function* eniConf(context: ReviewContext): Generator<Problem> {
  const changed = changedRoots(context, ENI_CONF_KEY);
  if (!changed) return;
  const [before, after] = changed;
  const isLater = hasPrefixMode(before) !== hasPrefixMode(after);
  const message = hasCentralIpam(after)
    ? `${ENI_CONF_KEY} acts at once where it is read from the API (central IPAM: nodes, and pods that are made), else at each start of Terway's containers`
    : `${ENI_CONF_KEY} acts on a node at the next start of Terway's containers there (a crash is one); on all: ${restart(context)}`;
  yield {
    key: ENI_CONF_KEY,
    message: isLater ? `${message}; enable_ip_prefix counts for nodes that join only` : message,
  };
}

const hasPrefixMode = (root: JsonNode) =>
  exactMember(root, 'enable_ip_prefix')?.value.value === true;

/** The text under a key before and after, where it is another one to every reader. */
function changedRoots(
  context: ReviewContext,
  key: typeof ENI_CONF_KEY | typeof CONF_KEY,
): readonly [JsonNode, JsonNode] | undefined {
  if (!touches(context.change, key)) return undefined;
  const before = context.documentBefore(key)?.root;
  const after = context.document(key)?.root;
  return before && after && !isSameJson(before, after) ? [before, after] : undefined;
}

function* switches(context: ReviewContext): Generator<Problem> {
  const [first, ...others] = SWITCHES.filter((key) => touches(context.change, key));
  if (first === undefined) return;
  const act = others.length === 0 ? 'acts' : 'act';
  yield {
    key: first,
    message: `${listed([first, ...others], 'and')} ${act} on a node at the next start of Terway's containers there (a crash is one); on all: ${restart(context)}`,
  };
}

/** With a conflist Terway ignores what stands in it; with cni_chain it counts. */
function* conf(context: ReviewContext): Generator<Problem> {
  const { object, facts } = context;
  if (countingKey(object, facts) === CONFLIST_KEY) return;
  if (!changedRoots(context, CONF_KEY)) return;
  yield { key: CONF_KEY, message: `${CONF_KEY} takes effect after: ${restart(context)}` };
}
