import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { review } from '../../../../src/engine/rules/index.ts';
import { update } from '../../../support/changes.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';

/** What is said of eni_conf with this member. */
function messagesFor(member: object): string[] {
  const eniConf = { ...(JSON.parse(BASE_VETH.eni_conf ?? '') as object), ...member };
  const change = update(BASE_VETH, { ...BASE_VETH, eni_conf: JSON.stringify(eniConf) });
  return review(change, NO_FACTS, DEFAULT_POLICY)
    .filter(({ rule }) => rule === 'eni-conf-idle')
    .map(({ message }) => message);
}

t.test('a policy that acts as another one is told, and no other', async (t) => {
  const random = 'vswitch_selection_policy holds an unknown policy, which acts as random';
  const mostIps = 'eni_selection_policy holds an unknown policy, which acts as most_ips';
  const cases: [member: object, messages: string[]][] = [
    [{ vswitch_selection_policy: 'ordered' }, []],
    [{ vswitch_selection_policy: 'random' }, []],
    [{ vswitch_selection_policy: '' }, []],
    [{ vswitch_selection_policy: 'most' }, [random]],
    [{ vswitch_selection_policy: 'Ordered' }, [random]],
    [{ eni_selection_policy: 'least_ips' }, []],
    [{ eni_selection_policy: 'fewest' }, [mostIps]],
  ];
  for (const [member, messages] of cases) {
    t.same(messagesFor(member), messages, JSON.stringify(member));
  }
});
