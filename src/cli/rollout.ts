import { count, printable, quoted } from '../engine/text/text.ts';
import { ApiError, type ApiServer, connect } from '../kube/api.ts';
import { clusterOf } from '../rollout/waves/cluster.ts';
import { DEFAULT_MAX_UNAVAILABLE, isLimit } from '../rollout/waves/plan.ts';
import { rollBack } from './compose/rollback.ts';
import { ROLLOUT_PAGE } from './compose/rollout-rights.ts';
import { RolloutReport } from './compose/rollout-report.ts';
import type { RolloutCall } from './compose/rollout-situation.ts';
import { rollOut } from './compose/rollout.ts';
import { canAsk } from './frame/confirm.ts';
import { defineCommand } from './frame/command.ts';
import { durationMs } from './frame/duration.ts';
import { failureText } from './frame/failure-text.ts';
import { CONFIG, KUBECONFIG, OUTPUT } from './frame/flags.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    details:
      'Restarts Terway on every node that does not run the stored chain: one node first, then waves. After\n' +
      "each restart it checks that Terway's pod is ready, that a new pod gets an address and answers on a\n" +
      'host port, and that the node is Ready. The first node that is harmed is the last one.\n' +
      `The rights that it needs: ${ROLLOUT_PAGE}.`,
    flags: {
      node: { value: 'NAME', repeated: true, about: 'only this node' },
      'max-unavailable': {
        value: 'NUMBER',
        about: `restarted at once at most: a number, or a share of all nodes (default ${DEFAULT_MAX_UNAVAILABLE})`,
      },
      'pause-after-canary': {
        value: 'DURATION',
        isValueOptional: true,
        about:
          'wait so long after the first node (30s, 10m, 1h), or until told to go on; look at it again',
      },
      'allow-unchecked': { about: 'go on past a node of which a check could not be made' },
      'dry-run': { about: 'print the plan and do nothing' },
      yes: { about: 'do not ask' },
      rollback: { about: 'put the former texts back, and restart Terway on harmed nodes alone' },
      'clean-up': {
        about: 'remove pods that checks of a killed rollout have left, and nothing else',
      },
      image: {
        value: 'IMAGE',
        about: 'of the pods that check, with Node.js (default: what the guard runs)',
      },
      namespace: { value: 'NAME', about: 'of the pods that check (default kube-system)' },
      ...CONFIG,
      ...KUBECONFIG,
      output: {
        ...OUTPUT.output,
        about: 'for people, or a JSON line an event (default: text on a terminal, json elsewhere)',
      },
    },
    examples: [
      'rollout --dry-run',
      'rollout --pause-after-canary=10m --max-unavailable 5',
      'rollout --rollback',
    ],
    statuses:
      '0 every node is done, 1 stopped or a node is harmed or left out, 2 the call is unusable',
  },
  async ({ flags }) => {
    const { kubeconfig, context, config, node, image, yes, rollback } = flags;
    const { namespace = 'kube-system', output = process.stdout.isTTY ? 'text' : 'json' } = flags;
    const api = connect({ kubeconfig, context });
    try {
      if (flags['clean-up']) {
        if (rollback || flags['dry-run']) throw new UsageError('--clean-up does nothing else');
        return await cleanUp(clusterOf(api, { terwaySelector: '', namespace }), namespace);
      }
      const call: RolloutCall = {
        nodes: node.length === 0 ? undefined : node,
        maxUnavailable: limitOf(flags['max-unavailable']),
        pauseMs: pauseOf(flags['pause-after-canary']),
        allowsUnchecked: flags['allow-unchecked'],
        isDryRun: flags['dry-run'],
        isConfirmed: yes,
        isRollback: rollback,
        image,
        namespace,
        config,
        output,
      };
      if (call.isRollback && call.isDryRun) {
        throw new UsageError('--rollback has no dry run: it shows what it changes and asks');
      }
      if (!call.isDryRun && !call.isConfirmed && !canAsk()) {
        throw new UsageError(
          'there is no terminal to ask at: look at --dry-run, then call it with --yes',
        );
      }
      return await tellEnd(api, call);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new UsageError(`the cluster can't be looked at: ${failureText(error, ROLLOUT_PAGE)}`);
    }
  },
);

/** Does what is asked for and tells how it ended; resolves with the exit status. */
async function tellEnd(api: ApiServer, call: RolloutCall): Promise<0 | 1> {
  const report = new RolloutReport(call.output);
  try {
    const end = await (call.isRollback ? rollBack : rollOut)(api, call, report);
    if (!end) return 0;
    report.tell({ kind: 'end', end });
    return end.how === 'done' && end.leftOut + end.failures.length === 0 ? 0 : 1;
  } finally {
    await report.end();
  }
}

function limitOf(text = DEFAULT_MAX_UNAVAILABLE): string {
  if (isLimit(text)) return text;
  throw new UsageError(
    `--max-unavailable takes a number from 1, or 1% to 100%, not ${quoted(text)}`,
  );
}

/** Undefined: without a pause; Infinity: until told to go on. */
function pauseOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === '') {
    if (canAsk()) return Infinity;
    throw new UsageError(
      '--pause-after-canary needs a duration where there is no terminal to ask at',
    );
  }
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new UsageError(
    `--pause-after-canary takes 30s, 10m or 1h, a day at most, not ${quoted(text)}`,
  );
}

async function cleanUp(cluster: ReturnType<typeof clusterOf>, namespace: string): Promise<0> {
  const pods = await cluster.checkPods();
  for (const pod of pods) await cluster.removeCheckPod(pod);
  await print(`${count(pods.length, 'pod')} of checks removed from ${printable(namespace)}\n`);
  return 0;
}
