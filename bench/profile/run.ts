/** Bundles the profile and its servers, and runs it. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { bundled } from '../bundle.ts';

const [program, step] = await Promise.all([bundled('profile/main.ts'), bundled('profile/step.ts')]);
const args = [program, step, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
