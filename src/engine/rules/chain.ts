import { RULE_INFO } from '../catalogue/rules.ts';
import { CONFLIST_KEY, CONF_KEY, touches } from '../core/eni-config.ts';
import { terwayDaemonSetOf } from '../core/fact-text.ts';
import { exactMember, foldName } from '../json/go-names.ts';
import { type JsonObject, describeType } from '../json/node.ts';
import type { Rule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { jsonText } from '../json/format.ts';

/** Rules about the chain as a list of plugins; what stands inside an entry is judged elsewhere. */

export const confNotEntry: Rule = {
  info: RULE_INFO['conf-not-entry'],
  *check(context) {
    const root = context.document(CONF_KEY)?.root;
    if (!root) return;
    const type = exactMember(root, 'type')?.value;
    if (type?.type === 'string' && type.value === 'terway') return;
    yield {
      key: CONF_KEY,
      at: { offset: root.offset, length: 1 },
      message: exactMember(root, 'plugins')
        ? `this is a conflist; it belongs under ${CONFLIST_KEY}, and ${CONF_KEY} holds one entry`
        : `${CONF_KEY} is no plugin entry of type "terway": every Terway pod fails to start`,
    };
  },
};

export const chainShape: Rule = {
  info: RULE_INFO['chain-shape'],
  *check(context) {
    const root = context.document(CONFLIST_KEY)?.root;
    if (!root) return;
    const key = CONFLIST_KEY;
    if (root.type !== 'object') {
      yield { key, at: root, message: `a conflist is an object, not ${describeType(root)}` };
      return;
    }
    const plugins = exactMember(root, 'plugins');
    if (!plugins) {
      yield { key, at: { offset: root.offset, length: 1 }, ...missingPlugins(root) };
      return;
    }
    const at = { key, path: ['plugins'], at: plugins.value };
    if (plugins.value.type !== 'array') {
      yield { ...at, message: `"plugins" must be a list, not ${describeType(plugins.value)}` };
    } else if (plugins.value.items.length === 0) {
      yield { ...at, message: '"plugins" is empty: nodes that restart go NotReady' };
    }
  },
};

function missingPlugins(root: JsonObject): { message: string; fix?: string } {
  const variant = root.members.find((member) => foldName(member.name) === 'plugins');
  if (variant) {
    return {
      message: `${quoted(variant.name)} is not "plugins": Terway looks for it in lower case`,
      fix: '"plugins"',
    };
  }
  if (exactMember(root, 'type')) {
    return { message: 'this is a bare plugin entry, not a chain: "plugins" is missing' };
  }
  return { message: 'the list "plugins" is missing' };
}

export const entryType: Rule = {
  info: RULE_INFO['entry-type'],
  *check(context) {
    for (const { node, path } of context.chain() ?? []) {
      const key = CONFLIST_KEY;
      if (node.type !== 'object') {
        yield {
          key,
          path,
          at: node,
          message: `a plugin entry is an object, not ${describeType(node)}`,
        };
        continue;
      }
      const type = exactMember(node, 'type');
      if (!type) {
        const variant = node.members.find((member) => foldName(member.name) === 'type');
        yield {
          key,
          path,
          at: variant?.nameNode ?? { offset: node.offset, length: 1 },
          message: variant
            ? `${quoted(variant.name)} is not "type": Terway looks for it in lower case`
            : 'this entry has no "type": every Terway pod fails to start',
          ...(variant ? { fix: `"type": ${jsonText(variant.value)}` } : {}),
        };
      } else if (type.value.type !== 'string') {
        yield {
          key,
          path: [...path, 'type'],
          at: type.value,
          message: `"type" must be text, not ${describeType(type.value)}: every Terway pod fails to start`,
        };
      } else if (type.value.value === '') {
        yield {
          key,
          path: [...path, 'type'],
          at: type.value,
          message:
            '"type" is empty: the container runtime refuses the chain, the node goes NotReady',
        };
      }
    }
  },
};

export const terwayNotFirst: Rule = {
  info: RULE_INFO['terway-not-first'],
  *check(context) {
    const chain = context.chain();
    const first = chain?.[0];
    // An entry without a readable type is a finding of its own.
    if (!chain || first?.type === undefined || first.type === 'terway') return;
    const terway = chain.find((entry) => entry.type === 'terway');
    const conf = context.document(CONF_KEY)?.root;
    yield {
      key: CONFLIST_KEY,
      path: [...first.path, 'type'],
      at: exactMember(first.node, 'type')?.value ?? first.node,
      dependsOn: [CONFLIST_KEY],
      message: terway
        ? `terway must be the first plugin, but ${quoted(first.type)} stands before it: every new pod fails`
        : `the chain has no terway entry; it must be the first plugin: every new pod fails`,
      ...(terway
        ? { fix: `move plugins[${terway.index}] to the top of "plugins"` }
        : conf && { fix: jsonText(conf) }),
    };
  },
};

export const terwayRepeated: Rule = {
  info: RULE_INFO['terway-repeated'],
  *check(context) {
    const [, ...later] = (context.chain() ?? []).filter((entry) => entry.type === 'terway');
    for (const entry of later) {
      yield {
        key: CONFLIST_KEY,
        path: entry.path,
        at: exactMember(entry.node, 'type')?.value ?? entry.node,
        message: 'terway stands in the chain a second time: it would run twice for every new pod',
      };
    }
  },
};

export const restartNeeded: Rule = {
  info: RULE_INFO['restart-needed'],
  *check({ change, object, facts }) {
    if (change.operation === 'DELETE' || !touches(change, CONFLIST_KEY)) return;
    const text = object.data.get(CONFLIST_KEY);
    const what = text === undefined ? 'the default chain' : 'this chain';
    yield {
      key: CONFLIST_KEY,
      message:
        `${what} takes effect after: ` +
        `kubectl rollout restart -n kube-system daemonset.apps/${terwayDaemonSetOf(facts)}`,
    };
  },
};
