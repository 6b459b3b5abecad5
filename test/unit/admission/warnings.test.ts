import t from 'tap';
import { validate } from '../../../src/admission/validate.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/engine/core/policy.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';
import { ACK } from '../engine/rules/edits/clusters.ts';
import { WEBHOOK } from '../../support/running-app.ts';
import { allSlips } from '../../support/slip-writes.ts';

/** Warnings as kubectl shows them: one line each, with a place and what to do. */

async function warningsFor(
  options: ReviewOptions,
  policy: Partial<Policy> = {},
): Promise<readonly string[]> {
  const webhook = { ...WEBHOOK, facts: () => ACK, policy: { ...DEFAULT_POLICY, ...policy } };
  return (await validate(reviewBody(options), webhook)).response.warnings ?? [];
}

const chain = (...plugins: readonly object[]): ReviewOptions => ({
  oldData: BASE_VETH,
  data: withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins])),
});

const BAD = chain({ ...PORTMAP, snat: 'true' });

t.test('mode warn says what enforce would refuse, and where, and what to do', async (t) => {
  const [first, ...others] = await warningsFor(BAD, { mode: 'warn' });
  t.equal(
    first,
    'would be refused: data[10-terway.conflist].plugins[1].snat: line 17: "snat" must be true or ' +
      'false, not the text "true": every new pod fails; fix: "snat": true (field-type)',
  );
  t.notOk(others.some((warning) => warning.startsWith('would be refused')));
});

t.test('an exempt writer hears the same', async (t) => {
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  t.same((await warningsFor(BAD, { exempt }))[0], (await warningsFor(BAD, { mode: 'warn' }))[0]);
});

t.test('what enforce would only warn about is not told as refused', async (t) => {
  const warnings = await warningsFor(chain({ ...PORTMAP, snta: true }), { mode: 'warn' });
  t.match(
    warnings.at(-1),
    /^data\[10-terway\.conflist\]\.plugins\[1\]\.snta: line \d+: .*; fix: "snat" /,
  );
});

t.test('a dry run hears nothing of restarts', async (t) => {
  const good = chain(PORTMAP);
  t.match(await warningsFor(good), [/takes effect after: kubectl rollout restart/]);
  t.same(await warningsFor({ ...good, dryRun: true }), []);
});

t.test('every warning keeps to the limits and has a remedy', async (t) => {
  let seen = 0;
  const wrong: string[] = [];
  for (const [index, { change }] of [...allSlips()].entries()) {
    if (index % 11 !== 0 || !change.new || !change.old) continue;
    const warnings = await warningsFor(
      {
        oldData: Object.fromEntries(change.old.data),
        data: Object.fromEntries(change.new.data),
      },
      { mode: 'warn' },
    );
    seen += warnings.length;
    if (warnings.join('').length > 4096) wrong.push(`too much: ${warnings[0]}`);
    for (const warning of warnings) {
      if (warning.length > 256) wrong.push(`too long: ${warning}`);
      if (!/; fix: |\(restart-needed\)$|kubectl/.test(warning)) wrong.push(`no remedy: ${warning}`);
    }
  }
  t.ok(seen > 500, `${seen} warnings`);
  t.same(wrong, []);
});
