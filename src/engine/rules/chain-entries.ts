import { CNI_CHAIN_KEY, type ChainKey } from '../core/eni-config.ts';
import { type Fix, inText, paste, prose } from '../core/fix.ts';
import { exactMember, foldName } from '../json/go-names.ts';
import { type JsonArray, type JsonMember, type JsonNode, describeType } from '../json/node.ts';
import { NO_PROBLEMS, checkEach, defineRule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { jsonText } from '../json/format.ts';
import { memberRenaming } from './entry-edits.ts';
import { aboutEntryTraits } from '../reading/subjects.ts';

/** What makes an entry one of a plugin: an object with a type. */

export const entryType = defineRule({
  info: {
    id: 'entry-type',
    title: 'Every plugin entry is an object with a "type"',
    why: 'terway-cli stops with "type not found" in the init container, so every Terway pod fails to start; with an empty type the container runtime refuses the list and the node goes NotReady.',
    fix: prose('add "type": "<name of the plugin>"'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  about: aboutEntryTraits('other-type'),
  check: checkEach(
    (context) => context.entries(),
    ({ key, node, path }) => {
      if (node.type !== 'object') {
        return [
          {
            key,
            whole: path,
            path,
            at: node,
            message: `a plugin entry is an object, not ${describeType(node)}`,
            ...(isListOfObjects(node)
              ? {
                  fix: prose(
                    node.column === undefined
                      ? 'remove [ and ] around it'
                      : 'remove the second "-" before it',
                    withoutBrackets(key, node),
                  ),
                }
              : (writtenEntry(key, node) ?? {
                  fix: prose('write an object with a "type", or remove it'),
                })),
          },
        ];
      }
      const type = exactMember(node, 'type');
      if (!type) {
        const variant = node.members.find((member) => foldName(member.name) === 'type');
        return [
          {
            key,
            whole: path,
            path,
            at: variant?.nameNode ?? { offset: node.offset, length: 1 },
            message: variant
              ? `${quoted(variant.name)} is not "type": Terway looks for it in lower case`
              : 'this entry has no "type": every Terway pod fails to start',
            ...(variant ? { fix: named(key, variant) } : {}),
          },
        ];
      }
      if (type.value.type !== 'string') {
        return [
          {
            key,
            path: [...path, 'type'],
            at: type.value,
            message: `"type" must be text, not ${describeType(type.value)}: every Terway pod fails to start`,
            fix: WRITE_TYPE,
          },
        ];
      }
      if (type.value.value === '') {
        return [
          {
            key,
            path: [...path, 'type'],
            at: type.value,
            message:
              key === CNI_CHAIN_KEY
                ? '"type" is empty: every Terway pod fails to start'
                : '"type" is empty: the container runtime refuses the chain, the node goes NotReady',
            fix: WRITE_TYPE,
          },
        ];
      }
      return NO_PROBLEMS;
    },
  ),
});

const WRITE_TYPE = prose('write "type": "<name of the plugin>"');

/** Only a text names a plugin. */
function named(key: ChainKey, variant: JsonMember): Fix {
  return variant.value.type === 'string'
    ? paste(`"type": ${jsonText(variant.value)}`, memberRenaming(key, variant, 'type'))
    : prose(`write "type" with the name of the plugin in place of ${quoted(variant.name)}`);
}

/** A plugin's name alone, or a member without the space behind its colon, as YAML reads them. */
function writtenEntry(key: ChainKey, { type, value, offset, length }: JsonNode) {
  if (key !== CNI_CHAIN_KEY || type !== 'string' || value.length !== length) return undefined;
  if (/^[a-z][a-z0-9-]*$/.test(value)) {
    return { fix: paste(`type: ${value}`, inText(key, { offset, length: 0, text: 'type: ' })) };
  }
  const [name] = /^[A-Za-z_]+:(?=[^\s:])/.exec(value) ?? [];
  if (name === undefined) return undefined;
  const edit = { offset: offset + name.length, length: 0, text: ' ' };
  return { fix: prose('put a space behind the colon', inText(key, edit)) };
}

const isListOfObjects = (node: JsonNode): node is JsonArray =>
  node.type === 'array' &&
  node.items.length > 0 &&
  node.items.every(({ type }) => type === 'object');

/** Undefined for a list in YAML's block style, which has no brackets. */
const withoutBrackets = (key: ChainKey, { offset, length, column }: JsonArray) =>
  column === undefined
    ? inText(
        key,
        { offset, length: 1, text: '' },
        { offset: offset + length - 1, length: 1, text: '' },
      )
    : undefined;
