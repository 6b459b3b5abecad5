import type { Severity } from '../core/finding.ts';
import { printable } from '../text/text.ts';
import { describeFinding, fieldOf } from './finding-text.ts';
import type { LintReport, LintedFinding, LintedObject } from './lint-report.ts';

const COMMANDS: Readonly<Record<Severity, string>> = {
  deny: 'error',
  warn: 'warning',
  audit: 'notice',
};

/**
 * The report as workflow commands, which GitHub Actions shows as annotations of a pull request.
 * Source: "Workflow commands for GitHub Actions" and toolkit's packages/core/src/command.ts.
 */
export function asGithub({ objects }: LintReport): string {
  const lines = objects.flatMap((object) =>
    object.findings.map((found) => annotation(found, object)),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function annotation({ finding, place }: LintedFinding, { object }: LintedObject): string {
  const { file, start, end } = place;
  // Columns count only for a range within one line.
  const columns = start.line === end.line ? { col: start.column, endColumn: end.column } : {};
  const properties = Object.entries({
    file: printable(file, 1000),
    line: start.line,
    endLine: end.line,
    ...columns,
    title: `eni-config-guard/${finding.rule}`,
  }).map(([name, value]) => `${name}=${property(String(value))}`);
  const text = `${fieldOf(finding)}: ${describeFinding(finding, object)}`;
  return `::${COMMANDS[finding.severity]} ${properties.join(',')}::${data(text)}`;
}

const data = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
