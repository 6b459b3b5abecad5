import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askPlugin, releaseOf, supportedVersions } from '../../../src/probe/ask.ts';
import { runBriefly } from '../../../src/probe/run.ts';
import { waitFor } from '../../support/wait.ts';

// Shell scripts stand in for plugins here; test/plugins asks the real ones.

function fakePlugin(t: Test, script: string): string {
  const path = join(t.testdir(), 'plugin');
  writeFileSync(path, `#!/bin/sh\n${script}`);
  chmodSync(path, 0o755);
  return path;
}

const limits = (milliseconds: number) => ({ milliseconds, signal: new AbortController().signal });
const PATIENT = limits(20_000);
const IMPATIENT = limits(300);
const PATIENCE_MS = 20_000;

const VERSIONS = `echo '{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}'`;
const ANSWERING = (about: string) => `[ "$CNI_COMMAND" = VERSION ] && exec ${VERSIONS}\n${about}`;
const SPEC = { specVersions: ['0.4.0', '1.0.0'] };

t.test('fake plugins answer, in part or not at all', async (t) => {
  const ask = async (t: Test, script: string) => askPlugin(fakePlugin(t, script), PATIENT);
  t.test('both answers', async (t) => {
    const script = ANSWERING('echo "CNI portmap plugin v1.7.1" >&2; echo "CNI protocol ..." >&2');
    t.strictSame(await ask(t, script), { ...SPEC, version: 'v1.7.1' });
  });
  t.test('a build without its version', async (t) => {
    const script = ANSWERING('echo "CNI terway plugin version unknown" >&2');
    t.strictSame(await ask(t, script), { ...SPEC, problem: 'it does not tell' });
  });
  t.test('one from before v0.8.0', async (t) => {
    const script = ANSWERING('echo "CNI_COMMAND env variable missing"; exit 1');
    t.strictSame(await ask(t, script), { ...SPEC, problem: 'exit status 1' });
  });
  t.test('what does not answer the first question is not asked the second', async (t) => {
    const path = fakePlugin(t, 'echo run >> "$(dirname "$0")/runs"; echo hello');
    t.strictSame(await askPlugin(path, PATIENT), { problem: 'no CNI versions in its answer' });
    t.equal(readFileSync(join(path, '../runs'), 'utf8'), 'run\n');
  });
  t.test('a crash', async (t) => {
    t.strictSame(await ask(t, 'kill -SEGV $$'), { problem: 'killed by SIGSEGV' });
  });
  t.test('no interpreter', async (t) => {
    const path = fakePlugin(t, '');
    writeFileSync(path, '#!/no/such/shell\n');
    t.strictSame(await askPlugin(path, PATIENT), { problem: "can't be run (ENOENT)" });
  });
});

t.test('a program is run with nothing', async (t) => {
  process.env.SECRET_OF_THE_PROBE = 'x';
  t.teardown(() => delete process.env.SECRET_OF_THE_PROBE);
  const path = fakePlugin(t, 'cat; echo "$#"; pwd; /usr/bin/env -0');
  const run = await runBriefly(path, { CNI_COMMAND: 'VERSION' }, PATIENT);
  const [count, directory, ...rest] = 'stdout' in run ? run.stdout.split('\n') : [];
  t.strictSame([count, directory], ['0', '/']);
  const variables = rest.join('\n').split('\0');
  t.ok(variables.includes('CNI_COMMAND=VERSION'));
  // What the shell sets by itself, and what tap and Node's coverage give to every process.
  const own = /^(CNI_COMMAND|PWD|OLDPWD|SHLVL|_|NODE_OPTIONS|NODE_V8_COVERAGE|_TAPJS\w+)=|^$/;
  t.strictSame(
    variables.filter((text) => !own.test(text)),
    [],
  );
});

const hasText = (path: string) =>
  waitFor(`a number in ${path}`, PATIENCE_MS, () =>
    existsSync(path) && readFileSync(path, 'utf8') !== '' ? true : undefined,
  );

