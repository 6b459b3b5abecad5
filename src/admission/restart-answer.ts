import { type Verdict, denialsIn } from '../engine/core/decide.ts';
import { type ConfigMap, GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import type { DecidedFinding, Finding } from '../engine/core/finding.ts';
import { count, printable, shortened } from '../engine/text/text.ts';
import {
  BULLET,
  describeFinding,
  fieldOf,
  summarizeFinding,
} from '../engine/report/finding-text.ts';
import { MAX_CAUSES, MAX_WARNING_LENGTH, type Status } from './response.ts';

/** What the restart gate says to the one who restarts Terway. */

/** One line that says what is about to happen, then one a finding. */
export function brokenWarnings(
  daemonSet: string,
  findings: readonly DecidedFinding[],
  object: ConfigMap | undefined,
): string[] {
  return [
    `restarting daemonset/${daemonSet} can take nodes down: they would read ` +
      whatIsRead(findings, object),
    ...findings.map((finding) => summarizeFinding(finding, object, MAX_WARNING_LENGTH)),
  ];
}

/** What would be refused as a write, and yet takes nothing down: it is ignored. */
export function idleWarnings(verdict: Verdict, object: ConfigMap | undefined): string[] {
  return denialsIn(verdict).map((finding) => summarizeFinding(finding, object, MAX_WARNING_LENGTH));
}

/**
 * That an edit of the chain, which did nothing so far, is about to count. Without a chain Terway
 * makes its own.
 */
export function chainWarning(daemonSet: string, types: readonly string[] | undefined): string {
  const what = types
    ? `the chain ${printable(types.join(', '))}`
    : 'the default chain, terway alone';
  return shortened(
    `restarting daemonset/${daemonSet} makes nodes read ${GUARDED_NAME} as it is stored: ${what}`,
    MAX_WARNING_LENGTH,
  );
}

/**
 * 403 Forbidden prints the message as it stands and leaves an editor: there is nothing to correct
 * in the DaemonSet. Of an Invalid some clients show only causes, as fields of the DaemonSet.
 */
export function forbidden(
  daemonSet: string,
  findings: readonly Finding[],
  object: ConfigMap | undefined,
  breakGlass: string | undefined,
): Status {
  const hidden = findings.length - MAX_CAUSES;
  const blocks = findings
    .slice(0, MAX_CAUSES)
    .map((finding) => `${BULLET}${fieldOf(finding)}: ${describeFinding(finding, object)}`);
  return {
    code: 403,
    reason: 'Forbidden',
    message: [
      `eni-config-guard refuses to restart daemonset/${daemonSet}: nodes would read ` +
        whatIsRead(findings, object),
      ...new Set(blocks),
      ...(hidden > 0 ? [`${BULLET}and ${count(hidden, 'more problem')}`] : []),
      ...(breakGlass === undefined ? [] : [`Break-glass does not count: ${breakGlass}.`]),
      object === undefined
        ? `Create ${GUARDED_NAMESPACE}/${GUARDED_NAME} first.`
        : `Mend it first: kubectl edit cm -n ${GUARDED_NAMESPACE} ${GUARDED_NAME}`,
      'Nothing was restarted.',
    ].join('\n'),
  };
}

function whatIsRead(findings: readonly Finding[], object: ConfigMap | undefined): string {
  return object === undefined
    ? `${GUARDED_NAME}, which does not exist`
    : `${GUARDED_NAME} as it is stored, which has ${count(findings.length, 'problem')}`;
}
