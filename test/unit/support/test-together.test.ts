import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import t, { type Test } from 'tap';

/** Test files that share a process are told apart, and each that fails or gets no turn fails the run. */

const PASSES = "import t from 'tap'; t.test('is so', async (t) => t.ok(true));";

function runTogether(t: Test, sources: Readonly<Record<string, string>>) {
  const folder = t.testdir({ ...sources });
  const files = Object.keys(sources).map((name) => join(folder, name));
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test-together.ts'], {
    env: { ...process.env, TEST_FILES: files.join('\n'), TAP: '1' },
    encoding: 'utf8',
  });
  const verdicts = stdout.matchAll(/^(ok|not ok) \d+ - (.*?)(?: # time.*)?$/gm);
  return { status, stdout, verdicts: [...verdicts].map(([, ok, name]) => [ok, basename(name!)]) };
}

t.test('each file has its own verdict', async (t) => {
  const { status, stdout, verdicts } = runTogether(t, {
    'passes.test.ts': PASSES,
    'fails.test.ts': "import { t } from 'tap'; t.test('is not so', async (t) => t.ok(false));",
    'throws.test.ts': "throw new Error('at its import');",
    'throws-late.test.ts':
      PASSES +
      "t.test('waits', () => new Promise(() => setTimeout(() => { throw new Error('later'); })));",
    'is-empty.test.ts': '',
    'waits.test.ts': "import t from 'tap'; t.test('waits', () => new Promise(setImmediate));",
    'passes-as-well.test.ts': PASSES,
  });
  t.same(verdicts, [
    ['ok', 'passes.test.ts'],
    ['not ok', 'fails.test.ts'],
    ['not ok', 'throws.test.ts'],
    ['not ok', 'throws-late.test.ts'],
    ['not ok', 'is-empty.test.ts'],
    ['ok', 'waits.test.ts'],
    ['ok', 'passes-as-well.test.ts'],
  ]);
  for (const reason of ['at its import', 'later', 'no test in this file']) t.match(stdout, reason);
  t.equal(status, 1);
});

t.test('a file that ends the process fails itself and the rest', async (t) => {
  const { status, verdicts } = runTogether(t, {
    'exits.test.ts': "import t from 'tap'; t.test('exits', async () => process.exit(0));",
    'passes.test.ts': PASSES,
  });
  t.same(
    verdicts.map(([ok]) => ok),
    ['not ok', 'not ok'],
  );
  t.equal(status, 1);
});
