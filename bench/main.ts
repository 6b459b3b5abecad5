/**
 * `npm run bench`: measures and prints; the figure that is wanted stands beside each. With
 * `-- MINUTES SEED` it looks so long, and not half a minute, for objects that cost much.
 */
import { benchAdversaries } from './adversary/bench.ts';
import { benchCommands } from './commands.ts';
import { benchHttps } from './https.ts';
import { benchReview } from './in-process.ts';
import { benchFloods } from './floods.ts';

benchReview();
const [minutes = '0.5', seed = String(Date.now() % 100_000)] = process.argv.slice(2);
await benchAdversaries(Number(minutes), Number(seed));
await benchHttps();
await benchFloods();
benchCommands();
process.exit(0);
