/** A real control plane with a guard, left running to be played with until Ctrl-C. */
import './build.ts';

import { instructions, startPlayground } from '../test/cluster/playground.ts';

process.stdout.write('Starting an API server and a guard ...\n');
const playground = await startPlayground();
try {
  process.stdout.write(instructions(playground));
  await interrupted();
} finally {
  await playground.cluster.stop();
}
process.stdout.write('\nStopped; nothing is left behind.\n');

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Kept for good: one Ctrl-C may arrive more than once, from the terminal and through npm.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
