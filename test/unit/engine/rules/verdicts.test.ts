import t from 'tap';
import { validate } from '../../../../src/admission/validate.ts';
import type { Severity } from '../../../../src/engine/core/finding.ts';
import type { Verdict } from '../../../../src/engine/core/decide.ts';
import { RULE_IDS } from '../../../../src/engine/rules/index.ts';
import { update } from '../../../support/changes.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { reviewObject } from '../../../support/reviews.ts';
import { WEBHOOK } from '../../../support/running-app.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { ACK } from './edits/clusters.ts';
import { EDITS } from './edits/index.ts';

function idsOf({ findings }: Verdict, severity: Severity): string[] {
  const ids = findings.filter((finding) => finding.severity === severity).map(({ rule }) => rule);
  return [...new Set(ids)].sort();
}

/** Remarks that follow most accepted edits. */
const WHEN_IT_ACTS = ['restart-needed', 'takes-effect', 'overlay-takes-effect'];

/** Of those, the ones that no row names. */
const SAID_AFTER_MOST = ['takes-effect', 'overlay-takes-effect'];

const messagesOf = ({ findings }: Verdict): string[] =>
  findings.filter(({ rule }) => !WHEN_IT_ACTS.includes(rule)).map(({ message }) => message);

t.test('every worked edit is allowed or refused, by the rules that it names', (t) => {
  for (const { name, change, facts, policy, deny, warn, says } of EDITS) {
    const verdict = verdictOn(change, facts, policy);
    // When an edit acts is told after most of them; timing.test.ts has it.
    const warned = idsOf(verdict, 'warn').filter((id) => !SAID_AFTER_MOST.includes(id));
    t.same(
      {
        allowed: verdict.allowed,
        deny: idsOf(verdict, 'deny'),
        warn: warned,
        says: says && messagesOf(verdict),
      },
      { allowed: deny.length === 0, deny: [...deny].sort(), warn: [...warn].sort(), says },
      `${change.operation}: ${name}`,
    );
  }
  t.end();
});

t.test('names of edits are unique', (t) => {
  const names = EDITS.map(({ name }) => name);
  t.same(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
  t.end();
});

t.test('every rule speaks in one edit and is silent in an accepted one', (t) => {
  const spoken = new Set(EDITS.flatMap(({ deny, warn }) => [...deny, ...warn]));
  t.same(
    RULE_IDS.filter((id) => !['guard-error', ...SAID_AFTER_MOST].includes(id) && !spoken.has(id)),
    [],
    'rules without an edit',
  );
  const good = EDITS.some(({ deny, warn }) => deny.length === 0 && warn.length === 0);
  t.ok(good, 'an edit in which every rule is silent');
  t.end();
});

/** The remedies told for a chain of the base's conf and one more plugin. */
function remediesFor(plugin: object): string[] {
  const change = update(BASE_VETH, withConflist(BASE_VETH, conflist([VETH_CONF, plugin])));
  return verdictOn(change, ACK).findings.map(({ fix }) => fix.text);
}

t.test('a slip is answered with what was probably meant', (t) => {
  const slips: [plugin: object, fix: string][] = [
    [{ type: 'portmapp' }, '"type": "portmap"'],
    [{ type: 'TUNING' }, '"type": "tuning"'],
    [{ type: 'portmap ' }, '"type": "portmap"'],
    [{ ...PORTMAP, masqAl: true }, '"masqAll"'],
    [{ ...PORTMAP, SNAT: true }, '"snat"'],
    [{ ...PORTMAP, snat: 'false' }, '"snat": false'],
    [{ ...PORTMAP, backend: 'iptable' }, '"backend": "iptables"'],
    [{ type: 'tuning', sysctl: { 'net.a': 1 } }, '"net.a": "1"'],
    [{ type: 'portmap' }, '"capabilities": {"portMappings": true}'],
    [
      { type: 'teraway' },
      'remove this entry; terway stands in the chain once, as its first plugin',
    ],
  ];
  for (const [plugin, fix] of slips) {
    t.ok(remediesFor(plugin).includes(fix), `${JSON.stringify(plugin)}: ${fix}`);
  }
  t.end();
});

t.test('a slip in the first entry is answered with the entry that belongs there', (t) => {
  const first = (type: string) => {
    const change = update(BASE_VETH, withConflist(BASE_VETH, conflist([{ ...VETH_CONF, type }])));
    return verdictOn(change).findings.find(({ rule }) => rule === 'plugin-typo');
  };
  t.match(first('tunning'), {
    message: 'there is no plugin "tunning"',
    fix: { kind: 'prose', text: 'make the entry from 10-terway.conf the first of "plugins"' },
  });
  t.match(first('teraway'), {
    message: 'there is no plugin "teraway"; did you mean "terway"?',
    fix: { kind: 'paste', text: '"type": "terway"' },
  });
  t.end();
});

t.test('an accepted chain is told when it takes effect', (t) => {
  const change = update(BASE_VETH, withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));
  const { findings } = verdictOn(change);
  t.match(
    findings.find(({ rule }) => rule === 'restart-needed')?.message,
    'kubectl rollout restart -n kube-system daemonset.apps/terway-eniip',
  );
  t.end();
});

t.test('a first entry that differs is told with the member to paste', (t) => {
  const conf = { ...VETH_CONF, host_stack_cidrs: ['10.1.0.0/16', '10.2.0.0/16'] };
  const old = { ...BASE_VETH, '10-terway.conf': JSON.stringify(conf) };
  const entries: [entry: object, path: unknown[], fix: string][] = [
    [
      { ...conf, network_policy_provider: 'ebpf' },
      ['plugins', 0, 'network_policy_provider'],
      '"network_policy_provider": "iptables"',
    ],
    [
      { ...conf, capabilities: {} },
      ['plugins', 0, 'capabilities', 'bandwidth'],
      '"bandwidth": true',
    ],
    [
      { ...conf, host_stack_cidrs: ['10.1.0.0/16'] },
      ['plugins', 0, 'host_stack_cidrs', 1],
      '"host_stack_cidrs": ["10.1.0.0/16", "10.2.0.0/16"]',
    ],
    [{ ...conf, mtu: 1400 }, ['plugins', 0, 'mtu'], 'remove "mtu" from plugins[0]'],
  ];
  for (const [entry, path, fix] of entries) {
    const change = update(old, withConflist(old, conflist([entry])));
    const findings = verdictOn(change).findings.filter(
      ({ rule }) => rule === 'first-entry-differs',
    );
    t.match(findings, [
      {
        key: '10-terway.conflist',
        path,
        fix: { kind: fix.startsWith('"') ? 'paste' : 'prose', text: fix },
      },
    ]);
    t.equal(findings.length, 1);
  }
  t.end();
});

t.test('new bytes under a key that stands in binaryData already are refused', async (t) => {
  const body = reviewObject({ oldData: BASE_VETH, data: BASE_VETH });
  const request = {
    ...body.request,
    oldObject: { ...body.request.oldObject, binaryData: { '10-terway.conflist': 'e30=' } },
    object: { ...body.request.object, binaryData: { '10-terway.conflist': 'eyJhIjoxfQ==' } },
  };
  const { response } = await validate(JSON.stringify({ ...body, request }), WEBHOOK);
  t.equal(response.allowed, false);
  t.match(response.auditAnnotations, { rules: /binary-data/ });
});
