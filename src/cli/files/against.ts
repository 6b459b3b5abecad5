import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { printable } from '../../engine/text/text.ts';
import type { ManifestObject } from '../../manifests/read.ts';
import { UsageError } from '../usage-error.ts';
import { findObjects } from './operands.ts';
import { objectsIn } from './objects.ts';
import { STDIN, readCommit } from './source.ts';

/** Gives the object that one in a file is compared with; undefined: there was none. */
export type FindOld = (object: ManifestObject) => Promise<ConfigMap | undefined>;

const GIT = 'git:';

/** Reads `--against`: a file or folder with one eni-config, or `git:REV` for the same path there. */
export async function oldObjects(against: string): Promise<FindOld> {
  if (against.startsWith(GIT)) {
    const read = readCommit(against.slice(GIT.length));
    return async ({ file }) => {
      if (file.name === 'stdin') {
        throw new UsageError('--against git:REV needs a file; standard input has no path');
      }
      return single(against, (await objectsIn(file.name, read)) ?? []);
    };
  }
  const { objects } = await findObjects([against]);
  const old = single(against, objects);
  if (old) return () => Promise.resolve(old);
  throw new UsageError(`--against ${printable(against, 400)}: no eni-config in it`);
}

function single(against: string, objects: readonly ManifestObject[]): ConfigMap | undefined {
  if (objects.length < 2) return objects[0]?.configMap;
  const where = against === STDIN ? 'standard input' : printable(against, 400);
  throw new UsageError(
    `--against ${where}: ${objects.length} eni-configs in it, one can be compared`,
  );
}
