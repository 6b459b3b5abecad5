import { count, printable } from '../text/text.ts';
import { knownFacts } from '../core/fact-table.ts';
import type { Severity } from '../core/finding.ts';
import { describeFinding, fieldOf } from './finding-text.ts';
import { type LintReport, type LintedFinding, type LintedObject, totalsOf } from './lint-report.ts';

const RESET = '\u001b[0m';
const BOLD = '\u001b[1m';
const COLOURS: Readonly<Record<Severity, string>> = {
  deny: '\u001b[1;31m',
  warn: '\u001b[1;33m',
  audit: '\u001b[1;36m',
};

/**
 * Findings as compilers print them, so that editors and terminals can jump to their places; the
 * words are those of the webhook.
 */
export function asText(
  report: LintReport,
  { isColoured }: { readonly isColoured: boolean },
): string {
  const paint = (code: string, text: string) => (isColoured ? `${code}${text}${RESET}` : text);
  if (report.objects.length === 0) return '';
  const lines = report.objects.flatMap((object) => [
    ...object.findings.map((found) => describe(found, object, paint)),
    ...object.remarks.map((remark) => `${printable(object.file, 400)}: note: ${remark}`),
  ]);
  return [...lines, summary(report, paint), ''].join('\n');
}

type Paint = (code: string, text: string) => string;

function describe(
  { finding, place }: LintedFinding,
  { object }: LintedObject,
  paint: Paint,
): string {
  const { line, column } = place.start;
  const where = `${printable(place.file, 400)}:${line}:${column}:`;
  const lead = `${where} ${finding.severity}: `;
  const [first = '', ...rest] = describeFinding(finding, object, lead.length).split('\n');
  return [
    `${paint(BOLD, where)} ${paint(COLOURS[finding.severity], `${finding.severity}:`)} ` +
      `${fieldOf(finding)}: ${first}`,
    ...rest.map((text) => (/^ +\^+$/.test(text) ? paint(COLOURS[finding.severity], text) : text)),
  ].join('\n');
}

function summary(report: LintReport, paint: Paint): string {
  const { denied, told } = totalsOf(report);
  const objects = `${count(report.objects.length, 'eni-config')}: `;
  const verdict =
    denied > 0
      ? paint(COLOURS.deny, `${count(denied, 'problem')} that would be refused`)
      : 'nothing that would be refused';
  const remarks = told > 0 ? `, ${count(told, 'remark')}` : '';
  const hint =
    knownFacts(report.facts).length === 0
      ? '\nnothing is known of the cluster; --cluster, or --terway, --plugin, --datapath and --kube-proxy, tell more'
      : '';
  return `${objects}${verdict}${remarks}${hint}`;
}
