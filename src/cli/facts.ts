import { type Connection, connect } from '../kube/api.ts';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { learnOnce, unknownTo } from './compose/facts.ts';
import { refuseWithoutAnswers, refuseWithoutCredentials, withDatapath } from './compose/learn.ts';
import { asJson } from '../engine/report/facts-json.ts';
import { asText } from '../engine/report/facts-text.ts';
import { defineCommand } from './frame/command.ts';
import { KUBECONFIG, CONFIG, OUTPUT } from './frame/flags.ts';
import { print } from './frame/print.ts';

export const command = defineCommand(
  {
    flags: {
      ...CONFIG,
      ...KUBECONFIG,
      namespace: { value: 'NAME', about: "where the node probe's pods are (default kube-system)" },
      ...OUTPUT,
    },
    examples: ['facts', 'facts --output json'],
  },
  async ({ flags: { output = 'text', ...flags } }) => {
    await printFacts({ ...flags, output });
    return 0;
  },
);

interface FactsCommand extends Connection {
  /** Path of the configuration file; what it says of the cluster overrides. */
  readonly config: string | undefined;
  /** Where the pods of the node probe are; otherwise the guard's own namespace. */
  readonly namespace: string | undefined;
  readonly output: 'text' | 'json';
}

/**
 * Learns once what the guard would know of the cluster and prints it: every fact with its source
 * and age, and what could not be learnt and why. Throws UsageError when there is no way to connect,
 * and when nothing at all can be read: a report without facts would pass for one of a bare cluster.
 */
async function printFacts({
  config: path,
  namespace,
  output,
  ...connection
}: FactsCommand): Promise<void> {
  const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
  const api = connect(connection);
  const known = await learnOnce(config, api, namespace);
  refuseWithoutCredentials(known);
  refuseWithoutAnswers(known);
  const { facts, unknown } = await withDatapath(api, known.facts());
  const report = { facts, unknown: [...unknownTo(known), ...unknown] };
  await print(output === 'json' ? asJson(report) : asText(report));
}
