import type { PodJson } from '../../../../src/kube/pod-json.ts';

/** A moment of the tests' day, in milliseconds since 1970: `10:30` or `10:30:15`. */
export const at = (time: string) => Date.parse(stamp(time));

const stamp = (time: string) => `2026-11-25T${time.length === 5 ? `${time}:00` : time}Z`;

interface PodOptions {
  readonly node?: string;
  readonly name?: string;
  readonly image?: string;
  readonly phase?: string;
  readonly deleted?: boolean;
  /** When the init container started and ended. */
  readonly init?: readonly [started: string, ended: string];
  /** Instead of that. */
  readonly initState?: object;
  readonly sandbox?: string;
  readonly ready?: boolean;
}

/** A pod of Terway as a kubelet reports it. */
export function terwayPodJson(options: PodOptions = {}): PodJson {
  const { node = 'n1', image = 'registry.example.com/acs/terway:v1.15.2', ready = true } = options;
  const { init = ['09:59:50', '10:00'], sandbox } = options;
  const terminated = { exitCode: 0, startedAt: stamp(init[0]), finishedAt: stamp(init[1]) };
  return {
    metadata: {
      name: options.name ?? `terway-eniip-${node}`,
      uid: '1',
      ...(options.deleted && { deletionTimestamp: stamp('10:00') }),
    },
    spec: {
      nodeName: node,
      initContainers: [{ name: 'terway-init', image }],
      containers: [{ name: 'terway', image }],
    },
    status: {
      phase: options.phase ?? 'Running',
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False' },
        ...(sandbox === undefined
          ? []
          : [
              {
                type: 'PodReadyToStartContainers',
                status: 'True',
                lastTransitionTime: stamp(sandbox),
              },
            ]),
      ],
      initContainerStatuses: [{ name: 'terway-init', state: options.initState ?? { terminated } }],
      containerStatuses: [{ name: 'terway', ready }],
    },
  };
}
