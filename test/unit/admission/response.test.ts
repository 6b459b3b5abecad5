import fc from 'fast-check';
import t from 'tap';
import {
  type AdmissionResponse,
  allowed,
  answer,
  refused,
  reviewOf,
} from '../../../src/admission/response.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import type { Verdict } from '../../../src/engine/core/decide.ts';
import type { DecidedFinding } from '../../../src/engine/core/finding.ts';
import { paste, prose } from '../../../src/engine/core/fix.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/engine/core/policy.ts';
import type { ConfigMap } from '../../../src/engine/core/eni-config.ts';
import { RULE_IDS } from '../../../src/engine/rules/index.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import { configMap } from '../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { assertAsyncProperty } from '../../support/properties.ts';
import { UID, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';
import { verdictOn } from '../../support/verdicts.ts';
import { EDITS } from '../engine/rules/edits/index.ts';

/** A policy under which every rule refuses, so that every message becomes a cause. */
const EVERYTHING_DENIED: Policy = {
  ...DEFAULT_POLICY,
  rules: new Map(RULE_IDS.filter((id) => id !== 'restart-needed').map((id) => [id, 'deny'])),
};

/** The response to an update of the base to `data`. */
async function respond(
  data: Data,
  oldData: Data = BASE_VETH,
  webhook = WEBHOOK,
): Promise<AdmissionResponse> {
  return (await validate(reviewBody({ oldData, data }), webhook)).response;
}

const respondToChain = async (text: string, webhook = WEBHOOK) =>
  await respond(withConflist(BASE_VETH, text), BASE_VETH, webhook);

function finding(members: Partial<DecidedFinding> = {}): DecidedFinding {
  return {
    key: '10-terway.conflist',
    path: ['plugins', 1],
    message: 'this is wrong',
    rule: 'plugin-typo',
    reason: 'FieldValueInvalid',
    severity: 'deny',
    baseSeverity: 'deny',
    enforced: members.severity ?? 'deny',
    impact: 'outage',
    fix: prose('mend it'),
    stored: false,
    ...members,
  };
}

function verdict(...findings: DecidedFinding[]): Verdict {
  return {
    allowed: !findings.some(({ severity }) => severity === 'deny'),
    findings,
  };
}

const OBJECT = configMap(withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));

/** The answer to a verdict on an object. */
const answered = (found: Verdict, object: ConfigMap | undefined = OBJECT) =>
  answer(UID, found, object);

// ---------------------------------------------------------------------------------------------
// What every response must be like (docs/answers.md)
// ---------------------------------------------------------------------------------------------

