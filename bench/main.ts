/** `npm run bench`: measures and prints; the figure that is wanted stands beside each. */
import { benchCommands } from './commands.ts';
import { benchHttps } from './https.ts';
import { benchAdversaries, benchReview } from './in-process.ts';

benchReview();
await benchAdversaries();
await benchHttps();
benchCommands();
process.exit(0);
