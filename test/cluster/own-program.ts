import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ControlPlane } from './controlplane/control-plane.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Puts the built program where {@link PATH_WITH_PROGRAM} finds it by its name. */
export async function installProgram({ dir }: ControlPlane): Promise<void> {
  const file = join(dir, 'eni-config-guard');
  await writeFile(file, `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`);
  await chmod(file, 0o755);
}

/** For `env` of a command that people type. */
export const PATH_WITH_PROGRAM = ({ dir, binaries }: ControlPlane): string =>
  [dir, join(binaries.kubectl, '..'), process.env.PATH ?? ''].join(':');
