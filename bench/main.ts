/** `npm run bench`: measures and prints; what DESIGN asks for stands beside each figure. */
import { benchHttps } from './https.ts';
import { benchAdversaries, benchReview } from './in-process.ts';

benchReview();
await benchAdversaries();
await benchHttps();
process.exit(0);
