import { LOG_SCHEMA } from './log-schema.ts';
import { summarizeFacts } from './facts-fields.ts';
import { fieldsOf, mostSevere } from './finding-fields.ts';
import { type ConfigMap, GUARDED_NAME, GUARDED_NAMESPACE } from '../core/eni-config.ts';
import { terwayDaemonSetOf } from '../core/fact-text.ts';
import { type Facts, TERWAY_DAEMONSETS } from '../core/facts.ts';
import type { NodeChains } from '../core/node-chains.ts';
import { type Verdict, denialsIn, outagesIn } from '../core/decide.ts';
import type { RefusedWriter } from '../core/refused-writers.ts';
import { count, listed, printable, quoted, shortened } from '../text/text.ts';
import { type StoredOverlay, isOverlayBroken } from '../core/stored-overlay.ts';
import { nodeFields, nodeLines } from './node-status.ts';
import { overlayFields, overlayLines } from './overlay-status.ts';
import { BULLET, describeFinding, fieldOf } from './finding-text.ts';

/** What `status` tells. */
export interface StatusReport {
  /** The object as it is stored; undefined when there is none. */
  readonly object: ConfigMap | undefined;
  readonly verdict: Verdict;
  readonly facts: Facts;
  /** What could not be learnt, and why; one printable line each. */
  readonly unknown: readonly string[];
  /** Whether the cluster has a DaemonSet of Terway; undefined: not known. */
  readonly hasTerway: boolean | undefined;
  /** Whether the guard's ConfigMap has another text than was installed; undefined: not known. */
  readonly isReconfigured?: boolean | undefined;
  /** Who had writes refused in the last week; undefined: not known. */
  readonly refusedWriters?: readonly RefusedWriter[] | undefined;
  /** The last write of data; undefined: nothing is known of it. */
  readonly lastWrite?: LastWrite | undefined;
  /** What nodes name with the label terway-config. */
  readonly overlays?: readonly StoredOverlay[] | undefined;
  /** More of them that were not read, as there are so many. */
  readonly overlaysOmitted?: number | undefined;
  /** What nodes run; undefined: not known. */
  readonly nodes?: NodeChains | undefined;
}

/** What is known of a write that was stored. */
export interface LastWrite {
  /** RFC 3339. */
  readonly at: string;
  /** Who had it let through by a guard; absent: not known. */
  readonly user?: string | undefined;
  /** What the client called itself. */
  readonly fieldManager?: string | undefined;
  /** Its number in the history; absent where that does not have it. */
  readonly revision?: number | undefined;
}

/** Whether nothing is denied, for all nodes or for some. */
export const isAllWell = ({ verdict, overlays = [] }: StatusReport): boolean =>
  verdict.allowed && !overlays.some(isOverlayBroken);

const MAX_TEXT_LENGTH = 2000;

