import type { Impact } from '../../../src/engine/core/finding.ts';
import type { RuleInfo, RuleSettingKey } from '../../../src/engine/core/rule.ts';
import type { RuleExamples, StatedFacts } from '../examples.ts';

/** What the pages of rules say around a rule's own words, in one language. */
export interface RuleWords {
  /** How names of pages end. */
  readonly ending: '.md' | '.zh.md';
  /** To the same page in the other language, whose name is `page`. */
  readonly otherLanguage: (page: string) => string;

  readonly said: (words: SaidOfRule, info: RuleInfo) => string;
  readonly withoutExample: string;
  readonly bad: Readonly<Record<RuleInfo['severity'], string>>;
  readonly good: Readonly<Record<RuleInfo['severity'], string>>;
  /** The sentence that leads to the bad example. */
  readonly circumstances: (examples: RuleExamples, isAbridged: boolean) => string;
  readonly stored: string;
  readonly theWrite: string;
  readonly newObject: string;
  readonly storedObjectWith: string;
  readonly deleted: string;
  readonly removed: (key: string) => string;
  readonly theGuardSays: string;
  /** Leads to the sentences of programs. */
  readonly happens: string;
  readonly settings: string;
  readonly setting: (key: RuleSettingKey) => string;

  readonly index: string;
  readonly aboutRules: string;
  readonly columns: string;
  readonly impacts: string;
  readonly cluster: string;
  readonly aboutCluster: (facts: StatedFacts) => string;
}

/** What a rule says of itself, in one language. */
export interface SaidOfRule {
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
}

export type ImpactTexts = Readonly<Record<Impact, string>>;

/** The types of the plugins by their version, in the order in which they are stated. */
export function typesByVersion({ plugins = {} }: StatedFacts): ReadonlyMap<string, string[]> {
  const types = new Map<string, string[]>();
  for (const [type, version] of Object.entries(plugins)) {
    types.set(version, [...(types.get(version) ?? []), type]);
  }
  return types;
}
