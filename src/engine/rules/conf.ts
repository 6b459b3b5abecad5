import { CHAIN_ONLY_FIELDS } from '../catalogue/plugins/terway.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type DataEdit, type Fix, type Way, inText, prose, withWays } from '../core/fix.ts';
import { type JsonDifference, jsonDifferences } from '../json/diff.ts';
import { addMember } from '../json/edit.ts';
import { exactMember } from '../json/go-names.ts';
import type { JsonPath } from '../json/path.ts';
import { positionAt } from '../json/position.ts';
import { isSameJson, nodeAt } from '../json/same.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { countingKey } from '../reading/counting-chain.ts';
import { documentedAddition } from '../reading/documented-addition.ts';
import { listed, quoted } from '../text/text.ts';
import { renaming, slipOf } from './keys.ts';
import { aboutChange, aboutWriteTraits } from '../reading/subjects.ts';

/** Rules about the two keys that must be there, and about ACK's own text in one of them. */

/** The offset of the first difference between two texts. */
function firstDifference(before: string, after: string): number {
  let offset = 0;
  while (offset < before.length && before.charCodeAt(offset) === after.charCodeAt(offset)) {
    offset += 1;
  }
  return offset;
}

const putBack = (stored: string): DataEdit => ({ kind: 'set', key: CONF_KEY, text: stored });

