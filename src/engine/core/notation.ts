import { isDocumentKey } from './eni-config.ts';
import type { Problem } from './finding.ts';
import type { YamlNotes } from '../json/document.ts';
import type { ReviewContext } from './rule.ts';
import { yamlFragment } from '../json/yaml/fragment.ts';
import { plainValue } from '../json/yaml/plain.ts';

/**
 * A problem in a YAML text says what to paste in YAML. Where a stretch of the text stands for several
 * values, changing it is left to a person: another value would change with it.
 */
export function inNotation(problem: Problem, context: ReviewContext): Problem {
  const { key } = problem;
  const document = isDocumentKey(key) ? context.document(key) : undefined;
  return document?.yaml ? written(problem, document.text, document.yaml) : problem;
}

function written(problem: Problem, text: string, { isShared }: YamlNotes): Problem {
  const { fix, at, message } = problem;
  const surprise = at && surpriseAt(text.slice(at.offset, at.offset + at.length));
  const told =
    surprise === undefined ? problem : { ...problem, message: `${message}; ${surprise}` };
  if (!fix) return told;
  const { edits, ...words } = fix;
  return {
    ...told,
    fix: {
      ...words,
      text: fix.kind === 'paste' ? yamlFragment(fix.text) : fix.text,
      // Edits are made for JSON's layout, which YAML's blocks may not take.
      ...(edits && !isShared ? { edits, isTentative: true } : {}),
    },
  };
}

const MAX_WORD = 20;

/** What YAML 1.1 makes of a word without quotes, where people expect another thing. */
function surpriseAt(word: string): string | undefined {
  if (word.length > MAX_WORD) return undefined;
  const value = plainValue(word);
  if (typeof value !== 'boolean' && !Number.isFinite(value)) return undefined;
  const isExpected = String(value) === word.toLowerCase() || /^[-+]?[\d.]+$/.test(word);
  if (isExpected && !/^[-+]?0\d/.test(word)) return undefined;
  return `${word} without quotes is ${String(value)} in YAML 1.1`;
}
