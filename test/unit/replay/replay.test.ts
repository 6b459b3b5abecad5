import t from 'tap';
import { NO_FACTS } from '../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { replay } from '../../../src/replay/replay.ts';
import { asJson, asText } from '../../../src/replay/report.ts';
import { type EventOptions, REFUSED, auditEvent, stored } from '../../support/audit-events.ts';
import { BASE_VETH, GOOD, TYPO } from '../../support/config-maps.ts';
import { keepsContract } from '../../support/contract.ts';
import { documentedFields, fieldsIn } from '../../support/documented-fields.ts';

const SETTINGS = { facts: NO_FACTS, policy: DEFAULT_POLICY };

async function replayLines(lines: readonly string[], settings = SETTINGS) {
  async function* source() {
    await Promise.resolve();
    yield* lines;
  }
  return replay(source(), settings);
}

const replayed = async (...events: readonly EventOptions[]) =>
  replayLines(events.map((event) => JSON.stringify(auditEvent(event))));

const CREATED = {
  verb: 'create',
  code: 201,
  requestObject: stored(BASE_VETH),
  responseObject: stored(BASE_VETH, '1'),
};
const ALLOWED_TYPO = { requestObject: stored(TYPO), responseObject: stored(TYPO, '2') };

t.test('at level RequestResponse every write is judged', async (t) => {
  const { writes, same, changed, becomes, unjudged } = await replayed(
    CREATED,
    ALLOWED_TYPO,
    { requestObject: stored(GOOD), responseObject: stored(GOOD, '3') },
    { verb: 'patch', requestObject: { data: TYPO }, responseObject: {}, ...REFUSED },
    { verb: 'patch', requestObject: { data: GOOD }, responseObject: {}, ...REFUSED },
    { verb: 'delete' },
  );
  t.equal(writes, 6);
  t.same(same, { allowed: 2, refused: 1 });
  t.same(becomes, { refused: 2, allowed: 1 });
  t.same([...unjudged], []);
  t.match(changed, [
    { operation: 'UPDATE', then: 'allowed', now: 'refused' },
    { operation: 'UPDATE', then: 'refused', now: 'allowed' },
    { operation: 'DELETE', then: 'allowed', now: 'refused' },
  ]);
  t.equal(changed[0]?.verdict.findings[0]?.rule, 'plugin-typo');
});

t.test('at level Request objects are rebuilt from the events before', async (t) => {
  const level = 'Request';
  const jsonPatch = [
    { op: 'test', path: '/data/10-terway.conflist', value: 'x' },
    { op: 'replace', path: '/data/10-terway.conflist', value: TYPO['10-terway.conflist'] },
  ];
  const { same, becomes, unjudged } = await replayed(
    { ...CREATED, level, responseObject: undefined },
    { level, requestObject: stored(GOOD, '1') },
    { level, verb: 'patch', requestObject: { data: { in_cluster_loadbalance: 'true' } } },
    { level, verb: 'patch', requestObject: { data: { in_cluster_loadbalance: null } } },
    { level, verb: 'patch', requestObject: jsonPatch },
    { level, verb: 'patch', requestObject: { apiVersion: 'v1', kind: 'ConfigMap', data: GOOD } },
    { level, verb: 'patch', requestObject: { data: GOOD } },
    { level, requestObject: stored(GOOD, '9') },
    { level, requestObject: stored(TYPO, '10') },
  );
  t.same(same, { allowed: 4, refused: 0 });
  t.same(becomes, { refused: 2, allowed: 0 });
  t.same(
    [...unjudged],
    [
      ['what its patch comes to is not in the log', 1],
      ['what was stored before it is not in the log', 2],
    ],
  );
});

t.test('what can not be judged is counted by its reason', async (t) => {
  const { writes, same, unjudged } = await replayLines([
    '{"objectRef":{"resource":"configmaps"},"name":"eni-config"',
    'not about it: eni-config',
    ...[
      ALLOWED_TYPO,
      { level: 'Metadata' as const },
      { ...CREATED, level: 'Metadata' as const, requestObject: undefined },
      { ...ALLOWED_TYPO, code: 409, message: 'the object has been modified' },
      { ...ALLOWED_TYPO, code: 403, message: 'forbidden' },
      { verb: 'deletecollection', name: undefined },
    ].map((event) => JSON.stringify(auditEvent(event))),
  ]);
  t.equal(writes, 7);
  t.same(same, { allowed: 0, refused: 0 });
  t.same(Object.fromEntries(unjudged), {
    'its line is not valid JSON': 1,
    'what was stored before it is not in the log': 1,
    'its level leaves out the objects (Metadata)': 2,
    'it failed for another reason (status 409)': 1,
    'it failed for another reason (status 403)': 1,
    'a collection was deleted, and whether eni-config was in it is not in the log': 1,
  });
});

