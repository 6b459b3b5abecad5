import { dirname } from 'node:path';
import t, { type Test } from 'tap';
import { encodeHistory } from '../../src/rollout/history/document.ts';
import { type Revision, chainHash, textsHash } from '../../src/rollout/history/revision.ts';
import { BASE_VETH, type Data, GOOD, TYPO } from '../support/config-maps.ts';
import { keepsContract } from '../support/contract.ts';
import { documentedFields } from '../support/documented-fields.ts';
import { misbehaving } from '../support/misbehaving-api-server.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';

const SECRET = '/api/v1/namespaces/kube-system/secrets/eni-config-guard-history';
const ENI_CONFIG = '/api/v1/namespaces/kube-system/configmaps/eni-config';
const CANARY = 'LTAI5tCANARY';

const entries = (data: Data) => new Map(Object.entries(data));

function revision(number: number, data: Data | undefined, more: Partial<Revision> = {}): Revision {
  return {
    number,
    at: `2026-01-0${number}T10:00:31.123Z`,
    resourceVersion: String(100 + number),
    hash: textsHash(data && { data: entries(data), binaryData: new Map() }),
    chain: chainHash(data && entries(data)),
    ...(data ? { data } : { deleted: true }),
    ...more,
  };
}

const manager = { fieldManager: 'kubectl-edit', fieldManagerAt: '2026-01-01T10:00:30.000Z' };
const secret = (text: string) => ({ ...GOOD, eni_conf: text, unknown_key: CANARY });

const REVISIONS = [
  revision(1, secret(`{"access_key":"${CANARY}","max_pool_size":5}`), manager),
  revision(2, secret(`{"access_key":"${CANARY}2","max_pool_size":5}`), { user: 'alice' }),
  revision(3, TYPO, { gap: true, gapSince: '2026-01-02T23:00:00Z' }),
  revision(4, undefined),
  revision(5, { ...GOOD, '10-terway.conf': '{"type":"terway"}' }, { user: 'bob\u001b[31m' }),
];

interface Cluster {
  /** What stands in eni-config; undefined: there is none. */
  readonly stored?: Data | undefined;
  readonly revisions?: readonly Revision[];
  /** What a write is answered. */
  readonly write?: { readonly status: number; readonly message: string };
}

/** Runs a command against a server that has a history and eni-config, and nothing else. */
async function call(t: Test, args: readonly string[], cluster: Cluster = {}) {
  const { revisions = REVISIONS, write = { status: 200, message: '' } } = cluster;
  const value = (await encodeHistory({ seen: '105', revisions })).toString('base64');
  const writes: unknown[] = [];
  const { kubeconfig } = await misbehaving(t, (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'https://localhost');
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const metadata = { name: 'eni-config', resourceVersion: '105' };
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      if (request.method !== 'GET') {
        writes.push(JSON.parse(text));
        const { status, message } = write;
        answer(status, status < 300 ? {} : { kind: 'Status', code: status, message });
      } else if (pathname === SECRET) {
        answer(200, { metadata, data: { history: value } });
      } else if (pathname === ENI_CONFIG && cluster.stored) {
        answer(200, { metadata, data: cluster.stored });
      } else {
        answer(404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'there is none' });
      }
    });
  });
  const command = [MAIN, ...args, '--kubeconfig', kubeconfig];
  const output = await run(process.execPath, command, { cwd: dirname(kubeconfig) });
  return { ...output, writes };
}

t.test('a table of the revisions, the newest first', async (t) => {
  const { code, stdout } = await call(t, ['history']);
  t.equal(code, 0);
  t.strictSame(stdout.split('\n'), [
    'REVISION  SEEN                     BY                                    CHANGED',
    '5         2026-01-05 10:00:31 UTC  bob\\u001b[31m                         eni-config was made',
    '4         2026-01-04 10:00:31 UTC  unknown                               eni-config was deleted',
    '3         2026-01-03 10:00:31 UTC  unknown                               10-terway.conflist, eni_conf, unknown_key; versions before it may be missing',
    '2         2026-01-02 10:00:31 UTC  alice                                 eni_conf',
    '1         2026-01-01 10:00:31 UTC  unknown (field manager kubectl-edit)  the one before is not kept',
    '',
  ]);
});

