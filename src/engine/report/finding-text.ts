import { type ConfigMap, isSecretKey } from '../core/eni-config.ts';
import type { DecidedFinding, Finding } from '../core/finding.ts';
import type { Fix } from '../core/fix.ts';
import { formatPath } from '../json/path.ts';
import { excerptAt } from '../json/position.ts';
import { count, printable, shortened, wrap } from '../text/text.ts';

/** Widest line of a report; what is meant to be pasted may be longer. */
const WIDTH = 100;

/** What kubectl prints in front of each of several causes, and of a single one. */
export const BULLET = '* ';
export const SINGLE_CAUSE_LEAD = 'The ConfigMap "eni-config" is invalid: ';

/** Characters of a message and of a remedy: a member to paste has room, a megabyte has not. */
const MAX_MESSAGE_LENGTH = 1000;
const MAX_FIX_LENGTH = 2000;

/**
 * `data[10-terway.conflist].plugins[1].masqAll`: the field of a StatusCause; never empty. What is
 * about no single key is about an annotation, about the data, or about the object as a whole.
 */
export function fieldOf(finding: Finding): string {
  if (finding.annotation !== undefined) {
    return `metadata.annotations[${printable(finding.annotation)}]`;
  }
  if (finding.key === undefined) return finding.dependsOn ? 'data' : 'metadata.name';
  const path = formatPath(finding.path ?? []);
  const place = `data[${printable(finding.key)}]`;
  if (path === '') return place;
  return printable(path.startsWith('[') ? `${place}${path}` : `${place}.${path}`, 400);
}

/**
 * A finding as lines that stand alone: what is wrong, where (with the source line and carets), how
 * to mend it, the rule. Continuation lines are indented by two spaces, so that they line up under
 * kubectl's bullets. Source lines of secret documents are never shown. `lead` is how many
 * characters the client prints in front of the field.
 */
export function describeFinding(
  finding: Finding,
  object: ConfigMap | undefined,
  lead: number = BULLET.length,
): string {
  const stored = finding.stored ? 'already stored before this change: ' : '';
  const used = lead + fieldOf(finding).length + ': '.length;
  const lines = [
    wrap(`${stored}${shortened(finding.message, MAX_MESSAGE_LENGTH)}`, WIDTH, '  ', used),
  ];
  lines.push(...whereabouts(finding, object));
  lines.push(fixLine(finding.fix), ...quoteLines(finding.fix));
  lines.push(`  rule: eni-config-guard/${finding.rule}`);
  return lines.join('\n');
}

/** Prose is folded; what is to be pasted into the document stays on its line. */
function fixLine({ kind, text }: Fix): string {
  const line = `  fix: ${shortened(text, MAX_FIX_LENGTH)}`;
  return kind === 'paste' ? line : wrap(line, WIDTH, '    ');
}

/** Lines of a quoted text; a longer one is not to be copied from a terminal anyway. */
const MAX_QUOTED_LINES = 60;
const MAX_QUOTED_LINE_LENGTH = 400;

function quoteLines({ quote }: Fix): string[] {
  if (quote === undefined) return [];
  const lines = quote.replace(/\n$/, '').split('\n');
  const shown = lines
    .slice(0, MAX_QUOTED_LINES)
    .map((line) => `    ${printable(line, MAX_QUOTED_LINE_LENGTH)}`);
  const rest = lines.length - shown.length;
  return rest > 0 ? [...shown, `    (and ${count(rest, 'more line')})`] : shown;
}

function whereabouts(finding: Finding, object: ConfigMap | undefined): string[] {
  if (finding.key === undefined || finding.at === undefined) return [];
  const text = object?.data.get(finding.key);
  if (text === undefined) return [];
  const { line, column, source, carets } = excerptAt(text, finding.at);
  const place = `  line ${line}, column ${column} of ${finding.key}`;
  if (isSecretKey(finding.key)) return [place];
  return [`${place}:`, `    ${source}`, `    ${carets}`];
}

/** A finding on one line of at most `limit` characters, for an admission warning. */
export function summarizeFinding(finding: DecidedFinding, limit: number): string {
  const before = finding.exempted ? 'would be refused: ' : finding.stored ? 'already stored: ' : '';
  const text = printable(
    `${fieldOf(finding)}: ${before}${finding.message} (${finding.rule})`,
    Infinity,
  );
  return shortened(text, limit);
}
