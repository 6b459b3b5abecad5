import { RULES } from '../engine/rules/index.ts';
import { printable } from '../engine/text/text.ts';
import type { Symptom } from './symptom.ts';
import { SYMPTOMS } from './symptoms.ts';

/** What a sentence comes to. */
export interface Diagnosis {
  /** Of the symptom, or `rule:ID`. */
  readonly id: string;
  readonly wrong: string;
  readonly remedy: readonly string[];
}

/** A sentence may be a whole screen of output; what is longer is cut. */
const MAX_SENTENCE_LENGTH = 100_000;
const MAX_DIAGNOSES = 4;
/** What stands in URLs of the guard and tells nothing secret. */
const KNOWN_PATHS = ['/validate', '/mutate', '/restart-gate', '/readyz', '/livez', ''];

/** What is wrong and what to do, the most particular first; empty when nothing in it is known. */
export function diagnose(sentence: string): readonly Diagnosis[] {
  const text = sentence.slice(0, MAX_SENTENCE_LENGTH);
  const found = SYMPTOMS.filter(({ has }) => has.every((part) => part.test(text)));
  // A general symptom says less than one that has the same part and more.
  const [first] = found;
  const isGeneral = new Set(['webhook-failed', 'no-api-server', 'deadline', 'plugin-failed']);
  const told = found.filter((symptom) => symptom === first || !isGeneral.has(symptom.id));
  return [...rulesIn(text), ...told.map(diagnosisOf)].slice(0, MAX_DIAGNOSES);
}

function diagnosisOf({ id, wrong, remedy, rules = [] }: Symptom): Diagnosis {
  const refused = `rules that refuse what leads to it: ${rules.join(', ')}; eni-config-guard explain RULE`;
  return { id, wrong, remedy: rules.length === 0 ? remedy : [...remedy, refused] };
}

/** Rules that the text names, as `eni-config-guard/ID`. */
function rulesIn(text: string): Diagnosis[] {
  const named = new Set(
    [...text.matchAll(/eni-config-guard\/([a-z][a-z0-9-]*)/g)].map(([, id]) => id),
  );
  return RULES.filter(({ info }) => named.has(info.id)).map(({ info }) => ({
    id: `rule:${info.id}`,
    wrong: `${info.title}. ${info.why}`,
    remedy: [info.fix.text, `its page: eni-config-guard explain ${info.id}`],
  }));
}

/**
 * The sentence on one line, safe to show and to paste into a ticket: of URLs the user, the path and the
 * query are masked, as they may hold a token; the guard's own paths stay.
 */
export function masked(sentence: string, limit = 400): string {
  const text = sentence
    .slice(0, MAX_SENTENCE_LENGTH)
    .replace(
      /\b(https?:\/\/)(?:[^\s/"'@]*@)?([^\s/"'?#]+)([^\s"'?#]*)([?#][^\s"']*)?/gi,
      (_, scheme: string, host: string, path: string, query = '') => {
        const isKnown = KNOWN_PATHS.includes(path);
        const isTimeout = /^\?timeout=\d+m?s$/.test(query as string);
        return `${scheme}${host}${isKnown ? path : '/***'}${query === '' || isTimeout ? (query as string) : '?***'}`;
      },
    );
  return printable(text.replace(/\s+/g, ' ').trim(), limit);
}
