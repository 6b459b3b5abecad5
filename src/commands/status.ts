import { summarizeFacts } from '../audit/facts-summary.ts';
import { LOG_SCHEMA } from '../audit/decision-log.ts';
import { fieldsOf, gravest } from '../audit/finding-fields.ts';
import type { StoredObject } from '../audit/background-check.ts';
import { judgeStored } from '../audit/stored-verdict.ts';
import { type ApiServer, connect } from '../cluster/api.ts';
import { readStoredObject } from '../cluster/stored-object.ts';
import type { Config } from '../config/config.ts';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../core/config-map.ts';
import { type Facts, TERWAY_DAEMONSET } from '../core/facts.ts';
import type { Verdict } from '../core/review.ts';
import { count, printable, shortened } from '../core/text.ts';
import { BULLET, describeFinding, fieldOf } from '../report/finding-text.ts';
import { reviewStored } from '../rules/index.ts';
import { UsageError } from './usage-error.ts';

export interface StatusOptions {
  /** Path of the configuration file. */
  readonly config: string | undefined;
  /** Path of a kubeconfig; otherwise what kubectl would take, or the pod's service account. */
  readonly kubeconfig: string | undefined;
  readonly output: 'text' | 'json';
}

/**
 * Prints whether Terway pods can restart on what is stored, and resolves with the exit status: 0
 * when nothing is denied, 1 when something is. Throws ConfigError for the file and UsageError when
 * the API server does not tell.
 */
export async function status(options: StatusOptions): Promise<0 | 1> {
  const config = options.config === undefined ? DEFAULT_CONFIG : loadConfig(options.config);
  const api = connect({ kubeconfig: options.kubeconfig });
  const object = await readObject(api);
  const facts = factsFor(config);
  const verdict = judgeStored(reviewStored, object?.configMap, facts, config.policy);
  const report = { exists: object !== undefined, verdict, facts };
  process.stdout.write(options.output === 'json' ? asJson(report) : asText(report));
  return verdict.allowed ? 0 : 1;
}

const factsFor = (config: Config): Facts => ({ ...config.facts.known, asOf: Date.now() });

async function readObject(api: ApiServer): Promise<StoredObject | undefined> {
  try {
    return await readStoredObject(api);
  } catch (error) {
    throw new UsageError(
      `can't read ${GUARDED_NAMESPACE}/${GUARDED_NAME}: ${printable((error as Error).message, 600)}; ` +
        'name a kubeconfig of somebody who may, with --kubeconfig',
    );
  }
}

interface Report {
  readonly exists: boolean;
  readonly verdict: Verdict;
  readonly facts: Facts;
}

const MAX_TEXT_LENGTH = 2000;

function asJson({ exists, verdict, facts }: Report): string {
  const content = {
    schema: LOG_SCHEMA,
    exists,
    verdict: verdict.allowed ? 'allow' : 'deny',
    safeToRestart: verdict.allowed,
    findings: gravest(verdict.findings).map((finding) => ({
      ...fieldsOf(finding, verdict.object),
      message: shortened(finding.message, MAX_TEXT_LENGTH),
      fix: shortened(finding.fix, MAX_TEXT_LENGTH),
    })),
    findingsOmitted: verdict.findings.length - gravest(verdict.findings).length,
    facts: summarizeFacts(facts),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function asText({ exists, verdict, facts }: Report): string {
  const denied = verdict.findings.filter(({ severity }) => severity === 'deny').length;
  const shown = gravest(verdict.findings);
  const hidden = verdict.findings.length - shown.length;
  const daemonSet = facts.terwayDaemonSet?.value ?? TERWAY_DAEMONSET;
  const restart = `kubectl rollout restart -n ${GUARDED_NAMESPACE} daemonset.apps/${printable(daemonSet)}`;
  const lines = [
    exists
      ? `${GUARDED_NAMESPACE}/${GUARDED_NAME}: ${count(denied, 'problem')}, ${count(verdict.findings.length - denied, 'remark')}`
      : `${GUARDED_NAMESPACE}/${GUARDED_NAME} does not exist`,
    ...shown.map(
      (finding) =>
        `${BULLET}${finding.severity}: ${fieldOf(finding)}: ` +
        describeFinding(finding, verdict.object, `${BULLET}${finding.severity}: `.length),
    ),
    ...(hidden > 0 ? [`${BULLET}and ${count(hidden, 'more finding')}`] : []),
    '',
    ...factLines(facts),
    '',
    verdict.allowed
      ? `Terway pods can restart on this: ${restart}`
      : 'Do not restart Terway pods, and add no nodes, until this is mended.',
  ];
  return `${lines.join('\n')}\n`;
}

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