/** Controls, line separators, lone surrogates: what loops kubectl edit or paints a terminal. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
const UNSAFE_BUT_LF = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}]/u;

/** What is wrong with a response, in words; nothing when it is as it must be. */
function faults(response: AdmissionResponse): string[] {
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  const { status, warnings = [], auditAnnotations = {} } = response;
  must(response.uid === UID, 'the uid is that of the request');
  must((status === undefined) === response.allowed, 'a refusal, and only it, has a status');
  if (status) {
    const { code, reason, message, details } = status;
    const causes = details?.causes ?? [];
    must(code === 422 && reason === 'Invalid', '422 Invalid');
    must(details?.kind === 'ConfigMap' && details.name === 'eni-config', 'kind and name');
    must(causes.length >= 1 && causes.length <= 21, '1 to 20 causes and a word on the rest');
    must(!UNSAFE_BUT_LF.test(message), 'message: no control characters but LF');
    must(!message.endsWith('\n'), 'message: no trailing newline');
    const shown = causes.map((cause) => `* ${cause.field}: ${cause.message}`);
    must(new Set(shown).size === shown.length, 'causes: none twice');
    must(
      shown.every((cause) => message.includes(cause)),
      'message: repeats every cause',
    );
    for (const [index, cause] of causes.entries()) {
      const isRest = index === 20;
      const lines = cause.message.split('\n');
      must(cause.field !== '' && !UNSAFE.test(cause.field), 'field: there and printable');
      must(/^(?:data|metadata\.(?:name$|annotations\[))/.test(cause.field), 'field: a place');
      must(!UNSAFE_BUT_LF.test(cause.message), 'cause: no control characters but LF');
      must(cause.message.trim() !== '', 'cause: says something');
      must(!cause.message.endsWith('\n'), 'cause: no trailing newline');
      must(
        lines.slice(1).every((line) => line.startsWith('  ')),
        'cause: continuation lines are indented by two spaces',
      );
      must(cause.message.length <= 4200, 'cause: bounded');
      must(
        isRest || lines.some((line) => line.startsWith('  fix: ')),
        'cause: says how to mend it',
      );
      must(
        isRest || /^ {2}rule: eni-config-guard\/[a-z-]+$/.test(lines.at(-1) ?? ''),
        'cause: names its rule',
      );
    }
  }
  for (const warning of warnings) {
    must(!UNSAFE.test(warning), 'warning: one line without control characters');
    must(warning.length >= 1 && warning.length <= 256, 'warning: at most 256 characters');
  }
  must(warnings.join('').length <= 4096, 'warnings: at most 4096 characters in total');
  must(new Set(warnings).size === warnings.length, 'warnings: none twice');
  for (const [key, value] of Object.entries(auditAnnotations)) {
    must(/^[A-Za-z0-9._-]+$/.test(key), 'annotation: a key without a slash');
    must(!UNSAFE.test(value), 'annotation: no control characters');
  }
  return [...new Set(found)];
}

/** The same for a response that is still to be made; a failed call is a fault, too. */
async function faultsOf(
  make: () => AdmissionResponse | Promise<AdmissionResponse>,
  check = faults,
): Promise<string[]> {
  try {
    return check(await make());
  } catch (error) {
    return [`throws ${String(error)}`];
  }
}

// ---------------------------------------------------------------------------------------------
// Shapes
// ---------------------------------------------------------------------------------------------

t.test('allowed without a word', (t) => {
  t.same(reviewOf(allowed(UID)), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: UID, allowed: true },
  });
  t.end();
});

t.test('a request that cannot be judged leaves the editor', (t) => {
  t.same(refused(UID, 'request.object is missing'), {
    uid: UID,
    allowed: false,
    status: {
      code: 400,
      reason: 'BadRequest',
      message: 'eni-config-guard: request.object is missing',
    },
  });
  t.end();
});

t.test('an accepted change without findings', async (t) => {
  t.same(await respond({ ...BASE_VETH, in_cluster_loadbalance: 'false' }), {
    uid: UID,
    allowed: true,
    auditAnnotations: { verdict: 'allow' },
  });
});

t.test('an accepted change with a warning', async (t) => {
  t.same(await respond({ ...BASE_VETH, disable_network_policy: 'False' }), {
    uid: UID,
    allowed: true,
    warnings: [
      'data[disable_network_policy]: "False" switches NetworkPolicy off; only "false", "0" or an empty text keeps it on; fix: "false" (network-policy-text)',
    ],
    auditAnnotations: { verdict: 'allow', rules: 'network-policy-text' },
  });
});

t.test('a refusal, whole', (t) => {
  const object = configMap({
    '10-terway.conflist': '{\n  "plugins": [\n    {"type": "portmapp"}\n  ]\n}\n',
  });
  const typo = finding({
    path: ['plugins', 0, 'type'],
    at: { offset: 30, length: 10 },
    message: 'there is no plugin "portmapp"; did you mean "portmap"?',
    reason: 'FieldValueNotSupported',
    fix: paste('"type": "portmap"'),
  });
  const missing = finding({
    key: 'eni_conf',
    path: [],
    message: 'the key eni_conf is missing, which is told at such length that it needs another line',
    rule: 'eni-conf-missing',
    reason: 'FieldValueRequired',
    fix: prose('keep the key eni_conf'),
  });
  const first = [
    'there is no plugin "portmapp"; did you mean "portmap"?',
    '  line 3, column 14 of 10-terway.conflist:',
    '        {"type": "portmapp"}',
    '                 ^^^^^^^^^^',
    '  fix: "type": "portmap"',
    '  rule: eni-config-guard/plugin-typo',
  ].join('\n');
  const second = [
    'the key eni_conf is missing, which is told at such length that it needs another',
    '  line',
    '  fix: keep the key eni_conf',
    '  rule: eni-config-guard/eni-conf-missing',
  ].join('\n');
  const response = answered({ allowed: false, findings: [typo, missing] }, object);
  t.same(response, {
    uid: UID,
    allowed: false,
    status: {
      code: 422,
      reason: 'Invalid',
      message: [
        'eni-config-guard refuses this change of kube-system/eni-config: 2 problems',
        `* data[10-terway.conflist].plugins[0].type: ${first}`,
        `* data[eni_conf]: ${second}`,
        'Nothing was changed.',
      ].join('\n'),
      details: {
        kind: 'ConfigMap',
        name: 'eni-config',
        causes: [
          {
            reason: 'FieldValueNotSupported',
            field: 'data[10-terway.conflist].plugins[0].type',
            message: first,
          },
          { reason: 'FieldValueRequired', field: 'data[eni_conf]', message: second },
        ],
      },
    },
    auditAnnotations: { verdict: 'deny', rules: 'plugin-typo,eni-conf-missing' },
  });
  t.end();
});

