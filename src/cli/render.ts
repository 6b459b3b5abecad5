import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import { denialsIn } from '../engine/core/decide.ts';
import { renderObject } from '../engine/rendering/rendering.ts';
import { type RenderReport, asJson } from '../engine/report/render-json.ts';
import { absence, changeSentences, renderRemarks } from '../engine/report/render-sentences.ts';
import { nodeAsJson, nodeAsText } from '../engine/report/render-node.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { Connection } from '../kube/api.ts';
import { count, printable } from '../engine/text/text.ts';
import { judge } from '../manifests/judge.ts';
import type { ManifestObject } from '../manifests/read.ts';
import { oldObjects } from './files/against.ts';
import { findObjects } from './files/operands.ts';
import { FACT_FLAGS, type StatedFacts, factsFrom } from './files/stated-facts.ts';
import { defineCommand } from './frame/command.ts';
import { OUTPUT } from './frame/flags.ts';
import { note, print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    operands: '[FILE]',
    details:
      'FILE is as in lint. Prints the file that Terway writes on a node, 10-terway.conflist below\n' +
      '/etc/cni/net.d; with --against, what a change makes of it; with --node, all that one node reads:\n' +
      'each member of eni_conf with its origin and readers, and the file, of what is stored unless FILE\n' +
      'is given. Secrets are masked. What is not known is said on standard error.',
    flags: {
      against: { value: 'OLD|git:REV', about: 'tell the change from there, in sentences' },
      node: {
        value: 'NAME',
        about: 'what this node of the cluster reads, its terway-config merged',
      },
      overlay: { value: 'FILE', about: 'the same with this ConfigMap merged over eni-config' },
      ...OUTPUT,
      ...FACT_FLAGS,
    },
    examples: [
      'render eni-config.yaml --terway 1.15.2 --datapath datapathv2',
      'render --against git:HEAD eni-config.yaml',
      'render --node cn-hangzhou.10.0.1.7',
    ],
    statuses: "0 shown, 1 Terway would write no file or not come up, 2 it can't be told",
  },
  async ({ operands, flags }) => {
    const { config: path, against, output = 'text' } = flags;
    const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
    if (flags.node !== undefined || flags.overlay !== undefined) {
      if (against !== undefined)
        throw new UsageError('--against goes with neither --node nor --overlay');
      return renderNode(operands, flags, config, output);
    }
    const object = await onlyObject(operands);
    const old = against === undefined ? undefined : await (await oldObjects(against))(object);
    if (against !== undefined && !old) {
      note(`--against ${printable(against, 400)}: no eni-config there, so nothing to compare with`);
    }
    const facts = await factsFrom(flags, config);
    const { policy, defaults } = config;
    const ofNodes = flags.cluster ? await withStoredDatapath(flags, facts) : facts;
    const judged = judge(object, old, { facts, policy, defaults });
    const { isPartial } = object;
    const report: RenderReport = {
      file: judged.file,
      object: judged.object,
      rendering: renderObject(judged.object, old, { facts: ofNodes, isPartial }),
      facts: ofNodes,
      remarks: [...judged.remarks, ...refusalRemark(denialsIn(judged.verdict).length)],
    };
    if (output === 'json') await print(asJson(report));
    else await printText(report);
    const { files, shown } = report.rendering;
    return STATUSES[files[shown].kind];
  },
);

type Flags = StatedFacts & {
  readonly node: string | undefined;
  readonly overlay: string | undefined;
};

/** Prints what one node reads; without a FILE of what is stored in the cluster. */
async function renderNode(
  operands: readonly string[],
  flags: Flags,
  config: Config,
  output: 'text' | 'json',
): Promise<0 | 1 | 2> {
  const { node, overlay } = flags;
  const file = operands.length > 0 ? await onlyObject(operands) : undefined;
  const isOfCluster = node !== undefined || !file || flags.cluster;
  const facts = await factsFrom({ ...flags, cluster: isOfCluster }, config);
  const { reportNode } = await import('./compose/render-node.ts');
  const connection = isOfCluster ? flags : undefined;
  const request = { node, overlay, base: file?.configMap, facts, config, connection };
  const { report, isDown } = await reportNode(request);
  await print(output === 'json' ? nodeAsJson(report) : nodeAsText(report));
  if (output === 'text') for (const text of report.remarks) note(text);
  return isDown || report.config.refused !== undefined ? 1 : STATUSES[report.config.file.kind];
}

/** Nodes go on with the datapath that they have, so what is stored says more of them than FILE. */
async function withStoredDatapath(connection: Connection, facts: Facts): Promise<Facts> {
  const [{ withDatapath }, { connect }] = await Promise.all([
    import('./compose/learn.ts'),
    import('../kube/api.ts'),
  ]);
  const { facts: known, unknown } = await withDatapath(connect(connection), facts);
  for (const text of unknown) note(printable(text, 600));
  return known;
}

const STATUSES = { file: 0, refused: 1, unsure: 2 } as const;

async function onlyObject(operands: readonly string[]): Promise<ManifestObject> {
  const [operand, ...more] = operands;
  if (operand === undefined || more.length > 0) {
    throw new UsageError('render needs one FILE; see eni-config-guard render --help');
  }
  const { objects, notes } = await findObjects([operand]);
  for (const text of notes) note(text);
  const [object, ...others] = objects;
  if (object && others.length === 0) return object;
  const many = others.length > 0 ? `${objects.length} eni-configs` : 'no eni-config';
  throw new UsageError(`${printable(operand, 400)}: ${many} in it, one can be rendered`);
}

const refusalRemark = (denied: number) =>
  denied === 0 ? [] : [`it would be refused (${count(denied, 'problem')}): eni-config-guard lint`];

async function printText({ object, rendering, facts, remarks }: RenderReport): Promise<void> {
  const file = rendering.files[rendering.shown];
  if (rendering.change) await print(`${changeSentences(rendering, facts).join('\n')}\n`);
  else if (file.kind === 'file') await print(`${file.text}\n`);
  else note(absence(file));
  for (const text of [...remarks, ...renderRemarks(object, rendering, facts)]) note(text);
}
