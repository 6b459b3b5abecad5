import t from 'tap';
import { exemptionInWords } from '../../../../src/engine/core/exemption.ts';
import type { Problem, Severity } from '../../../../src/engine/core/finding.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../src/engine/core/policy.ts';
import type { Rule, RuleInfo } from '../../../../src/engine/core/rule.ts';
import { configMap, creation, deletion, update } from '../../../support/changes.ts';
import {
  CHANGE,
  IN_CHAIN,
  NEW,
  OLD,
  fakeRule,
  info,
  policyWith,
  review,
} from '../../../support/fake-rules.ts';

/** What policy, exemptions and what was stored before make of the findings of fake rules. */

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
