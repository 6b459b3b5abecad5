import type { RuleId } from '../../../../../src/engine/rules/index.ts';
import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Writes that add members to eni_conf. */

interface Verdict {
  /** Terway's release, undefined where it is not known; the newest unless given. */
  readonly terway?: string | undefined;
  readonly deny?: readonly RuleId[];
  readonly warn?: readonly RuleId[];
  readonly says?: readonly string[];
}

export const runningTerway = (release: string | undefined) => cluster(release, '1.9.1');
export const RUNNING_NEWEST = runningTerway('1.17.5');

/** The members are added to eni_conf. */
export function member(name: string, members: object, verdict: Verdict = {}): WorkedEdit {
  const { terway, ...rest } = verdict;
  return edit(`eni_conf member: ${name}`, {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { ...members }),
    facts: 'terway' in verdict ? runningTerway(terway) : RUNNING_NEWEST,
    ...rest,
  });
}

/** Text of members is added, so that duplicates and spellings of numbers are kept. */
export function text(name: string, members: string, verdict: Verdict = {}): WorkedEdit {
  return edit(`eni_conf member: ${name}`, {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: (BASE_VETH.eni_conf ?? '').replace('{', `{${members},`) },
    facts: RUNNING_NEWEST,
    ...verdict,
  });
}

/** Central IPAM hands out addresses in place of a pool on each node. */
export const CENTRAL = { ipam_type: 'crd' };
