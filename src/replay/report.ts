import { denialsIn } from '../engine/core/decide.ts';
import { fieldsOf, mostSevere } from '../engine/report/finding-fields.ts';
import { BULLET, describeFinding, fieldOf } from '../engine/report/finding-text.ts';
import { count, printable, shortened } from '../engine/text/text.ts';
import type { ChangedAnswer, Replay } from './replay.ts';

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const REPLAY_SCHEMA = 1;

const MAX_TEXT_LENGTH = 2000;
const MAX_NAME_LENGTH = 200;

const name = (text: unknown) => printable(typeof text === 'string' ? text : '', MAX_NAME_LENGTH);

/** What a replay of `lines` lines came to, as one JSON object. */
export function asJson(replay: Replay, lines: number): string {
  const { writes, same, becomes, changed, changedOmitted, unjudged } = replay;
  const content = {
    schema: REPLAY_SCHEMA,
    lines,
    writes,
    same,
    becomes,
    unjudged: [...unjudged].map(([why, count]) => ({ why, count })),
    changed: changed.map(changeAsFields),
    changedOmitted,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function changeAsFields({
  event,
  operation,
  then,
  now,
  verdict,
  object,
  hasBreakGlass,
}: ChangedAnswer) {
  const { auditId, time, user, fieldManager, dryRun } = event;
  const shown = mostSevere(verdict.findings);
  return {
    auditId: name(auditId),
    time: name(time),
    operation,
    user: name(user.username),
    ...(fieldManager === undefined ? {} : { fieldManager: name(fieldManager) }),
    dryRun,
    then,
    now,
    hasBreakGlass,
    findings: shown.map((finding) => ({
      ...fieldsOf(finding, object),
      message: shortened(finding.message, MAX_TEXT_LENGTH),
      fix: shortened(finding.fix.text, MAX_TEXT_LENGTH),
    })),
    findingsOmitted: verdict.findings.length - shown.length,
  };
}

/** The same for people: each changed answer with its reasons, then the sums. */
export function asText(replay: Replay, lines: number): string {
  const { writes, same, becomes, changed, changedOmitted, unjudged } = replay;
  const left = [...unjudged.values()].reduce((sum, number) => sum + number, 0);
  return [
    ...changed.flatMap((one) => [...changeAsLines(one), '']),
    ...(changedOmitted > 0 ? [`... and ${count(changedOmitted, 'more changed answer')}`, ''] : []),
    `${count(lines, 'line')}, ${count(writes, 'write')} of kube-system/eni-config:`,
    `  ${same.allowed} allowed then and now`,
    `  ${same.refused} refused then and now`,
    `  ${becomes.refused} allowed then, refused now`,
    `  ${becomes.allowed} refused then, allowed now`,
    `  ${left} not judged${left > 0 ? ':' : ''}`,
    ...[...unjudged].map(([why, number]) => `    ${number}: ${why}`),
    '',
  ].join('\n');
}

function changeAsLines({
  event,
  operation,
  then,
  now,
  verdict,
  object,
  hasBreakGlass,
}: ChangedAnswer) {
  const { auditId, time, user, fieldManager, dryRun } = event;
  const by = fieldManager === undefined ? '' : ` with ${name(fieldManager)}`;
  const how = dryRun ? ', dry run' : '';
  const head = `${name(time)} ${operation} by ${name(user.username)}${by}${how}: ${then} then, ${now} now`;
  return [
    head,
    ...denialsIn(verdict).map(
      (finding) => `${BULLET}${fieldOf(finding)}: ${describeFinding(finding, object)}`,
    ),
    ...(hasBreakGlass
      ? ['  It bears break-glass annotations; whether they would let it through is not replayed.']
      : []),
    `  audit id: ${name(auditId)}`,
  ];
}
