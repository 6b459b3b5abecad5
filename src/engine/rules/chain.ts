import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import { EFFECT_TEXT } from '../catalogue/field.ts';
import { isTerwayEntry } from '../core/chain.ts';
import { CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type DataEdit, type Fix, inText, paste, prose } from '../core/fix.ts';
import { renameMember } from '../json/edit.ts';
import { closest } from '../reading/suggest.ts';
import { masked } from '../json/credentials.ts';
import { exactMember, foldName } from '../json/go-names.ts';
import { type JsonNode, type JsonObject, describeType } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { keyOfMember } from '../reading/key-names.ts';
import { quoted } from '../text/text.ts';
import { jsonText } from '../json/format.ts';
import { confText } from './entry-edits.ts';
import { aboutTextTraits } from '../reading/subjects.ts';

/** Rules about the texts of 10-terway.conf and of the chain as a whole; its entries are judged elsewhere. */

export const confNotEntry = defineRule({
  info: {
    id: 'conf-not-entry',
    title: '10-terway.conf is one Terway plugin entry',
    why: 'Without a chain terway-cli reads it as a single plugin entry: one without a type stops the init container, one of another plugin fails every new pod. Beside a chain it waits until the chain is removed.',
    fix: prose('restore the text that ACK wrote'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutTextTraits('other-conf'),
  check(context) {
    const root = context.document(CONF_KEY)?.root;
    if (!root || isTerwayEntry(root)) return NO_PROBLEMS;
    const type = exactMember(root, 'type')?.value;
    return [
      {
        key: CONF_KEY,
        whole: [],
        at: { offset: root.offset, length: 1 },
        message: exactMember(root, 'plugins')
          ? `this is a conflist; it belongs under ${CONFLIST_KEY}, and ${CONF_KEY} holds one entry`
          : `${CONF_KEY} is no plugin entry of type "terway": ${
              EFFECT_TEXT[type?.type === 'string' ? 'every-pod' : 'terway-start']
            }${context.object.data.has(CONFLIST_KEY) ? ' once the chain is removed' : ''}`,
      },
    ];
  },
});

export const chainShape = defineRule({
  info: {
    id: 'chain-shape',
    title: 'A conflist is an object with a list "plugins"',
    why: 'Terway takes anything else for a single plugin entry, for entries in random order or for an empty chain, and the node ends up NotReady or with another chain than the one meant.',
    fix: prose(
      'write {"plugins": [ ... ]} with the entry from 10-terway.conf first; for the default chain remove the key 10-terway.conflist',
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutTextTraits('no-plugins'),
  check(context) {
    const root = context.document(CONFLIST_KEY)?.root;
    if (!root) return NO_PROBLEMS;
    const key = CONFLIST_KEY;
    if (root.type !== 'object') {
      return [
        {
          key,
          whole: [],
          at: root,
          message: `a conflist is an object, not ${describeType(root)}`,
          ...(root.type === 'array'
            ? {
                fix: prose(
                  'put {"plugins": before it and } behind it',
                  wrapped(root, '{"plugins": ', '}'),
                ),
              }
            : { fix: beginning(context) }),
        },
      ];
    }
    const plugins = exactMember(root, 'plugins');
    if (!plugins) {
      return [{ key, whole: [], ...missingPlugins(root, context) }];
    }
    const at = { key, whole: [], path: ['plugins'], at: plugins.value };
    if (plugins.value.type !== 'array') {
      return [
        {
          ...at,
          message: `"plugins" must be a list, not ${describeType(plugins.value)}`,
          fix:
            plugins.value.type === 'object' && exactMember(plugins.value, 'type')
              ? prose('put [ before it and ] behind it', wrapped(plugins.value, '[', ']'))
              : beginning(context),
        },
      ];
    }
    if (plugins.value.items.length === 0) {
      return [
        {
          ...at,
          message: '"plugins" is empty: nodes that restart go NotReady',
          fix: beginning(context),
        },
      ];
    }
    return NO_PROBLEMS;
  },
});

/** Where nothing of the chain stands there yet. */
function beginning(context: ReviewContext): Fix {
  const conf = context.document(CONF_KEY)?.root;
  const isEntry = conf !== undefined && isTerwayEntry(conf);
  const entry = isEntry
    ? masked(jsonText(conf))
    : `the entry of terway, as ACK writes it in ${CONF_KEY}`;
  return prose(
    `for a chain of your own begin the list "plugins" with ${entry}; ` +
      `for the default chain remove the key ${CONFLIST_KEY}`,
  );
}

/** `node` with text before and behind it. */
const wrapped = ({ offset, length }: JsonNode, before: string, behind: string) =>
  inText(
    CONFLIST_KEY,
    { offset, length: 0, text: before },
    { offset: offset + length, length: 0, text: behind },
  );

function missingPlugins(
  root: JsonObject,
  context: ReviewContext,
): Pick<Problem, 'message' | 'fix' | 'at' | 'path'> {
  const variant =
    root.members.find((member) => foldName(member.name) === 'plugins') ??
    root.members.find((member) => closest(member.name, ['plugins']) !== undefined);
  if (variant) {
    return {
      path: [variant.name],
      at: variant.nameNode,
      message:
        foldName(variant.name) === 'plugins'
          ? `${quoted(variant.name)} is not "plugins": Terway looks for it in lower case`
          : `the list "plugins" is missing; did you mean it by ${quoted(variant.name)}?`,
      fix: paste('"plugins"', inText(CONFLIST_KEY, renameMember(variant, 'plugins'))),
    };
  }
  const inner = root.members.find(({ name }) => keyOfMember(name) === CONFLIST_KEY);
  const at = { offset: root.offset, length: 1 };
  if (inner?.value.type === 'object') {
    return {
      at,
      message: `${quoted(inner.name)} is the name of the key; the text begins with what stands behind it`,
      fix: prose(
        `take away ${quoted(inner.name)} and the braces around it`,
        root.members.length === 1 ? unwrapping(root, inner.value) : undefined,
      ),
    };
  }
  const type = exactMember(root, 'type')?.value;
  if (type) {
    const conf = type.value === 'terway' ? '' : confText(context);
    const first = conf === '' ? '' : `${conf}, `;
    return {
      at,
      message: 'this is a bare plugin entry, not a chain: "plugins" is missing',
      fix: prose(
        `put {"plugins": [${first === '' ? '' : `, the entry from ${CONF_KEY} and a comma`} before it and ]} behind it`,
        wrapped(root, `{"plugins": [${first}`, ']}'),
      ),
    };
  }
  const known = root.members.filter(({ name }) => Object.hasOwn(ENI_CONF_FIELDS, name));
  if (known.length > 1) {
    return {
      // Without a place, as its lines may hold secrets.
      message: `this is the daemon's configuration; it belongs under the key ${ENI_CONF_KEY}, and ${CONFLIST_KEY} holds a chain`,
      fix: prose(
        `move it to ${ENI_CONF_KEY} if it is meant to change, and ${beginning(context).text}`,
      ),
    };
  }
  return { at, message: 'the list "plugins" is missing', fix: beginning(context) };
}

/** Leaves of `outer` what `inner` is, byte for byte. */
function unwrapping(outer: JsonNode, inner: JsonNode): readonly DataEdit[] {
  const innerEnd = inner.offset + inner.length;
  return inText(
    CONFLIST_KEY,
    { offset: outer.offset, length: inner.offset - outer.offset, text: '' },
    { offset: innerEnd, length: outer.offset + outer.length - innerEnd, text: '' },
  );
}
