import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { JsonProblem } from './syntax-problem.ts';

const MAX_SYNTAX_PROBLEMS = 20;

/** Errors of the tolerant parser that are looked at; most are consequences of the first ones. */
const MAX_ERRORS = 1000;

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/**
 * What is wrong with a text that is not JSON: goes on after an error, so that all slips are told
 * at once, 20 of them at most. `failedAt` is where the strict reader gave up, for texts of which
 * no more can be told.
 */
export function syntaxProblems(text: string, failedAt: number): JsonProblem[] {
  const errors: ParseError[] = [];
  if (!isTooNested(text)) parseTree(text, errors, STRICT);
  if (errors.length > MAX_ERRORS) errors.length = MAX_ERRORS;
  if (text.trim() === '') {
    return [{ kind: 'empty', message: 'the text is empty', at: { offset: 0, length: 1 } }];
  }
  const problems: JsonProblem[] = [];
  let read = 0;
  for (const error of errors) {
    if (problems.length === MAX_SYNTAX_PROBLEMS) break;
    if (problems.length > 0 && isConsequence(text, read, error.offset)) continue;
    problems.push({
      kind: 'syntax',
      ...describeSyntaxError(text, error),
      at: { offset: error.offset, length: Math.max(1, error.length) },
    });
    read = error.offset + error.length;
    // What does not even begin like JSON has no second slip worth telling, and after a string
    // that a carriage return has torn, quotes pair up wrongly to the end.
    if (text.slice(0, error.offset).trim() === '' || isTornString(text, error)) break;
  }
  if (problems.length > 0) return problems;
  return [
    { kind: 'syntax', message: 'the text is broken here', at: { offset: failedAt, length: 1 } },
  ];
}

/** Opening brackets that the tolerant parser may meet; it recurses and does not mind closing ones. */
const MAX_OPENINGS = 2000;

function isTooNested(text: string): boolean {
  let openings = 0;
  for (let offset = 0; offset < text.length && openings <= MAX_OPENINGS; offset += 1) {
    const unit = text[offset];
    if (unit === '[' || unit === '{') openings += 1;
  }
  return openings > MAX_OPENINGS;
}

/** One slip makes the parser stumble on; what follows on its line, or next to it, is no news. */
function isConsequence(text: string, read: number, offset: number): boolean {
  const between = text.slice(read, offset);
  return !between.includes('\n') || between.trim() === '';
}

/** What is wrong, and what to do about it where there is one thing to do. */
interface SyntaxHint {
  readonly message: string;
  readonly fix?: string;
}

const NO_COMMENTS = { message: 'JSON has no comments', fix: 'remove this comment' };

const SYNTAX_HINTS: Partial<Record<ReturnType<typeof printParseErrorCode>, SyntaxHint>> = {
  InvalidSymbol: { message: 'this is not a JSON value' },
  InvalidNumberFormat: { message: 'this is not a JSON number' },
  PropertyNameExpected: { message: 'a member name in double quotes is expected here' },
  ValueExpected: { message: 'a value is expected here' },
  ColonExpected: { message: 'a colon is expected here', fix: 'put a colon before this' },
  CommaExpected: { message: 'a comma is missing before this', fix: 'put a comma before this' },
  CloseBraceExpected: { message: 'a closing brace is missing here', fix: 'put } here' },
  CloseBracketExpected: { message: 'a closing bracket is missing here', fix: 'put ] here' },
  EndOfFileExpected: { message: 'the document ends before this', fix: 'remove what follows' },
  InvalidCommentToken: NO_COMMENTS,
  UnexpectedEndOfComment: NO_COMMENTS,
  UnexpectedEndOfString: {
    message: 'this string has no closing double quote',
    fix: 'close it with "',
  },
  UnexpectedEndOfNumber: { message: 'this number is incomplete' },
  InvalidUnicode: { message: 'an escape with \\u needs four hexadecimal digits' },
  InvalidEscapeCharacter: {
    message: 'this escape is none that JSON knows',
    fix: 'write a backslash as two of them',
  },
  InvalidCharacter: {
    message: 'a raw control character stands in this string',
    fix: 'remove it, or write it as an escape such as \\t or \\u001b',
  },
};

function describeSyntaxError(text: string, error: ParseError): SyntaxHint {
  const code = printParseErrorCode(error.error);
  const unit = text[error.offset] ?? '';
  const closes = unit === '}' || unit === ']';
  if (closes && text.slice(0, error.offset).trimEnd().endsWith(',')) {
    return { message: `a comma stands before this ${unit}`, fix: 'remove the comma' };
  }
  if (closes && code === 'CommaExpected') {
    const missing = unit === '}' ? ']' : '}';
    return {
      message: `${missing} is missing before this ${unit}`,
      fix: `put ${missing} before it`,
    };
  }
  if (code === 'CommaExpected' && /\d/.test(unit) && text[error.offset - 1] === '0') {
    return { message: 'a number does not begin with a zero', fix: 'remove the zero before this' };
  }
  if (isTornString(text, error) && SYNTAX_HINTS.InvalidCharacter)
    return SYNTAX_HINTS.InvalidCharacter;
  return describeUnit(unit) ?? SYNTAX_HINTS[code] ?? { message: 'this is not valid JSON' };
}

/** The scanner takes a lone carriage return for the end of a line, and so of the string. */
function isTornString(text: string, { error, offset, length }: ParseError): boolean {
  const end = offset + length;
  const isOpen = printParseErrorCode(error) === 'UnexpectedEndOfString';
  return isOpen && text[end] === '\r' && text[end + 1] !== '\n';
}

/** Slips that show in their first character. */
function describeUnit(unit: string): SyntaxHint | undefined {
  const name = `U+${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (unit === "'") return { message: 'JSON has no single quotes', fix: 'use double quotes' };
  if (/[\u2018-\u201f]/.test(unit)) {
    return { message: `this is a typographic quote (${name})`, fix: 'use plain double quotes' };
  }
  if (unit === '\ufeff') {
    return {
      message: 'a byte-order mark stands here, which Go refuses',
      fix: 'save the text as UTF-8 without a byte-order mark',
    };
  }
  if (/[^\t\n\r ]/.test(unit) && /\s/.test(unit)) {
    return {
      message: `this blank is no space but ${name}, as web pages have it`,
      fix: 'replace it by a space',
    };
  }
  return undefined;
}
