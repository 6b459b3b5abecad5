import t from 'tap';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { storedConf, withConf } from '../../../../src/engine/defaults/stored-conf.ts';
import { creation, deletion, update } from '../../../support/changes.ts';
import { BASE_VETH, VETH_CONF } from '../../../support/config-maps.ts';

const STORED = BASE_VETH['10-terway.conf'] ?? '';
const written = (text: string, stored = STORED) =>
  update({ ...BASE_VETH, '10-terway.conf': stored }, { ...BASE_VETH, '10-terway.conf': text });

t.test('the same JSON in another layout: the stored text', (t) => {
  const { type, ...others } = VETH_CONF;
  for (const text of [
    JSON.stringify(VETH_CONF),
    JSON.stringify({ type, ...others }, null, 4),
    `${STORED}\n`,
    STORED.replaceAll('\n', '\r\n'),
    STORED.replace('"terway"', '"\\u0074erway"'),
  ]) {
    const change = written(text);
    t.equal(storedConf(change, DEFAULT_POLICY), STORED, text);
    t.same(withConf(change, STORED).new?.data, change.old?.data);
  }
  t.end();
});

t.test('anything else stays as it was written', (t) => {
  const twice = STORED.replace('{', '{"type": "terway",');
  for (const change of [
    written(STORED),
    written(JSON.stringify({ ...VETH_CONF, mtu: 1400 })),
    written('{'),
    written(STORED, '{'),
    written(twice),
    written(STORED, twice),
    written(`${twice}\n`, twice),
    creation(BASE_VETH),
    deletion(BASE_VETH),
    update(BASE_VETH, {}),
    update({}, BASE_VETH),
  ]) {
    t.equal(storedConf(change, DEFAULT_POLICY), undefined);
  }
  t.end();
});

t.test('not where the edit is not refused, nor where nothing may change', (t) => {
  const change = written(JSON.stringify(VETH_CONF));
  for (const policy of [
    { ...DEFAULT_POLICY, mode: 'warn' as const },
    { ...DEFAULT_POLICY, mode: 'audit' as const },
    ...(['off', 'audit', 'warn'] as const).map((setting) => ({
      ...DEFAULT_POLICY,
      rules: new Map([['conf-changed', setting]]),
    })),
  ]) {
    t.equal(storedConf(change, policy), undefined);
  }
  const { old, new: object } = change;
  t.equal(
    storedConf({ ...change, new: object && { ...object, immutable: true } }, DEFAULT_POLICY),
    undefined,
  );
  t.equal(
    storedConf({ ...change, old: old && { ...old, immutable: true } }, DEFAULT_POLICY),
    undefined,
  );
  t.end();
});
