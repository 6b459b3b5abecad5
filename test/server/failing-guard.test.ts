import t from 'tap';
import { RULE_INFO } from '../../src/engine/rules/index.ts';
import { createReview } from '../../src/engine/core/review.ts';
import type { Rule } from '../../src/engine/core/rule.ts';
import { assertAllowed, assertDenied } from '../support/admission-answers.ts';
import { GOOD } from '../support/chain-updates.ts';
import { send } from '../support/https-client.ts';
import { WEBHOOK, startApp } from '../support/running-app.ts';

/**
 * A fault of the guard itself is a refusal with the uid: a failed call would be an outage under
 * failurePolicy Fail, a bypass under Ignore.
 */

t.test('an exception while judging is a refusal that owns up to it', async (t) => {
  const failing: Rule = {
    info: { ...RULE_INFO['chain-shape'], id: 'failing-rule' },
    // eslint-disable-next-line require-yield
    *check() {
      throw new RangeError('the access key is hunter2');
    },
  };
  const review = createReview([failing], RULE_INFO['guard-error']);

  await t.test('in a rule: whose fault it is and how to report it', async (t) => {
    const broken = await startApp(t, { webhook: { ...WEBHOOK, review } });
    const answer = await send(broken, '/validate', GOOD);
    const { status } = assertDenied(t, answer, /eni-config-guard itself failed/);
    t.match(status?.message, /your\s+change may be fine/);
    t.match(status?.message, /report it/);
    t.match(status?.message, /failing-rule/, 'the rule to name in the report');
    t.match(status?.details?.causes, [{ reason: 'InternalError' }]);
    t.notMatch(`${answer.body}${JSON.stringify(broken.log)}`, /hunter2/, 'errors quote nothing');
  });

  await t.test('the way out that it names, switching the rule off, works', async (t) => {
    const policy = { ...WEBHOOK.policy, rules: new Map([['failing-rule', 'off']] as const) };
    const broken = await startApp(t, { webhook: { ...WEBHOOK, review, policy } });
    assertAllowed(t, await send(broken, '/validate', GOOD));
  });

  await t.test('outside the rules the uid is not lost either', async (t) => {
    const facts = () => {
      throw new TypeError('the access key is hunter2');
    };
    const broken = await startApp(t, { webhook: { ...WEBHOOK, facts } });
    const answer = await send(broken, '/validate', GOOD);
    assertDenied(t, answer, /eni-config-guard/);
    t.notMatch(`${answer.body}${JSON.stringify(broken.log)}`, /hunter2/);
    t.match(broken.log, [{ level: 'error' }], 'the operator learns of it');
  });
});
