import { readFileSync } from 'node:fs';
import t from 'tap';
import { gateRestart } from '../../src/admission/restart-gate.ts';
import { validate } from '../../src/admission/validate.ts';
import { createDecisionLog } from '../../src/audit/decision-log.ts';
import { createMetrics } from '../../src/audit/metrics.ts';
import { createDecisionRecorder } from '../../src/audit/decision-recorder.ts';
import { BASE_VETH, GOOD, TYPO } from '../support/config-maps.ts';
import { keepsContract } from '../support/contract.ts';
import { documentedFields, fieldsIn } from '../support/documented-fields.ts';
import { send } from '../support/https-client.ts';
import { keepLines } from '../support/kept-lines.ts';
import { startServing } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';
import { restartBody } from '../support/restarts.ts';
import { type ReviewOptions, reviewBody } from '../support/reviews.ts';
import { RESTART_GATE, WEBHOOK } from '../support/running-app.ts';
import { waitFor } from '../support/wait.ts';

/** docs/log.md says what stands in a line; here real lines say whether that is true. */

const NOTE = {
  'eni-config-guard/bypass-reason': 'ticket 4711',
  'eni-config-guard/bypass-until': new Date(Date.now() + 3_600_000).toISOString(),
};
const SETTINGS = [
  'audit: { events: false, background: true, overlays: true }',
  'facts: { kubeProxyMode: iptables, terwayVersion: "1.15.2" }',
  'exempt: { users: [trusted] }',
  'restartGate: warn',
  '',
].join('\n');

const PATIENCE_MS = 20_000;

/** Needs facts that are learnt, which a configuration's are not. */
const LEARNT = ['facts.*.ageSeconds', 'facts.*.estimate'];

/** Of an overlay that is eni-config itself nothing is wrong at a member. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  'stored overlay': ['findings[].path'],
};

t.test('docs/log.md names exactly the fields that lines have', async (t) => {
  const api = await startRecordingApiServer(t, TYPO);
  process.env.KUBECONFIG = api.kubeconfig;
  const program = await startServing(t, {}, t.testdir(), SETTINGS);
  const calls: [path: string, options: ReviewOptions][] = [
    ['/validate', { oldData: GOOD, data: TYPO }],
    ['/validate', { oldData: GOOD, data: TYPO, username: 'trusted' }],
    ['/validate', { operation: 'DELETE', oldData: GOOD }],
    ['/validate', { operation: 'EXPLODE' }],
    ['/validate', { operation: 'CREATE', name: 'pool-a', data: { eni_conf: '[]' } }],
    ['/validate', { oldData: TYPO, data: { ...TYPO, in_cluster_loadbalance: 'false' } }],
    ['/validate', { oldData: GOOD, data: GOOD, annotations: NOTE }],
    ['/mutate', { oldData: BASE_VETH, data: GOOD }],
  ];
  for (const [path, options] of calls) await send(program.endpoint, path, reviewBody(options));
  await send(program.endpoint, '/restart-gate', restartBody({ username: 'trusted' }));
  const written = () =>
    program
      .stdout()
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  // The API server has one text for everything, so that the overlay is eni-config over itself.
  for (const what of ['object', 'overlay']) {
    await waitFor(`the line about the stored ${what}`, PATIENCE_MS, () =>
      program.stdout().includes(`"msg":"stored ${what}"`) ? true : undefined,
    );
  }
  program.kill('SIGTERM');
  await program.exit();

  // The built program never fails; a review that throws does, in this process.
  const { log, lines } = keepLines();
  const durations = { read: 0, review: 0, answer: 0, total: 0 };
  const body = reviewBody({ oldData: GOOD, data: TYPO });
  const broken = {
    ...WEBHOOK,
    review: () => {
      throw new RangeError();
    },
  };
  const record = createDecisionRecorder({ log, metrics: createMetrics() });
  record('validate', await validate(body, broken), durations);
  const stored = async () => Promise.reject(new Error());
  const gate = { ...RESTART_GATE, mode: 'warn' as const, stored };
  const restart = await gateRestart(restartBody({ username: 'bob' }), gate);
  record('restart-gate', restart, durations);

  for (const section of ['review', 'restart', 'stored object', 'stored overlay']) {
    const isOf = (line: { readonly decision?: unknown; readonly msg?: unknown }) =>
      (line.decision ?? line.msg) === section;
    const real = written().filter(isOf);
    t.not(real.length, 0, section);
    const failed = lines.map(({ fields }) => fields).filter(isOf);
    const found = new Set([...real, ...failed].flatMap((line) => fieldsIn(line)));
    for (const field of [...LEARNT, ...(UNSEEN[section] ?? [])]) found.add(field);
    const documented = documentedFields('log.md', section);
    t.same([...found].sort(), documented.sort(), section);
    keepsContract(t, `log-${section.replace(' ', '-')}`, documented, [...real, ...failed]);
  }
});

t.test('lines have the schema that the page speaks of', async (t) => {
  const page = readFileSync(new URL('../../docs/log.md', import.meta.url), 'utf8');
  const { log, lines } = keepLines();
  const outcome = await validate(reviewBody({ oldData: GOOD, data: TYPO }), WEBHOOK);
  createDecisionLog(log)('validate', outcome, { read: 0, review: 0, answer: 0, total: 0 });
  t.match(page, new RegExp(`^\\| \`schema\` +\\| ${String(lines[0]?.fields.schema)} +\\|$`, 'm'));
});
