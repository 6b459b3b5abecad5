import { type TextEdit, applyEdits } from '../edit.ts';
import { type JsonProblem, TOO_MANY_VALUES } from '../syntax-problem.ts';
import { itemInBrackets, missingComma, unclosedBracket, wrongBracket } from './bracket-problems.ts';
import type { YamlFailure } from './failure.ts';
import { type Line, lineAround, nextLine, previousLine } from './lines.ts';
import type { Said } from './said.ts';

/** Says what is wrong with a text that is no YAML, in the words people search for. */

/** Whether a text can be read. */
export type Reads = (text: string) => boolean;

/** A failure as a problem of the document; `reads` tries what would mend it. */
export function problemOf(text: string, failure: YamlFailure, reads: Reads): JsonProblem {
  const { kind = 'syntax', edits, at = failure.at, ...words } = explain(text, failure);
  const isMended = edits !== undefined && reads(applyEdits(text, edits));
  return { kind, ...words, at, ...(isMended ? { edits } : {}) };
}

function explain(text: string, failure: YamlFailure): Said {
  const { at } = failure;
  const { offset } = at;
  const line = lineAround(text, offset);
  switch (failure.kind) {
    case 'control-character':
      return {
        message: 'a control character, which YAML does not take',
        fix: 'remove it; in double quotes it is written as \\x and two digits',
      };
    case 'tab':
      return {
        message: 'a tab where YAML takes spaces: tabs are no indentation',
        fix: 'write spaces instead of tabs at the beginning of lines',
        edits: tabsAsSpaces(text),
      };
    case 'value-place':
      return secondColon(text, failure);
    case 'missing-colon':
      return missingColon(text, failure);
    case 'key-place':
      return { message: 'a "?" that begins no name', fix: 'put the text into quotes' };
    case 'item-place':
      return {
        message: 'a "-" behind other text on its line: an element of a list begins a line',
        fix: 'put the "-" on a line of its own, or the text into quotes',
      };
    case 'indentation':
      return indentation(text, failure);
    case 'rest':
      return rest(text, failure);
    case 'odd-start':
      return oddStart(text, offset, line);
    case 'unclosed-quote':
      return {
        message: 'unterminated string: the quote that opens here is not closed',
        fix: `close the text with ${text.charAt(offset)}`,
        edits: [{ offset: line.end, length: 0, text: text.charAt(offset) }],
      };
    case 'escape':
      return {
        message:
          'invalid escape: a backslash in double quotes stands before \\ " n t or u and digits',
        fix: 'write \\\\ for a backslash, or use single quotes',
        edits: [{ offset, length: 0, text: '\\' }],
      };
    case 'block-header':
      return {
        message: 'text behind | or > on the same line',
        fix: 'begin the text on the next line, deeper, or put it into quotes',
      };
    case 'anchor':
      return {
        message: '* and & begin an alias or an anchor of YAML',
        fix: 'put the text into quotes',
        edits: quotedToEnd(text, offset, line.end),
      };
    case 'unknown-anchor':
      return {
        message: 'an alias of YAML (*name) whose anchor (&name) does not stand before it',
        fix: 'put the text into quotes, or write the value itself',
        edits: quotedToEnd(text, offset, line.end),
      };
    case 'endless-alias':
      return {
        message: 'an alias of YAML that stands inside its own anchor, without an end',
        fix: 'write the value itself',
      };
    case 'tag':
      return {
        message: 'a tag of YAML (!) that does not fit what stands behind it',
        fix: 'remove the tag, or put the text into quotes',
      };
    case 'binary':
      return {
        message: 'binary data (!!binary), which JSON has not',
        fix: 'write the text itself',
      };
    case 'directive':
      return {
        message:
          'a line that begins with % is a directive of YAML; only %YAML 1.1 and %TAG before --- are read',
        fix: 'remove the line',
        edits: [{ offset: line.start, length: nextLine(text, line.end) - line.start, text: '' }],
      };
    case 'unclosed-bracket':
      return unclosedBracket(text, offset);
    case 'wrong-bracket':
      return wrongBracket(text, failure);
    case 'missing-comma':
      return missingComma(text, failure);
    case 'item-in-brackets':
      return itemInBrackets(text, failure);
    case 'merge':
      return {
        message: '"<<" takes in the members of an object, and this is not one',
        fix: 'write the members themselves, or put "<<" into quotes',
      };
    case 'name':
      return {
        message: text.startsWith('{{', offset - 1)
          ? 'a placeholder of a template: { begins an object in YAML'
          : 'a name that is no text: null, a list or an object',
        fix: 'put the text into quotes',
      };
    case 'depth':
      return { kind: 'depth', message: 'nested more than 256 levels deep' };
    case 'size':
      return {
        kind: 'size',
        message: 'aliases of YAML make a chain of more than 2000 values of this text',
        fix: 'write the values themselves',
      };
    case 'values':
      return { kind: 'size', message: TOO_MANY_VALUES };
    case 'unexpected':
      return unexpected(text, failure);
  }
}

