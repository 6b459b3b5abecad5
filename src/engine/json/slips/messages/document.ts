import { type Slip, range, removing } from '../slip.ts';
import { type Span, behind, rangeOf } from '../span.ts';

/** The words and edits for what stands around a document, or in place of one. */

/** What programming languages put before an object. */
const ASSIGNMENT =
  /^(?:export\s+default|(?:export\s+)?(?:const|let|var)\s+[\w$]+\s*=|[\w.$]+\s*=)\s*$/;

export function leadingText(text: string, start: number, bracket: number): Slip {
  const words = text.slice(start, bracket);
  const isCode = words.length < 200 && ASSIGNMENT.test(words);
  return {
    kind: 'leading-text',
    message: 'text before the JSON: it has to begin with { or [',
    fix: (place) => `remove what stands before the bracket of ${place(bracket)}`,
    at: range(start, bracket),
    ...(isCode ? { edits: [removing(start, bracket)] } : {}),
  };
}

/** A text of comments, tags and the like. */
export const nothingRead = (end: number): Slip => ({
  kind: 'empty',
  message: 'the text holds no JSON',
  fix: 'put a JSON document here',
  at: behind(end),
});

export const notJson = (start: number, end: number): Slip => ({
  kind: 'not-json',
  message: 'unexpected token: no JSON at all, as neither { nor [ begins it',
  fix: 'put a JSON document here, from its { to its }',
  at: range(start, end),
});

export const trailingText = (span: Span, end: number): Slip => ({
  kind: 'trailing-text',
  message: (place) => `text behind the end of the JSON, which is in ${place(end)}`,
  fix: 'remove what follows the end, or move it into the document',
  at: rangeOf(span),
});

export const severalDocuments = (at: number, end: number): Slip => ({
  kind: 'several-documents',
  message: (place) =>
    `several JSON documents, one after another (as in JSON Lines): the first one ends in ${place(end)}`,
  fix: 'keep one document; or make one of them, with the members of all in one object, or all in one list with commas between',
  at: range(at, at + 1),
});
