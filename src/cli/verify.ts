import { CONFLIST_KEY, GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { masked } from '../doctor/sentence.ts';
import { ApiError, type ApiServer, connect } from '../kube/api.ts';
import { ENI_CONFIG_PATH } from '../kube/eni-config.ts';
import { defineCommand } from './frame/command.ts';
import { KUBECONFIG, OUTPUT } from './frame/flags.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

/** The rule that refuses {@link BAD_CHAIN}: a chain without a plugin, which is of no use. */
const EXPECTED = 'eni-config-guard/chain-shape';
/** How a warning ends that the rule gives instead of refusing. */
const WARNED_ABOUT = '(chain-shape)';
const BAD_CHAIN = '{"plugins":[]}';

/** What a known-bad write met. */
export interface Verification {
  /**
   * `guarded`: refused by the guard; `warned`: only warned about, as in mode warn; `open`: neither;
   * `unknown`: something else stood in the way.
   */
  readonly outcome: 'guarded' | 'warned' | 'open' | 'unknown';
  /** One line for a person. */
  readonly message: string;
}

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const VERIFY_SCHEMA = 1;

const EXIT_STATUS = { guarded: 0, open: 1, unknown: 2, warned: 3 } as const;

/** Asks for a write that the guard must refuse and prints in one line what came of it. */
export const command = defineCommand(
  {
    details: 'Needs the right to patch configmaps/eni-config in kube-system; nothing is changed.',
    flags: { ...KUBECONFIG, ...OUTPUT },
    examples: ['verify', 'verify --context production --output json'],
    statuses: '0 guarded, 1 not guarded, 2 it could not be found out, 3 guarded in mode warn',
  },
  async ({ flags: { output = 'text', ...connection } }) => {
    const { outcome, message } = await tryBadChain(connect(connection));
    if (output === 'json') {
      const content = { schema: VERIFY_SCHEMA, outcome, message };
      await print(`${JSON.stringify(content, null, 2)}\n`);
    } else if (outcome === 'unknown') {
      throw new UsageError(message);
    } else {
      await print(`${message}\n`);
    }
    return EXIT_STATUS[outcome];
  },
);

/** Tries the write as a dry run, which changes nothing. Never throws. */
export async function tryBadChain(api: ApiServer): Promise<Verification> {
  const warnings: string[] = [];
  try {
    await api.call({
      method: 'PATCH',
      path: ENI_CONFIG_PATH,
      query: { dryRun: 'All', fieldManager: 'eni-config-guard-verify' },
      contentType: 'application/merge-patch+json',
      body: { data: { [CONFLIST_KEY]: BAD_CHAIN } },
      onWarnings: (told) => warnings.push(...told),
    });
    if (warnings.some((warning) => warning.includes(WARNED_ABOUT))) {
      return {
        outcome: 'warned',
        message:
          `${GUARDED_NAMESPACE}/${GUARDED_NAME} is guarded, but refuses nothing (mode warn, or an ` +
          `exempt user asked): a bad chain was only warned about, by ${EXPECTED}`,
      };
    }
    return {
      outcome: 'open',
      message:
        `a chain without plugins was accepted without a word (dry run): ${GUARDED_NAME} is not ` +
        'guarded, or the guard runs in mode audit',
    };
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): Verification {
  const { status, message } = error as ApiError;
  // The path of the guard may hold a token.
  const told = masked(message, 600);
  if (!(error instanceof ApiError) || status === undefined) {
    return { outcome: 'unknown', message: `no API server to ask: ${told}` };
  }
  if (error.hints.causes?.some((line) => line.includes(EXPECTED)) ?? false) {
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
