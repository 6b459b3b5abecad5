import { text as readText } from 'node:stream/consumers';
import { type Check, runChecks } from '../doctor/checks.ts';
import { servedCertificates } from '../doctor/handshake.ts';
import { checksAsJson, checksAsText, sentenceAsJson, sentenceAsText } from '../doctor/report.ts';
import { diagnose } from '../doctor/sentence.ts';
import { printable } from '../engine/text/text.ts';
import { type Connection, ApiError, connect } from '../kube/api.ts';
import { defineCommand } from './frame/command.ts';
import { KUBECONFIG, OUTPUT } from './frame/flags.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';
import { tryBadChain } from './verify.ts';

export const command = defineCommand(
  {
    operands: '[SENTENCE]',
    details:
      'SENTENCE is what kubectl, the API server, a kubelet or containerd printed, in quotes; - reads it\n' +
      'from standard input. Without one, eight checks follow the way of a call from the API server to\n' +
      'the guard: Service, endpoints, TCP, TLS chain, name, dates, caBundle, latency.',
    flags: { ...KUBECONFIG, ...OUTPUT },
    examples: [
      `doctor 'failed calling webhook "...": context deadline exceeded'`,
      'doctor --context production',
    ],
    statuses:
      '0 all well or SENTENCE known, 1 a check failed or SENTENCE not known, 2 not found out',
  },
  async ({ operands, flags: { output = 'text', ...connection } }) => {
    if (operands.length === 0) return checkCluster(connection, output);
    const isPiped = operands.length === 1 && operands[0] === '-';
    const sentence = isPiped ? await readText(process.stdin) : operands.join(' ');
    const diagnoses = diagnose(sentence);
    await print((output === 'json' ? sentenceAsJson : sentenceAsText)(sentence, diagnoses));
    return diagnoses.length > 0 ? 0 : 1;
  },
);

async function checkCluster(connection: Connection, output: 'text' | 'json'): Promise<number> {
  const api = connect(connection);
  try {
    const checks = await runChecks(api, {
      handshake: servedCertificates,
      tryWrite: async () => tryBadChain(api),
      now: () => new Date(),
      clock: () => performance.now(),
    });
    await print((output === 'json' ? checksAsJson : checksAsText)(checks));
    return statusOf(checks);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new UsageError(`the cluster can't be looked at: ${printable(error.message, 600)}`);
  }
}

function statusOf(checks: readonly Check[]): 0 | 1 | 2 {
  if (checks.some(({ outcome }) => outcome === 'failed')) return 1;
  return checks.some(({ outcome }) => outcome === 'unknown') ? 2 : 0;
}
