import { KEY_NAMES } from '../catalogue/keys.ts';
import { CONF_KEY, type ConfigMap, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, prose } from '../core/fix.ts';
import { abbreviatedKey, copiedKey, homeOfMember, misspeltKey } from '../reading/key-names.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { aboutWriteTraits } from '../reading/subjects.ts';

/** Rules about keys that no program reads. Their texts are never shown: they may be secrets. */

const holds = ({ data, binaryData }: ConfigMap, key: string) =>
  data.has(key) || binaryData.has(key);

/** Known keys that the object does not have, so that another key may be meant as one of them. */
const freeKeys = ({ object }: ReviewContext) => KEY_NAMES.filter((key) => !holds(object, key));

/** Unknown keys that are looked at; who brings more means none of them as a key of Terway. */
const MAX_UNKNOWN = 500;

/** Keys without a reader that this write brings. */
function newUnknownKeys({ change, object }: ReviewContext): string[] {
  if (change.operation === 'DELETE') return [];
  const { old } = change;
  const unknown: string[] = [];
  for (const keys of [object.data.keys(), object.binaryData.keys()]) {
    for (const key of keys) {
      if (unknown.length === MAX_UNKNOWN) return unknown;
      if (!KEY_NAMES.includes(key) && !(old && holds(old, key))) unknown.push(key);
    }
  }
  return unknown;
}

/**
 * The key that this write brings in place of `key`, which it lacks; the rules about missing keys
 * name it, so that one slip has one finding.
 */
export function slipOf(context: ReviewContext, key: string): string | undefined {
  return context.memo(newUnknownKeys).find((name) => misspeltKey(name, freeKeys(context)) === key);
}

const REQUIRED_KEYS: readonly string[] = [CONF_KEY, ENI_CONF_KEY];

export const keyTypo = defineRule({
  info: {
    id: 'key-typo',
    title: 'A key of the object that is a slip of a known one',
    why: 'Terway looks its keys up by their exact names. Under any other name a text is stored and read by no program: the chain in it never takes effect, the switch in it switches nothing.',
    fix: prose('give the key its right name'),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutWriteTraits('unknown-key'),
  check: misspeltKeys,
});

function* misspeltKeys(context: ReviewContext): Generator<Problem> {
  const free = freeKeys(context);
  const given = new Set<string>();
  for (const name of context.memo(newUnknownKeys)) {
    const meant = misspeltKey(name, free);
    if (meant === undefined || REQUIRED_KEYS.includes(meant)) continue;
    yield {
      key: name,
      message: `no program reads the key ${quoted(name)}; did you mean ${quoted(meant)}?`,
      fix: given.has(meant)
        ? prose(`keep one of the keys that are meant as ${meant}, under that name`)
        : renaming(context, name, meant),
    };
    given.add(meant);
  }
}

/** A text in data keeps every byte; one in binaryData is refused under its right name, too. */
export function renaming({ object }: ReviewContext, key: string, to: string): Fix {
  return object.data.has(key)
    ? prose(`rename the key ${quoted(key)} to ${to}`, [{ kind: 'rename', key, to }])
    : prose(`remove ${quoted(key)} from binaryData and put its text under data, as ${to}`);
}

export const keyUnknown = defineRule({
  info: {
    id: 'key-unknown',
    title: 'A key of the object that no program reads',
    why: 'Terway reads the keys that it knows and ignores all others without a word.',
    fix: prose('remove the key, unless it is a note or a copy that is meant to be kept here'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutWriteTraits('unknown-key'),
  check: unknownKeys,
});

function* unknownKeys(context: ReviewContext): Generator<Problem> {
  const free = freeKeys(context);
  for (const name of context.memo(newUnknownKeys)) {
    if (misspeltKey(name, free) !== undefined) continue;
    yield { key: name, message: `no program reads the key ${quoted(name)}`, ...hint(name, free) };
  }
}

/** What the key may be meant as. */
function hint(name: string, free: readonly string[]) {
  const key = quoted(name);
  const copied = copiedKey(name);
  if (copied !== undefined) {
    const isFree = free.includes(copied) && !REQUIRED_KEYS.includes(copied);
    return {
      message: `no program reads the key ${key}, only ${copied}`,
      ...(isFree && {
        fix: prose(`rename it to ${copied} if it shall count; keep it if it is a copy`),
      }),
    };
  }
  const meant = abbreviatedKey(name, free);
  if (meant !== undefined) {
    return {
      message: `no program reads the key ${key}; did you mean ${quoted(meant)}?`,
      fix: prose(`rename it to ${meant}, or remove it`),
    };
  }
  const home = homeOfMember(name);
  if (home === undefined) return {};
  return {
    message: `no program reads ${key} as a key; it is ${home}`,
    fix: prose(`remove the key ${key}; what it holds belongs there, as ${home}`),
  };
}
