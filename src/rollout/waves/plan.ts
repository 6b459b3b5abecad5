/** Which nodes are restarted, and in which order: plain values, nothing is asked. */

/** A node before anything is done to it. */
export interface NodeState {
  readonly name: string;
  /** What it runs of the stored chain; `ignored`: it reads none (exclusive ENI, Windows). */
  readonly chain: 'current' | 'former' | 'unsure' | 'unknown' | 'ignored';
  readonly isReady: boolean;
  /** Whether its Terway pod is ready. */
  readonly isTerwayReady: boolean;
  /** Whether it runs the stored chain or may, or has a pod that is still to read it. */
  readonly isExposed: boolean;
  /** Since when it runs its chain, in milliseconds since 1970; undefined: not known. */
  readonly since: number | undefined;
}

/** A node that should be restarted and is not. */
export interface LeftOut {
  readonly node: string;
  readonly why: string;
}

export interface Plan {
  /** Names; the first wave is the canary alone. */
  readonly waves: readonly (readonly string[])[];
  /** How many at most are without a ready Terway pod at once, because of this rollout. */
  readonly maxUnavailable: number;
  /** How many run the stored chain already. */
  readonly current: number;
  /** How many read no chain. */
  readonly ignored: number;
  readonly leftOut: readonly LeftOut[];
  /**
   * Nodes that are Ready, run the stored chain or try to, and whose Terway pod is not ready: the chain may
   * harm them, so nothing may begin.
   */
  readonly suspects: readonly string[];
  /**
   * The node that runs the stored chain since the shortest time: the last one of a rollout that was
   * stopped. It is looked at before anything is restarted.
   */
  readonly looksFirstAt: string | undefined;
}

export interface PlanOptions {
  /** Only these; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** `3`, or `10%` of the nodes that read a chain. */
  readonly maxUnavailable: string;
  /** Takes nodes whatever they run and however they are: the restart is to mend them. */
  readonly isRepair?: boolean;
}

/** Ten in a hundred are what Terway's own DaemonSet allows. Source: its chart, updateStrategy. */
export const DEFAULT_MAX_UNAVAILABLE = '10%';

/** The plan for these nodes; of one state of the cluster it is always the same. */
export function planOf(nodes: readonly NodeState[], options: PlanOptions): Plan {
  const { only, isRepair = false } = options;
  const readers = nodes.filter(({ chain }) => chain !== 'ignored').length;
  const maxUnavailable = limitOf(options.maxUnavailable, readers);
  const wanted = only && new Set(only);
  const chosen = nodes.filter(({ name }) => !wanted || wanted.has(name));
  const isDue = ({ chain }: NodeState) => chain !== 'ignored' && (isRepair || chain !== 'current');
  const due = chosen.filter(isDue);
  const leftOut = isRepair ? [] : due.flatMap(whyLeftOut);
  const running = nodes.filter(({ chain, isReady }) => chain === 'current' && isReady);
  const left = new Set(leftOut.map(({ node }) => node));
  const names = due.map(({ name }) => name).filter((name) => !left.has(name));
  return {
    waves: wavesOf(names.sort(), maxUnavailable),
    maxUnavailable,
    current: chosen.filter(({ chain }) => chain === 'current').length,
    ignored: chosen.filter(({ chain }) => chain === 'ignored').length,
    leftOut,
    suspects: nodes
      .filter(({ isExposed, isReady, isTerwayReady }) => isExposed && isReady && !isTerwayReady)
      .map(({ name }) => name),
    looksFirstAt: isRepair || names.length === 0 ? undefined : latestOf(running)?.name,
  };
}

function latestOf(nodes: readonly NodeState[]): NodeState | undefined {
  const sinceOf = ({ since = -Infinity }: NodeState) => since;
  return nodes.reduce<NodeState | undefined>(
    (latest, node) => (latest && sinceOf(latest) >= sinceOf(node) ? latest : node),
    undefined,
  );
}

/** What is not well before can't tell afterwards whether the chain harms it. */
function whyLeftOut({ name, isReady, isTerwayReady }: NodeState): LeftOut[] {
  if (!isReady) return [{ node: name, why: 'the node is not Ready' }];
  return isTerwayReady ? [] : [{ node: name, why: "Terway's pod is not ready" }];
}

/** One node, then twice as many from wave to wave, up to the limit: harm that shows late is small, too. */
function wavesOf(names: readonly string[], maxUnavailable: number): string[][] {
  const waves: string[][] = [];
  let size = 1;
  for (let from = 0; from < names.length;) {
    waves.push(names.slice(from, from + size));
    from += size;
    size = Math.min(size * 2, maxUnavailable);
  }
  return waves;
}

const LIMIT = /^(?:([1-9]\d{0,5})|([1-9]\d?|100)%)$/;

/** Whether a limit is one: a number from 1, or one to 100 with a percent sign. */
export const isLimit = (text: string): boolean => LIMIT.test(text);

function limitOf(text: string, nodes: number): number {
  const [, number, percent] = LIMIT.exec(text) ?? [];
  const wanted = percent === undefined ? Number(number) : (nodes * Number(percent)) / 100;
  return Math.max(1, Math.floor(wanted));
}

/** How many nodes a plan restarts. */
export const sizeOf = ({ waves }: Plan): number => waves.flat().length;
