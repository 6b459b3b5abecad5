import { type ConfigMap, isSecretKey } from '../core/eni-config.ts';
import type { DecidedFinding, Finding } from '../core/finding.ts';
import type { Fix } from '../core/fix.ts';
import { masked } from '../json/credentials.ts';
import { LineIndex, excerptAt } from '../json/position.ts';
import { pathText } from '../reading/shown-path.ts';
import { linesOf } from './lines.ts';
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
  const path = pathText(finding.key, finding.path ?? []);
  const place = `data[${printable(finding.key)}]`;
  if (path === '') return place;
  return printable(path.startsWith('[') ? `${place}${path}` : `${place}.${path}`, 400);
}

/**
 * A finding as lines that stand alone: what is wrong, where (with the source line and carets), how
 * to mend it, where to read on, the rule. Continuation lines are indented by two spaces, so that they line up under
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
  lines.push(
    `  see: eni-config-guard explain ${finding.rule}`,
    `  rule: eni-config-guard/${finding.rule}`,
  );
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
/** A little more than is shown, so that a line is still marked as cut. */
const MAX_READ_LENGTH = 2 * MAX_QUOTED_LINE_LENGTH;

function quoteLines({ quote }: Fix): string[] {
  if (quote === undefined) return [];
  const end = quote.endsWith('\n') ? quote.length - 1 : quote.length;
  const lines = new LineIndex(quote).lineAt(end);
  const first = quote
    .slice(0, end)
    .split('\n', MAX_QUOTED_LINES)
    .map((line) => line.slice(0, MAX_READ_LENGTH));
  const shown = masked(first.join('\n'))
    .split('\n')
    .map((line) => `    ${printable(line, MAX_QUOTED_LINE_LENGTH)}`);
  const rest = lines - shown.length;
  return rest > 0 ? [...shown, `    (and ${count(rest, 'more line')})`] : shown;
}

function whereabouts(finding: Finding, object: ConfigMap | undefined): string[] {
  if (finding.key === undefined || finding.at === undefined) return [];
  const text = object?.data.get(finding.key);
  if (!object || text === undefined) return [];
  const position = linesOf(object, finding.key)?.positionAt(finding.at.offset);
  const { line, column, source, carets } = excerptAt(text, finding.at, position);
  const place = `  line ${line}, column ${column} of ${finding.key}`;
  if (isSecretKey(finding.key)) return [place];
  return [`${place}:`, `    ${source}`, `    ${carets}`];
}

/** Characters that a warning keeps for its remedy where its message is long. */
const SHORT_REMEDY = 90;

/**
 * A finding on one line of at most `limit` characters, for an admission warning: its place, whether
 * it would refuse the write, what is wrong and what to do. `object` is the one that was judged.
 */
export function summarizeFinding(
  finding: DecidedFinding,
  object: ConfigMap | undefined,
  limit: number,
): string {
  const isLetThrough = finding.severity === 'warn' && finding.enforced === 'deny';
  const before = isLetThrough ? 'would be refused: ' : finding.stored ? 'already stored: ' : '';
  const lead = printable(`${before}${fieldOf(finding)}: ${lineOf(finding, object)}`, Infinity);
  const end = ` (${finding.rule})`;
  // A remark about an accepted write says itself what comes next.
  const wanted = finding.advisory ? '' : printable(`; fix: ${finding.fix.text}`, Infinity);
  const message = printable(finding.message, Infinity);
  const room = limit - lead.length - end.length;
  const remedy = shortened(wanted, Math.max(room - message.length, SHORT_REMEDY));
  const said = shortened(message, Math.max(room - remedy.length, 0));
  return shortened(`${lead}${said}${remedy}${end}`, limit);
}

/** `line 12: `; nothing where no place in a text is known. */
function lineOf({ key, at }: Finding, object: ConfigMap | undefined): string {
  const lines = key === undefined ? undefined : object && linesOf(object, key);
  return lines === undefined || at === undefined ? '' : `line ${lines.lineAt(at.offset)}: `;
}