export function asJson(report: StatusReport): string {
  const { object, verdict, facts, unknown, hasTerway, isReconfigured, refusedWriters } = report;
  const { overlays, overlaysOmitted = 0, nodes, lastWrite } = report;
  const shown = mostSevere(verdict.findings);
  const content = {
    schema: LOG_SCHEMA,
    exists: object !== undefined,
    verdict: verdict.allowed ? 'allow' : 'deny',
    safeToRestart: isSafe(verdict),
    hasTerway,
    isReconfigured,
    ...(lastWrite && { lastWrite: lastWriteFields(lastWrite) }),
    ...(refusedWriters && {
      refusedWriters: refusedWriters.map(({ lastMs, ...writer }) => ({
        ...writer,
        last: new Date(lastMs).toISOString(),
      })),
    }),
    findings: shown.map((finding) => ({
      ...fieldsOf(finding, object),
      message: shortened(finding.message, MAX_TEXT_LENGTH),
      fix: shortened(finding.fix.text, MAX_TEXT_LENGTH),
    })),
    findingsOmitted: verdict.findings.length - shown.length,
    ...(overlays ? { overlays: overlays.map(overlayFields), overlaysOmitted } : {}),
    ...(nodes ? { nodes: nodeFields(nodes) } : {}),
    facts: summarizeFacts(facts),
    unknown,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

export function asText(report: StatusReport): string {
  const { object, verdict, facts, unknown, hasTerway, isReconfigured, refusedWriters } = report;
  const denied = denialsIn(verdict).length;
  const shown = mostSevere(verdict.findings);
  const hidden = verdict.findings.length - shown.length;
  const restart = `kubectl rollout restart -n ${GUARDED_NAMESPACE} daemonset.apps/${terwayDaemonSetOf(facts)}`;
  const lines = [
    object
      ? `${GUARDED_NAMESPACE}/${GUARDED_NAME}: ${count(denied, 'problem')}, ${count(verdict.findings.length - denied, 'remark')}`
      : `${GUARDED_NAMESPACE}/${GUARDED_NAME} does not exist`,
    ...shown.map(
      (finding) =>
        `${BULLET}${finding.severity}: ${fieldOf(finding)}: ` +
        describeFinding(finding, object, `${BULLET}${finding.severity}: `.length),
    ),
    ...(hidden > 0 ? [`${BULLET}and ${count(hidden, 'more finding')}`] : []),
    ...overlayLines(report.overlays ?? [], report.overlaysOmitted ?? 0),
    ...(report.nodes ? nodeLines(report.nodes) : []),
    ...lastWriteLines(report.lastWrite),
    '',
    ...factLines(facts),
    ...(unknown.length > 0 ? ['Not known:', ...unknown.map((line) => `  ${line}`)] : []),
    '',
    hasTerway === false ? NO_TERWAY : advice(verdict, restart),
    ...(isReconfigured ? [RECONFIGURED] : []),
    ...writerLines(refusedWriters),
  ];
  return `${lines.join('\n')}\n`;
}

const RECONFIGURED =
  "The guard's own ConfigMap was changed past Helm: a guard that starts refuses it. helm upgrade --reset-then-reuse-values puts it back.";
const NO_TERWAY = `There is no Terway in this cluster: no DaemonSet ${listed(TERWAY_DAEMONSETS)} in ${GUARDED_NAMESPACE}, so nothing reads this here.`;

function advice(verdict: Verdict, restart: string): string {
  if (verdict.allowed) return `Terway pods can restart on this: ${restart}`;
  return isSafe(verdict)
    ? 'Nodes and pods start on this, but a part of it does nothing until it is mended.'
    : 'Do not restart Terway pods, and add no nodes, until this is mended.';
}

/** What is refused as a write and yet ignored by Terway and the plugins takes nothing down. */
const isSafe = (verdict: Verdict) => outagesIn(verdict).length === 0;

function factLines(facts: Facts): string[] {
  const known = Object.entries(summarizeFacts(facts));
  if (known.length === 0) return ['Known of the cluster: nothing'];
  const width = Math.max(...known.map(([name]) => name.length));
  return [
    'Known of the cluster:',
    ...known.map(([name, { value, origin, ageSeconds, estimate }]) => {
      const age = ageSeconds === undefined ? '' : `, ${ageSeconds} s ago`;
      return `  ${name.padEnd(width)}  ${value}${estimate ? ' or so' : ''} (${origin}${age})`;
    }),
  ];
}

/** Of a name that its owner chose, in characters. */
const MAX_NAME_LENGTH = 256;

function lastWriteFields({ at, user, fieldManager, revision }: LastWrite) {
  return {
    at,
    ...(user === undefined ? {} : { user: printable(user, MAX_NAME_LENGTH) }),
    ...(fieldManager === undefined
      ? {}
      : { fieldManager: printable(fieldManager, MAX_NAME_LENGTH) }),
    ...(revision === undefined ? {} : { revision }),
  };
}

/** The user where a guard knows one; a field manager is called that, as anyone may choose its name. */
function lastWriteLines(lastWrite: LastWrite | undefined): string[] {
  if (!lastWrite) return [];
  const { at, user, fieldManager = 'unknown', revision } = lastWriteFields(lastWrite);
  const by = user ?? `field manager ${fieldManager} (user not known)`;
  const number = revision === undefined ? '' : `, revision ${revision}`;
  return [`Last write: ${at} by ${by}${number}`];
}

/** Who was refused, and what lets a program of ACK through. */
function writerLines(writers: readonly RefusedWriter[] | undefined): string[] {
  if (writers === undefined)
    return ['', 'Who had writes refused is not known: may you get events?'];
  if (writers.length === 0) return [];
  return [
    '',
    'Writes refused in the last week, or let through by a mode that refuses nothing:',
    ...writers.map(({ user, count: times, lastMs, rules }) => {
      const last = new Date(lastMs).toISOString();
      return `  ${user}: ${count(times, 'time')}, last ${last}: ${rules.join(', ')}`;
    }),
    'Programs of ACK among them are let through with, in the values of the chart:',
    `  config: {exempt: {users: [${writers.map(({ user }) => quoted(user, 340)).join(', ')}]}}`,
  ];
}