/** Resolves once the process whose number stands in the file at `path` is gone. */
async function isGone(path: string): Promise<boolean> {
  await hasText(path);
  const pid = readFileSync(path, 'utf8').trim();
  const stat = `/proc/${pid}/stat`;
  // A zombie, which its new parent has not waited for yet, is dead.
  return waitFor(`the end of process ${pid}`, PATIENCE_MS, () =>
    existsSync(stat) && !readFileSync(stat, 'utf8').includes(') Z ') ? undefined : true,
  );
}

t.test('fake plugins that do not end are ended', async (t) => {
  t.test('one that hangs, with what it started', async (t) => {
    const path = fakePlugin(t, 'sleep 1000 &\necho $! > "$(dirname "$0")/child"\nsleep 1000');
    const child = join(path, '../child');
    const time = new AbortController();
    const answer = askPlugin(path, { milliseconds: 1_000_000, signal: time.signal });
    await hasText(child);
    time.abort();
    t.strictSame(await answer, { problem: 'no answer in time' });
    t.ok(await isGone(child));
  });
  t.test('one that prints for ever', async (t) => {
    for (const stream of [1, 2]) {
      const path = fakePlugin(t, `exec yes >&${stream}`);
      t.strictSame(await askPlugin(path, PATIENT), { problem: 'endless output' });
    }
  });
  t.test('one that leaves a child holding its output', async (t) => {
    const about = 'sleep 1000 &\necho $! > "$(dirname "$0")/child"\necho "CNI a plugin v1.0.0" >&2';
    const path = fakePlugin(t, ANSWERING(about));
    t.strictSame(await askPlugin(path, PATIENT), { ...SPEC, version: 'v1.0.0' });
    t.ok(await isGone(join(path, '../child')));
  });
  t.test('one that ignores signals', async (t) => {
    const path = fakePlugin(t, 'trap "" TERM INT HUP; while :; do sleep 1000; done');
    t.strictSame(await askPlugin(path, IMPATIENT), { problem: 'no answer in time' });
  });
  t.test('all of them when time is over', async (t) => {
    const path = fakePlugin(t, 'sleep 1000');
    const run = { milliseconds: 1_000_000, signal: AbortSignal.timeout(200) };
    t.strictSame(await askPlugin(path, run), { problem: 'no answer in time' });
    t.strictSame(await askPlugin(path, run), { problem: 'no answer in time' }, 'at once');
  });
});

t.test('the release in a text', async (t) => {
  const releases = {
    'CNI portmap plugin v1.7.1\n': 'v1.7.1',
    'CNI portmap plugin v1.7.1\nCNI protocol versions supported: 0.1.0, 0.2.0\n': 'v1.7.1',
    'CNI plugins plugin v1.4.0-k3s2\r\n': 'v1.4.0-k3s2',
    'a warning\nCNI portmap plugin 1.2.0+build.7': '1.2.0+build.7',
    'CNI terway plugin version unknown\n': undefined,
    'CNI portmap plugin \n': undefined,
    [`CNI portmap plugin ${'1'.repeat(65)}\n`]: undefined,
    'Client Version: v1.30.0\n': undefined,
    '': undefined,
  };
  for (const [text, release] of Object.entries(releases)) {
    t.equal(releaseOf(text), release, JSON.stringify(text));
  }
});

t.test('the CNI versions in a text', async (t) => {
  t.strictSame(supportedVersions('{"supportedVersions":["1.0.0"]}'), ['1.0.0']);
  const others = ['', 'null', '[]', '{"supportedVersions":"1.0.0"}', '{"supportedVersions":[1]}'];
  for (const text of [...others, '{"supportedVersions":[]}', '{"code":1,"msg":"no"}']) {
    t.equal(supportedVersions(text), undefined, text);
  }
});
