import type { Lab } from './lab.ts';

/** What a test adds to the containers of the guard and of what keeps its trust. */
export interface Extras {
  /** Folders of the node by their path in the container, read-only. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Gives those pods something the chart knows nothing of; resolves when all of them have it. */
export async function dress(lab: Lab, { mounts, env }: Extras): Promise<void> {
  const volumes = Object.values(mounts).map((path, index) => ({
    name: `extra-${String(index)}`,
    hostPath: { path },
  }));
  const volumeMounts = Object.keys(mounts).map((mountPath, index) => ({
    name: `extra-${String(index)}`,
    mountPath,
    readOnly: true,
  }));
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  for (const [deployment, name] of [
    ['eni-config-guard-trust', 'trust'],
    ['eni-config-guard', 'guard'],
  ] as const) {
    const containers = [{ name, volumeMounts, env: variables }];
    const patch = JSON.stringify({ spec: { template: { spec: { volumes, containers } } } });
    const target = [`deployment/${deployment}`, '-nkube-system'];
    for (const args of [
      ['patch', ...target, '--patch', patch],
      ['rollout', 'status', ...target, '--timeout=120s'],
    ]) {
      const { code, stderr } = await lab.plane.kubectl(args);
      if (code !== 0) throw new Error(`${stderr}\n${await lab.story()}`);
    }
  }
}