t.test('a place in eni_conf is told without its line', (t) => {
  const object = configMap({ eni_conf: '{\n  "access_secret": 12345\n}' });
  const secret = finding({
    key: 'eni_conf',
    path: ['access_secret'],
    at: { offset: 21, length: 5 },
    message: 'must be text',
    rule: 'field-type',
  });
  const { status } = answered({ allowed: false, findings: [secret] }, object);
  t.equal(
    status?.details?.causes[0]?.message,
    [
      'must be text',
      '  line 2, column 20 of eni_conf',
      '  fix: mend it',
      '  rule: eni-config-guard/field-type',
    ].join('\n'),
  );
  t.end();
});

t.test('a long remedy in prose is folded, one to paste is not', (t) => {
  const words = 'upgrade Terway in the console, wait until all nodes have it, '.repeat(3).trim();
  const quotedWords = `"masqAll" first: ${words}`;
  const member = `"host_stack_cidrs": [${Array<string>(9).fill('"169.254.20.10/32"').join(', ')}]`;
  const element = `1${'0'.repeat(60)} ${'2'.repeat(60)}`;
  const fixes = [prose(words), prose(quotedWords), paste(member), paste(element)].map((fix) => {
    const { status } = answered(verdict(finding({ fix })));
    return status?.details?.causes[0]?.message.split('\n').slice(1, -1);
  });
  t.same(fixes, [
    [
      '  fix: upgrade Terway in the console, wait until all nodes have it, upgrade Terway in the console,',
      '    wait until all nodes have it, upgrade Terway in the console, wait until all nodes have it,',
    ],
    [
      '  fix: "masqAll" first: upgrade Terway in the console, wait until all nodes have it, upgrade Terway',
      '    in the console, wait until all nodes have it, upgrade Terway in the console, wait until all',
      '    nodes have it,',
    ],
    [`  fix: ${member}`],
    [`  fix: ${element}`],
  ]);
  t.end();
});

t.test('a refusal of the object as a whole has a field, too', async (t) => {
  const body = reviewBody({ operation: 'DELETE', oldData: BASE_VETH });
  const { response } = await validate(body, WEBHOOK);
  t.match(response.status?.details?.causes, [
    { field: 'metadata.name', reason: 'FieldValueForbidden', message: /must not be deleted/ },
  ]);
  t.same(faults(response), []);
});

t.test('the field of a cause is the place, from the key on', (t) => {
  const places: [members: Partial<DecidedFinding>, field: string][] = [
    [{ path: ['plugins', 1, 'masqAll'] }, 'data[10-terway.conflist].plugins[1].masqAll'],
    [{ path: [] }, 'data[10-terway.conflist]'],
    [{ path: [0] }, 'data[10-terway.conflist][0]'],
    [{ path: ['a.b'] }, 'data[10-terway.conflist]["a.b"]'],
    [{ key: 'eni_conf', path: ['max_pool_size'] }, 'data[eni_conf].max_pool_size'],
  ];
  for (const [members, field] of places) {
    const { status } = answered(verdict(finding(members)));
    t.equal(status?.details?.causes[0]?.field, field);
  }
  t.end();
});

