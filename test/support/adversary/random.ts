/** Numbers from a seed, the same in every run. */
export interface Random {
  /** From 0 up to, and not including, `end`. */
  below(end: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, enough to wander about among documents. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error('there is nothing to pick');
      return value;
    },
  };
}
