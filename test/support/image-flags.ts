import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './program.ts';

const dockerfile = readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8');
const entrypoint = /^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]';

/**
 * Arguments of Node.js with which the image starts the guard: far less room for young objects (4 MiB) than V8 takes
 * on a large machine, which limits nothing that a large review may need. With 2 what eight reviews under way need
 * grows old at once, and waits for the rarer collections: they take more memory and a fifth more CPU than with 4.
 * More than 4 gains nothing. That room is no larger while old objects are marked, and one thread helps to collect
 * and to compile: with one for each core they wait for each other. `serve` itself has V8 leave little garbage.
 */
export const IMAGE_FLAGS = (JSON.parse(entrypoint) as string[]).filter((word) =>
  word.startsWith('--'),
);
