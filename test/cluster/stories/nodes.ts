import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { type Output, run } from '../../support/output.ts';
import type { Lab } from '../lab/lab.ts';
import { storeUnguarded } from '../lab/release.ts';

const program = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
/** A value of eni_conf that no output may hold: Terway's init container logs it. */
const SECRET = 'sg-canary-of-the-lab';

interface NodesReport {
  readonly clusters: readonly {
    readonly nodes: readonly {
      readonly name: string;
      readonly chain: string;
      readonly pod?: { readonly name: string };
      readonly verification?: {
        readonly outcome: string;
        readonly differences?: readonly string[];
      };
    }[];
  }[];
}

/**
 * A chain that has reached one node of three: `nodes` goes by the times that kubelets report, and
 * `--verify` by what Terway's own init script has printed.
 */
export async function chainIsHalfRolledOut(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const [first, ...others] = lab.workers.map(({ name }) => name).sort();
  const nodes = async (...flags: readonly string[]): Promise<Output> =>
    run(process.execPath, [program, 'nodes', '--kubeconfig', plane.kubeconfig, ...flags]);
  const reported = async (...flags: readonly string[]) => {
    const { stdout } = await nodes('--output', 'json', ...flags);
    t.notMatch(stdout, SECRET);
    const { clusters } = JSON.parse(stdout) as NodesReport;
    return new Map((clusters[0]?.nodes ?? []).map((node) => [node.name, node]));
  };

  await t.test('every node runs what Terway printed when it started', async (t) => {
    const { code, stdout, stderr } = await nodes('--verify');
    t.equal(code, 0, stderr);
    t.equal(stdout.match(/ seen in its log$/gm)?.length, lab.workers.length, stdout);
  });

  const eniConf = JSON.parse(BASE_VETH.eni_conf ?? '{}') as object;
  const data = withConflist(
    { ...BASE_VETH, eni_conf: JSON.stringify({ ...eniConf, security_group: SECRET }) },
    conflist([VETH_CONF, PORTMAP]),
  );
  await storeUnguarded(lab, data);
  const before = await reported();
  const pod = before.get(first ?? '')?.pod?.name ?? '';
  t.match(await plane.kubectl(['delete', 'pod', '-nkube-system', pod]), { code: 0 });
  const settled = ['rollout', 'status', '-nkube-system', 'daemonset/terway-eniip', '--timeout=90s'];
  t.match(await plane.kubectl(settled), { code: 0 });

  await t.test(
    'without a history the times tell which nodes are not known to run it',
    async (t) => {
      const { code, stdout } = await nodes();
      t.equal(code, 1);
      for (const name of others) t.match(stdout, new RegExp(`^${name} +(unknown|unsure) `, 'm'));
      t.notMatch(stdout, SECRET);
    },
  );

  await t.test('the logs prove which node runs it and what the others lack', async (t) => {
    const found = await reported('--verify');
    t.match(found.get(first ?? ''), { chain: 'current', verification: { outcome: 'same' } });
    for (const name of others) {
      t.match(found.get(name), {
        chain: 'former',
        verification: { outcome: 'other', differences: ['portmap removed'] },
      });
    }
    t.equal(found.size, lab.workers.length);
    const log = await plane.kubectl([
      'logs',
      '-nkube-system',
      '-lapp=terway-eniip',
      '-cterway-init',
      '--tail=-1',
    ]);
    t.match(log.stdout, SECRET, 'it did stand in a log');
  });
}
