import t from 'tap';
import { CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../../../../src/engine/core/eni-config.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { type Write, creation, update } from '../../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { ACK } from './edits/clusters.ts';

/** What is refused as a whole has one finding, whatever other rules would say of it. */

const chain = GOOD[CONFLIST_KEY]!;
const wrongChain = conflist([VETH_CONF, { ...PORTMAP, snat: 'true', 'cni.dev/a': 1, masqAl: 1 }]);

/** Texts that no key takes for what it holds, by what they are. */
const TEXTS: Readonly<Record<string, string>> = {
  'a chain': chain,
  'a chain with mistakes': wrongChain,
  'an entry of terway': BASE_VETH[CONF_KEY]!,
  'an entry of portmap': JSON.stringify({ ...PORTMAP, snat: 'true' }),
  "the daemon's configuration": BASE_VETH[ENI_CONF_KEY]!,
  'a list': '[]',
  'a list of entries': JSON.stringify([PORTMAP, PORTMAP]),
  'a text': '"terway"',
  null: 'null',
  'an empty object': '{}',
  'no JSON': '{"type": "terway" "name": "terway"}',
  YAML: 'type: terway\nname: terway\n',
  nothing: '',
};

/** What each key holds when it is right. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  [CONF_KEY]: ['an entry of terway'],
  [CONFLIST_KEY]: ['a chain', 'a chain with mistakes'],
  // An empty object is one without what may not be removed from it: a finding a member.
  [ENI_CONF_KEY]: ["the daemon's configuration", 'an empty object'],
};

/** The findings that refuse a write, one line each. */
const refusalsOf = (change: Write) =>
  verdictOn(change, ACK, DEFAULT_POLICY)
    .findings.filter(({ severity }) => severity === 'deny')
    .map(({ rule, key, message }) => `${key} ${rule}: ${message}`);

const isAbout = (key: string) => (line: string) => line.startsWith(`${key} `);

for (const [key, right] of Object.entries(HOMES)) {
  for (const [name, text] of Object.entries(TEXTS)) {
    if (right.includes(name)) continue;
    t.test(`${name} under ${key}`, (t) => {
      for (const old of [BASE_VETH, GOOD]) {
        const refusals = refusalsOf(update(old, { ...old, [key]: text }));
        t.equal(refusals.length, 1, refusals.join('\n'));
        t.ok(refusals.every(isAbout(key)), 'about that key');
      }
      t.end();
    });
    t.test(`${name} under ${key}, in a new object`, (t) => {
      const refusals = refusalsOf(creation({ ...GOOD, [key]: text }));
      t.equal(refusals.length, 1, refusals.join('\n'));
      t.end();
    });
  }
}

t.test('two documents that are refused have a finding each', (t) => {
  const pairs: [Data, string[]][] = [
    [{ [CONF_KEY]: chain, [CONFLIST_KEY]: '[]' }, [CONF_KEY, CONFLIST_KEY]],
    [{ [CONF_KEY]: wrongChain, [ENI_CONF_KEY]: chain }, [CONF_KEY, ENI_CONF_KEY]],
    [{ [CONFLIST_KEY]: 'null', [ENI_CONF_KEY]: chain }, [CONFLIST_KEY, ENI_CONF_KEY]],
    [{ [CONF_KEY]: '{', [ENI_CONF_KEY]: '"a"' }, [CONF_KEY, ENI_CONF_KEY]],
  ];
  for (const [texts, keys] of pairs) {
    const refusals = refusalsOf(update(GOOD, { ...GOOD, ...texts }));
    t.same(
      refusals.map((line) => line.split(' ')[0]).sort(),
      [...keys].sort(),
      refusals.join('\n'),
    );
  }
  t.end();
});

t.test('an entry that has to go is not gone into', (t) => {
  const wrong = { mtu: '1400', runtimeConfig: {}, SNAT: 1 };
  for (const type of ['bridge', 'host-local', 'cilium-cni', 'terway']) {
    const text = conflist([VETH_CONF, PORTMAP, { type, ...wrong }]);
    const refusals = refusalsOf(update(BASE_VETH, withConflist(BASE_VETH, text)));
    t.equal(refusals.length, 1, `${type}: ${refusals.join('\n')}`);
  }
  const shaped = { type: 'bandwidth', ingressRate: '1', egressBurst: 8, ingressBurst: 8 };
  const text = conflist([VETH_CONF, shaped]);
  t.equal(refusalsOf(update(BASE_VETH, withConflist(BASE_VETH, text))).length, 1, 'bandwidth');
  t.end();
});

t.test('where the whole is only warned about, the rest is told', (t) => {
  const change = update(GOOD, { ...GOOD, [CONF_KEY]: '{"type": "terway", "name": "other"}' });
  const rules = new Map([['conf-changed', 'warn' as const]]);
  const told = verdictOn(change, ACK, { ...DEFAULT_POLICY, rules }).findings;
  t.ok(told.some(({ rule }) => rule === 'first-entry-differs'));
  const warned = verdictOn(change, ACK, { ...DEFAULT_POLICY, mode: 'warn' }).findings;
  t.same(
    [...new Set(warned.filter(({ enforced }) => enforced === 'deny').map(({ rule }) => rule))],
    ['conf-changed', 'first-entry-differs'],
    'what is stored in mode warn is told whole',
  );
  t.end();
});
