import { createScanner } from 'jsonc-parser';
import { readUid } from './request.ts';

// Token kinds of jsonc-parser; its SyntaxKind is a const enum, which isolated modules can't read.
const OPEN_BRACE = 1;
const CLOSE_BRACE = 2;
const OPEN_BRACKET = 3;
const CLOSE_BRACKET = 4;
const COLON = 6;
const STRING = 10;
const END = 17;

/** Tokens looked at: the API server writes the uid near the beginning. */
const MAX_TOKENS = 10_000;

/**
 * `request.uid` of a body that is not valid JSON as a whole (cut off, trailing bytes, a byte-order
 * mark), so that even then the answer can be addressed. Works on tokens without recursion;
 * undefined when the uid does not stand in the readable part.
 */
export function salvageUid(text: string): string | undefined {
  const scanner = createScanner(text.replace(/^\ufeff/, ''), true);
  const path: string[] = [];
  let name = '';
  for (let count = 0; count < MAX_TOKENS; count += 1) {
    const token = scanner.scan() as number;
    // A truncated uid would not match any request.
    if (token === END || (scanner.getTokenError() as number) !== 0) return undefined;
    if (token === OPEN_BRACE || token === OPEN_BRACKET) {
      path.push(name);
      name = '';
    } else if (token === CLOSE_BRACE || token === CLOSE_BRACKET) {
      path.pop();
    } else if (token === STRING) {
      if (name === 'uid' && path.length === 2 && path[1] === 'request') {
        return readUid(scanner.getTokenValue());
      }
      name = scanner.getTokenValue();
    } else if (token !== COLON) {
      name = '';
    }
  }
  return undefined;
}
