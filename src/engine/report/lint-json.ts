import { shortened } from '../text/text.ts';
import { printable } from '../text/text.ts';
import { summarizeFacts } from './facts-fields.ts';
import { fieldsOf } from './finding-fields.ts';
import { fieldOf } from './finding-text.ts';
import { type LintReport, type LintedFinding, type LintedObject, totalsOf } from './lint-report.ts';

/** Raised when a field goes or changes its meaning; docs/command-line.md has the fields. */
const LINT_SCHEMA = 1;

const MAX_TEXT_LENGTH = 2000;

/** The report as one JSON object. */
export function asJson(report: LintReport): string {
  const { denied, told } = totalsOf(report);
  const content = {
    schema: LINT_SCHEMA,
    verdict: denied > 0 ? 'deny' : 'allow',
    denied,
    told,
    objects: report.objects.map(objectFields),
    facts: summarizeFacts(report.facts),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function objectFields(linted: LintedObject) {
  return {
    file: printable(linted.file, 1000),
    judged: linted.isCompared ? 'change' : 'state',
    verdict: linted.verdict.allowed ? 'allow' : 'deny',
    findings: linted.findings.map((found) => findingFields(found, linted)),
    remarks: linted.remarks,
  };
}

function findingFields({ finding, place }: LintedFinding, { object }: LintedObject) {
  return {
    ...fieldsOf(finding, object),
    impact: finding.impact,
    field: fieldOf(finding),
    message: shortened(finding.message, MAX_TEXT_LENGTH),
    fix: shortened(finding.fix.text, MAX_TEXT_LENGTH),
    isFixCertain: finding.fix.edits !== undefined,
    place: { file: printable(place.file, 1000), start: place.start, end: place.end },
  };
}
