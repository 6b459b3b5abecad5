// A job for the sandbox: executes CNI plugins one after the other, as the container runtime does.
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';

import { run } from '../../support/output.ts';
import { NETWORK_MAKERS } from '../../support/plugin-releases.ts';
import { CONTAINER_ID, type PluginAnswer, type PluginRun } from '../run-plugin.ts';
import { type Pod, createPod } from './pod.ts';

/** What an ADD leaves its traces on. bandwidth after terway ends before it changes anything. */
const CHANGES_POD = ['tuning', 'sbr', 'vrf', ...NETWORK_MAKERS.main, ...NETWORK_MAKERS.ipam];
const CHANGES_HOST = ['portmap', 'firewall'];

// A plugin that could not decode its input has changed nothing.
const DECODING_FAILED = 'json: cannot unmarshal';

/** Of kube-proxy's rules only its chain for masquerading matters; restoring drops all others. */
const KUBE_PROXY_RULES = '*nat\n:KUBE-MARK-MASQ - [0:0]\nCOMMIT\n*filter\nCOMMIT\n';

// The node's own interface, for plugins that put theirs on top of it.
await expectSuccess('ip', ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer']);
await expectSuccess('ip', ['link', 'set', 'eth0', 'up']);

const runs = JSON.parse(await text(process.stdin)) as PluginRun[];
const answers: PluginAnswer[] = [];
let pod: Pod | undefined;
let isHostClean = false;
for (const one of runs) answers.push(await add(one));
process.stdout.write(JSON.stringify(answers));

async function add({ binary, stdin }: PluginRun): Promise<PluginAnswer> {
  if (!isHostClean) await resetHost();
  pod ??= await createPod();
  const env = {
    PATH: process.env.PATH,
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: CONTAINER_ID,
    CNI_NETNS: pod.netns,
    CNI_IFNAME: 'eth0',
    CNI_PATH: dirname(binary),
  };
  const { code: exitCode, stdout, stderr } = await run(binary, [], { stdin, env });
  const hasActed = exitCode === 0 || !stdout.includes(DECODING_FAILED);
  const plugin = basename(binary);
  isHostClean = !(hasActed && CHANGES_HOST.includes(plugin));
  if (hasActed && CHANGES_POD.includes(plugin)) {
    await pod.remove();
    pod = undefined;
  }
  if (exitCode === 0) return { exitCode, message: '', result: stdout };
  const error = cniError(stdout);
  if (error) return { exitCode, code: error.code, message: error.msg };
  return { exitCode, message: stderr.trim().split('\n').slice(0, 3).join(' ') };
}

async function resetHost(): Promise<void> {
  await expectSuccess('nft', ['flush', 'ruleset']);
  await expectSuccess('iptables-restore', ['--wait'], KUBE_PROXY_RULES);
  isHostClean = true;
}

async function expectSuccess(
  command: string,
  args: readonly string[],
  stdin?: string,
): Promise<void> {
  const { code, stderr } = await run(command, args, stdin === undefined ? {} : { stdin });
  if (code === 0) return;
  throw new Error(`${command} failed in the sandbox (exit ${code}): ${stderr.trim()}`);
}

function cniError(stdout: string): { code: number; msg: string } | undefined {
  try {
    return JSON.parse(stdout) as { code: number; msg: string };
  } catch {
    return undefined;
  }
}
