// Starts a lab and a shell in its network with kubectl and helm, or the command given; `npm run lab`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';

import { enterLab } from './enter.ts';
import { startLab } from './lab.ts';

await enterLab();
process.stderr.write('lab: starting\n');
const lab = await startLab();
const { kubectl, helm } = lab.plane.binaries;
const PATH = [dirname(kubectl), dirname(helm), process.env.PATH].join(delimiter);
process.stderr.write(`lab: ready; what it writes is in ${lab.plane.dir}\n`);
const [command = process.env.SHELL ?? '/bin/sh', ...args] = process.argv.slice(2);
const env = { ...process.env, PATH, KUBECONFIG: lab.plane.kubeconfig };
const shell = spawn(command, args, { stdio: 'inherit', env });
const [code] = (await once(shell, 'exit')) as [number | null];
await lab.stop();
process.exitCode = code ?? 1;
