import type { RuleId } from '../engine/rules/index.ts';

/** What a sentence means that kubectl, the API server, a kubelet or containerd printed. */
export interface Symptom {
  /** In kebab-case; stable. */
  readonly id: string;
  /** Parts that the sentence has, all of them; letter case is no matter. */
  readonly has: readonly RegExp[];
  readonly wrong: string;
  /** Steps, the likeliest first. */
  readonly remedy: readonly [string, ...string[]];
  /** That refuse what leads to it. */
  readonly rules?: readonly RuleId[];
}

/** For a symptom of a chain that is stored. */
export const STATUS = 'ask what is wrong with the stored chain: eni-config-guard status';
