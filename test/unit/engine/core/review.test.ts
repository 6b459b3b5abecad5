import t from 'tap';
import { exemptionInWords } from '../../../../src/engine/core/exemption.ts';
import type { Finding, Impact, Problem, Severity } from '../../../../src/engine/core/finding.ts';
import { prose } from '../../../../src/engine/core/fix.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../src/engine/core/policy.ts';
import type { Verdict } from '../../../../src/engine/core/decide.ts';
import { createReview } from '../../../../src/engine/core/review.ts';
import type { Rule, RuleInfo } from '../../../../src/engine/core/rule.ts';
import { configMap, creation, deletion, update } from '../../../support/changes.ts';
import { verdictOn } from '../../../support/verdicts.ts';

/** The engine alone: every rule here is a fake rule, made for its test. */

function info(id: string, more: Partial<RuleInfo> = {}): RuleInfo {
  return {
    id,
    title: 'A fake rule',
    why: 'For tests.',
    fix: prose('the general remedy'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
    ...more,
  };
}

/** A fake rule that always finds the given problems. */
function fakeRule(id: string, problems: readonly Problem[], more: Partial<RuleInfo> = {}): Rule {
  return { info: info(id, more), check: () => problems };
}

const GUARD_ERROR = info('guard-error', {
  reason: 'InternalError',
  fix: prose('please report it'),
});

const OLD = { '10-terway.conf': 'old conf', '10-terway.conflist': 'old chain', eni_conf: 'old' };
const NEW = { ...OLD, '10-terway.conflist': 'new chain' };
const CHANGE = update(OLD, NEW);

const policyWith = (policy: Partial<Policy>): Policy => ({ ...DEFAULT_POLICY, ...policy });

function review(rules: readonly Rule[], policy = DEFAULT_POLICY, change = CHANGE): Verdict {
  return verdictOn(change, NO_FACTS, policy, createReview(rules, GUARD_ERROR));
}

const IN_CHAIN: Problem = { key: '10-terway.conflist', message: 'a problem in the chain' };

/** The severity a problem gets from one fake rule; `none` when there is no finding. */
function severityUnder(
  policy: Partial<Policy>,
  rule: Partial<RuleInfo> = {},
  change = CHANGE,
): Severity | 'none' {
  const { findings } = review(
    [fakeRule('fake-rule', [IN_CHAIN], rule)],
    policyWith(policy),
    change,
  );
  return findings[0]?.severity ?? 'none';
}

t.test('no finding: allowed', (t) => {
  t.same(review([fakeRule('fake-rule', [])]), { allowed: true, findings: [] });
  t.end();
});

t.test('a problem of a denying fake rule refuses the change', (t) => {
  const { allowed, findings } = review([fakeRule('fake-rule', [IN_CHAIN])]);
  t.equal(allowed, false);
  t.same(findings, [
    {
      key: '10-terway.conflist',
      message: 'a problem in the chain',
      rule: 'fake-rule',
      reason: 'FieldValueInvalid',
      impact: 'outage',
      severity: 'deny',
      baseSeverity: 'deny',
      enforced: 'deny',
      fix: prose('the general remedy'),
      stored: false,
    },
  ]);
  t.end();
});

t.test('a problem of a warning fake rule is told and allowed', (t) => {
  const { allowed, findings } = review([fakeRule('fake-rule', [IN_CHAIN], { severity: 'warn' })]);
  t.equal(allowed, true);
  t.match(findings, [{ rule: 'fake-rule', severity: 'warn', baseSeverity: 'warn' }]);
  t.end();
});

t.test('a problem may bring its own severity and remedy', (t) => {
  const problem: Problem = { ...IN_CHAIN, severity: 'warn', fix: prose('the remedy for this one') };
  t.match(review([fakeRule('fake-rule', [problem])]), {
    allowed: true,
    findings: [
      { severity: 'warn', baseSeverity: 'warn', fix: { text: 'the remedy for this one' } },
    ],
  });
  const harder: Problem = { ...IN_CHAIN, severity: 'deny' };
  t.match(review([fakeRule('fake-rule', [harder], { severity: 'warn' })]), {
    allowed: false,
    findings: [{ severity: 'deny', baseSeverity: 'deny' }],
  });
  t.end();
});

t.test("a problem's impact is its rule's, or weaker", (t) => {
  const weaker: Problem = { ...IN_CHAIN, impact: 'no-effect' };
  const impacts = (problem: Problem, impact: Impact) =>
    review([fakeRule('fake-rule', [problem], { impact })]).findings.map((found) => found.impact);
  t.same(impacts(IN_CHAIN, 'outage'), ['outage']);
  t.same(impacts(IN_CHAIN, 'no-effect'), ['no-effect']);
  t.same(impacts(weaker, 'outage'), ['no-effect']);
  t.end();
});

t.test('policy and mode decide how hard a fake rule hits', (t) => {
  const cases: [
    severity: 'deny' | 'warn',
    override: 'off' | 'audit' | 'warn' | 'deny' | undefined,
    mode: Policy['mode'],
    expected: Severity | 'none',
  ][] = [
    // What stands in the catalogue.
    ['deny', undefined, 'enforce', 'deny'],
    ['warn', undefined, 'enforce', 'warn'],
    // A rule switched down, off or up.
    ['deny', 'off', 'enforce', 'none'],
    ['deny', 'audit', 'enforce', 'audit'],
    ['deny', 'warn', 'enforce', 'warn'],
    ['deny', 'deny', 'enforce', 'deny'],
    ['warn', 'off', 'enforce', 'none'],
    ['warn', 'audit', 'enforce', 'audit'],
    ['warn', 'deny', 'enforce', 'deny'],
    // The mode is a ceiling, above overrides as well.
    ['deny', undefined, 'warn', 'warn'],
    ['warn', undefined, 'warn', 'warn'],
    ['deny', 'deny', 'warn', 'warn'],
    ['deny', 'audit', 'warn', 'audit'],
    ['deny', 'off', 'warn', 'none'],
    ['deny', undefined, 'audit', 'audit'],
    ['warn', undefined, 'audit', 'audit'],
    ['deny', 'deny', 'audit', 'audit'],
    ['deny', 'warn', 'audit', 'audit'],
  ];
  for (const [severity, override, mode, expected] of cases) {
    const rules: Policy['rules'] = new Map(override ? [['fake-rule', override]] : []);
    t.equal(
      severityUnder({ mode, rules }, { severity }),
      expected,
      `a rule that would ${severity}, override ${override ?? 'none'}, mode ${mode}`,
    );
  }
  t.end();
});

t.test('an override is for one rule only', (t) => {
  const rules = [fakeRule('fake-rule-1', [IN_CHAIN]), fakeRule('fake-rule-2', [IN_CHAIN])];
  const { allowed, findings } = review(
    rules,
    policyWith({ rules: new Map([['fake-rule-1', 'warn']]) }),
  );
  t.equal(allowed, false);
  t.same(
    findings.map(({ rule, severity }) => [rule, severity]),
    [
      ['fake-rule-2', 'deny'],
      ['fake-rule-1', 'warn'],
    ],
  );
  t.end();
});

t.test('what is switched down still tells what it would be', (t) => {
  const { findings } = review([fakeRule('fake-rule', [IN_CHAIN])], policyWith({ mode: 'audit' }));
  t.match(findings, [{ severity: 'audit', baseSeverity: 'deny' }]);
  t.end();
});

t.test('what is switched up tells so under a mode that refuses nothing', (t) => {
  const rules = new Map([['fake-rule', 'deny' as const]]);
  const warning = fakeRule('fake-rule', [IN_CHAIN], { severity: 'warn' });
  for (const mode of ['warn', 'audit'] as const) {
    const { findings } = review([warning], policyWith({ mode, rules }));
    t.match(findings, [{ severity: mode, baseSeverity: 'deny' }], mode);
  }
  const guess = fakeRule('fake-rule', [{ ...IN_CHAIN, isGuess: true }]);
  const { findings } = review([guess], policyWith({ mode: 'audit', rules }));
  t.match(findings, [{ severity: 'audit', baseSeverity: 'warn' }], 'a guess never refuses');
  t.end();
});

t.test('exempt users and groups are warned, never refused', (t) => {
  const users = new Set(['system:ack']);
  const groups = new Set(['ops', 'network']);
  const exempt = { users, groups };
  const rule = fakeRule('fake-rule', [IN_CHAIN]);
  const writers: [name: string, groups: string[], allowed: boolean, exemption?: string][] = [
    ['system:ack', [], true, 'user system:ack'],
    ['alice', ['devs', 'network'], true, 'group network'],
    ['system:ack', ['ops'], true, 'user system:ack'],
    ['alice', ['devs'], false],
    ['ops', [], false],
    ['System:ack', [], false],
    ['', [], false],
  ];
  for (const [name, memberOf, allowed, exemption] of writers) {
    const change = update(OLD, NEW, { name, groups: memberOf });
    const verdict = review([rule], policyWith({ exempt }), change);
    const who = `user "${name}" in [${memberOf.join()}]`;
    t.equal(verdict.allowed, allowed, who);
    t.equal(verdict.exemption && exemptionInWords(verdict.exemption), exemption, who);
    t.match(verdict.findings, [{ severity: allowed ? 'warn' : 'deny', baseSeverity: 'deny' }]);
  }
  t.end();
});

t.test('an exemption does not turn audit into a warning, nor an override into a refusal', (t) => {
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  t.equal(severityUnder({ exempt, rules: new Map([['fake-rule', 'audit']]) }), 'audit');
  t.equal(severityUnder({ exempt, rules: new Map([['fake-rule', 'deny']]) }), 'warn');
  t.equal(severityUnder({ exempt, mode: 'audit' }), 'audit');
  t.end();
});

t.test('an exemption is told in printable text', (t) => {
  const user = { name: 'ali\u001bce', groups: [] };
  const exempt = { users: new Set([user.name]), groups: new Set<string>() };
  const { exemption } = review([], policyWith({ exempt }), update(OLD, NEW, user));
  t.same(exemption, { source: 'user', name: 'ali\\u001bce' });
  t.end();
});

t.test('what was stored before is a warning, unless this write touches it', (t) => {
  const inConf: Problem = { key: '10-terway.conf', message: 'a problem' };
  const onBoth: Problem = { ...inConf, dependsOn: ['10-terway.conf', '10-terway.conflist'] };
  const onObject: Problem = { message: 'a problem of the whole object' };
  const cases: [name: string, problem: Problem, change: typeof CHANGE, stored: boolean][] = [
    ['in the text that changed', IN_CHAIN, CHANGE, false],
    ['in a text left alone', inConf, CHANGE, true],
    ['depends on a text that changed', onBoth, CHANGE, false],
    ['no text changed', IN_CHAIN, update(OLD, OLD), true],
    ['depends on texts left alone', onBoth, update(OLD, { ...OLD, eni_conf: 'new' }), true],
    ['the key was added', IN_CHAIN, update({ '10-terway.conf': 'conf' }, OLD), false],
    ['the key was removed', IN_CHAIN, update(OLD, { '10-terway.conf': 'old conf' }), false],
    ['the key is in neither', IN_CHAIN, update({ a: '1' }, { a: '2' }), true],
    ['of the whole object', onObject, update(OLD, OLD), false],
    ['on CREATE', inConf, creation(OLD), false],
    ['on DELETE', inConf, deletion(OLD), false],
  ];
  for (const [name, problem, change, stored] of cases) {
    const verdict = review([fakeRule('fake-rule', [problem])], DEFAULT_POLICY, change);
    t.equal(verdict.allowed, stored, name);
    t.match(verdict.findings, [{ stored, severity: stored ? 'warn' : 'deny' }], name);
  }
  t.end();
});

t.test('a key that moved between data and binaryData was touched', (t) => {
  const change = {
    ...CHANGE,
    old: configMap(OLD),
    new: configMap(OLD, ['10-terway.conflist']),
  };
  t.equal(review([fakeRule('fake-rule', [IN_CHAIN])], DEFAULT_POLICY, change).allowed, false);
  t.end();
});

t.test('no override makes a refusal of a guess', (t) => {
  const guess: Problem = { ...IN_CHAIN, severity: 'deny', isGuess: true };
  const under = (policy: Partial<Policy>) =>
    review([fakeRule('fake-rule', [guess])], policyWith(policy));
  for (const rules of [[], [['fake-rule', 'deny']]] as ['fake-rule', 'deny'][][]) {
    const { allowed, findings } = under({ rules: new Map(rules) });
    t.equal(allowed, true);
    t.match(findings, [{ severity: 'warn', baseSeverity: 'warn' }]);
  }
  t.match(under({ rules: new Map([['fake-rule', 'audit']]) }).findings, [{ severity: 'audit' }]);
  t.match(under({ mode: 'audit' }).findings, [{ severity: 'audit' }]);
  t.same(under({ rules: new Map([['fake-rule', 'off']]) }).findings, []);
  t.end();
});

t.test('no override makes a refusal of what was stored before', (t) => {
  const rules: Policy['rules'] = new Map([['fake-rule', 'deny']]);
  t.equal(severityUnder({ rules }, {}, update(OLD, OLD)), 'warn');
  t.end();
});

t.test('a fake rule that throws becomes a refusal in the name of the guard', (t) => {
  const secret = 'LTAI-secret-key';
  const errors: [name: string, error: unknown, told: string][] = [
    ['an Error', new Error(secret), 'Error'],
    ['a TypeError', new TypeError(secret), 'TypeError'],
    ['an error with a cause', new RangeError(secret, { cause: secret }), 'RangeError'],
    ['a text', secret, 'string'],
    ['an object', { message: secret }, 'object'],
    ['nothing', undefined, 'undefined'],
  ];
  for (const [name, error, told] of errors) {
    const rule: Rule = {
      info: info('fake-rule'),
      check() {
        throw error;
      },
    };
    const verdict = review([rule]);
    t.equal(verdict.allowed, false, name);
    t.same(
      verdict.findings,
      [
        {
          rule: 'guard-error',
          reason: 'InternalError',
          message: `eni-config-guard itself failed while checking rule fake-rule (${told}); your change may be fine`,
          dependsOn: ['10-terway.conf', '10-terway.conflist', 'cni_chain', 'eni_conf'],
          fix: prose('please report it'),
          impact: 'outage',
          severity: 'deny',
          baseSeverity: 'deny',
          enforced: 'deny',
          stored: false,
        },
      ],
      name,
    );
    t.notMatch(JSON.stringify(verdict), secret, `${name}: its text is not told`);
  }
  t.end();
});

t.test('a fake rule that throws stops neither the others nor its own earlier findings', (t) => {
  const rule: Rule = {
    info: info('fake-rule-2'),
    *check() {
      yield IN_CHAIN;
      throw new Error('too late');
    },
  };
  const { findings } = review([
    fakeRule('fake-rule-1', [IN_CHAIN]),
    rule,
    fakeRule('fake-rule-3', [IN_CHAIN]),
  ]);
  t.same(findings.map((finding) => finding.rule).sort(), [
    'fake-rule-1',
    'fake-rule-2',
    'fake-rule-3',
    'guard-error',
  ]);
  t.end();
});

t.test('modes and exemptions hold for the failure of a fake rule, too', (t) => {
  const rule: Rule = {
    info: info('fake-rule'),
    check() {
      throw new Error('no');
    },
  };
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  t.match(review([rule], policyWith({ mode: 'warn' })), { allowed: true });
  t.match(review([rule], policyWith({ exempt })), { allowed: true });
  t.match(review([rule], policyWith({ rules: new Map([['guard-error', 'warn']]) })), {
    allowed: true,
    findings: [{ rule: 'guard-error', severity: 'warn' }],
  });
  t.end();
});

t.test('a fake rule that is switched off is not asked, so its failure refuses nothing', (t) => {
  // The remedy that the catalogue gives for guard-error.
  const rule: Rule = {
    info: info('fake-rule'),
    check() {
      throw new Error('no');
    },
  };
  const verdict = review([rule], policyWith({ rules: new Map([['fake-rule', 'off']]) }));
  t.equal(verdict.allowed, true);
  t.same(verdict.findings, []);
  t.end();
});

t.test('of one fake rule 100 problems are kept', (t) => {
  let asked = 0;
  const endless: Rule = {
    info: info('fake-rule-1'),
    *check() {
      for (;;) {
        asked += 1;
        yield { ...IN_CHAIN, message: `problem ${asked}` };
      }
    },
  };
  const { findings } = review([endless, fakeRule('fake-rule-2', [IN_CHAIN])]);
  t.equal(findings.filter(({ rule }) => rule === 'fake-rule-1').length, 100);
  t.equal(findings.filter(({ rule }) => rule === 'fake-rule-2').length, 1);
  t.equal(asked, 100, 'no more than that are looked for');
  t.end();
});

t.test('100 warnings of a fake rule hide no refusal of it', (t) => {
  const warnings = Array.from({ length: 500 }, (): Problem => ({ ...IN_CHAIN, severity: 'warn' }));
  const { allowed, findings } = review([fakeRule('fake-rule', [...warnings, IN_CHAIN])]);
  t.equal(allowed, false);
  t.equal(findings.length, 101);
  t.end();
});

t.test('what another key makes of an untouched text is the doing of this write', (t) => {
  const needsOld: Rule = {
    info: info('fake-rule'),
    *check({ object }) {
      if (object.data.get('eni_conf') !== 'old') yield IN_CHAIN;
    },
  };
  t.equal(
    review([needsOld], DEFAULT_POLICY, update(OLD, { ...OLD, eni_conf: 'new' })).allowed,
    false,
  );
  const later = update({ ...OLD, eni_conf: 'new' }, { ...OLD, eni_conf: 'newer' });
  t.equal(review([needsOld], DEFAULT_POLICY, later).allowed, true);
  t.end();
});

t.test('a warning that becomes a refusal is not stored', (t) => {
  const growing: Rule = {
    info: info('fake-rule'),
    *check({ object }) {
      const isNew = object.data.get('eni_conf') === 'new';
      yield { ...IN_CHAIN, ...(isNew ? {} : { severity: 'warn' }) };
    },
  };
  t.equal(
    review([growing], DEFAULT_POLICY, update(OLD, { ...OLD, eni_conf: 'new' })).allowed,
    false,
  );
  t.end();
});

t.test('a remark about an accepted write is dropped when the write is refused', (t) => {
  const remark = fakeRule('fake-remark', [IN_CHAIN], { severity: 'warn', advisory: true });
  const warning = fakeRule('fake-warning', [IN_CHAIN], { severity: 'warn' });
  const refusal = fakeRule('fake-refusal', [IN_CHAIN]);
  const ids = ({ findings }: Verdict) => findings.map((finding: Finding) => finding.rule).sort();

  t.same(ids(review([remark, warning])), ['fake-remark', 'fake-warning']);
  t.same(ids(review([remark, warning, refusal])), ['fake-refusal', 'fake-warning']);
  t.same(ids(review([remark, refusal], policyWith({ mode: 'warn' }))), [
    'fake-refusal',
    'fake-remark',
  ]);
  t.end();
});

t.test('a refusal always says why, even when policy raised a remark to it', (t) => {
  const remark = fakeRule('fake-remark', [IN_CHAIN], { severity: 'warn', advisory: true });
  const { allowed, findings } = review(
    [remark],
    policyWith({ rules: new Map([['fake-remark', 'deny']]) }),
  );
  const denied = findings.some(({ severity }) => severity === 'deny');
  t.equal(allowed, !denied, 'refused if, and only if, a finding refuses');
  t.end();
});

t.test('findings come hardest first, then by key and place in the text', (t) => {
  const at = (offset: number) => ({ offset, length: 1 });
  const conflist = '10-terway.conflist';
  const { findings } = review(
    [
      fakeRule('fake-warning', [{ message: 'w' }], { severity: 'warn' }),
      fakeRule('fake-audit', [{ message: 'a' }]),
      fakeRule('fake-rule', [
        { key: conflist, at: at(20), message: 'conflist 20' },
        { key: conflist, at: at(3), message: 'conflist 3' },
        { key: conflist, message: 'conflist' },
        { key: '10-terway.conf', dependsOn: [conflist], at: at(50), message: 'conf 50' },
        { message: 'object' },
      ]),
      fakeRule('fake-rule-2', [{ key: conflist, at: at(3), message: 'conflist 3, later rule' }]),
    ],
    policyWith({ rules: new Map([['fake-audit', 'audit']]) }),
  );
  t.same(
    findings.map(({ message }) => message),
    [
      'object',
      'conf 50',
      'conflist',
      'conflist 3',
      'conflist 3, later rule',
      'conflist 20',
      'w',
      'a',
    ],
  );
  t.end();
});

t.test('a fake rule sees the new object, its documents and its chain', (t) => {
  const chain = '{"plugins": [{"type": "terway"}, {"Type": "portmap"}, 1]}';
  const data = { '10-terway.conf': 'no JSON', '10-terway.conflist': chain };
  const seen: unknown[] = [];
  const rule: Rule = {
    info: info('fake-rule'),
    check(context) {
      seen.push(
        context.object.data.get('10-terway.conf'),
        context.document('10-terway.conf')?.root,
        context.document('10-terway.conflist')?.root?.type,
        context.document('eni_conf'),
        context.chain('10-terway.conflist')?.map(({ index, type }) => [index, type]),
        context.document('10-terway.conflist') === context.document('10-terway.conflist'),
      );
      return [];
    },
  };
  review([rule], DEFAULT_POLICY, update(OLD, data));
  t.same(seen, [
    'no JSON',
    undefined,
    'object',
    undefined,
    [
      [0, 'terway'],
      [1, undefined],
      [2, undefined],
    ],
    true,
  ]);
  t.end();
});

t.test('there is no chain in a text that is none, and nothing on DELETE', (t) => {
  const chains: unknown[] = [];
  const rule: Rule = {
    info: info('fake-rule'),
    check(context) {
      chains.push(context.chain('10-terway.conflist'));
      return [];
    },
  };
  for (const text of ['', '{', '[]', '{}', '{"plugins": {}}', '{"Plugins": []}']) {
    review([rule], DEFAULT_POLICY, update(OLD, { ...OLD, '10-terway.conflist': text }));
  }
  review([rule], DEFAULT_POLICY, deletion(OLD));
  t.same(new Set(chains), new Set([undefined]));
  t.end();
});
