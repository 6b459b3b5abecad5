const EVERY_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Shows on a terminal, from a second on, how far a long piece of work has come, until the function
 * that is returned is called. Elsewhere it shows nothing.
 */
export function showProgress(describe: () => string, { stderr } = process): () => void {
  if (!stderr.isTTY) return () => undefined;
  const timer = setInterval(() => stderr.write(`${CLEAR_LINE}${describe()}`), EVERY_MS);
  return () => {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  };
}
