import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

import { printable } from '../../src/engine/text/text.ts';

/** What programs said when what rules speak of happened, by rule, in the order of the showings. */
export type Sentences = Readonly<Record<string, readonly string[]>>;

/** On nodes of the lab, and by own code of programs that the lab has stand-ins for. */
export type SentenceSource = 'nodes' | 'code';

/** The runs that write the sentences. */
const WRITERS: Readonly<Record<SentenceSource, string>> = {
  nodes: 'npm run test:proofs',
  code: 'npm run test:plugins',
};

/** A sentence may repeat a text of the configuration. */
const MAX_LENGTH = 600;

const fileOf = (source: SentenceSource) =>
  new URL(`../../docs/rules/sentences/${source}.yaml`, import.meta.url);

/** The sentences that are kept. */
export function readSentences(source: SentenceSource): Sentences {
  return parse(readFileSync(fileOf(source), 'utf8')) as Sentences;
}

/** Keeps those of some rules in the place of their former ones; the file has the order of `rules`. */
export function keepSentences(
  source: SentenceSource,
  sentences: Sentences,
  rules: readonly string[],
): void {
  const all = { ...readSentences(source), ...sentences };
  const ordered = Object.fromEntries(
    rules.flatMap((rule) => (all[rule] === undefined ? [] : [[rule, all[rule]]])),
  );
  const head = `# Written by \`UPDATE_GOLDEN=1 ${WRITERS[source]}\`; edits here are lost.\n`;
  writeFileSync(fileOf(source), head + stringify(ordered, { lineWidth: 0 }));
}

/** Without what differs from run to run: names of sandboxes, pods and folders of a test, their addresses, times. */
export function steadySentence(said: string): string {
  const steady = said
    .trim()
    .replace(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g, 'ID')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/\/run\/netns\/cni-UID/g, '/run/netns/NAME')
    .replace(/\bveth[0-9a-f]{8}\b/g, 'vethNAME')
    .replace(/\.\/plugins\d+\b/g, '/opt/cni/bin')
    .replace(/\b10\.1\.\d+\.\d+\b/g, '10.1.1.7')
    .replace(/\b(CNI-(?:DN|SN|HOSTPORT[A-Z-]*?)-?)[0-9a-f]{16,}/g, '$1ID')
    .replace(/\s+/g, ' ');
  return printable(steady, MAX_LENGTH);
}