t.test('causes that read the same stand there once', (t) => {
  const { status } = answered(
    verdict(finding(), finding(), finding({ message: 'this is wrong, too' })),
  );
  t.same(
    status?.details?.causes.map(({ message }) => message.split('\n')[0]),
    ['this is wrong', 'this is wrong, too'],
  );
  t.match(status?.message, /: 2 problems\n/);
  t.end();
});

t.test('of many causes 20 are told, and how many are not', (t) => {
  const problems = (count: number) =>
    Array.from({ length: count }, (_, index) => finding({ message: `problem ${index + 1}` }));
  const causesOf = (count: number) =>
    answered(verdict(...problems(count))).status?.details?.causes ?? [];

  t.equal(causesOf(20).length, 20);
  t.match(causesOf(20).at(-1)?.message, /^problem 20\n/);
  t.equal(causesOf(21).length, 21);
  t.same(causesOf(21).at(-1), {
    reason: 'FieldValueInvalid',
    field: 'data',
    message: 'and 1 more problem; mend these first',
  });
  t.match(causesOf(100).at(-1)?.message, 'and 80 more problems; mend these first');
  const { status } = answered(verdict(...problems(100)));
  t.match(status?.message, /: 100 problems\n/);
  t.match(status?.message, 'and 80 more problems; mend these first');
  t.end();
});

t.test('warnings ride along with a refusal, but are no causes of it', (t) => {
  const response = answered(
    verdict(finding(), finding({ severity: 'warn', rule: 'plugin-unknown', message: 'odd' })),
  );
  t.equal(response.status?.details?.causes.length, 1);
  t.same(response.warnings, [
    'data[10-terway.conflist].plugins[1]: odd; fix: mend it (plugin-unknown)',
  ]);
  t.end();
});

t.test('audit findings are told to nobody but the audit log', (t) => {
  t.same(answered(verdict(finding({ severity: 'audit' }))), {
    uid: UID,
    allowed: true,
    auditAnnotations: { verdict: 'allow', rules: 'plugin-typo' },
  });
  t.end();
});

t.test('what was stored before is told as that', (t) => {
  const stored = finding({ severity: 'warn', stored: true });
  t.match(answered(verdict(stored)).warnings, [/^already stored: .*: this is wrong; /]);
  t.end();
});

t.test('an exemption stands in the audit log', (t) => {
  const exempted: Verdict = { ...verdict(), exemption: { source: 'user', name: 'system:ack' } };
  t.same(answered(exempted).auditAnnotations, {
    verdict: 'allow',
    exemption: 'user system:ack',
  });
  t.end();
});

t.test('a warning is cut at 256 characters, all of them at 4096', (t) => {
  const long = (name: string) => finding({ severity: 'warn', message: name.padEnd(400, 'x') });
  const one = answered(verdict(long('a'))).warnings ?? [];
  t.equal(one[0]?.length, 256);
  t.match(one[0], /x\.\.\.; fix: mend it \(plugin-typo\)$/);
  const many = Array.from({ length: 100 }, (_, index) => long(`warning ${index} `));
  const warnings = answered(verdict(...many)).warnings ?? [];
  t.equal(warnings.length, 16);
  t.equal(warnings.join('').length, 4096);
  t.match(warnings[0], /warning 0 /, 'the first ones are kept');
  t.end();
});

t.test('a warning is not cut through a character', (t) => {
  for (const before of ['', 'x']) {
    const message = `${before}${'\ud83d\ude00'.repeat(200)}`;
    const [warning = ''] = answered(verdict(finding({ severity: 'warn', message }))).warnings ?? [];
    t.notMatch(warning, /\p{Cs}/u, `after "${before}"`);
    t.ok(warning.length <= 256);
  }
  t.end();
});

// ---------------------------------------------------------------------------------------------
// The worked edits
// ---------------------------------------------------------------------------------------------

t.test('every worked edit gets a response of the agreed shape', async (t) => {
  for (const { name, change, facts, policy } of EDITS) {
    t.same(await faultsOf(() => answered(verdictOn(change, facts, policy), change.new)), [], name);
  }
});

