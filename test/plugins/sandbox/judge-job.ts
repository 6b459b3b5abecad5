// A job for the sandbox: has Terway's own code judge documents, all in one process.
import { mkdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { run } from '../../support/output.ts';
import type { JudgeInput } from '../terway-judge.ts';

const { judge, task, documents } = JSON.parse(await text(process.stdin)) as JudgeInput;
await mkdir('/etc/cni/net.d', { recursive: true });
// Terway mounts the file system for eBPF maps where nothing is mounted yet.
await run('mount', ['-t', 'tmpfs', 'sandbox', '/sys/fs/bpf']);

const stdin = documents.map((document) => `${JSON.stringify(document)}\n`).join('');
const { code, stdout, stderr } = await run(judge, [task], { stdin });
if (code !== 0) throw new Error(`the judge ended with ${code}: ${stderr.trim()}`);
process.stdout.write(`[${stdout.trim().split('\n').join(',')}]`);
