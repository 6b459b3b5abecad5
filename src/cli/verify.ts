import { CONFLIST_KEY, GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { printable } from '../engine/text/text.ts';
import { ApiError, type ApiServer } from '../kube/api.ts';
import { ENI_CONFIG_PATH } from '../kube/eni-config.ts';

/** The rule that refuses {@link BAD_CHAIN}; no working configuration has a chain without a plugin. */
const EXPECTED = 'eni-config-guard/chain-shape';
const BAD_CHAIN = '{"plugins":[]}';

/** What a known-bad write met. */
export interface Verification {
  /** `guarded`: refused by the guard; `open`: not; `unknown`: something else stood in the way. */
  readonly outcome: 'guarded' | 'open' | 'unknown';
  /** One line for a person. */
  readonly message: string;
}

/**
 * Asks the API server for a write that the guard must refuse, as a dry run: nothing is changed,
 * whatever the answer. Never throws. Needs the right to patch eni-config.
 */
export async function verify(api: ApiServer): Promise<Verification> {
  try {
    await api.call({
      method: 'PATCH',
      path: ENI_CONFIG_PATH,
      query: { dryRun: 'All', fieldManager: 'eni-config-guard-verify' },
      contentType: 'application/merge-patch+json',
      body: { data: { [CONFLIST_KEY]: BAD_CHAIN } },
    });
    return {
      outcome: 'open',
      message: `a chain without plugins was accepted (dry run): ${GUARDED_NAME} is not guarded`,
    };
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): Verification {
  const { status, message } = error as ApiError;
  const told = printable(message, 500);
  if (!(error instanceof ApiError) || status === undefined) {
    return { outcome: 'unknown', message: `no API server to ask: ${told}` };
  }
  if (message.includes(EXPECTED)) {
    return {
      outcome: 'guarded',
      message: `${GUARDED_NAMESPACE}/${GUARDED_NAME} is guarded: a bad chain was refused by ${EXPECTED}`,
    };
  }
  if (message.includes('failed calling webhook')) {
    return { outcome: 'open', message: `the API server does not reach the guard: ${told}` };
  }
  if (status === 404) {
    return {
      outcome: 'unknown',
      message: `there is no ${GUARDED_NAMESPACE}/${GUARDED_NAME}: no Terway in this cluster?`,
    };
  }
  return { outcome: 'unknown', message: `refused, but not by the guard: ${told}` };
}
