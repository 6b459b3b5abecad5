/** `npm run bench`: measures and prints; the figure that is wanted stands beside each. */
import { benchHttps } from './https.ts';
import { benchAdversaries, benchReview } from './in-process.ts';

benchReview();
await benchAdversaries();
await benchHttps();
process.exit(0);
