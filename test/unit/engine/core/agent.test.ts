import t from 'tap';
import { update } from '../../../support/changes.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { withEniConf } from '../rules/edits/chains.ts';

const AGENT = 'system:serviceaccount:kube-system:ack-upgrade';

t.test("a refusal to a program at ACK's keys names the setting that lets it through", (t) => {
  for (const [key, text] of [
    ['10-terway.conf', '{"type": "terway"}'],
    ['eni_conf', '{"max_pool_size": "eight"}'],
  ] as const) {
    const change = update(BASE_VETH, { ...BASE_VETH, [key]: text });
    const [finding] = verdictOn({ ...change, agent: AGENT }).findings;
    t.equal(finding?.severity, 'deny');
    t.match(finding?.message, `exempt: {users: ["${AGENT}"]}`);
    t.notMatch(verdictOn(change).findings[0]?.message, 'exempt');
  }
  const chain = update(BASE_VETH, { ...BASE_VETH, '10-terway.conflist': '{}' });
  t.notMatch(verdictOn({ ...chain, agent: AGENT }).findings[0]?.message, 'exempt');
  t.end();
});

t.test('a remark to a program names no setting', (t) => {
  const change = update(BASE_VETH, withEniConf(BASE_VETH, { vswitch_selection_policy: 'x' }));
  const remarks = verdictOn({ ...change, agent: AGENT }).findings;
  t.ok(remarks.some(({ key, severity }) => key === 'eni_conf' && severity === 'warn'));
  t.notMatch(remarks.map(({ message }) => message).join(), 'exempt');
  t.end();
});
