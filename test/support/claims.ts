import type { RuleId } from '../../src/engine/rules/index.ts';
import { CHAIN_CLAIMS } from './claims/chain.ts';
import type { Claim } from './claims/claim.ts';
import { OTHER_CLAIMS } from './claims/others.ts';
import { PLUGIN_CLAIMS } from './claims/plugins.ts';
import { TERWAY_CLAIMS } from './claims/terway.ts';

/** The claims of all rules, in the order of docs/claims.md. */
export const CLAIMS: Partial<Record<RuleId, Claim>> = {
  ...CHAIN_CLAIMS,
  ...TERWAY_CLAIMS,
  ...PLUGIN_CLAIMS,
  ...OTHER_CLAIMS,
};
