import { type ApiError, type ApiServer, type Connection, connect } from '../kube/api.ts';
import { readStoredObject } from '../kube/eni-config.ts';
import type { Listed } from '../facts/store.ts';
import { countOverlays, readNamedOverlays, readOverlay } from '../kube/overlays.ts';
import { readRefusedWriters } from '../kube/refused-writers.ts';
import { readGuardConfiguration } from '../kube/guard-configuration.ts';
import type { Config } from '../config/config.ts';
import { digestOf } from '../config/digest.ts';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import type { StoredObject } from '../engine/core/stored-object.ts';
import { printable } from '../engine/text/text.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { NodeChains } from '../engine/core/node-chains.ts';
import type { StoredOverlay } from '../engine/core/stored-overlay.ts';
import { reviewStored, reviewStoredOverlay } from '../engine/rules/index.ts';
import { learnOnce, ownNamespace, unknownTo } from './compose/facts.ts';
import { summaryOf } from '../rollout/nodes/attention.ts';
import { readClusterNodes } from '../rollout/nodes/cluster-nodes.ts';
import {
  type LastWrite,
  type StatusReport,
  asJson,
  asText,
  isAllWell,
} from '../engine/report/status-text.ts';
import { textsHash } from '../rollout/history/revision.ts';
import { readHistory } from '../rollout/history/secret.ts';
import { defineCommand } from './frame/command.ts';
import { KUBECONFIG, CONFIG, OUTPUT } from './frame/flags.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    flags: { ...CONFIG, ...KUBECONFIG, ...OUTPUT },
    examples: ['status', 'status --output json'],
    statuses: '0 nothing denied, 1 something denied, 2 the call or a file is unusable',
  },
  async ({ flags: { output = 'text', ...flags } }) => status({ ...flags, output }),
);

interface StatusOptions extends Connection {
  /** Path of the configuration file. */
  readonly config: string | undefined;
  readonly output: 'text' | 'json';
}

/**
 * Prints whether Terway pods can restart on what is stored, and resolves with the exit status: 0
 * when nothing is denied, 1 when something is. Throws ConfigError for the file and UsageError when
 * the API server does not tell.
 */
async function status(options: StatusOptions): Promise<0 | 1> {
  const report = await readStatusAndNodes(options, connect(options));
  await print(options.output === 'json' ? asJson(report) : asText(report));
  return isAllWell(report) ? 0 : 1;
}

/** What the command tells of this API server; throws as it does. */
export async function readStatusAndNodes(
  options: Pick<StatusOptions, 'config'>,
  api: ApiServer,
): Promise<StatusReport> {
  const { report, listed } = await readStatus(options, api);
  const { chains, unknown } = await readNodes(api, listed);
  return { ...report, nodes: chains, unknown: [...report.unknown, ...unknown] };
}

/** A status, and what was listed for it: lists of thousands are asked for once. */
interface ReadStatus {
  readonly report: StatusReport;
  readonly listed: Listed;
}

/** The same, but for what nodes run. */
export async function readStatus(
  options: Pick<StatusOptions, 'config'>,
  api: ApiServer,
): Promise<ReadStatus> {
  const config = options.config === undefined ? DEFAULT_CONFIG : loadConfig(options.config);
  const object = await readObject(api);
  const known =
    options.config !== undefined && config.facts.source === 'static'
      ? { facts: config.facts.known, unknown: [], hasTerway: undefined, listed: {} }
      : await learn(config, api);
  const { listed, ...told } = known;
  const verdict = reviewStored(object?.configMap, known.facts, config.policy);
  const configuration = await readGuardConfiguration(api, ownNamespace());
  const isReconfigured = configuration && digestOf(configuration.text) !== configuration.installed;
  const refusedWriters = await readRefusedWriters(api, Date.now());
  const overlays = await judgeOverlays(api, object, known, config);
  const written = await lookUpLastWrite(api, object);
  const report = {
    object: object?.configMap,
    verdict,
    isReconfigured,
    refusedWriters,
    ...told,
    unknown: [...told.unknown, ...overlays.unknown, ...written.unknown],
    overlays: overlays.judged,
    overlaysOmitted: overlays.omitted,
    lastWrite: written.lastWrite,
  };
  return { report, listed };
}