t.test('secrets are shown to those who ask for them', async (t) => {
  const one = await call(t, ['history', '2']);
  const difference = await call(t, ['history', 'diff', '1', '2']);
  const all = await call(t, ['history', '2', '--show-secrets']);
  const allOfBoth = await call(t, ['history', 'diff', '1', '2', '--show-secrets']);
  t.notMatch(one.stdout + difference.stdout, CANARY);
  t.match(one.stdout, /^revision 2, seen 2026-01-02 10:00:31 UTC, by alice\n/);
  t.match(one.stdout, '\neni_conf:\n  {\n    "access_key": ***\n    "max_pool_size": ***\n  }\n');
  t.match(one.stdout, '\nunknown_key:\n  ***\n');
  t.match(one.stdout, /\n10-terway\.conflist:\n {2}\{/);
  t.strictSame(difference.stdout.split('\n'), [
    '--- a/eni_conf',
    '+++ b/eni_conf',
    '@@ -1,4 +1,4 @@',
    ' {',
    '-  "access_key": ***',
    '+  "access_key": *** (another value)',
    '   "max_pool_size": ***',
    ' }',
    '',
  ]);
  t.match(all.stdout, `"access_key":"${CANARY}2"`);
  t.match(all.stdout, `unknown_key:\n  ${CANARY}\n`);
  t.match(allOfBoth.stdout, `+{"access_key":"${CANARY}2"`);
});

t.test('a rollback shows no secret that is not asked for either', async (t) => {
  const revisions = [revision(1, secret(`{"access_key":"${CANARY}","max_pool_size":5}`))];
  const stored = secret(`{"access_key":"${CANARY}2","max_pool_size":6}`);
  const { stdout, stderr } = await call(t, ['rollback', '1', '--yes'], { stored, revisions });
  t.match(stdout, '"access_key": *** (another value)');
  t.notMatch(stdout + stderr, CANARY);
  const args = ['rollback', '1', '--yes', '--show-secrets'];
  t.match((await call(t, args, { stored, revisions })).stdout, `+{"access_key":"${CANARY}"`);
});

t.test('docs/json-outputs.md names exactly the fields that there are', async (t) => {
  const calls = [['history'], ['history', '1'], ['history', 'diff', '1', '2']];
  const printed: { schema: number }[] = [];
  for (const args of calls) {
    const { stdout } = await call(t, [...args, '--output', 'json']);
    t.notMatch(stdout, CANARY);
    printed.push(JSON.parse(stdout) as { schema: number });
  }
  keepsContract(t, 'history', documentedFields('json-outputs.md', 'history'), printed);
});

t.test('what is not there is said in one line', async (t) => {
  const cases: [args: string[], stderr: RegExp][] = [
    [['history', '9'], /there is no revision "9": kept are 1 to 6\n$/],
    [['history', '4'], /in revision 4 there was no eni-config\n$/],
    [['history', '6'], /revision 6 was too large to keep: of its texts only the hash is known\n$/],
    [['rollback', '6', '--yes'], /revision 6 was too large to keep/],
    [['history', 'diff', '1'], /history takes no operand, one REV, or diff and two/],
    [['history', '1', '2'], /history takes no operand/],
    [['rollback'], /rollback takes one REV\n$/],
    [['rollback', '1'], /where no terminal is, pass --yes\n$/],
  ];
  const { data, ...large } = revision(6, GOOD);
  t.ok(data, 'of which only the hashes are kept');
  const revisions = [...REVISIONS, large];
  for (const [args, stderr] of cases) {
    t.match(await call(t, args, { revisions }), { code: 2, stdout: '', stderr }, args.join(' '));
  }
});

t.test('a rollback writes what differs, at the version that was read', async (t) => {
  const stored = { ...TYPO, '10-terway.conf': `${TYPO['10-terway.conf']!}\n`, extra: 'x' };
  const done = await call(t, ['rollback', '1', '--yes'], {
    stored,
    revisions: [revision(1, GOOD), revision(2, TYPO)],
  });
  t.equal(done.code, 0, done.stderr);
  t.match(done.stdout, /^--- a\/10-terway\.conflist\n/);
  t.match(done.stderr, /10-terway\.conf was another one then; it stays as it is stored\n/);
  t.match(done.stderr, /eni-config holds the texts of revision 1 again\n$/);
  t.strictSame(done.writes, [
    {
      metadata: { resourceVersion: '105' },
      data: { '10-terway.conflist': GOOD['10-terway.conflist'], extra: null },
      binaryData: {},
    },
  ]);
  const made = await call(t, ['rollback', '1', '--yes'], { revisions: [revision(1, GOOD)] });
  t.match(made, { code: 0, writes: [{ metadata: { name: 'eni-config' }, data: GOOD }] });
  const same = await call(t, ['rollback', '1', '--yes'], {
    stored: GOOD,
    revisions: [revision(1, GOOD)],
  });
  t.match(same, { code: 0, writes: [], stderr: /holds the texts of revision 1 already/ });
});

t.test('what today would be refused is not tried', async (t) => {
  const refused = await call(t, ['rollback', '2', '--yes'], {
    stored: GOOD,
    revisions: [revision(1, GOOD), revision(2, TYPO)],
  });
  t.match(refused, { code: 1, writes: [], stderr: /by the rules of today this would be refused/ });
  t.match(refused.stdout, 'rule: eni-config-guard/plugin-typo');
});

t.test('what the cluster answers decides', async (t) => {
  const answered = async (status: number) =>
    call(t, ['rollback', '1', '--yes'], {
      stored: BASE_VETH,
      revisions: [revision(1, GOOD)],
      write: { status, message: 'the answer' },
    });
  t.match(await answered(422), { code: 1, stderr: /nothing was changed: .*the answer\n$/ });
  t.match(await answered(409), { code: 2, stderr: /was changed meanwhile; look again\n$/ });
  t.match(await answered(403), {
    code: 2,
    stderr: /nothing was written: .*the answer; docs\/history\.md lists the rights\n$/,
  });
});

t.test('replay judges what is kept by the rules of today', async (t) => {
  const { code, stdout } = await call(t, ['replay', '--history']);
  t.equal(code, 1);
  t.match(stdout, /^2026-01-03T10:00:31\.123Z CREATE by unknown: allowed then, refused now\n/);
  t.match(stdout, 'rule: eni-config-guard/plugin-typo');
  t.match(stdout, '\n5 lines, 5 writes of kube-system/eni-config:\n');
  t.notMatch(stdout, CANARY);
});
