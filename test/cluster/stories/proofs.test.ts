import { t } from 'tap';

import { claimsHappen } from './proofs.ts';
import { tell } from './story.ts';

t.setTimeout(60 * 60_000);

await tell({ 'the outages that rules speak of': claimsHappen }, { nodes: 1, hasNoGuard: true });
