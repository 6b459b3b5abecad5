import type { DecidedFinding } from '../../../../src/engine/core/finding.ts';
import { type Write, update } from '../../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { withEniConf } from './edits/chains.ts';
import { ACK } from './edits/clusters.ts';

/** What one rule finds in a write to a cluster of ACK. */
export const findingsOf = (write: Write, rule: string) =>
  verdictOn(write, ACK).findings.filter((finding) => finding.rule === rule);

/** The texts that the edits of a fix put in. */
export const written = ({ fix }: DecidedFinding) =>
  fix.edits?.flatMap((edit) => {
    if (edit.kind === 'text') return edit.edits.map(({ text }) => text);
    return edit.kind === 'set' ? [edit.text] : [];
  });

/** Of each finding of one rule the fix, and the texts that its edits put in. */
export const told = (write: Write, rule: string) =>
  findingsOf(write, rule).map((finding) => [finding.fix.text, ...(written(finding) ?? [])]);

/** The write that puts an entry behind the first one of the chain. */
export const added = (entry: object) =>
  update(BASE_VETH, withConflist(BASE_VETH, conflist([VETH_CONF, entry])));

/** The write that sets members of eni_conf. */
export const withMembers = (members: Readonly<Record<string, unknown>>) =>
  update(BASE_VETH, withEniConf(BASE_VETH, members));

/** The write that sets keys of the ConfigMap. */
export const withData = (data: Data) => update(BASE_VETH, { ...BASE_VETH, ...data });

/** Messages and fixes of one rule for a write. */
export const words = (write: Write, rule: string) =>
  findingsOf(write, rule).map(({ message, fix }) => `${message}: ${fix.text}`);
