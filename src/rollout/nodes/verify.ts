import { printable } from '../../engine/text/text.ts';
import { pluginSentence } from '../../engine/report/render-sentences.ts';
import {
  type PrintedFile,
  differencesFrom,
  findPrintedFile,
} from '../../engine/rendering/printed-file.ts';
import { GUARDED_NAMESPACE } from '../../engine/core/eni-config.ts';
import { isAtLeast } from '../../engine/core/version.ts';
import { type ApiError, type ApiServer, PLAIN_TEXT } from '../../kube/api.ts';
import type { ChainPeriod } from './chain-periods.ts';
import type { NodeChain } from './chain-state.ts';
import type { ClusterNode, ClusterNodes } from './cluster-nodes.ts';
import { factsOf } from './node-chain.ts';
import { INIT_CONTAINER } from '../../facts/terway-pods.ts';

/** Proof of what nodes run, by what Terway's init container printed there. */

/** Source: hack/init.sh of Terway; 1.11.2, the release before in its repository, does not print. */
const PRINTS_SINCE = '1.11.5';

/** Logs that are read at a time: each is a connection from the API server to a kubelet. */
const AT_A_TIME = 16;
/** The file stands among the last lines, but for what follows it; a chain has a few hundred. */
const TAIL_LINES = '4000';
const MAX_LOG_BYTES = String(1024 * 1024);
const MAX_DIFFERENCES = 3;

/**
 * Reads what Terway's init container printed on each node that reads the chain and compares it, a few
 * at a time; resolves with the nodes as they are then known. `seen` is told each node. A log that
 * can't be read leaves its node as it was. Rejects with ApiError where the right to get pods/log in
 * kube-system is missing, as then no node can be verified.
 */
export async function verifyNodes(
  api: ApiServer,
  cluster: ClusterNodes,
  seen: () => void = () => undefined,
): Promise<readonly ClusterNode[]> {
  const verified: ClusterNode[] = [...cluster.nodes];
  const waiting = verified.entries();
  const work = async () => {
    for (const [index, node] of waiting) {
      if (node.chain.state === 'ignored') continue;
      verified[index] = await verifyNode(api, node, cluster);
      seen();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return verified;
}

async function verifyNode(
  api: ApiServer,
  node: ClusterNode,
  cluster: ClusterNodes,
): Promise<ClusterNode> {
  const printed = await readPrinted(api, node);
  if (typeof printed === 'string') {
    return { ...node, verification: { outcome: 'unseen', why: printed } };
  }
  const object = cluster.stored?.configMap;
  const { datapath } = printed;
  const options = {
    facts: factsOf(node.pod?.version),
    isExclusive: node.mode === 'exclusive-eni',
  };
  const changes = object && differencesFrom(object, printed, options);
  if (changes?.length === 0) {
    return { ...node, chain: proven(node), verification: { outcome: 'same', datapath } };
  }
  const differences =
    changes === undefined || changes === 'no file'
      ? ['eni-config as it is stored gives no file']
      : changes.slice(0, MAX_DIFFERENCES).map(pluginSentence);
  const period = cluster.past.periods.findLast(
    ({ chain, object: former }) =>
      chain === 'former' && former && differencesFrom(former, printed, options).length === 0,
  );
  return {
    ...node,
    chain: formerOf(period),
    verification: { outcome: 'other', datapath, differences },
  };
}

/** What the init container has written; the daemon may still have to put it in place. */
function proven({ chain, pod }: ClusterNode): NodeChain {
  return pod?.isDaemonReady ? { state: 'current' } : chain;
}

const formerOf = (period: ChainPeriod | undefined): NodeChain => ({
  state: 'former',
  ...(period ? { period } : { why: 'what its init container printed is not what is stored' }),
});

/** The file that the init container of the node printed, or why it was not seen. */
async function readPrinted(api: ApiServer, { pod }: ClusterNode): Promise<PrintedFile | string> {
  if (!pod) return 'it has no Terway pod';
  if (!pod.init) return `its init container ${pod.obstacle ?? ''}`;
  if (pod.version && !isAtLeast(pod.version, PRINTS_SINCE)) {
    return `Terway ${pod.version.normal} does not print the chain; ${PRINTS_SINCE} and newer do`;
  }
  const name = encodeURIComponent(pod.name);
  try {
    const log = await api.call<string>({
      method: 'GET',
      path: `/api/v1/namespaces/${GUARDED_NAMESPACE}/pods/${name}/log`,
      query: { container: INIT_CONTAINER, tailLines: TAIL_LINES, limitBytes: MAX_LOG_BYTES },
      accept: PLAIN_TEXT,
    });
    return findPrintedFile(log) ?? 'the log of its init container holds no chain';
  } catch (error) {
    if ((error as ApiError).status === 403) throw error;
    return printable((error as Error).message, 300);
  }
}
