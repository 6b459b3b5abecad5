import type { Outcome } from './outcome.ts';

/**
 * How far a rollout has come, and what is to be done next: values alone. Who does it and how long it takes
 * is in run.ts.
 */
export interface Progress {
  readonly waves: readonly (readonly string[])[];
  readonly rules: Rules;
  /** Waves that were begun. */
  readonly begun: number;
  /** Nodes that were restarted and are not judged yet. */
  readonly underWay: ReadonlySet<string>;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** A node that is to be looked at as it is, before anything else happens. */
  readonly looksAt: string | undefined;
  readonly hasPaused: boolean;
  readonly isInterrupted: boolean;
}

export interface Rules {
  readonly pausesAfterCanary: boolean;
  /** Goes on past a node of which a check could not be made. */
  readonly allowsUnchecked: boolean;
}

export type Step =
  | { readonly kind: 'restart'; readonly nodes: readonly string[] }
  | { readonly kind: 'look'; readonly node: string }
  /** For what is under way. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'pause' }
  /** `why`: where no check says it; one printable line. */
  | {
      readonly kind: 'end';
      readonly how: 'done' | 'stopped' | 'interrupted';
      readonly why?: string;
    };

/** `looksAt`: a node that runs the chain already, which tells of harm before more is done. */
export const startOf = (
  waves: Progress['waves'],
  rules: Rules,
  looksAt: string | undefined,
): Progress => ({
  waves,
  rules,
  begun: 0,
  underWay: new Set(),
  outcomes: new Map(),
  looksAt,
  hasPaused: false,
  isInterrupted: false,
});

/** What is to be done now. A wave begins when the one before is well as a whole. */
export function nextStep(progress: Progress): Step {
  const { waves, rules, begun, underWay, outcomes, looksAt, hasPaused, isInterrupted } = progress;
  if (underWay.size > 0) return { kind: 'wait' };
  if ([...outcomes.values()].some((outcome) => stops(outcome, rules))) {
    return { kind: 'end', how: 'stopped' };
  }
  const nodes = waves[begun];
  if (!nodes) return { kind: 'end', how: 'done' };
  if (begun > 0 && [...outcomes.values()].every(({ kind }) => kind === 'gone')) {
    return { kind: 'end', how: 'stopped', why: NOTHING_SHOWN };
  }
  if (isInterrupted) return { kind: 'end', how: 'interrupted' };
  if (looksAt !== undefined) return { kind: 'look', node: looksAt };
  if (begun === 1 && rules.pausesAfterCanary && !hasPaused) return { kind: 'pause' };
  return { kind: 'restart', nodes };
}

const NOTHING_SHOWN =
  'the first node was deleted meanwhile, so nothing has shown yet whether the chain harms nodes; call it again';

function stops({ kind }: Outcome, { allowsUnchecked }: Rules): boolean {
  return kind === 'harmed' || (kind === 'unchecked' && !allowsUnchecked);
}

/** The next wave is being restarted. */
export function afterRestart(progress: Progress): Progress {
  const nodes = progress.waves[progress.begun] ?? [];
  return { ...progress, begun: progress.begun + 1, underWay: new Set(nodes) };
}

/** A node of the wave has been judged, or the one that was looked at. */
export function afterChecks(progress: Progress, node: string, outcome: Outcome): Progress {
  return {
    ...progress,
    looksAt: progress.looksAt === node ? undefined : progress.looksAt,
    underWay: new Set([...progress.underWay].filter((name) => name !== node)),
    outcomes: new Map([...progress.outcomes, [node, outcome]]),
  };
}

/** The canary is looked at once more: harm may show late. */
export const afterPause = (progress: Progress): Progress => ({
  ...progress,
  hasPaused: true,
  looksAt: progress.waves[0]?.[0],
});

/** What is under way is brought to its end, and nothing more begins. */
export const afterSignal = (progress: Progress): Progress => ({ ...progress, isInterrupted: true });
