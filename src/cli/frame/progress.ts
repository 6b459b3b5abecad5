const EVERY_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';
const BAR_WIDTH = 20;

/**
 * Shows on a terminal, from a second on, how far a long piece of work has come, until the function
 * that is returned is called. Elsewhere it shows nothing.
 */
export function showProgress(
  describe: () => string,
  { stderr }: { readonly stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> } = process,
): () => void {
  if (!stderr.isTTY) return () => undefined;
  const timer = setInterval(() => stderr.write(`${CLEAR_LINE}${describe()}`), EVERY_MS);
  return () => {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  };
}

/** `[=====>              ]  29%`: how much of what is known to come is done. */
export function progressBar(done: number, total: number): string {
  const partOf = (whole: number) => (total === 0 ? whole : Math.floor((done * whole) / total));
  const tip = partOf(BAR_WIDTH) < BAR_WIDTH ? '>' : '';
  const bar = `${'='.repeat(partOf(BAR_WIDTH))}${tip}`.padEnd(BAR_WIDTH);
  return `[${bar}] ${String(partOf(100)).padStart(3)}%`;
}
