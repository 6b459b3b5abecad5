/**
 * `npm run bench`: measures and prints; the figure that is wanted stands beside each. With
 * `-- MINUTES SEED` it looks so long, and not half a minute, for what costs much. With
 * `-- KIND SEEDS` it looks at nothing but one find of such a search, as it was printed.
 */
import { benchAdversaries, benchFind } from './adversary/bench.ts';
import { benchCommands } from './commands.ts';
import { benchHttps } from './https.ts';
import { benchReview } from './in-process.ts';
import { benchFloods } from './floods.ts';

const [minutes = '0.5', seed = String(Date.now() % 100_000)] = process.argv.slice(2);
if (Number.isNaN(Number(minutes))) {
  await benchFind(minutes, seed);
} else {
  benchReview();
  await benchAdversaries(Number(minutes), Number(seed));
  await benchHttps();
  await benchFloods();
  benchCommands();
}
process.exit(0);