/** What kubectl prints of a refusal: the causes, a single one on the line of its lead. */
function onTerminal({ status }: AdmissionResponse): string {
  const causes = (status?.details?.causes ?? []).map(
    ({ field, message }) => `${field}: ${message}`,
  );
  const lead = 'The ConfigMap "eni-config" is invalid: ';
  return causes.length === 1
    ? `${lead}${causes.join('')}`
    : [lead, ...causes.map((cause) => `* ${cause}`)].join('\n');
}

/** The lines that are wider than they may be. */
function wideLines(response: AdmissionResponse): string[] {
  // What is to be pasted, and the excerpt with its carets, may be wider; and nobody can fold the
  // place and the first word after it.
  const mayBeWider = /^ {2}fix: |^ {4}|^(\* |The ConfigMap "eni-config" is invalid: )\S+: \S+$/;
  const lines = `${response.status?.message ?? ''}\n${onTerminal(response)}`.split('\n');
  return lines.filter((line) => line.length > 100 && !mayBeWider.test(line));
}

t.test('a worked edit is told in lines of at most 100 characters', async (t) => {
  for (const { name, change, facts, policy } of EDITS) {
    const make = () => answered(verdictOn(change, facts, policy), change.new);
    t.same(await faultsOf(make, wideLines), [], name);
  }
});

// ---------------------------------------------------------------------------------------------
// Hostile documents
// ---------------------------------------------------------------------------------------------

const HOSTILE_TEXTS: [name: string, text: string][] = [
  ['ESC', '\u001b[2J'],
  ['BEL', '\u0007'],
  ['NUL', '\0'],
  ['lone CR', 'a\rb'],
  ['LF', 'a\nb'],
  ['TAB', 'a\tb'],
  ['DEL', '\u007f'],
  ['next line', 'a\u0085b'],
  ['C1 control', '\u009b31m'],
  ['line separator', 'a\u2028b'],
  ['paragraph separator', 'a\u2029b'],
  ['lone high surrogate', '\ud800'],
  ['lone low surrogate', '\udc00'],
  ['right-to-left override', '\u202e'],
  ['long', 'x'.repeat(10_000)],
  ['long and hostile', '\u2028\u0085\u001b'.repeat(3000)],
  ['emoji without end', '\ud83d\ude00'.repeat(3000)],
  ['a line of YAML', 'a: b\n# c: d'],
];

/** Chains that show `text` in every place where a user may write something. */
function chainsWith(text: string): [place: string, chain: unknown][] {
  return [
    ['plugin type', { plugins: [VETH_CONF, { type: text }] }],
    ['plugin type near a known one', { plugins: [VETH_CONF, { type: `portmap${text}` }] }],
    ['type of the first entry', { plugins: [{ ...VETH_CONF, type: text }] }],
    ['before terway', { plugins: [{ type: text }, VETH_CONF] }],
    ['name in an entry', { plugins: [VETH_CONF, { ...PORTMAP, [text]: 1 }] }],
    ['name in an entry of an unknown type', { plugins: [VETH_CONF, { type: text, Dns: text }] }],
    ['name near a known one', { plugins: [VETH_CONF, { ...PORTMAP, [`snat${text}`]: 1 }] }],
    ['reserved name', { plugins: [VETH_CONF, { ...PORTMAP, [`cni.dev/${text}`]: 1 }] }],
    ['value for a word', { plugins: [VETH_CONF, { ...PORTMAP, backend: text }] }],
    ['value for a boolean', { plugins: [VETH_CONF, { ...PORTMAP, snat: text }] }],
    ['value for a chain', { plugins: [VETH_CONF, { ...PORTMAP, externalSetMarkChain: text }] }],
    ['sysctl', { plugins: [VETH_CONF, { type: 'tuning', sysctl: { [text]: 1 } }] }],
    ['hardware address', { plugins: [VETH_CONF, { type: 'tuning', mac: text }] }],
    ['name added to the first entry', { plugins: [{ ...VETH_CONF, [text]: 1 }] }],
    ['value in the first entry', { plugins: [{ ...VETH_CONF, network_policy_provider: text }] }],
    ['deep in the first entry', { plugins: [{ ...VETH_CONF, capabilities: { [text]: text } }] }],
    ['name at the top level', { plugins: [VETH_CONF], [text]: 1 }],
    ['name instead of plugins', { [text]: [VETH_CONF] }],
  ];
}

