import { readlinkSync } from 'node:fs';
import { env, execArgv, execPath, execve, argv } from 'node:process';
import { fileURLToPath } from 'node:url';

import { installLabTools } from './tools.ts';

const SCRIPT = fileURLToPath(new URL('network.sh', import.meta.url));

/** Where etcd and the API server listen. The API server dials no loopback address as an endpoint. */
export const CONTROL_PLANE_ADDRESS = '192.0.2.10';

/** The nodes and their addresses, from the block that is reserved for documentation. */
export const NODE_ADDRESSES: Readonly<Record<string, string>> = {
  'node-1': '192.0.2.21',
  'node-2': '192.0.2.22',
  'node-3': '192.0.2.23',
  'node-4': '192.0.2.24',
};

/**
 * Makes this process start anew in a network namespace that has the lab's addresses and no way out;
 * returns at once when it is in there already. To be called before anything else happens: nothing of
 * what this process has done survives but its standard streams. Rejects with a remedy without root.
 */
export async function enterLabNetwork(
  furtherTools: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (env.ENI_CONFIG_GUARD_LAB === readlinkSync('/proc/self/ns/net')) return;
  await installLabTools(furtherTools);
  if (execve === undefined)
    throw new Error('These tests need Node 22.15 or newer (process.execve)');
  const addresses = [CONTROL_PLANE_ADDRESS, ...Object.values(NODE_ADDRESSES)].join(' ');
  const self = [execPath, ...execArgv, ...argv.slice(1)];
  execve('/usr/bin/unshare', ['unshare', '--net', '--mount', 'sh', SCRIPT, addresses, ...self], {
    ...env,
  });
}
