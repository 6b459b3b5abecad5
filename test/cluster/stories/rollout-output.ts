const NODE_LINE = /^ {2}(n\d+): (.+)$/;

/**
 * What a rollout told, as it is the same each time: nodes of a wave are judged in any order. Of many that
 * are well only the number is left.
 */
function shortWaves(text: string): string {
  const lines: string[] = [];
  let wave: string[] = [];
  const endWave = () => {
    const well = wave.filter((line) => line.endsWith(': well'));
    const others = wave.filter((line) => !line.endsWith(': well')).sort();
    if (well.length > 5) lines.push(`  [${String(well.length)} nodes: well]`, ...others);
    else lines.push(...[...wave].sort());
    wave = [];
  };
  for (const line of text.split('\n')) {
    if (NODE_LINE.test(line)) wave.push(line);
    else {
      endWave();
      lines.push(line);
    }
  }
  endWave();
  return lines.join('\n');
}

/** The same without what a run has of its own: how long it waited, names of sandboxes and of its pods. */
export const steadyRollout = (text: string): string =>
  shortWaves(text)
    .replace(/waiting \d+ s/g, 'waiting <seconds> s')
    .replace(/eni-config-guard-check-[0-9a-f]{10}/g, 'eni-config-guard-check-<name>')
    .replace(/\b[0-9a-f]{64}\b/g, '<sandbox>')
    .replace(/(\d+\.\d+\.\d+\.\d+):6\d{4}\b/g, '$1:<port>');