const ALL_DENIED: WebhookOptions = { ...WEBHOOK, policy: EVERYTHING_DENIED };

/** Faults of the responses to several objects, by the place that differs in them. */
async function faultsByPlace(
  objects: readonly [place: string, data: Data][],
  webhook: WebhookOptions,
): Promise<object> {
  const found: Record<string, string[]> = {};
  for (const [place, data] of objects) {
    const list = await faultsOf(() => respond(data, BASE_VETH, webhook));
    if (list.length > 0) found[place] = list;
  }
  return found;
}

for (const [name, text] of HOSTILE_TEXTS) {
  t.test(`hostile text in a chain: ${name}`, async (t) => {
    const objects = chainsWith(text).map(([place, chain]): [string, Data] => [
      place,
      withConflist(BASE_VETH, JSON.stringify(chain, null, 2)),
    ]);
    t.same(await faultsByPlace(objects, WEBHOOK), {}, 'default policy');
    t.same(await faultsByPlace(objects, ALL_DENIED), {}, 'every rule refuses');
  });

  t.test(`hostile text beside a chain: ${name}`, async (t) => {
    const objects: [place: string, data: Data][] = [
      ['the whole chain', withConflist(BASE_VETH, text)],
      ['inside a chain, raw', withConflist(BASE_VETH, `{"plugins": [{"${text}": 1,}]}`)],
      ['10-terway.conf', { ...BASE_VETH, '10-terway.conf': text }],
      ['the whole eni_conf', { ...BASE_VETH, eni_conf: text }],
      ['a name in eni_conf', { ...BASE_VETH, eni_conf: JSON.stringify({ [text]: 1 }) }],
      ['disable_network_policy', { ...BASE_VETH, disable_network_policy: text }],
      ['in_cluster_loadbalance', { ...BASE_VETH, in_cluster_loadbalance: text }],
      ['another key', { ...BASE_VETH, [text]: text }],
    ];
    t.same(await faultsByPlace(objects, WEBHOOK), {}, 'default policy');
    t.same(await faultsByPlace(objects, ALL_DENIED), {}, 'every rule refuses');
  });

  t.test(`hostile text in a conf, which the first entry must equal: ${name}`, async (t) => {
    const confs: [place: string, conf: object][] = [
      ['a name', { ...VETH_CONF, [text]: 1 }],
      ['a value', { ...VETH_CONF, cilium_args: text }],
      ['a list', { ...VETH_CONF, host_stack_cidrs: [text] }],
      ['further down', { ...VETH_CONF, capabilities: { [text]: { [text]: true } } }],
    ];
    const objects = confs.flatMap(([place, conf]): [string, Data][] => {
      const data = { ...BASE_VETH, '10-terway.conf': JSON.stringify(conf) };
      return [
        [`${place}, which the chain lacks`, withConflist(data, conflist([VETH_CONF]))],
        [`${place}, and no terway in the chain`, withConflist(data, conflist([PORTMAP]))],
        [`${place}, which the chain has`, withConflist(data, conflist([conf]))],
      ];
    });
    t.same(await faultsByPlace(objects, WEBHOOK), {});
  });
}

t.test('hostile text in the name of an exempt user', async (t) => {
  for (const [name, text] of HOSTILE_TEXTS) {
    const exempt = { users: new Set([text]), groups: new Set<string>() };
    const body = reviewBody({
      oldData: BASE_VETH,
      data: withConflist(BASE_VETH, '{'),
      username: text,
    });
    const policy = { ...DEFAULT_POLICY, exempt };
    const { response } = await validate(body, { ...WEBHOOK, policy });
    t.same(faults(response), [], name);
    t.match(response.auditAnnotations?.exemption, /^user /);
  }
});

