/**
 * As the image starts the guard: far less room for young objects (4 MiB) than V8 takes on a large machine, which
 * limits nothing that a large review may need. With 2 what eight reviews under way need grows old at once,
 * and waits for the rarer collections: they take more memory and a fifth more CPU than with 4. More than 4 gains
 * nothing. Old objects are collected when there are twice as many as were left before, and room for young ones is no
 * larger while that is under way.
 */
export const V8_FLAGS = [
  '--max-semi-space-size=4',
  '--no-separate-gc-phases',
  '--heap-growing-percent=100',
] as const;
