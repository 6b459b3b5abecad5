import { readFile } from 'node:fs/promises';

import type { ControlPlane } from './controlplane/control-plane.ts';

const PAGE = new URL('../../docs/rollout.md', import.meta.url);
const NAME = 'eni-config-rollout';
const USER = 'rollout-user';

/** Makes a user with the rights that the page on rollouts names, and no others; the path of its kubeconfig. */
export async function rolloutUser(plane: ControlPlane): Promise<string> {
  const [, rights = ''] = (await readFile(PAGE, 'utf8')).split('\n## Rights\n');
  const [, roles = ''] = /```yaml\n(.*?)```/s.exec(rights) ?? [];
  const lines = [
    ['create', '-f', '-'],
    ['create', 'clusterrolebinding', NAME, `--clusterrole=${NAME}`, `--user=${USER}`],
    ['create', 'rolebinding', NAME, '-n', 'kube-system', `--role=${NAME}`, `--user=${USER}`],
  ];
  for (const line of lines) {
    const { code, stderr } = await plane.kubectl(line, { stdin: roles });
    if (code !== 0) throw new Error(stderr);
  }
  return plane.kubeconfigFor(USER, []);
}