t.test('what is no write of eni-config is left alone', async (t) => {
  const { writes } = await replayed(
    { stage: 'RequestReceived' },
    { name: 'eni-config-copy', ...ALLOWED_TYPO },
    { namespace: 'default', ...ALLOWED_TYPO },
    { verb: 'watch' },
    { verb: 'get', responseObject: stored(GOOD, '1') },
  );
  t.equal(writes, 0);
});

t.test(
  'a read tells what is stored, a dry run stores nothing, a missed event is noticed',
  async (t) => {
    const { same, becomes, unjudged, changed } = await replayed(
      { verb: 'list', responseObject: { kind: 'ConfigMapList', items: [stored(BASE_VETH, '7')] } },
      { query: 'dryRun=All', requestObject: stored(TYPO), responseObject: stored(TYPO, '7') },
      { requestObject: stored(GOOD, '7'), responseObject: stored(GOOD, '8') },
      { requestObject: stored(GOOD, '11'), responseObject: stored(GOOD, '12') },
      { verb: 'deletecollection', responseObject: { items: [stored(GOOD, '12')] } },
    );
    t.same(same, { allowed: 1, refused: 0 });
    t.same(becomes, { refused: 2, allowed: 0 });
    t.match(changed, [{ event: { dryRun: true } }, { operation: 'DELETE' }]);
    t.same([...unjudged.values()], [1]);
  },
);

t.test('the policy counts, and who wrote', async (t) => {
  const lines = [CREATED, { ...ALLOWED_TYPO, username: 'system:ack' }].map((event) =>
    JSON.stringify(auditEvent(event)),
  );
  const warn = { ...DEFAULT_POLICY, mode: 'warn' as const };
  t.match(await replayLines(lines, { ...SETTINGS, policy: warn }), { same: { allowed: 2 } });
  const exempt = { users: new Set(['system:ack']), groups: new Set<string>() };
  const policy = { ...DEFAULT_POLICY, exempt };
  t.match(await replayLines(lines, { ...SETTINGS, policy }), { same: { allowed: 2 } });
  t.match(await replayLines(lines), { becomes: { refused: 1 } });
});

t.test('a list of events in a line, and an object under impersonation', async (t) => {
  const events = [CREATED, ALLOWED_TYPO].map((event) => ({
    ...auditEvent(event),
    impersonatedUser: { username: 'bob' },
  }));
  const line = JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: events });
  const { writes, changed } = await replayLines([line]);
  t.equal(writes, 2);
  t.match(changed, [{ event: { user: { username: 'bob' } } }]);
});

t.test('only so many changes are kept', async (t) => {
  const events = Array.from({ length: 130 }, () => ({ verb: 'delete' }));
  const { changed, changedOmitted, becomes } = await replayed(...events);
  t.same([changed.length, changedOmitted, becomes.refused], [100, 30, 130]);
});

t.test('as text: what changes, why, and the sums', async (t) => {
  const result = await replayed(CREATED, ALLOWED_TYPO, { level: 'Metadata', username: 'a\u001b' });
  const text = asText(result, 12345);
  const head =
    '2026-01-31T18:00:00.000000Z UPDATE by alice with kubectl-edit: allowed then, refused now\n';
  t.ok(text.startsWith(head), text);
  t.match(text, /^\* data\[10-terway\.conflist\]\.plugins\[1\]\.type: /m);
  t.match(text, /^ {2}rule: eni-config-guard\/plugin-typo$/m);
  t.match(text, /^12345 lines, 3 writes of kube-system\/eni-config:$/m);
  t.match(text, /^ {2}1 allowed then, refused now$/m);
  t.match(text, /^ {2}1 not judged:\n {4}1: its level leaves out the objects \(Metadata\)\n$/m);
});

t.test('as JSON: exactly the fields that docs/json-outputs.md names', async (t) => {
  const result = await replayed(CREATED, ALLOWED_TYPO, { level: 'Metadata' });
  const json = JSON.parse(asJson(result, 3)) as Record<string, unknown>;
  const fields = new Set([...fieldsIn(json), 'changed[].findings[].stored']);
  const documented = documentedFields('json-outputs.md', 'replay');
  t.same([...fields].sort(), documented.sort());
  keepsContract(t, 'replay', documented, [json]);
  t.match(json, { schema: 1, lines: 3, writes: 3, becomes: { refused: 1 } });
});
