import { readJson } from '../../src/engine/json/document.ts';
import type { JsonMember, JsonNode } from '../../src/engine/json/node.ts';

import { POD_ADDRESS, VSWITCH_GATEWAY } from './sandbox/pod.ts';
import { runInSandbox } from './sandbox/run.ts';

/** One ADD: an executable and what it reads from stdin. */
export interface PluginRun {
  readonly binary: string;
  readonly stdin: string;
}

/** What a plugin answered to an ADD. */
export interface PluginAnswer {
  readonly exitCode: number;
  /** `code` and `msg` of the CNI error on stdout; without one, the end of stderr is the message. */
  readonly code?: number;
  readonly message: string;
  /** What it printed after it succeeded. */
  readonly result?: string;
}

/** The container that all runs pretend to start. */
export const CONTAINER_ID = 'eniconfigguard0123456789';

/**
 * Runs every ADD as the container runtime would, each with a pod of its own, in one network
 * namespace per worker. The answers come in the order of the runs. Needs root.
 */
export async function runPlugins(
  runs: readonly PluginRun[],
  workers: number,
): Promise<PluginAnswer[]> {
  const answers = new Array<PluginAnswer>(runs.length);
  const shares = Array.from({ length: workers }, (_, worker) =>
    runs.map((_run, index) => index).filter((index) => index % workers === worker),
  );
  await Promise.all(
    shares.map(async (share) => {
      const input = share.map((index) => runs[index]!);
      const output = await runInSandbox<PluginAnswer[]>('plugin-job.ts', input);
      for (const [position, index] of share.entries()) answers[index] = output[position]!;
    }),
  );
  return answers;
}

/** What the runtime knows of a pod with a host port and bandwidth annotations. */
const CAPABILITY_ARGS: Readonly<Record<string, unknown>> = {
  portMappings: [{ hostPort: 18080, containerPort: 80, protocol: 'tcp' }],
  bandwidth: {
    ingressRate: 8_000_000,
    ingressBurst: 8_000_000,
    egressRate: 8_000_000,
    egressBurst: 8_000_000,
  },
};

/**
 * terway's result on the veth datapath: only the container interface, and the gateway of the vSwitch,
 * which is not on link in the pod. Source: cmdAdd in plugin/terway/cni.go of Terway 1.17.5.
 */
const PREVIOUS_RESULT = {
  cniVersion: '0.4.0',
  interfaces: [{ name: 'eth0', sandbox: CONTAINER_ID }],
  ips: [{ version: '4', interface: 0, address: `${POD_ADDRESS}/20`, gateway: VSWITCH_GATEWAY }],
  dns: {},
};

/**
 * What a plugin reads from stdin: its merged entry with what libcni injects. libcni decodes the
 * entry into a map and encodes that again, so names come out sorted; values keep the spelling that
 * Terway gave them. Source: containernetworking/cni: libcni/api.go buildOneConfig.
 */
export function pluginInput(entry: string): string {
  const values = new Map(
    membersOf(entry).map(({ name, value }) => [name, entry.slice(value.offset, endOf(value))]),
  );
  values.set('name', JSON.stringify('terway-chainer'));
  values.set('cniVersion', JSON.stringify('0.4.0'));
  values.set('prevResult', JSON.stringify(PREVIOUS_RESULT));
  const runtimeConfig = Object.fromEntries(
    enabledCapabilities(entry).flatMap((name) =>
      Object.hasOwn(CAPABILITY_ARGS, name) ? [[name, CAPABILITY_ARGS[name]]] : [],
    ),
  );
  if (Object.keys(runtimeConfig).length > 0) {
    values.set('runtimeConfig', JSON.stringify(runtimeConfig));
  }
  const sorted = [...values].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** Capabilities that libcni finds switched on; letter case of the member's own name is no matter. */
function enabledCapabilities(entry: string): string[] {
  return membersOf(entry)
    .filter(({ name, value }) => name.toLowerCase() === 'capabilities' && value.type === 'object')
    .flatMap(({ value }) => membersOf(entry.slice(value.offset, endOf(value))))
    .filter(({ value }) => value.value === true)
    .map(({ name }) => name);
}

const endOf = (node: JsonNode) => node.offset + node.length;

function membersOf(text: string): readonly JsonMember[] {
  const { root } = readJson(text);
  return root?.type === 'object' ? root.members : [];
}
