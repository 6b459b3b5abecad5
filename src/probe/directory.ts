import type { Stats } from 'node:fs';
import { lstat, opendir, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** A file of the CNI directory that the runtime could execute for a chain's `type`. */
export interface Candidate {
  readonly name: string;
  /** Why it can't be asked, though it may well run on the node. */
  readonly problem?: string;
}

export interface Listing {
  readonly candidates: readonly Candidate[];
  /** Entries beyond MAX_ENTRIES, not looked at. */
  readonly leftOut: number;
}

/** A CNI directory holds some thirty files; a list of this length is something else. */
const MAX_ENTRIES = 10_000;
const MAX_LINKS = 8;

/**
 * The executables in `directory`, an absolute path, in no order. Directories, sockets, FIFOs,
 * hidden and non-executable files (the released archive brings LICENSE and README.md) do not count,
 * nor do links to files that do not exist. Rejects when the directory can't be read.
 */
export async function listExecutables(directory: string): Promise<Listing> {
  const names: string[] = [];
  let leftOut = 0;
  for await (const { name } of await opendir(directory)) {
    if (name.startsWith('.')) continue;
    if (names.length < MAX_ENTRIES) names.push(name);
    else leftOut += 1;
  }
  const candidates: Candidate[] = [];
  for (const name of names) {
    const candidate = await examine(directory, name);
    if (candidate) candidates.push(candidate);
  }
  return { candidates, leftOut };
}

/**
 * Links are followed within the directory only, where one program goes by many names. Any other
 * leads to a file of the node that the probe can't see, or worse, to one of its own container: it
 * counts as present, because on the node it may be.
 */
async function examine(directory: string, name: string): Promise<Candidate | undefined> {
  let path = join(directory, name);
  for (let links = 0; links < MAX_LINKS; links += 1) {
    try {
      const stats = await lstat(path);
      if (!stats.isSymbolicLink()) return isExecutable(stats) ? { name } : undefined;
      path = resolve(directory, await readlink(path));
    } catch {
      return undefined; // Removed in the meantime, or a link to a file that does not exist.
    }
    if (dirname(path) !== directory) return { name, problem: 'a link out of the directory' };
  }
  return undefined;
}

const isExecutable = (stats: Stats) => stats.isFile() && (stats.mode & 0o111) !== 0;
