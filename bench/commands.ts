import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { GOOD } from '../test/support/config-maps.ts';
import { median, printFigures } from './report.ts';

const CALLS = 15;

/** How long a call of a command takes, from its start to its end; dist/ is what is called. */
export function benchCommands(): void {
  const directory = mkdtempSync(join(tmpdir(), 'eni-config-guard-bench-'));
  const file = join(directory, 'eni-config.json');
  const metadata = { name: 'eni-config', namespace: 'kube-system' };
  writeFileSync(file, JSON.stringify({ kind: 'ConfigMap', metadata, data: GOOD }));
  const value = median(Array.from({ length: CALLS }, () => timeOf('lint', file)));
  const bare = median(Array.from({ length: CALLS }, () => timeOf('version')));
  printFigures('Commands, a process each', [
    { what: 'lint of one file', value, unit: 'ms', wanted: '< 150' },
    { what: 'version, which does nothing', value: bare, unit: 'ms', wanted: '' },
  ]);
  rmSync(directory, { recursive: true });
}

function timeOf(...args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, ['dist/main.js', ...args]);
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status ?? 'a signal'}`);
  return performance.now() - start;
}
