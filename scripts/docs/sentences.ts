import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Sentences by rule, as tests have written them. */
type Sentences = Readonly<Record<string, readonly string[]>>;

const FILES = ['nodes', 'code'].map(
  (name) => new URL(`../../docs/rules/sentences/${name}.yaml`, import.meta.url),
);

/** What programs said when that happened which a rule speaks of, each sentence once. */
export function sentencesOf(rule: string): readonly string[] {
  const said = FILES.flatMap((file) => {
    const sentences = parse(readFileSync(file, 'utf8')) as Sentences;
    return sentences[rule] ?? [];
  });
  return [...new Set(said)];
}
