import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { release, removeAtEnd } from '../support/leash.ts';
import { Daemon } from './controlplane/daemon.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The built program as the chart's second Deployment runs it. */
export interface Trust {
  /** What it has printed. */
  log(): Promise<string>;
  start(): void;
  /** Kills it (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM and removes its folder; gives its exit status. */
  stop(): Promise<number | null>;
}

/** Starts `eni-config-guard trust` from dist with this `tls` section, as the user of a kubeconfig. */
export async function startTrust(
  tls: Readonly<Record<string, unknown>>,
  kubeconfig: string,
): Promise<Trust> {
  const folder = await mkdtemp(join(tmpdir(), 'trust-'));
  const janitor = removeAtEnd(folder);
  const configFile = join(folder, 'config.yaml');
  const logFile = join(folder, 'trust.log');
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify({ tls }));
  const args = [program, 'trust', '--config', configFile];
  const daemon = new Daemon('eni-config-guard trust', process.execPath, args, logFile, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig },
  });
  daemon.start();
  return {
    log: async () => readFile(logFile, 'utf8'),
    start: () => daemon.start(),
    kill: async () => daemon.stop(),
    async stop() {
      const status = await daemon.terminate();
      await release(janitor);
      return status;
    },
  };
}
