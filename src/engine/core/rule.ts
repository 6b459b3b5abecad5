import type { BreakGlassAnswer } from './break-glass.ts';
import type { Chain } from './chain.ts';
import type { Change, ChainKey, ConfigMap, DocumentKey } from './eni-config.ts';
import type { Facts } from './facts.ts';
import type { CauseReason, Finding, Impact, Problem } from './finding.ts';
import type { Fix } from './fix.ts';
import type { JsonDocument } from '../json/document.ts';
import type { ReviewSettings } from './policy.ts';

/** Keys of the configuration by which some rules judge. */
export type RuleSettingKey =
  'firstEntry' | 'onUnknownVersion' | 'minimumVersions' | 'breakGlass.maxMinutes';

/** What is said of a rule, to people and to programs. */
export interface RuleInfo<Id extends string = string> {
  /** In kebab-case. Stable and never reused: configurations, logs and dashboards name it. */
  readonly id: Id;
  readonly title: string;
  /** What goes wrong on the cluster, and where that is known from. */
  readonly why: string;
  /** The general remedy. */
  readonly fix: Fix;
  readonly severity: 'warn' | 'deny';
  readonly impact: Impact;
  readonly reason: CauseReason;
  /** Keys of the configuration, beside `rules`, by which it judges. */
  readonly settings?: readonly RuleSettingKey[];
  /** A remark about an accepted write: left out when the write is refused. */
  readonly advisory?: true;
}

/** Everything a rule may look at. Each text is parsed once. */
export interface ReviewContext {
  readonly change: Change;
  readonly facts: Facts;
  readonly policy: ReviewSettings;
  /** The object as it would be stored. */
  readonly object: ConfigMap;
  /** The text of a key of `object`, empty when the key is absent. */
  text(key: string): string;
  /** The parsed text of a key, undefined when the key is absent. */
  document(key: DocumentKey): JsonDocument | undefined;
  /** The same of the object as it was stored before this write. */
  documentBefore(key: DocumentKey): JsonDocument | undefined;
  /** The plugins under a key, undefined when there is none or it can't be read. */
  chain(key: ChainKey): Chain | undefined;
  /** The same of the object as it was stored before this write. */
  chainBefore(key: ChainKey): Chain | undefined;
  /** The plugins of every chain of the object, whichever of them counts. */
  entries(): Chain;
  /** What `make` makes of this review, made once. Its result may be shared, so it is not changed. */
  memo<T>(make: (context: ReviewContext) => T): T;
}

/** Tells by name all that an object has of one kind, its keys for example; one may be told twice. */
export type Look = (context: ReviewContext) => Iterable<string>;

/** Something that an object may have: whatever a look tells under any of some names. */
export interface Subject {
  readonly look: Look;
  readonly names: readonly string[];
}

/** A rule is a value: what is said of it, and a pure check. */
export interface Rule<Id extends string = string> {
  readonly info: RuleInfo<Id>;
  /**
   * What the object must have for the check to find anything, so that it need not be asked of others. A rule
   * without a subject is asked of every object.
   */
  readonly about?: Subject | readonly Subject[];
  check(context: ReviewContext): Iterable<Problem>;
}

/** Returns the rule as it is; its type keeps the id, so that the ids of all rules are a type. */
export const defineRule = <const Id extends string>(rule: Rule<Id>): Rule<Id> => rule;

/** Nothing wrong, told without a look for it one by one: most rules find nothing in most objects. */
export const NO_PROBLEMS: readonly Problem[] = [];

/**
 * A check that looks at each of some things by itself, one after the other as its caller asks for more
 * problems. Where nothing is wrong with any it costs no generator, which is more than most checks take.
 */
export const checkEach =
  <T>(
    things: (context: ReviewContext) => readonly T[],
    check: (thing: T, context: ReviewContext) => Iterable<Problem>,
  ): Rule['check'] =>
  (context) => {
    const all = things(context);
    for (let index = 0; index < all.length; index += 1) {
      const problems = check(all[index] as T, context);
      if (problems !== NO_PROBLEMS) return withOthers(problems, all, index + 1, check, context);
    }
    return NO_PROBLEMS;
  };

function* withOthers<T>(
  first: Iterable<Problem>,
  all: readonly T[],
  next: number,
  check: (thing: T, context: ReviewContext) => Iterable<Problem>,
  context: ReviewContext,
): Generator<Problem> {
  yield* first;
  for (let index = next; index < all.length; index += 1) yield* check(all[index] as T, context);
}

/** A rule about a break-glass request; it speaks when it is known what came of the request. */
export interface BreakGlassRule<Id extends string = string> {
  readonly info: RuleInfo<Id>;
  check(answer: BreakGlassAnswer): Iterable<Problem>;
}

/** The same as `defineRule` for a rule about break-glass. */
export const defineBreakGlassRule = <const Id extends string>(
  rule: BreakGlassRule<Id>,
): BreakGlassRule<Id> => rule;

/** A problem with the words of its rule. */
export function findingOf(info: RuleInfo, problem: Problem, stored: boolean): Finding {
  const { id: rule, reason, impact, severity, fix } = info;
  const finding = { rule, reason, impact, severity, fix, stored, ...problem };
  return info.advisory ? { advisory: true, ...finding } : finding;
}
