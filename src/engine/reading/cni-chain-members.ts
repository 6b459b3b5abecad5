import { TERWAYS_OWN_MEMBERS } from '../catalogue/cni-chain.ts';
import { CHAIN_ONLY_FIELDS } from '../catalogue/plugins/terway.ts';
import { CNI_CHAIN_KEY } from '../core/eni-config.ts';
import type { DecodedObject } from './decoded-object.ts';

/** What an entry of cni_chain may not hold, whatever its plugin. */

/** Terway refuses the whole list for it. */
export const isTerwaysOwn = (name: string) => TERWAYS_OWN_MEMBERS.includes(name);

/** Members of terway that people set in a chain, which with cni_chain stand in 10-terway.conf. */
export const isOfTerway = (name: string) => (CHAIN_ONLY_FIELDS as readonly string[]).includes(name);

/** Whether the rule about members of cni_chain speaks of a member. */
export const isRefusedInCniChain = ({ key, prefix }: DecodedObject, name: string): boolean =>
  key === CNI_CHAIN_KEY && prefix.length === 0 && (isTerwaysOwn(name) || isOfTerway(name));
