import type { Severity } from '../core/finding.ts';
import type { RuleInfo } from '../core/rule.ts';
import { printable } from '../text/text.ts';
import { describeFinding, fieldOf } from './finding-text.ts';
import type { FilePlace, LintReport, LintedFinding, LintedObject } from './lint-report.ts';

const LEVELS: Readonly<Record<Severity, string>> = {
  deny: 'error',
  warn: 'warning',
  audit: 'note',
};

/** The report as a SARIF log, for code scanning and editors. Source: OASIS SARIF 2.1.0. */
export function asSarif({ objects, version }: LintReport, rules: readonly RuleInfo[]): string {
  const ids = rules.map(({ id }) => id);
  const content = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'eni-config-guard', version, rules: rules.map(ruleFields) } },
        columnKind: 'unicodeCodePoints',
        results: objects.flatMap((object) =>
          object.findings.map((found) => resultFields(found, object, ids)),
        ),
      },
    ],
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function ruleFields({ id, title, why, fix, severity }: RuleInfo) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: fix.text },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultFields(
  { finding, place }: LintedFinding,
  { object }: LintedObject,
  ids: readonly string[],
) {
  return {
    ruleId: finding.rule,
    ruleIndex: ids.indexOf(finding.rule),
    level: LEVELS[finding.severity],
    message: { text: `${fieldOf(finding)}: ${describeFinding(finding, object)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(place.file) },
          region: regionOf(place),
        },
        logicalLocations: [{ fullyQualifiedName: fieldOf(finding) }],
      },
    ],
  };
}

function regionOf({ start, end }: FilePlace) {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** A path as a URI reference; one from the root names its file system. */
function uriOf(path: string): string {
  const uri = encodeURI(printable(path, 4000)).replace(/[?#]/g, encodeURIComponent);
  return uri.startsWith('/') ? `file://${uri}` : uri;
}
