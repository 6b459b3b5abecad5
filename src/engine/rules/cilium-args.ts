import { EFFECT_TEXT } from '../catalogue/field.ts';
import { CONFLIST_KEY, CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type DataEdit, inText, prose } from '../core/fix.ts';
import { replaceValue } from '../json/edit.ts';
import { exactMember } from '../json/go-names.ts';
import type { JsonString } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { lacksCiliumAgent } from '../reading/datapath.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { type DecodedObject, valueAt } from '../reading/decoded-object.ts';
import { quoted } from '../text/text.ts';
import { problemAt } from './field-text.ts';
import { aboutMembers } from '../reading/subjects.ts';

/**
 * The flags of cilium-agent in the terway entry. Terway cuts the text at each `--`, takes white space
 * away at both ends of a piece and hands each on as one argument. Source: extractArgs in Terway's
 * cmd/terway-cli/policy.go.
 */
export const ciliumArgs = defineRule({
  info: {
    id: 'cilium-args',
    title: 'cilium_args is a row of --flag=value',
    why: "Terway cuts the text at each -- and hands every piece to cilium-agent as one argument, so that a blank between flag and value becomes part of the flag's name. The agent does not know such a flag and ends; the policy container of every Terway pod crashes. Read in Terway's cmd/terway-cli/policy.go, not run.",
    fix: prose('write --flag=value, and a blank between two of them'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('cilium_args'),
  check: checkEach(
    (context) => entriesOf(context, 'terway'),
    (entry, context) => {
      const args = valueAt(entry, 'cilium_args');
      return args?.type === 'string' ? wrongArgument(entry, args, context) : NO_PROBLEMS;
    },
  ),
});

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** As terway-cli cuts it: the arguments without their two hyphens. */
const piecesOf = (text: string) =>
  text
    .split('--')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');

const nameOf = (piece: string) => piece.replace(/=.*/s, '');

function* wrongArgument(
  entry: DecodedObject,
  node: JsonString,
  context: ReviewContext,
): Generator<Problem> {
  const isCut = node.value.includes('\0');
  const wrong = piecesOf(node.value).find((piece) => !NAME.test(nameOf(piece)));
  if (wrong === undefined && !isCut) return;
  const isUnread = lacksCiliumAgent(context);
  const argument = wrong === undefined ? 'an argument with a NUL' : quoted(`--${wrong}`, 60);
  const effect = isUnread
    ? 'it has no effect on this datapath, and crashes the policy container on one with an agent'
    : EFFECT_TEXT['policy-container'];
  yield {
    ...problemAt(entry, node),
    dependsOn: [CONFLIST_KEY, CONF_KEY],
    message: `cilium-agent gets ${argument} as one argument of cilium_args, which is no flag: ${effect}`,
    fix: prose('write --flag=value, and a blank between two of them', joined(entry, node, context)),
    ...(isUnread ? { severity: 'warn' as const, impact: 'no-effect' as const } : {}),
  };
}

/** Flag and value with = between them, where a blank alone is wrong. */
function joined(
  { key }: DecodedObject,
  node: JsonString,
  context: ReviewContext,
): readonly DataEdit[] | undefined {
  const pieces = piecesOf(node.value).map((piece) => {
    const [, name = '', value = ''] = /^(\S+)\s+(\S+)$/.exec(piece) ?? [];
    return NAME.test(name) && !piece.includes('=') ? `${name}=${value}` : piece;
  });
  if (pieces.some((piece) => !NAME.test(nameOf(piece)) || piece.includes('\0'))) return undefined;
  const text = JSON.stringify(pieces.map((piece) => `--${piece}`).join(' '));
  const edits = inText(key, replaceValue(node, text));
  // The first entry equals 10-terway.conf, so what is mended here is mended there.
  const conf = key === CONF_KEY ? undefined : context.document(CONF_KEY)?.root;
  const same = conf && exactMember(conf, 'cilium_args')?.value;
  return same?.value === node.value
    ? [...edits, ...inText(CONF_KEY, replaceValue(same, text))]
    : edits;
}
