import { entryName } from './chain.ts';
import { createContext } from './context.ts';
import { CONFLIST_KEY, type Change, isChainKey, isDocumentKey, touches } from './eni-config.ts';
import type { Problem } from './finding.ts';
import type { Facts } from './facts.ts';
import type { ReviewSettings } from './policy.ts';
import type { DocumentReader } from '../json/document-reader.ts';
import type { ReviewContext, Rule, RuleInfo } from './rule.ts';
import { holdSame } from '../json/same.ts';
import { type JsonPath, formatPath } from '../json/path.ts';

/**
 * What of a write's problems was there before it. Each rule is asked about the stored object as
 * well, so that a problem counts as stored only if the rule had it then: whatever other keys the rule
 * reads, what the write made of them is the writer's doing.
 */
export interface StoredFindings {
  /** Whether a problem of the rule was there, and this write is not what it is about. */
  has(rule: Rule, problem: Problem): boolean;
}

/** The stored object of a write, and what the rules find in it: the same however the write is mended. */
export interface Before {
  readonly context: ReviewContext;
  /** How hard the rule's problem of that id was then, 0 for one that was not there. */
  strength(rule: Rule, id: string): Strength | 0;
}

/** Undefined where the write takes the place of nothing. */
export function beforeOf(
  change: Change,
  facts: Facts,
  settings: ReviewSettings,
  read: DocumentReader,
): Before | undefined {
  const { old } = change;
  if (change.operation !== 'UPDATE' || !old) return undefined;
  const context = createContext({ ...change, new: old }, facts, settings, read);
  const known = new Map<Rule, ReadonlyMap<string, Strength>>();
  return {
    context,
    strength(rule, id) {
      let strengths = known.get(rule);
      if (!strengths) known.set(rule, (strengths = strengthsOf(rule, context)));
      return strengths.get(id) ?? 0;
    },
  };
}

export function storedFindings(context: ReviewContext, stored: Before | undefined): StoredFindings {
  if (!stored) return { has: () => false };
  const { change, policy } = context;
  const { context: before } = stored;
  return {
    has(rule, problem) {
      const isUntouched = isAboutUntouched(change, problem);
      if (!isUntouched && !isHarmless(rule.info, problem, policy)) return false;
      const path = isUntouched ? problem.path : pathBefore(problem, context, before);
      if (!isUntouched && !(path && standsAsBefore(context, before, problem, path))) return false;
      const id = idOf({ ...problem, ...(path ? { path } : {}) });
      return stored.strength(rule, id) >= strengthOf(rule.info, problem);
    },
  };
}

/** 2: it refuses, 1: it warns. */
type Strength = 1 | 2;

const strengthOf = ({ severity }: RuleInfo, problem: Problem): Strength =>
  !problem.isGuess && (problem.severity ?? severity) === 'deny' ? 2 : 1;

/** What tells problems of one rule apart; words may differ, as they tell of other keys. */
const idOf = ({ key, annotation, path }: Problem) =>
  JSON.stringify([key, annotation, path && formatPath(path)]);

function strengthsOf(rule: Rule, before: ReviewContext): Map<string, Strength> {
  const strengths = new Map<string, Strength>();
  try {
    for (const problem of rule.check(before)) {
      const id = idOf(problem);
      const strength = strengthOf(rule.info, problem);
      if (strength > (strengths.get(id) ?? 0)) strengths.set(id, strength);
    }
  } catch {
    // What was there before is not known then, so it counts as new.
  }
  return strengths;
}

/** Whether the write leaves every key alone that the problem is about. */
function isAboutUntouched(change: Change, { key, dependsOn }: Problem): boolean {
  const keys = dependsOn ?? (key === undefined ? [] : [key]);
  return keys.length > 0 && !keys.some((name) => touches(change, name));
}

/** What would refuse although the program ignores it. It shall not hold up an edit beside it. */
function isHarmless(info: RuleInfo, problem: Problem, { rules }: ReviewSettings): boolean {
  const refuses = strengthOf(info, problem) === 2 || rules.get(info.id) === 'deny';
  return refuses && (problem.impact ?? info.impact) === 'no-effect';
}

/** Where the stored text had the member; an entry of the chain is the same one wherever it moved. */
function pathBefore(
  { key, path }: Problem,
  after: ReviewContext,
  before: ReviewContext,
): JsonPath | undefined {
  if (!isChainKey(key) || path === undefined) return path;
  const [index, ...rest] = key === CONFLIST_KEY ? path.slice(1) : path;
  if (typeof index !== 'number') return path;
  const entry = after.memo(entryNames).names.get(entryName(key, index));
  const oldPath = entry === undefined ? undefined : before.memo(entryNames).paths.get(entry);
  return oldPath && [...oldPath, ...rest];
}

/** A name for each entry of a chain that it keeps where others come and go: `cni_chain portmap 0`. */
function entryNames(context: ReviewContext) {
  const times = new Map<string, number>();
  const paths = new Map<string, JsonPath>();
  const names = new Map<string, string>();
  for (const { key, index, type = '', path } of context.entries()) {
    const kind = `${key} ${type}`;
    const time = times.get(kind) ?? 0;
    times.set(kind, time + 1);
    const name = `${kind} ${time}`;
    paths.set(name, path);
    names.set(entryName(key, index), name);
  }
  return { names, paths };
}

/** Whether the member that the problem is about stood at `oldPath` of the stored text, as it is now. */
function standsAsBefore(
  after: ReviewContext,
  before: ReviewContext,
  { key, path }: Problem,
  oldPath: JsonPath,
): boolean {
  if (!isDocumentKey(key) || path === undefined) return false;
  const [root, oldRoot] = [after.document(key)?.root, before.document(key)?.root];
  return root !== undefined && oldRoot !== undefined && holdSame(root, path, oldRoot, oldPath);
}
