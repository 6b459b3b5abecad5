/** Signals that ask for the end: the first for one in good order, the second for one at once. */
export interface Signals {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  /** Gives the process its usual end back. */
  release(): void;
}

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes signals until they are released; `onFirst` is told the first of them. */
export function catchSignals(onFirst: () => void): Signals {
  const [first, second] = [new AbortController(), new AbortController()];
  const take = () => {
    if (first.signal.aborted) second.abort();
    else {
      first.abort();
      onFirst();
    }
  };
  for (const name of NAMES) process.on(name, take);
  return {
    first: first.signal,
    second: second.signal,
    release() {
      for (const name of NAMES) process.off(name, take);
    },
  };
}
