import t from 'tap';
import { prose } from '../../../../src/engine/core/fix.ts';
import type { BreakGlassAnswer } from '../../../../src/engine/core/break-glass.ts';
import { decide } from '../../../../src/engine/core/decide.ts';
import type { Finding } from '../../../../src/engine/core/finding.ts';
import type { BreakGlassRule } from '../../../../src/engine/core/rule.ts';

/** Findings and rules of no real rule: what `decide` makes of them is the matter here. */

const OBJECT: Finding = {
  rule: 'fake-rule',
  reason: 'FieldValueInvalid',
  message: 'a problem of the whole object',
  severity: 'deny',
  impact: 'outage',
  fix: prose('mend it'),
  stored: false,
};

const TELLS: BreakGlassRule = {
  info: {
    id: 'fake-break-glass',
    title: 'A fake rule',
    why: 'For tests.',
    impact: 'no-effect',
    fix: prose('remove it'),
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  check: ({ status }) => [{ message: status }],
};

const ANSWERS: readonly BreakGlassAnswer[] = [
  { status: 'used', reason: 'ticket 4711', until: '2026-01-31T18:00:00Z', remains: true },
  { status: 'opened', reason: 'ticket 4711', until: '2026-01-31T18:00:00Z', remains: true },
  { status: 'rejected', annotation: 'eni-config-guard/bypass-until', why: 'it expired' },
];

const told = (answer: BreakGlassAnswer, setting?: 'off') =>
  decide([OBJECT], {
    rules: new Map(setting && [[TELLS.info.id, setting]]),
    breakGlass: { answer, rules: [TELLS] },
  });

t.test('without a mode nothing is made milder', async (t) => {
  t.match(decide([OBJECT], { rules: new Map() }), {
    allowed: false,
    findings: [{ severity: 'deny', baseSeverity: 'deny' }],
  });
});

t.test(
  'what came of break-glass: only its use exempts, and each is told by its rules',
  async (t) => {
    const orders = ANSWERS.map((answer) => {
      const { allowed, exemption, findings } = told(answer);
      return [answer.status, allowed, exemption?.source, findings.map(({ rule }) => rule)];
    });
    t.same(orders, [
      ['used', true, 'break-glass', ['fake-rule', 'fake-break-glass']],
      ['opened', false, undefined, ['fake-rule', 'fake-break-glass']],
      ['rejected', false, undefined, ['fake-break-glass', 'fake-rule']],
    ]);
  },
);

t.test('a rule about break-glass that is off does not speak', async (t) => {
  for (const answer of ANSWERS) {
    t.same(
      told(answer, 'off').findings.map(({ rule }) => rule),
      ['fake-rule'],
    );
  }
});

t.test('an exemption of the author stands before that of break-glass', async (t) => {
  const exemption = { source: 'user', name: 'alice' } as const;
  const breakGlass = { answer: ANSWERS[0]!, rules: [] };
  t.same(decide([], { rules: new Map(), exemption, breakGlass }).exemption, exemption);
});
