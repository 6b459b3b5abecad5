import t from 'tap';
import type { Finding, Impact, Problem } from '../../../../src/engine/core/finding.ts';
import { prose, withWays } from '../../../../src/engine/core/fix.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import type { Verdict } from '../../../../src/engine/core/decide.ts';
import { NO_PROBLEMS, type Rule, checkEach } from '../../../../src/engine/core/rule.ts';
import { createContext } from '../../../../src/engine/core/context.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { deletion, update } from '../../../support/changes.ts';
import {
  CHANGE,
  IN_CHAIN,
  OLD,
  fakeRule,
  info,
  policyWith,
  review,
} from '../../../support/fake-rules.ts';

/** The engine alone: what becomes of what rules find. */

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
          fix: withWays(prose('please report it'), {
            kind: 'settings',
            settings: { rules: new Map([['fake-rule', 'off']]) },
          }),
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

t.test('a rule that throws on what was stored takes nothing for known', (t) => {
  const rule: Rule = {
    info: info('fake-rule'),
    check({ object }) {
      if (object.data.get('10-terway.conflist') === 'old chain') throw new TypeError('a fake');
      return [{ key: 'eni_conf', message: 'a problem beside the chain' }];
    },
  };
  const { findings } = review([rule]);
  t.match(findings, [{ severity: 'deny', stored: false }]);
  t.end();
});

t.test('things are looked at one by one, and no further than asked for', (t) => {
  const context = createContext(CHANGE, NO_FACTS, DEFAULT_POLICY);
  const seen: number[] = [];
  const check = checkEach(
    () => [1, 2, 3, 4, 5],
    (thing) => {
      seen.push(thing);
      return thing % 2 === 1 ? NO_PROBLEMS : [{ message: `problem ${thing}` }];
    },
  );
  const [first] = check(context);
  t.same([first, seen], [{ message: 'problem 2' }, [1, 2]]);
  t.same([...check(context)], [{ message: 'problem 2' }, { message: 'problem 4' }]);
  const nothing = checkEach(
    () => [1, 2],
    () => NO_PROBLEMS,
  );
  t.equal(nothing(context), NO_PROBLEMS, 'where nothing is wrong it is told at a glance');
  t.end();
});