function tabsAsSpaces(text: string): readonly TextEdit[] {
  return [...text.matchAll(/^[ -]*\t[ \t]*/gm)].map(({ 0: blanks, index }) => ({
    offset: index,
    length: blanks.length,
    text: blanks.replaceAll('\t', '  '),
  }));
}

/** The rest of a line in double quotes, a comment aside. */
function quotedToEnd(text: string, start: number, end: number): readonly TextEdit[] {
  const comment = text.slice(start, end).search(/[ \t]#/);
  const value = text.slice(start, comment === -1 ? end : start + comment).trimEnd();
  return [{ offset: start, length: value.length, text: JSON.stringify(value) }];
}

/** A name, a colon and a value without the blank between: `type:portmap`. */
const TIGHT_COLON = /^["']?[A-Za-z_][\w./-]*["']?:(?=[^\s:/])/;

/** A colon with a blank after it, where no name can end. */
function secondColon(text: string, { at, from, columns }: YamlFailure): Said {
  const line = lineAround(text, at.offset);
  const scalar = from ? text.slice(from.offset, from.offset + from.length) : '';
  const tight = TIGHT_COLON.exec(scalar);
  if (from && tight) return spaceAfterColon(from.offset + tight[0].length);
  // The line was taken for more of the text before it.
  if (from && from.offset < line.start) {
    const begun = lineAround(text, from.offset);
    if (TIGHT_DASH.test(text.slice(begun.first, begun.end))) return dashWithoutSpace(begun);
    if (WORDS_WITHOUT_COLON.test(text.slice(from.offset, begun.end))) {
      return noColon(text, from.offset, begun.end);
    }
    const torn = [begun, line].find(({ start, first }) => first === start + 1);
    if (torn) return missingDash(torn);
    return columnsOf(
      text,
      line,
      columns,
      'this line begins deeper than the one before it, so it goes on with its text',
    );
  }
  return {
    message: 'a second ": " on one line: only a text in quotes may hold it',
    fix: 'put the value into quotes, or the second name on a line of its own',
    edits: from ? quotedToEnd(text, from.offset, line.end) : [],
  };
}

function spaceAfterColon(offset: number): Said {
  return {
    at: { offset: offset - 1, length: 1 },
    message: 'a colon without a space behind it does not end a name',
    fix: 'put a space behind the colon',
    edits: [{ offset, length: 0, text: ' ' }],
  };
}

/** A text where a name has to be, and no colon comes. */
function missingColon(text: string, { at, columns }: YamlFailure): Said {
  const tight = TIGHT_COLON.exec(text.slice(at.offset, at.offset + at.length));
  if (tight) return spaceAfterColon(at.offset + tight[0].length);
  const line = lineAround(text, at.offset);
  const equals = /^[\w./-]+([ \t]*=[ \t]*)/.exec(text.slice(at.offset, line.end));
  if (equals) {
    const [whole, { length } = ''] = equals;
    const offset = at.offset + whole.length - length;
    return {
      at: { offset: text.indexOf('=', offset), length: 1 },
      message: 'an equals sign instead of a colon',
      fix: 'write ": " instead of "="',
      edits: [{ offset, length, text: ': ' }],
    };
  }
  if (columns.length > 1 && TIGHT_DASH.test(text.slice(line.first))) return dashWithoutSpace(line);
  return noColon(text, at.offset, line.end);
}

/** An element's dash or bullet, and its text right behind it. */
const TIGHT_DASH = /^[-*+\u2022][^\s-]/;

/**
 * A name and a value of one word, with a blank between them, or the colon on its wrong side. Blanks may
 * be taken in one way only: in two, a long line of them takes the square of its length.
 */
const WORDS_WITHOUT_COLON =
  /^[A-Za-z_][\w./-]*([ \t]+(?::[ \t]*)?)(?:[\w./-]+|"[^"]*"|'[^']*')[ \t]*$/;

function noColon(text: string, start: number, end: number): Said {
  const message = 'a line without a colon: a name and ": " have to stand before a value';
  const line = text.slice(start, end);
  const blanks = WORDS_WITHOUT_COLON.exec(line)?.[1];
  if (blanks === undefined) {
    return { message, fix: 'put a name and ": " before it, or ": " and a value behind it' };
  }
  return {
    at: { offset: start, length: line.length },
    message,
    fix: 'put ": " between the name and its value',
    edits: [{ offset: start + line.indexOf(blanks), length: blanks.length, text: ': ' }],
  };
}

function dashWithoutSpace({ first }: Line): Said {
  return {
    at: { offset: first, length: 1 },
    message: 'a "-" without a space behind it begins no element',
    fix: 'put a space behind the "-"',
    edits: [{ offset: first, length: 1, text: '- ' }],
  };
}

/** A line that begins with one blank, which stands behind a dash elsewhere. */
const missingDash = ({ start, first }: Line): Said => ({
  at: { offset: first, length: 1 },
  message: 'an element of the list without its "-"',
  fix: 'put "-" at the beginning of this line',
  edits: [{ offset: start, length: 0, text: '-' }],
});

/** A line that begins in a column where nothing is open, or text behind a value. */
function indentation(text: string, { at, columns }: YamlFailure): Said {
  const line = lineAround(text, at.offset);
  if (at.offset > line.first && !/^[ \t-]*$/.test(text.slice(line.first, at.offset))) {
    return {
      message: 'text behind a value that has ended',
      fix: 'remove it, or put the whole value into quotes',
    };
  }
  return columnsOf(
    text,
    line,
    columns,
    'the indentation of this line fits none of the lines before it',
  );
}

/** What stands behind the value that the whole text is. */
function rest(text: string, failure: YamlFailure): Said {
  const { offset } = failure.at;
  const line = lineAround(text, offset);
  if (line.first !== offset) return unexpected(text, failure);
  return columnsOf(
    text,
    line,
    [0],
    'this line begins before the first one, so the list has ended and nothing more is read',
  );
}

/** A line that is to begin in another column: the first with which the text can be read. */
function columnsOf(text: string, line: Line, columns: readonly number[], message: string): Said {
  const above = previousLine(text, line.start);
  const begins = /^[ ]*(?:- +)*/.exec(above)?.[0].length ?? 0;
  const isElement = text.startsWith('- ', line.first);
  const column = isElement ? (/^[ ]*(?=-)/.exec(above)?.[0].length ?? columns[0] ?? 0) : begins;
  return {
    at: { offset: line.first, length: 1 },
    message,
    fix: `begin it in column ${column + 1}, as the member before it, or below a name that it belongs to`,
    edits: [{ offset: line.start, length: line.first - line.start, text: ' '.repeat(column) }],
  };
}

function oddStart(text: string, offset: number, line: Line): Said {
  const character = text.charAt(offset);
  if (text.startsWith('```', offset)) {
    const fences = [...text.matchAll(/^[ \t]*```.*\n?/gm)];
    return {
      message: 'a code fence (```) of Markdown',
      fix: 'remove the lines with ```',
      edits: fences.map(({ 0: fence, index }) => ({
        offset: index,
        length: fence.length,
        text: '',
      })),
    };
  }
  return {
    message: `a text without quotes can't begin with ${character}`,
    fix: 'put the text into quotes',
    edits: quotedToEnd(text, offset, line.end),
  };
}

function unexpected(text: string, { at }: YamlFailure): Said {
  const character = text.charAt(at.offset);
  if (']}'.includes(character) && character !== '') {
    return {
      message: `a ${character} that closes nothing`,
      fix: 'remove it, or open it before',
      edits: [{ offset: at.offset, length: 1, text: '' }],
    };
  }
  if (character === ',') {
    return {
      message: 'a comma with nothing before it',
      fix: 'remove it',
      edits: [{ offset: at.offset, length: 1, text: '' }],
    };
  }
  return {
    message: 'text behind a value that has ended',
    fix: 'remove it, or put the whole value into quotes',
  };
}
