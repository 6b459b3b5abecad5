import fc from 'fast-check';
import t from 'tap';
import { compare } from '../../../../src/rollout/history/comparison.ts';
import { shownText } from '../../../../src/rollout/history/shown-text.ts';
import { configMap } from '../../../support/changes.ts';
import { assertProperty } from '../../../support/properties.ts';

const hidden = { hasSecrets: false };

t.test('of eni_conf the names that Terway knows are shown, and no value', async (t) => {
  const text = '{"access_key": "a", "vswitches": {"zone": ["b"]}, "my_own": 1}';
  const lines = ['{', '  "access_key": ***', '  "vswitches": ***', '  "***": ***', '}', ''];
  t.equal(shownText('eni_conf', text, hidden), lines.join('\n'));
  for (const broken of ['{"access_key": "a"', '["a"]', 'a', '']) {
    t.equal(shownText('eni_conf', broken, hidden), '***\n');
  }
  t.equal(shownText('eni_conf', text, { hasSecrets: true }), text);
});

t.test('no text of eni_conf or of an unknown key shows a value of it', async (t) => {
  const CANARY = 'LTAI5tCANARY';
  const text = fc.oneof(
    fc.json().map((json) => `{"access_key": "${CANARY}", "x": ${json}}`),
    fc.tuple(fc.string(), fc.string()).map(([before, after]) => before + CANARY + after),
    fc.constant(`{"${CANARY}": {"a": ["${CANARY}"]}}`),
  );
  assertProperty(
    t,
    fc.property(text, text, fc.constantFrom('eni_conf', 'mine'), (old, now, key) => {
      const [change] = compare(configMap({ [key]: old }), configMap({ [key]: `${now} ` }), false);
      return !`${shownText(key, now, { ...hidden, former: old })}${change?.diff}`.includes(CANARY);
    }),
    50,
  );
});

t.test('a terminal is safe from a text', async (t) => {
  t.equal(
    shownText('10-terway.conflist', 'a\u001b[31m\tb\r\n', hidden),
    'a\\u001b[31m\tb\\u000d\n',
  );
  t.equal(shownText('cni_chain', 'token: abc', hidden), 'token: ***');
});

t.test('what differs is told by its key, also where it is hidden', async (t) => {
  const before = configMap({ eni_conf: '{"access_key":"a"}', gone: 'a', same: 'a' });
  const after = configMap({ eni_conf: '{"access_key": "a"}', cni_chain: '[]\n', same: 'a' });
  t.same(compare(before, after, false), [
    {
      key: 'cni_chain',
      kind: 'added',
      diff: '--- a/cni_chain\n+++ b/cni_chain\n@@ -0,0 +1,1 @@\n+[]\n',
    },
    { key: 'eni_conf', kind: 'changed', diff: '' },
    { key: 'gone', kind: 'removed', diff: '--- a/gone\n+++ b/gone\n@@ -1,1 +0,0 @@\n-***\n' },
  ]);
});
