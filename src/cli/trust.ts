import { loadConfig } from '../config/load.ts';
import { connect } from '../kube/api.ts';
import { createLogger } from '../log.ts';
import { lookInterval } from './compose/look-interval.ts';
import { createTrustKeeper } from './compose/trust.ts';
import { defineCommand } from './frame/command.ts';
import { CONFIG_DIGEST } from './frame/flags.ts';

export const command = defineCommand(
  {
    details: 'One process of a cluster does this, with rights that the guard itself lacks.',
    flags: {
      config: { value: 'FILE', required: true, about: "the guard's configuration file" },
      ...CONFIG_DIGEST,
    },
    examples: ['trust --config config.yaml'],
    statuses: '0 stopped by a signal, 1 no look succeeded for ten minutes',
  },
  async ({ flags: { config, 'config-digest': digest } }) => trust(config, digest),
);

/** A process that could do nothing for this long ends, and a new one may fare better. */
const STUCK_AFTER_MS = 10 * 60 * 1000;

/**
 * Makes and renews the certificates that guards serve and has the API server trust them, until SIGTERM
 * or SIGINT. Resolves with the exit status: 1 when no look succeeded for ten minutes. Throws
 * ConfigError for the file and UsageError where the configuration leaves nothing to do.
 */
async function trust(path: string, digest: string | undefined): Promise<number> {
  const config = loadConfig(path, digest);
  const log = await createLogger(config.audit.logFormat);
  const keeper = createTrustKeeper(config.tls, connect(), log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => keeper.stop());
  log.info({ source: config.tls.source }, 'keeping the trust of the API server');
  if ((await keeper.keepLooking(lookInterval(config.tls), STUCK_AFTER_MS)) === 'stopped') {
    log.info('stopped');
    return 0;
  }
  log.error({ minutes: STUCK_AFTER_MS / 60_000 }, 'no look has succeeded for long: ending');
  return 1;
}
