import { readlinkSync } from 'node:fs';
import { argv, env, execArgv, execPath, execve } from 'node:process';
import { fileURLToPath } from 'node:url';

import { run } from '../../support/output.ts';

const SCRIPT = fileURLToPath(new URL('network.sh', import.meta.url));

/** Where etcd and the API server listen. The API server dials no loopback address as an endpoint. */
export const CONTROL_PLANE_ADDRESS = '192.0.2.10';

/** A client that reaches the nodes through their default route, as one on the internet does. */
export const DISTANT_ADDRESS = '203.0.113.9';

/** A node's name and its place in the network. All addresses are reserved for documentation or private. */
export interface Place {
  readonly name: string;
  readonly address: string;
  /** The range of its pods' addresses. */
  readonly pods: string;
}

/**
 * The nodes. With three of them the chart's two replicas can be replaced one by one although each
 * needs a node for itself.
 */
export const PLACES: readonly Place[] = [1, 2, 3].map((number) => ({
  name: `n${String(number)}`,
  address: `192.0.2.1${String(number)}`,
  pods: `10.1.${String(number)}.0/24`,
}));

/** What all pods' ranges are in. */
export const PODS = '10.1.0.0/16';

/**
 * Makes this process start anew in a network namespace of the lab; returns at once when it is in there
 * already. To be called before anything else happens but what needs the internet: nothing of what this
 * process has done survives but its standard streams.
 */
export function enterLabNetwork(): void {
  if (env.ENI_CONFIG_GUARD_LAB === readlinkSync('/proc/self/ns/net')) return;
  if (execve === undefined)
    throw new Error('These tests need Node 22.15 or newer (process.execve)');
  const self = [execPath, ...execArgv, ...argv.slice(1)];
  const script = ['sh', SCRIPT, CONTROL_PLANE_ADDRESS, DISTANT_ADDRESS, ...self];
  execve('/usr/bin/unshare', ['unshare', '--net', ...script], { ...env });
}

/** Connects a node, whose first process is `pid`, to the lab's network. */
export async function connectNode({ name, address, pods }: Place, pid: number): Promise<void> {
  await ip(
    [],
    [
      `link add ${name} type veth peer name eth0 netns ${String(pid)}`,
      `link set ${name} master lab up`,
      `route add ${pods} via ${address}`,
    ],
  );
  await ip(
    ['nsenter', '--target', String(pid), '--net'],
    [
      'link set lo up',
      `address add ${address}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${CONTROL_PLANE_ADDRESS}`,
      // Terway's plugin does so for each pod: packets to it follow no mark of symmetric routing.
      `rule add to ${pods} lookup main priority 512`,
    ],
  );
}

async function ip(wrapper: readonly string[], lines: readonly string[]): Promise<void> {
  const words = [...wrapper, 'ip', '-batch', '-'];
  const { code, stderr } = await run(words[0] ?? '', words.slice(1), {
    stdin: `${lines.join('\n')}\n`,
  });
  if (code !== 0) throw new Error(`ip failed: ${stderr.trim()}`);
}
