import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { RULE_IDS, RULE_INFO, type RuleId } from '../../src/engine/rules/index.ts';
import type { SaidOfRule } from './rule-words/words.ts';

/**
 * What rules say of themselves in Chinese: docs/rules/chinese.yaml, kept apart from the pages, so
 * that an example or a message that changes makes no translation stale.
 */

const SOURCE = new URL('../../docs/rules/chinese.yaml', import.meta.url);

interface Translated extends SaidOfRule {
  /** The hash of the English words that it was made from. */
  readonly from: string;
}

export interface ChineseRule {
  readonly id: RuleId;
  /** Of the English words as they are now: 16 hexadecimal digits. */
  readonly hash: string;
  /** Undefined where the rule has no Chinese words yet. */
  readonly translated: Translated | undefined;
  readonly isStale: boolean;
}

/** What a rule says of itself in English, as its module has it. */
export function englishOf(id: RuleId): SaidOfRule {
  const { title, why, fix } = RULE_INFO[id];
  return { title, why, remedy: fix.text };
}

/** Every rule with its Chinese words; throws for words of a rule that there is not. */
export function chineseRules(): ChineseRule[] {
  const source = parse(readFileSync(SOURCE, 'utf8')) as Readonly<Record<string, Translated>>;
  const unknown = Object.keys(source).filter((name) => !RULE_IDS.some((id) => id === name));
  if (unknown.length > 0) {
    throw new Error(`docs/rules/chinese.yaml: there is no rule ${unknown.join(', ')}`);
  }
  return RULE_IDS.map((id) => {
    const translated = source[id];
    const hash = hashOf(englishOf(id));
    return { id, hash, translated, isStale: translated?.from !== hash };
  });
}

const hashOf = ({ title, why, remedy }: SaidOfRule) =>
  createHash('sha256').update([title, why, remedy].join('\n')).digest('hex').slice(0, 16);
