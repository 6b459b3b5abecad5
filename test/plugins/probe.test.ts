import { chmodSync, copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

import { probeDirectory } from '../../src/probe/probe.ts';
import { decodeProbeResult, encodeProbeResult } from '../../src/probe/result.ts';
import { run } from '../support/output.ts';
import { findOrBuild } from '../support/plugin-binaries.ts';
import { buildPrograms } from '../support/go-module.ts';
import { PLUGIN_RELEASES, PLUGIN_TYPES } from '../support/plugin-releases.ts';

/** The probe asks the plugins as released, and programs that are hostile on purpose. */

t.setTimeout(20 * 60_000);

const { plugins } = await findOrBuild();
const workshop = t.testdir();
const hostile = join(workshop, 'hostile');
const source = fileURLToPath(new URL('probe/hostile.go', import.meta.url));
const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
const built = await run('go', ['build', '-o', hostile, source], { env });
if (built.code !== 0) throw new Error(`the hostile program can't be built: ${built.stderr}`);

/** A real plugin as `go build` makes it, without what its release workflow adds. */
const module = 'github.com/containernetworking/plugins';
const packages = [`${module}/plugins/meta/vrf`];
await buildPrograms({ module, version: '1.9.1', packages, variables: {} }, workshop);
const withoutVersion = join(workshop, 'vrf');

const IMPORTANT = new Set<string>(PLUGIN_TYPES);
const probe = (directory: string) => probeDirectory(directory, IMPORTANT);

/** Highest specification version of each release. Source: go.mod of the plugins, per tag. */
const SPEC: Record<string, string> = { '1.5.1': '1.0.0', '1.6.2': '1.1.0', '1.7.1': '1.1.0' };

for (const release of PLUGIN_RELEASES) {
  t.test(`plugins ${release} tell their version`, async (t) => {
    const found = await probe(plugins[release]);
    t.strictSame([...found.binaries.keys()], [...PLUGIN_TYPES].sort());
    for (const [name, answer] of found.binaries) {
      t.equal(answer.version, `v${release}`, name);
      t.equal(answer.specVersions?.at(-1), SPEC[release] ?? '1.1.0', name);
      t.equal(answer.problem, undefined, name);
    }
    const text = encodeProbeResult(found);
    t.ok(text.length < 600, `${text.length} bytes`);
    t.strictSame(new Map(decodeProbeResult(text)?.binaries), found.binaries);
  });
}

t.test('releases side by side, under other names, built without their version', async (t) => {
  const directory = t.testdir();
  copyFileSync(join(plugins['1.5.1'], 'portmap'), join(directory, 'portmap'));
  copyFileSync(join(plugins['1.7.1'], 'tuning'), join(directory, 'renamed'));
  symlinkSync('renamed', join(directory, 'linked'));
  copyFileSync(withoutVersion, join(directory, 'vrf'));
  const { binaries } = await probe(directory);
  t.strictSame(
    [...binaries].map(([name, { version }]) => [name, version]),
    [
      ['portmap', 'v1.5.1'],
      ['vrf', undefined],
      ['linked', 'v1.7.1'],
      ['renamed', 'v1.7.1'],
    ],
  );
});

t.test('hostile programs', async (t) => {
  const directory = t.testdir();
  const place = (name: string, from = hostile) => {
    copyFileSync(from, join(directory, name));
    chmodSync(join(directory, name), 0o755);
  };
  const BEHAVIOURS = ['crashes', 'escapes', 'floods', 'forks', 'hangs', 'hangs-later', 'lies'];
  for (const name of [...BEHAVIOURS, 'talks-nonsense', 'well-behaved']) place(name);
  const write = (name: string, contents: string | Buffer) =>
    writeFileSync(join(directory, name), contents, { mode: 0o755 });
  const program = readFileSync(hostile, 'latin1');
  write('no-plugin', Buffer.from(program.replaceAll('CNI_COMMAND', 'XYZ_COMMAND'), 'latin1'));
  const RISC_V = '\u00f3\0';
  write('of-risc-v', Buffer.from(program.slice(0, 18) + RISC_V + program.slice(20), 'latin1'));
  write('cut-short', Buffer.from(program.slice(0, 4096), 'latin1'));
  write('script.sh', '#!/bin/sh\n: $CNI_COMMAND > "$0.was-run"\n');
  copyFileSync(join(plugins['1.7.1'], 'portmap'), join(directory, 'portmap'));
  symlinkSync('/bin/sh', join(directory, 'shell'));
  t.teardown(() => processesOf(join(directory, 'escapes')).forEach((pid) => process.kill(pid)));

  const { binaries } = await probe(directory);
  const spec = ['0.4.0', '1.0.0'];
  t.strictSame(Object.fromEntries(binaries), {
    portmap: { version: 'v1.7.1', specVersions: binaries.get('portmap')?.specVersions },
    crashes: { problem: 'exit status 2' },
    'cut-short': { problem: 'not a CNI plugin' },
    // It holds its output for as long as it likes, but not the probe; its container's end ends it.
    escapes: { problem: 'no answer in time' },
    floods: { problem: 'endless output' },
    forks: { specVersions: spec, version: 'v6.6.6' },
    hangs: { problem: 'no answer in time' },
    'hangs-later': { specVersions: spec, problem: 'no answer in time' },
    lies: { specVersions: ['1.0.0\u001b[2J', '1.0.0'], version: 'v1.0.0\u001b[2J' },
    'no-plugin': { problem: 'not a CNI plugin' },
    'of-risc-v': { problem: 'another architecture' },
    'script.sh': { problem: 'not a program' },
    shell: { problem: 'a link out of the directory' },
    'talks-nonsense': { problem: 'no CNI versions in its answer' },
    'well-behaved': { specVersions: spec, version: 'v9.9.9' },
  });

  for (const name of ['crashes', 'hangs', 'well-behaved']) {
    t.ok(existsSync(join(directory, `${name}.was-run`)), `${name} was run`);
  }
  for (const name of ['no-plugin', 'of-risc-v', 'cut-short', 'script.sh']) {
    t.notOk(existsSync(join(directory, `${name}.was-run`)), `${name} was not run`);
  }
  for (const name of ['hangs', 'hangs-later', 'floods', 'forks']) {
    t.ok(await isGone(join(directory, name)), `nothing of ${name} is left`);
  }

  const decoded = decodeProbeResult(encodeProbeResult({ binaries }));
  t.strictSame(
    decoded?.binaries.get('lies'),
    { specVersions: ['1.0.0'] },
    'nothing unsafe is told',
  );
  t.equal(decoded?.binaries.size, binaries.size);
});

t.test('as the user of the image, it tells what it may not read or run', async (t) => {
  const directory = t.testdir();
  for (const [name, mode] of Object.entries({ portmap: 0o755, tuning: 0o700, vrf: 0o711 })) {
    copyFileSync(join(plugins['1.7.1'], name), join(directory, name));
    chmodSync(join(directory, name), mode);
  }
  process.setegid!(65532);
  process.seteuid!(65532);
  const { binaries } = await probe(directory).finally(() => {
    process.seteuid!(0);
    process.setegid!(0);
  });
  t.strictSame([...binaries.keys()], ['portmap', 'tuning', 'vrf']);
  t.equal(binaries.get('portmap')?.version, 'v1.7.1');
  t.strictSame(binaries.get('tuning'), { problem: 'not readable (EACCES)' });
  t.strictSame(binaries.get('vrf'), { problem: 'not readable (EACCES)' });
});

/** The processes that run the file at `path`. */
function processesOf(path: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/exe`) === path;
      } catch {
        return false; // No process, or one that has ended.
      }
    });
}

/** Whether no process runs the file at `path`, now or soon: a kill takes a moment. */
async function isGone(path: string): Promise<boolean> {
  for (let tries = 0; tries < 500 && processesOf(path).length > 0; tries += 1) await sleep(20);
  return processesOf(path).length === 0;
}
