import { readChain } from '../engine/core/chain.ts';
import { outagesIn } from '../engine/core/decide.ts';
import { CNI_CHAIN_KEY, type ConfigMap, formatOf } from '../engine/core/eni-config.ts';
import { type Exemption, exemptionBy, exemptionOf } from '../engine/core/exemption.ts';
import type { Facts } from '../engine/core/facts.ts';
import { type Severity, weaker } from '../engine/core/finding.ts';
import type { Policy } from '../engine/core/policy.ts';
import type { StoredReview } from '../engine/core/review-stored.ts';
import type { StoredObject } from '../engine/core/stored-object.ts';
import { type DocumentReader, createDocumentReader } from '../engine/json/document-reader.ts';
import { countingKey } from '../engine/reading/counting-chain.ts';
import { errorName } from '../engine/text/error-name.ts';
import { isObject } from '../engine/text/is-object.ts';
import { printable } from '../engine/text/text.ts';
import { readBody } from './body.ts';
import { type BreakGlassOptions, answerBreakGlass } from './break-glass.ts';
import type { Outcome } from './outcome.ts';
import type { AdmissionRequest, Restart } from './request.ts';
import { type AdmissionResponse, allowed, annotationsOf, boundWarnings } from './response.ts';
import { brokenWarnings, chainWarning, forbidden, idleWarnings } from './restart-answer.ts';
import { factsAfter } from './restart-facts.ts';
import { readRestart } from './restart-request.ts';

/** What decides whether Terway may be restarted on what is stored. */
export interface RestartGate {
  readonly mode: 'off' | 'warn' | 'deny';
  readonly review: StoredReview;
  readonly facts: () => Facts;
  readonly policy: Policy;
  readonly breakGlass?: BreakGlassOptions | undefined;
  /**
   * Reads eni-config as it is now; undefined when there is none. Rejects when it can't be read, in
   * a time that leaves room for a question about break-glass within a webhook's 3 s.
   */
  readonly stored: () => Promise<StoredObject | undefined>;
}

/**
 * Answers the text of an AdmissionReview for `POST /restart-gate`. It refuses only what is known to
 * be broken: what can't be read or judged is let through. Rejects only with NoUidError.
 */
export async function gateRestart(text: string, gate: RestartGate): Promise<Outcome> {
  const body = readBody(text, readRestart);
  if ('unreadable' in body) return { response: allowed(body.uid) };
  const { request } = body;
  if (!request.restart || gate.mode === 'off') return { response: allowed(request.uid), request };
  try {
    return await judgeRestart(request, request.restart, gate.mode, gate);
  } catch (error) {
    const failure = failureOf(error);
    const warnings = gate.policy.mode === 'audit' ? [] : [UNCHECKED];
    const response = allowedWith(request, warnings, { verdict: 'allow', failure });
    return { response, request, failure };
  }
}

/** The class, and the API server's reason, which is one of its constants. */
function failureOf(error: unknown): string {
  const name = errorName(error);
  const reason = isObject(error) ? error.reason : undefined;
  return typeof reason === 'string' ? `${name} ${printable(reason, 40)}` : name;
}

const UNCHECKED =
  'eni-config-guard could not read eni-config just now; whether it is safe to restart on was not checked';

async function judgeRestart(
  request: AdmissionRequest,
  restart: Restart,
  mode: 'warn' | 'deny',
  gate: RestartGate,
): Promise<Outcome> {
  const { daemonSet } = restart;
  const { uid, user } = request;
  const stored = await gate.stored();
  const object = stored?.configMap;
  const facts = factsAfter(gate.facts(), restart);
  const read = createDocumentReader();
  const verdict = gate.review(object, facts, gate.policy, read);
  const broken = outagesIn(verdict);
  const objectUid = stored?.uid;
  const judged = { request, verdict, object, objectUid, facts, objections: broken };
  const ceiling: Severity = gate.policy.mode === 'enforce' ? mode : weaker(mode, gate.policy.mode);
  const allow = (warnings: readonly string[], exemption?: Exemption): Outcome => {
    const annotations = annotationsOf({ allowed: true, findings: verdict.findings, exemption });
    const response = allowedWith(request, ceiling === 'audit' ? [] : warnings, annotations);
    return { ...judged, response, exemption };
  };

  if (broken.length === 0) {
    const types = object && chainTypes(object, facts, read);
    const news = mayBeNews(stored, restart) ? [chainWarning(daemonSet, types)] : [];
    return allow([...news, ...idleWarnings(verdict, object)]);
  }
  const warnings = brokenWarnings(daemonSet, broken, object);
  const exemption = exemptionOf(user, gate.policy);
  if (exemption) return allow(warnings, exemption);
  if (ceiling !== 'deny') return allow(warnings);

  const granted = { status: 'used', remains: true } as const;
  const breakGlass =
    object?.breakGlass &&
    (await answerBreakGlass(object.breakGlass, user, granted, gate.breakGlass));
  if (breakGlass && breakGlass.status !== 'rejected') {
    const used = `break-glass used, open until ${breakGlass.until}`;
    return allow([used, ...warnings], exemptionBy(breakGlass));
  }
  const status = forbidden(daemonSet, broken, object, breakGlass?.why);
  const auditAnnotations = annotationsOf({ allowed: false, findings: verdict.findings });
  return { ...judged, response: { uid, allowed: false, status, auditAnnotations } };
}

/** The types of the plugins that Terway makes the chain of; undefined where it has none to read. */
function chainTypes(object: ConfigMap, facts: Facts, read: DocumentReader) {
  const key = countingKey(object, facts);
  const text = key && object.data.get(key);
  if (key === undefined || text === undefined) return undefined;
  const types = readChain(read(text, formatOf(key)), key)?.map(({ type = '' }) => type);
  return types && key === CNI_CHAIN_KEY ? ['terway', ...types] : types;
}

/** Whether nodes may read something else than at the last restart, as far as that can be told. */
function mayBeNews(stored: StoredObject | undefined, { lastRestartMs }: Restart): boolean {
  const changedMs = stored?.changedMs;
  return changedMs === undefined || lastRestartMs === undefined || changedMs >= lastRestartMs;
}

function allowedWith(
  { uid }: AdmissionRequest,
  warnings: readonly string[],
  auditAnnotations: Readonly<Record<string, string>>,
): AdmissionResponse {
  return {
    ...allowed(uid),
    ...(warnings.length > 0 ? { warnings: boundWarnings(warnings) } : {}),
    auditAnnotations,
  };
}
