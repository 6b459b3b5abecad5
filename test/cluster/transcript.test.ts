import { tmpdir } from 'node:os';
import { t } from 'tap';

import { normalise } from './controlplane/normalise.ts';
import { Transcript } from './controlplane/transcript.ts';

t.test('normalise() replaces what differs from run to run', (t) => {
  const cases: [string, string][] = [
    [
      `stored to "${tmpdir()}/controlplane-x/tmp/kubectl-edit-123.yaml"`,
      'stored to "/tmp/kubectl-edit-N.yaml"',
    ],
    [
      `error when reading ${tmpdir()}/controlplane-aB3_/bad.yaml`,
      'error when reading <folder>/bad.yaml',
    ],
    [
      `--- ${tmpdir()}/controlplane-x/tmp/LIVE-12/v1.Pod.a\t2026-01-02 03:04:05.678901234 +0000`,
      '--- /tmp/LIVE-N/v1.Pod.a\t<time>',
    ],
    ['error when patching "/dev/shm/147238619"', 'error when patching "/dev/shm/N"'],
    ['uid: 624fce5b-6c5a-4bb0-9f3c-0f6c2a9e3b11', 'uid: <uid>'],
    ['creationTimestamp: "2026-01-02T03:04:05Z"', 'creationTimestamp: "<time>"'],
    ['  resourceVersion: "417"', '  resourceVersion: "<version>"'],
    ['{"resourceVersion":"417"}', '{"resourceVersion":"<version>"}'],
    ['{\\"resourceVersion\\":\\"417\\"}', '{\\"resourceVersion\\":\\"<version>\\"}'],
    ['dial tcp 127.0.0.1:41873: refused', 'dial tcp 127.0.0.1:<port>: refused'],
  ];
  for (const [text, expected] of cases) t.equal(normalise(text), expected);
  t.end();
});

t.test('a transcript shows commands as a person sees them', (t) => {
  const transcript = new Transcript();
  transcript.add('kubectl get pods', { code: 1, stdout: '', stderr: 'error: none\n' });
  transcript.add('kubectl edit it', {
    code: 0,
    stdout: 'it edited\n',
    stderr: '',
    openings: ['as stored\n', '# refused\n\nas saved\n'],
  });
  t.equal(
    transcript.text(),
    [
      '$ kubectl get pods',
      'stderr| error: none',
      '(exit 1)',
      '',
      '$ kubectl edit it',
      '(editor opens again)',
      'editor| # refused',
      'editor| ',
      'editor| as saved',
      'it edited',
      '(exit 0)',
      '',
    ].join('\n'),
  );
  t.end();
});

t.test('a golden file that is not there is a failure', async (t) => {
  const update = process.env.UPDATE_GOLDEN;
  delete process.env.UPDATE_GOLDEN;
  t.teardown(() => {
    if (update !== undefined) process.env.UPDATE_GOLDEN = update;
  });
  const failures: string[] = [];
  const recorder = { fail: (message: string) => failures.push(message) };
  await new Transcript().matchesGolden(recorder as never, 'no-such-golden');
  t.match(failures, [/no golden transcript no-such-golden: set UPDATE_GOLDEN=1/]);
});