export const confChanged = defineRule({
  info: {
    id: 'conf-changed',
    title: '10-terway.conf is not to be edited',
    why: 'ACK owns 10-terway.conf and documents it as not to be modified. A change switches datapath or policy engine under running nodes.',
    fix: prose(
      'leave 10-terway.conf out of the file, or keep the stored text where it was applied before; in an editor quit without saving; symmetric_routing goes into plugins[0] of 10-terway.conflist, other members that the vendor documents as well with firstEntry: documented; else break-glass',
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: aboutChange(CONF_KEY),
  check(context) {
    const { change } = context;
    const before = change.old?.data.get(CONF_KEY);
    const after = change.new?.data.get(CONF_KEY);
    if (before === undefined || after === undefined || before === after) return NO_PROBLEMS;
    return [pastedChain(context, before) ?? changedText(context, before, after)];
  },
});

/** The chain was pasted under the wrong key: it moves as it is. */
function pastedChain(context: ReviewContext, stored: string): Problem | undefined {
  const { change } = context;
  const root = context.document(CONF_KEY)?.root;
  if (!root || !exactMember(root, 'plugins')) return undefined;
  const text = context.text(CONF_KEY);
  const isFree = change.new?.data.has(CONFLIST_KEY) === false;
  const edits: DataEdit[] = [{ kind: 'set', key: CONFLIST_KEY, text }, putBack(stored)];
  return {
    key: CONF_KEY,
    whole: [],
    at: { offset: root.offset, length: 1 },
    message: `this is a chain; it belongs under the key ${CONFLIST_KEY}, and ${CONF_KEY} holds one entry, which is ACK's`,
    fix: {
      ...prose(
        `move this text to the key ${CONFLIST_KEY}${isFree ? '' : ', in place of the chain there'}, and ${wayBack(change)}`,
        isFree ? edits : undefined,
      ),
      quote: stored,
    },
  };
}

function changedText(context: ReviewContext, before: string, after: string): Problem {
  const { change } = context;
  const offset = firstDifference(before, after);
  const { line } = positionAt(before, offset);
  const stored = context.documentBefore(CONF_KEY)?.root;
  const now = context.document(CONF_KEY)?.root;
  const isSame = stored !== undefined && now !== undefined && isSameJson(stored, now);
  const added = stored && now && !isSame ? chainMembers(stored, now) : [];
  const [first] = added;
  const names = [...new Set(added.map(({ name }) => quoted(name)))];
  const isOne = names.length === 1;
  const moved = movedToChain(context, added);
  return {
    key: CONF_KEY,
    whole: [],
    at: first?.at ?? { offset, length: 1 },
    message:
      names.length === 0
        ? `${CONF_KEY} belongs to ACK and must not be edited; it differs from the stored text from line ${line} on` +
          (isSame ? ', in its layout only' : '')
        : `${CONF_KEY} belongs to ACK and must not be edited; ${listed(names, 'and')} ${isOne ? 'was' : 'were'} added`,
    fix: {
      ...prose(
        names.length === 0
          ? wayBack(change) + (isSame ? '' : '; a change that is really meant needs break-glass')
          : `remove ${listed(names, 'and')} here; ${homeOfAdded(context, added)}; ${wayBack(change)}`,
        needsSetting(added) === '' ? [putBack(before), ...moved] : [putBack(before)],
      ),
      quote: before,
      ...(isSame ? {} : { ways: waysOf(context, added, [putBack(before), ...moved]) }),
    },
  };
}

/** What the words name beside the stored text. */
function waysOf(
  { object, facts }: ReviewContext,
  added: readonly ChainMember[],
  moved: readonly DataEdit[],
): readonly Way[] {
  const isUnplaced = countingKey(object, facts) === CNI_CHAIN_KEY;
  if (added.length === 0 || isUnplaced) return [{ kind: 'break-glass' }];
  if (!added.some(({ isDocumented }) => isDocumented)) return [];
  return [{ kind: 'edits', edits: moved, settings: { firstEntry: 'documented' } }];
}

/** Added members go to the first entry of the chain, if it is there and has none of that name. */
function movedToChain(context: ReviewContext, added: readonly ChainMember[]): readonly DataEdit[] {
  const entry = context.chain(CONFLIST_KEY)?.[0]?.node;
  const now = context.document(CONF_KEY);
  if (entry?.type !== 'object' || !now?.root) return [];
  const text = context.text(CONFLIST_KEY);
  const { root } = now;
  const moves = added.flatMap(({ path }) => {
    const value = nodeAt(root, path);
    const parent = nodeAt(entry, path.slice(0, -1));
    const name = String(path.at(-1));
    if (!value || parent?.type !== 'object' || exactMember(parent, name)) return [];
    const json = now.text.slice(value.offset, value.offset + value.length);
    return [addMember(text, parent, { path: [name], value: json })];
  });
  return moves.length === 0 ? [] : inText(CONFLIST_KEY, ...moves);
}

/** A member that may stand in the chain although 10-terway.conf lacks it. */
interface ChainMember {
  readonly name: string;
  readonly path: JsonPath;
  readonly at: JsonDifference['found'];
  /** Only with `firstEntry: documented`. */
  readonly isDocumented: boolean;
}

/** What was added to the text; nothing when anything else was changed or may not go to the chain. */
function chainMembers(
  stored: Parameters<typeof jsonDifferences>[0],
  now: Parameters<typeof jsonDifferences>[1],
): readonly ChainMember[] {
  const added: ChainMember[] = [];
  for (const difference of jsonDifferences(stored, now)) {
    const name = String(difference.path[0]);
    const isChainOnly =
      !exactMember(stored, name) && (CHAIN_ONLY_FIELDS as readonly string[]).includes(name);
    if (!isChainOnly && !documentedAddition(difference, stored)) return [];
    added.push({
      name,
      path: difference.path,
      at: difference.found,
      isDocumented: !isChainOnly,
    });
  }
  return added;
}

const needsSetting = (added: readonly ChainMember[]) =>
  added.some(({ isDocumented }) => isDocumented)
    ? " (with firstEntry: documented in the guard's configuration)"
    : '';

/** Where members belong that were added to the text. With cni_chain no other entry of terway counts. */
function homeOfAdded({ object, facts }: ReviewContext, added: readonly ChainMember[]): string {
  const isOne = added.length === 1;
  return countingKey(object, facts) === CNI_CHAIN_KEY
    ? `beside ${CNI_CHAIN_KEY} ${isOne ? 'it has' : 'they have'} no other place, so a change that is really meant needs break-glass`
    : `${isOne ? 'it belongs' : 'they belong'} in plugins[0] of ${CONFLIST_KEY} only${needsSetting(added)}`;
}

/** How the stored text comes to stay, by what became of the key before. */
function wayBack({ wasConfApplied }: ReviewContext['change']): string {
  return wasConfApplied
    ? `keep ${CONF_KEY} in the file with the stored text, as apply removes a key that is left out`
    : `leave ${CONF_KEY} out of the file, as apply and patch keep what is stored; in an editor quit without saving, or put the stored text back`;
}

/** A key in binaryData is not missing, as Terway reads it there; the rule binary-data reports it. */
function missingKey(
  context: ReviewContext,
  key: string,
  fixWith: (stored: string | undefined) => Fix,
): readonly Problem[] {
  const { change, object } = context;
  if (change.operation === 'DELETE') return NO_PROBLEMS;
  if (object.data.has(key) || object.binaryData.has(key)) return NO_PROBLEMS;
  const message = `the key ${key} is missing: every Terway pod fails to start without it`;
  const slip = slipOf(context, key);
  const stored = change.old?.data.get(key);
  if (slip === undefined) return [{ key, message, fix: fixWith(stored) }];
  return [
    {
      key,
      message: `${message}; the new key ${quoted(slip)} is read by no program`,
      fix: renaming(context, slip, key),
    },
  ];
}

export const confMissing = defineRule({
  info: {
    id: 'conf-missing',
    title: '10-terway.conf must be there',
    why: 'The init and policy containers of every Terway pod fail without the file, even when a chain exists.',
    fix: prose(
      'keep the key 10-terway.conf with the stored text, also in a file that was applied with it before; apply, patch and an editor keep keys that they leave alone; else break-glass',
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  about: aboutWriteTraits('no-conf'),
  check: (context) =>
    missingKey(context, CONF_KEY, (stored) =>
      stored === undefined
        ? prose(`the object needs the key ${CONF_KEY} with the text that ACK wrote`)
        : {
            ...prose(
              context.change.wasConfApplied
                ? `keep ${CONF_KEY} in the file with the stored text, as apply removes a key that is left out`
                : `put ${CONF_KEY} back with the stored text; apply, patch and an editor keep keys that they leave alone, replace does not`,
              [putBack(stored)],
            ),
            quote: stored,
          },
    ),
});

export const eniConfMissing = defineRule({
  info: {
    id: 'eni-conf-missing',
    title: 'eni_conf must be there',
    why: 'The init and policy containers of every Terway pod fail without the file (Terway 1.11.5 and newer), and the daemon has no configuration. Under central IPAM (ipam_type "crd") new pods are refused at once.',
    fix: prose('the object needs the key eni_conf with the configuration of the daemon'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  about: aboutWriteTraits('no-eni-conf'),
  // The stored text holds secrets, so it is not shown, and no edit carries it.
  check: (context) =>
    missingKey(context, ENI_CONF_KEY, (stored) =>
      stored === undefined
        ? prose('the object needs the key eni_conf with the configuration of the daemon')
        : withWays(
            prose(
              'keep the key eni_conf as it is stored: change single keys with kubectl edit or patch, and put eni_conf into a file that replaces the object or was applied with it before',
            ),
            { kind: 'keep', key: ENI_CONF_KEY },
          ),
    ),
});
