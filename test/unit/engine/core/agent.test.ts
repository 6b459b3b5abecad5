import t from 'tap';
import { withAgent } from '../../../../src/engine/core/agent.ts';
import { createContext } from '../../../../src/engine/core/context.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { update } from '../../../support/changes.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';
import { info } from '../../../support/fake-rules.ts';
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

t.test('only what refuses, at a key that the write touches, names the setting', (t) => {
  const change = { ...update(BASE_VETH, { ...BASE_VETH, eni_conf: '{}' }), agent: AGENT };
  const told = (key: string | undefined, severity?: 'warn') =>
    withAgent(
      { ...(key === undefined ? {} : { key }), message: 'wrong', ...(severity && { severity }) },
      info('one'),
      createContext(change, NO_FACTS, DEFAULT_POLICY),
    );
  t.equal(
    told('eni_conf').message,
    'wrong; written by a program: if it is one of ACK, let it through with ' +
      `exempt: {users: ["${AGENT}"]} in the guard's configuration (config.exempt of the chart)`,
  );
  t.same(told('eni_conf').fix?.ways, [{ kind: 'exempt', user: AGENT }]);
  t.match(told('eni_conf').fix?.text, 'the general remedy', "the rule's own, for want of another");
  t.equal(told('eni_conf', 'warn').message, 'wrong');
  t.equal(told('10-terway.conf').message, 'wrong', 'it is as it was stored');
  t.equal(told(undefined).message, 'wrong');
  t.end();
});
