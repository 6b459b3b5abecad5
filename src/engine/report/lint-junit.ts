import { count, printable } from '../text/text.ts';
import { describeFinding, fieldOf, summarizeFinding } from './finding-text.ts';
import { type LintReport, type LintedFinding, type LintedObject, totalsOf } from './lint-report.ts';

/**
 * The report as JUnit XML, which pipelines show as tests: each eni-config is a suite, in which each
 * finding that would refuse is a test that failed; what only tells is the output of the suite.
 */
export function asJunit(report: LintReport): string {
  const { denied } = totalsOf(report);
  const tests = report.objects.reduce((sum, object) => sum + testsOf(object), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="eni-config-guard" tests="${tests}" failures="${denied}">`,
    ...report.objects.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

const failuresIn = ({ findings }: LintedObject) =>
  findings.filter(({ finding }) => finding.severity === 'deny');

/** An object without a failure is one test that passed. */
const testsOf = (object: LintedObject) => Math.max(1, failuresIn(object).length);

function suite(object: LintedObject): string[] {
  const failures = failuresIn(object);
  const file = attribute(object.file);
  const told = object.findings.filter(({ finding }) => finding.severity !== 'deny');
  return [
    `  <testsuite name=${file} tests="${testsOf(object)}" failures="${failures.length}">`,
    ...(failures.length === 0
      ? [`    <testcase classname=${file} name="eni-config"/>`]
      : failures.map((found) => failure(found, object))),
    ...(told.length === 0
      ? []
      : [
          `    <system-out>${escaped(count(told.length, 'remark'))}`,
          ...told.map((found) =>
            escaped(placed(found, summarizeFinding(found.finding, undefined, 2000))),
          ),
          '</system-out>',
        ]),
    '  </testsuite>',
  ];
}

function failure(found: LintedFinding, { file, object }: LintedObject): string {
  const { finding } = found;
  const name = `${finding.rule}: ${fieldOf(finding)}`;
  const text = placed(found, describeFinding(finding, object));
  return [
    `    <testcase classname=${attribute(file)} name=${attribute(name)}>`,
    `      <failure type=${attribute(finding.rule)} message=${attribute(finding.message)}>${escaped(text)}</failure>`,
    '    </testcase>',
  ].join('\n');
}

const placed = ({ place: { file, start } }: LintedFinding, text: string) =>
  `${file}:${start.line}:${start.column}: ${text}`;

/** XML has no spelling for most control characters, so each line is made printable first. */
function escaped(text: string): string {
  const lines = text.split('\n').map((line) => printable(line, Infinity));
  return lines
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\ufffe\uffff]/g, '?');
}

const attribute = (text: string) => `"${escaped(text).replaceAll('\n', '&#10;')}"`;
