import { readStrictly } from '../../src/engine/json/reader.ts';

import { runInSandbox } from './sandbox/run.ts';

/** What the sandbox needs to let terway-cli merge chains. */
export interface MergeInput {
  readonly terwayCli: string;
  /** The keys of eni-config other than the chain, as files. */
  readonly data: Readonly<Record<string, string>>;
  readonly chains: readonly string[];
}

/** The conflist that terway-cli wrote, or what it said when it refused. */
export interface MergeOutput {
  readonly list?: string;
  readonly refusal?: string;
}

/** An entry as Terway leaves it to the container runtime, or why Terway refused it. */
export type Merged =
  { readonly entry: string; readonly refusal?: undefined } | { readonly refusal: string };

/**
 * Sends each entry (JSON text), as the second of a chain that begins with `first`, through the
 * real `terway-cli cni`. Entries do not influence each other, so many share one chain; when Terway
 * refuses that, it is halved until the guilty entry stands alone.
 */
export async function mergeByTerway(
  terwayCli: string,
  data: MergeInput['data'],
  first: string,
  entries: readonly string[],
): Promise<Merged[]> {
  const merged = new Array<Merged>(entries.length);
  let pending = [entries.map((_, index) => index)];
  while (pending.length > 0) {
    const chains = pending.map((group) =>
      chainOf(
        first,
        group.map((index) => entries[index]!),
      ),
    );
    const outputs = await runInSandbox<MergeOutput[]>('merge-job.ts', {
      terwayCli,
      data,
      chains,
    } satisfies MergeInput);
    const refused: number[][] = [];
    for (const [position, group] of pending.entries()) {
      const { list, refusal = '' } = outputs[position]!;
      if (list !== undefined) {
        for (const [place, text] of entriesIn(list).entries())
          merged[group[place]!] = { entry: text };
      } else if (group.length === 1) {
        merged[group[0]!] = { refusal };
      } else {
        const middle = Math.ceil(group.length / 2);
        refused.push(group.slice(0, middle), group.slice(middle));
      }
    }
    pending = refused;
  }
  return merged;
}

/** A conflist as text: the entries keep their spelling, duplicates and escapes. */
export function chainOf(first: string, entries: readonly string[]): string {
  return `{"plugins": [${[first, ...entries].join(',\n')}]}\n`;
}

/** The texts of a merged list's entries after the first; there are more of them than the guard would read. */
export function entriesIn(list: string): string[] {
  const reading = readStrictly(list, Infinity);
  if ('failedAt' in reading || reading.root.type !== 'object') return [];
  const { root } = reading;
  const plugins = root.members.find(({ name }) => name === 'plugins')?.value;
  return (plugins?.type === 'array' ? plugins.items : [])
    .slice(1)
    .map(({ offset, length }) => list.slice(offset, offset + length));
}