/** What nodes run, as far as the caller may see it. */
async function readNodes(
  api: ApiServer,
  listed: Listed,
): Promise<{ chains?: NodeChains; unknown: readonly string[] }> {
  try {
    const { daemonSet, nodes, past } = await readClusterNodes(api, { listed });
    return daemonSet ? { chains: summaryOf(nodes, past), unknown: [] } : { unknown: [] };
  } catch (error) {
    return { unknown: [`what nodes run: ${printable((error as Error).message, 600)}`] };
  }
}

/** Judges what nodes name with the label terway-config, as far as the caller may read it. */
async function judgeOverlays(
  api: ApiServer,
  stored: StoredObject | undefined,
  { facts, listed }: { readonly facts: Facts; readonly listed: Listed },
  { policy }: Config,
): Promise<{ judged?: readonly StoredOverlay[]; omitted?: number; unknown: readonly string[] }> {
  try {
    const { overlays, omitted } = listed.nodes
      ? countOverlays(listed.nodes.map(({ overlay }) => overlay))
      : await readNamedOverlays(api);
    const judged: StoredOverlay[] = [];
    for (const named of overlays) {
      const inUse = { ...named, object: await readOverlay(api, named.name) };
      judged.push(reviewStoredOverlay(inUse, stored?.configMap, facts, policy));
    }
    return { judged, omitted, unknown: [] };
  } catch (error) {
    const why = printable((error as Error).message, 600);
    return { unknown: [`ConfigMaps that nodes name with the label terway-config: ${why}`] };
  }
}

/** By the history where the caller may read it and it is up to date, else by managedFields. */
async function lookUpLastWrite(
  api: ApiServer,
  object: StoredObject | undefined,
): Promise<{ lastWrite?: LastWrite | undefined; unknown: readonly string[] }> {
  if (!object) return { unknown: [] };
  const { writer } = object;
  const told = writer && { at: new Date(writer.atMs).toISOString(), fieldManager: writer.name };
  try {
    const newest = (await readHistory(api))?.history.revisions.at(-1);
    if (newest?.hash !== textsHash(object.configMap)) return { lastWrite: told, unknown: [] };
    const { at, user, fieldManager, fieldManagerAt, number: revision } = newest;
    return { lastWrite: { at: fieldManagerAt ?? at, user, fieldManager, revision }, unknown: [] };
  } catch (error) {
    const why = printable((error as Error).message, 600);
    return { lastWrite: told, unknown: [`history of eni-config: ${why}`] };
  }
}

/** Learns once what the guard would know; without a fact, rules warn where they would deny. */
async function learn(
  config: Config,
  api: ApiServer,
): Promise<Pick<StatusReport, 'facts' | 'unknown' | 'hasTerway'> & Pick<ReadStatus, 'listed'>> {
  const known = await learnOnce(config, api);
  const facts = known.facts();
  const isKnown = known.status().some(({ source, lastSuccess, lastError }) => {
    return source === 'terway' && lastSuccess !== undefined && !lastError;
  });
  const hasTerway = isKnown ? facts.terwayDaemonSet !== undefined : undefined;
  return { facts, unknown: unknownTo(known), hasTerway, listed: known.listed };
}

async function readObject(api: ApiServer): Promise<StoredObject | undefined> {
  try {
    return await readStoredObject(api);
  } catch (error) {
    throw new UsageError(
      `can't read ${GUARDED_NAMESPACE}/${GUARDED_NAME}: ${printable((error as Error).message, 600)}` +
        ((error as ApiError).status === 403
          ? '; name the kubeconfig or context of a user who may, with --kubeconfig or --context'
          : ''),
    );
  }
}