t.test('a megabyte of findings', async (t) => {
  const many = (entry: string, count: number) =>
    `{"plugins": [${JSON.stringify(VETH_CONF)}${`,\n${entry}`.repeat(count)}]}`;
  const chains: [name: string, text: string][] = [
    ['entries that are no objects', many('1', 300_000)],
    ['entries without type', many('{}', 250_000)],
    ['slips of a known type', many('{"type": "portmapp"}', 45_000)],
    ['a second terway, and a third', many('{"type": "terway"}', 45_000)],
    ['unknown types', many('{"type": "istio-cni"}', 45_000)],
    ['duplicates', many('{"type": "portmap", "a": 1, "a": 2}', 25_000)],
    ['syntax problems', many(',', 300_000)],
    ['one long line of names', `{"plugins": [{${'"a":1,'.repeat(150_000)}"b":1}]}`],
    ['brackets', '['.repeat(1_000_000)],
    ['quotes', '"'.repeat(1_000_001)],
    ['line breaks', '\n'.repeat(1_000_000)],
  ];
  for (const [name, text] of chains) {
    t.ok(text.length <= 1024 * 1024, `${name}: fits into a ConfigMap`);
    t.same(await faultsOf(() => respondToChain(text)), [], name);
  }
});

/** Text with a taste for what breaks things. */
const hostile = fc
  .array(
    fc.oneof(
      unicodeText({ maxLength: 5 }),
      fc.constantFrom(...HOSTILE_TEXTS.map(([, text]) => text.slice(0, 100))),
      fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '#', '\r\n', '  ', '* '),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

t.test('property: no text in the chain breaks the shape of a response', async (t) => {
  const chain = hostile.chain((text) =>
    fc.constantFrom(...chainsWith(text).map(([, value]) => JSON.stringify(value, null, 1))),
  );
  await assertAsyncProperty(
    t,
    fc.asyncProperty(fc.oneof(hostile, chain), fc.boolean(), async (text, allDenied) => {
      const found = faults(await respondToChain(text, allDenied ? ALL_DENIED : WEBHOOK));
      if (found.length > 0) throw new Error(found.join('; '));
    }),
    1000,
  );
});

t.test(
  'property: no conf, chain and eni_conf together break the shape of a response',
  async (t) => {
    const value = fc.oneof(hostile, fc.jsonValue(), fc.dictionary(hostile, hostile));
    const conf = fc
      .dictionary(hostile, value)
      .map((members) => JSON.stringify({ ...members, type: 'terway' }));
    const chain = fc
      .tuple(fc.dictionary(hostile, value), fc.array(fc.dictionary(hostile, value)))
      .map(([first, others]) =>
        JSON.stringify({ plugins: [{ ...first, type: 'terway' }, ...others] }),
      );
    const eniConf = fc.dictionary(hostile, value).map((members) => JSON.stringify(members));
    await assertAsyncProperty(
      t,
      fc.asyncProperty(conf, chain, eniConf, async (conf, chain, eniConf) => {
        const data = { '10-terway.conf': conf, eni_conf: eniConf };
        const body = reviewBody({ operation: 'CREATE', data: withConflist(data, chain) });
        const found = faults((await validate(body, ALL_DENIED)).response);
        if (found.length > 0) throw new Error(found.join('; '));
      }),
      500,
    );
  },
);

// ---------------------------------------------------------------------------------------------
// Secrets
// ---------------------------------------------------------------------------------------------

/** Values that must never be seen again, one for each JSON type that can hold a secret. */
const CANARY = 'LTAI5tCANARY';
const CANARY_NUMBER = 3141592653;

function leaks(response: AdmissionResponse): boolean {
  const text = JSON.stringify(response);
  return text.includes('CANARY') || text.includes(String(CANARY_NUMBER));
}

const SECRET_ENI_CONF = {
  version: CANARY,
  access_key: CANARY,
  access_secret: `${CANARY}"\u001b\\`,
  credential_path: CANARY,
  service_cidr: CANARY,
  ip_stack: CANARY,
  max_pool_size: CANARY_NUMBER,
  vswitches: { 'cn-shanghai-l': [CANARY, CANARY] },
  eni_tags: { a: CANARY },
  vswitch_selection_policy: CANARY,
  idle_ip_reclaim_after: CANARY,
};

t.test('values of eni_conf are never told', async (t) => {
  const old = { ...BASE_VETH, eni_conf: JSON.stringify(SECRET_ENI_CONF, null, 2) };
  const texts: [name: string, text: string][] = [
    ['reformatted', JSON.stringify(SECRET_ENI_CONF)],
    ['protected values changed', old.eni_conf.replaceAll(CANARY, `${CANARY}2`)],
    ['unquoted', old.eni_conf.replaceAll(`"${CANARY}"`, CANARY)],
    ['in single quotes', old.eni_conf.replaceAll(`"${CANARY}"`, `'${CANARY}'`)],
    ['a trailing comma', old.eni_conf.replace(/\n}$/, ',\n}')],
    ['a list', JSON.stringify([CANARY, CANARY_NUMBER])],
    ['a text', JSON.stringify(CANARY)],
    ['no JSON at all', CANARY],
    ['a number', String(CANARY_NUMBER)],
    ['members twice', old.eni_conf.replace('{', `{"access_key": "${CANARY}",`)],
    ['too large', old.eni_conf.padEnd(1024 * 1024 + 1)],
    ['too deep', `${'['.repeat(300)}"${CANARY}"`],
    ['too large a number', old.eni_conf.replace('{', `{"a": ${CANARY_NUMBER}e400,`)],
    [
      'every value in another type',
      JSON.stringify(
        Object.fromEntries(Object.keys(SECRET_ENI_CONF).map((name) => [name, [CANARY]])),
      ),
    ],
    [
      'numbers for every value',
      JSON.stringify(
        Object.fromEntries(Object.keys(SECRET_ENI_CONF).map((name) => [name, CANARY_NUMBER])),
      ),
    ],
    [
      'names in another letter case',
      JSON.stringify(
        Object.fromEntries(
          Object.entries(SECRET_ENI_CONF).map(([name, value]) => [name.toUpperCase(), value]),
        ),
      ),
    ],
    ['names nobody knows', JSON.stringify({ secret: CANARY, nested: { secret: CANARY } })],
  ];
  for (const [name, text] of texts) {
    const data = { ...BASE_VETH, eni_conf: text };
    for (const webhook of [WEBHOOK, ALL_DENIED]) {
      t.notOk(leaks(await respond(data, BASE_VETH, webhook)), name);
      t.notOk(leaks(await respond(data, old, webhook)), `${name}, with secrets before`);
      t.notOk(leaks(await respond({ ...data, note: 'a' }, data, webhook)), `${name}, stored`);
      t.notOk(leaks(await respond(BASE_VETH, data, webhook)), `${name}, replaced`);
      const creation = await validate(reviewBody({ operation: 'CREATE', data }), webhook);
      t.notOk(leaks(creation.response), `${name}, created`);
      const deletion = await validate(reviewBody({ operation: 'DELETE', oldData: data }), webhook);
      t.notOk(leaks(deletion.response), `${name}, deleted`);
    }
  }
});

