// A job for the sandbox: has plugins' own code answer configurations, one process a plugin.
import { mkdir, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { run } from '../../support/output.ts';
import type { PluginHearing } from '../plugin-judge.ts';
import { CONTAINER_ID, type PluginAnswer } from '../run-plugin.ts';
import { POD_ADDRESS } from './pod.ts';

const STAND_INS = '/run/stand-ins';

/** Plugins ask which iptables they have; to all else the answer is a status without a word. */
const standIn = (status: number) =>
  `#!/bin/sh\n[ "$1" = --version ] || exit ${status}\necho "iptables v1.8.9 (nf_tables)"\n`;

const hearings = JSON.parse(await text(process.stdin)) as PluginHearing[];
for (const [filter, status] of [
  ['succeeds', 0],
  ['fails', 4],
] as const) {
  await mkdir(`${STAND_INS}/${filter}`, { recursive: true });
  for (const name of ['iptables', 'ip6tables', 'nft']) {
    await writeFile(`${STAND_INS}/${filter}/${name}`, standIn(status), { mode: 0o755 });
  }
}
// The node's own interface, for plugins that put theirs on top of it.
await run('ip', ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer']);
await run('ip', ['link', 'set', 'eth0', 'up']);

const answers: PluginAnswer[][] = [];
for (const hearing of hearings) answers.push(await hear(hearing));
process.stdout.write(JSON.stringify(answers));

async function hear({ judge, plugin, filter, stdins }: PluginHearing) {
  const path = process.env.PATH!;
  const env = { ...process.env, PATH: filter === 'real' ? path : `${STAND_INS}/${filter}:${path}` };
  const args = [
    'judge',
    plugin,
    CONTAINER_ID,
    POD_ADDRESS,
    filter === 'real' ? 'real' : 'stand-ins',
  ];
  const stdin = stdins.map((config) => `${JSON.stringify(config)}\n`).join('');
  const { code, stdout, stderr } = await run(judge, args, { stdin, env });
  const lines = stdout.split('\n').slice(0, -1);
  if (code === 0 && lines.length === stdins.length) {
    return lines.map((line) => JSON.parse(line) as PluginAnswer);
  }
  const config = stdins[lines.length];
  throw new Error(`${judge} ended with ${code} at ${config}: ${stderr.trim().slice(-2000)}`);
}
