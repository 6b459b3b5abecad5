import { readJson } from '../../../src/engine/json/document.ts';
import { mergePatch } from '../../../src/engine/json/merge-patch.ts';
import type { JsonNode } from '../../../src/engine/json/node.ts';
import { run } from '../../support/output.ts';
import type { Pair } from './pairs.ts';

/** What the library, and Terway's own code with it, answer to a pair. */
export interface Answer {
  /** In base64. */
  readonly merged?: string;
  readonly error?: string;
  /** Why Terway's daemon does not start on it, in its words; absent where it does. */
  readonly start?: string;
}

/** A pair on which the engine and the library differ, in words. */
export type Difference = string;

/** Merges each pair with the library, in one process, and with the engine. */
export async function differencesIn(
  merger: string,
  pairs: readonly Pair[],
): Promise<{ readonly differences: Difference[]; readonly merged: number }> {
  const answers = await answersTo(merger, pairs);
  const differences: Difference[] = [];
  let merged = 0;
  for (const [index, pair] of pairs.entries()) {
    const theirs = theirsOf(answers[index]!);
    const ours = oursOf(pair);
    if (theirs !== undefined) merged += 1;
    if (ours !== theirs) {
      const words = { ...pair, ours: ours ?? 'refused', theirs: theirs ?? 'refused' };
      differences.push(JSON.stringify(words));
    }
  }
  return { differences, merged };
}

/** Has the library merge each pair, and Terway's code start on it, in one process. */
export async function answersTo(merger: string, pairs: readonly Pair[]): Promise<Answer[]> {
  const stdin = pairs.map((pair) => `${JSON.stringify(encoded(pair))}\n`).join('');
  const { code, stdout, stderr } = await run(merger, [], { stdin });
  if (code !== 0) throw new Error(`the merger ended with ${code}: ${stderr}`);
  const answers = stdout.trimEnd().split('\n');
  if (answers.length !== pairs.length) throw new Error(`${answers.length} answers`);
  return answers.map((line) => JSON.parse(line) as Answer);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = ({ base, patch }: Pair) => ({ base: base64(base), patch: base64(patch) });

function theirsOf({ merged }: Answer): string | undefined {
  if (merged === undefined) return undefined;
  const text = Buffer.from(merged, 'base64').toString();
  return canonical(readJson(text).root!, text);
}

function oursOf({ base, patch }: Pair): string | undefined {
  const [baseRoot, patchRoot] = [readJson(base).root, readJson(patch).root];
  if (!baseRoot || !patchRoot) return undefined;
  const merged = mergePatch(baseRoot, patchRoot, patch.length);
  return merged && canonical(merged, patch + base);
}

/** A value in one spelling: members in the order of their names, numbers as they are written. */
function canonical(node: JsonNode, text: string): string {
  if (node.type === 'array') return `[${node.items.map((item) => canonical(item, text)).join()}]`;
  if (node.type === 'number') return text.slice(node.offset, node.offset + node.length);
  if (node.type !== 'object') return JSON.stringify(node.value);
  const members = [...node.members].sort((a, b) =>
    a.name === b.name ? 0 : a.name < b.name ? -1 : 1,
  );
  const texts = members.map(
    ({ name, value }) => `${JSON.stringify(name)}:${canonical(value, text)}`,
  );
  return `{${texts.join()}}`;
}