t.test('values of eni_conf are not told, wherever the text is cut', async (t) => {
  const text = JSON.stringify(SECRET_ENI_CONF, null, 2);
  const told: number[] = [];
  for (let cut = 0; cut < text.length; cut += 1) {
    if (leaks(await respond({ ...BASE_VETH, eni_conf: text.slice(0, cut) }))) told.push(cut);
  }
  t.same(told, []);
});

t.test('property: values of eni_conf are not told, whatever a slip does to the text', async (t) => {
  const text = JSON.stringify(SECRET_ENI_CONF, null, 2);
  const slip = fc
    .tuple(
      fc.nat(text.length),
      fc.nat(3),
      fc.constantFrom('', '"', "'", ',', ':', '{', '}', '[', ']', '\\', '\n', '0', '//', '\u201c'),
    )
    .map(([at, removed, inserted]) => text.slice(0, at) + inserted + text.slice(at + removed));
  await assertAsyncProperty(
    t,
    fc.asyncProperty(slip, fc.boolean(), async (eniConf, allDenied) => {
      const webhook = allDenied ? ALL_DENIED : WEBHOOK;
      const response = await respond({ ...BASE_VETH, eni_conf: eniConf }, BASE_VETH, webhook);
      return !leaks(response) && faults(response).length === 0;
    }),
    1000,
  );
});
