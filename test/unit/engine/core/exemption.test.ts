import t from 'tap';
import {
  exemptionBy,
  exemptionInWords,
  exemptionOf,
} from '../../../../src/engine/core/exemption.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';

const POLICY = {
  ...DEFAULT_POLICY,
  exempt: { users: new Set(['system:ack']), groups: new Set(['sre', 'oncall']) },
};
const inWords = (name: string, groups: readonly string[]) => {
  const exemption = exemptionOf({ name, groups: [...groups] }, POLICY);
  return exemption && exemptionInWords(exemption);
};

t.test('a user is exempt by name, else by group', async (t) => {
  t.equal(inWords('system:ack', ['sre']), 'user system:ack');
  t.equal(inWords('alice', ['devs', 'oncall', 'sre']), 'group oncall');
  t.equal(inWords('alice', ['devs']), undefined);
});

t.test('break-glass exempts only where it was used', async (t) => {
  const until = '2026-01-31T18:00:00Z';
  const used = exemptionBy({ status: 'used', reason: 'ticket 4711', until, remains: true });
  t.equal(used && exemptionInWords(used), `break-glass until ${until}: ticket 4711`);
  t.equal(
    exemptionBy({ status: 'opened', reason: 'ticket 4711', until, remains: true }),
    undefined,
  );
  t.equal(exemptionBy(undefined), undefined);
});
