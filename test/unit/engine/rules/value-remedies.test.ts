import t from 'tap';

import type { Write } from '../../../support/changes.ts';
import { PORTMAP } from '../../../support/config-maps.ts';
import { added, findingsOf, told, withMembers, words, written } from './told.ts';

/** What is told for one wrong value after the other, and what to write instead. */

const MAPPINGS = '{"portMappings": true}';
const TO_PASTE = [`"capabilities": ${MAPPINGS}`, MAPPINGS];
const TEXT = ['write text in double quotes'];
const BACKENDS = ['write "iptables" or "nftables"'];

t.test('a value of the wrong type in a chain is retyped where there is no doubt', (t) => {
  const names = (count: number) => Array<string>(count).fill('portMappings');
  const rows: [entry: object, fix: string[]][] = [
    [{ type: 'portmap', capabilities: 'portMappings' }, TO_PASTE],
    [{ type: 'portmap', capabilities: names(1) }, TO_PASTE],
    [{ type: 'portmap', capabilities: names(2) }, TO_PASTE],
    [{ type: 'portmap', capabilities: names(10) }, TO_PASTE],
    [{ type: 'portmap', capabilities: names(11) }, ['write an object']],
    [{ type: 'portmap', capabilities: [] }, ['write an object']],
    [{ type: 'portmap', capabilities: ['portMappings', 1] }, ['write an object']],
    [{ type: 'portmap', capabilities: ['portMappings', 'bandwidth'] }, ['write an object']],
    [{ type: 'portmap', capabilities: 5 }, ['write an object']],
    [{ ...PORTMAP, snat: 'true' }, ['"snat": true', 'true']],
    [{ ...PORTMAP, snat: 'yes' }, ['write true or false']],
    [{ ...PORTMAP, snat: [true] }, ['write true or false']],
    [{ ...PORTMAP, markMasqBit: '5' }, ['"markMasqBit": 5', '5']],
    [{ ...PORTMAP, markMasqBit: '5.5' }, ['write a whole number']],
    [{ ...PORTMAP, markMasqBit: '40' }, ['write a whole number']],
    [{ ...PORTMAP, markMasqBit: true }, ['write a whole number']],
    [{ ...PORTMAP, conditionsV4: '-p' }, ['"conditionsV4": ["-p"]', '["-p"]']],
    [{ ...PORTMAP, conditionsV4: '-p tcp' }, ['write a list']],
    [{ ...PORTMAP, conditionsV4: 'a,b' }, ['write a list']],
    [{ ...PORTMAP, conditionsV4: 'a;b' }, ['write a list']],
    [{ ...PORTMAP, conditionsV4: '' }, ['write a list']],
    [{ ...PORTMAP, backend: ['iptables'] }, ['"backend": "iptables"', '"iptables"']],
    [{ ...PORTMAP, backend: ['iptables', 'nftables'] }, BACKENDS],
    [{ ...PORTMAP, backend: ['nft'] }, BACKENDS],
    [{ ...PORTMAP, backend: true }, BACKENDS],
    [{ ...PORTMAP, backend: 1 }, BACKENDS],
    [{ type: 'vrf', vrfname: ['blue'] }, ['"vrfname": "blue"', '"blue"']],
    [{ type: 'vrf', vrfname: 123 }, ['"vrfname": "123"', '"123"']],
    [{ type: 'vrf', vrfname: 1234567890123456 }, TEXT],
    [{ type: 'vrf', vrfname: -1 }, TEXT],
    [{ type: 'vrf', vrfname: true }, TEXT],
    [{ type: 'tuning', mtu: '1500' }, ['"mtu": 1500', '1500']],
    [{ type: 'tuning', mtu: '99999' }, ['write a whole number']],
    [{ type: 'tuning', sysctl: { 'net.a': 1 } }, ['"net.a": "1"', '"1"']],
    [{ type: 'tuning', sysctl: { 'net.a': true } }, ['"net.a": "1"', '"1"']],
    [{ type: 'tuning', sysctl: { 'net.a': false } }, ['"net.a": "0"', '"0"']],
  ];
  for (const [entry, fix] of rows) {
    t.same(told(added(entry), 'field-type'), [fix], JSON.stringify(entry));
  }
  t.end();
});

t.test('of eni_conf the words do not tell the value', (t) => {
  const backoff = (member: object) => ({ backoff_override: { eni_create: member } });
  const NANOSECONDS = 'write it in nanoseconds, as a whole number; 1 s is 1000000000';
  const rows: [members: Readonly<Record<string, unknown>>, fix: string[]][] = [
    [{ max_pool_size: '8' }, ['remove the quotes around it', '8']],
    [{ max_pool_size: 'x' }, ['write a whole number']],
    [{ max_pool_size: [8] }, ['write a whole number']],
    [{ eni_tag_filter: 'a' }, ['write an object']],
    [{ ip_stack: ['ipv4'] }, ['remove [ and ] around it', '"ipv4"']],
    [{ security_groups: 'sg-1' }, ['put [ and ] around it', '["sg-1"]']],
    [{ enable_eni_trunking: 'true' }, ['remove the quotes around it', 'true']],
    [{ version: 1 }, ['put it into double quotes', '"1"']],
    [{ version: 1.5 }, TEXT],
    [{ kube_client_qps: '5.5' }, ['remove the quotes around it', '5.5']],
    [{ vswitches: [] }, ['write an object']],
    [backoff({ Duration: '5s' }), [NANOSECONDS, '5000000000']],
    [backoff({ Steps: '3' }), ['remove the quotes around it', '3']],
    [backoff({ Steps: '1.5' }), ['write a whole number']],
    [backoff({ Factor: '1.5' }), ['remove the quotes around it', '1.5']],
    [backoff({ Jitter: 'x' }), ['write a number']],
  ];
  for (const [members, fix] of rows) {
    t.same(told(withMembers(members), 'field-type'), [fix], JSON.stringify(members));
  }
  t.end();
});

t.test('a value that Terway takes for another one', (t) => {
  const rows: [members: Readonly<Record<string, unknown>>, says: string][] = [
    [
      { ipam_type: 'x' },
      'ipam_type holds an unknown value, which acts as an absent one: write "crd", or remove it',
    ],
    [
      { vswitch_selection_policy: 'x' },
      'vswitch_selection_policy holds an unknown policy, which acts as random: write "ordered" or "random"',
    ],
    [
      { ip_pool_sync_period: 'x' },
      'ip_pool_sync_period is no duration; 120s is used: write a duration such as "120s"',
    ],
  ];
  for (const [members, says] of rows) t.same(words(withMembers(members), 'eni-conf-idle'), [says]);
  t.same(words(withMembers({ ip_pool_sync_period: '' }), 'eni-conf-idle'), []);
  t.end();
});

t.test('a value out of range', (t) => {
  const rows: [write: Write, says: string][] = [
    [
      added({ ...PORTMAP, markMasqBit: 32 }),
      '"markMasqBit" must be from 0 to 31, not 32: every new pod fails: write a whole number from 0 to 31',
    ],
    [
      withMembers({ kube_client_qps: 1e39, kube_client_burst: 1e40 }),
      '"kube_client_qps" must be within the range of a 32-bit float, not another value: every Terway pod fails to start: write a number within the range of a 32-bit float',
    ],
    [
      withMembers({ max_pool_size: 1e20 }),
      '"max_pool_size" must be within 64 bits, not another value: every Terway pod fails to start: write a whole number within 64 bits',
    ],
  ];
  for (const [write, says] of rows) t.same(words(write, 'field-value').slice(0, 1), [says]);
  const limits = (rates: Readonly<Record<string, unknown>>) =>
    words(withMembers(rates), 'eni-conf-limits').length;
  t.equal(limits({ kube_client_qps: 5, kube_client_burst: 5 }), 1);
  t.equal(limits({ kube_client_qps: 5, kube_client_burst: 6 }), 0);
  const beyond = withMembers({ kube_client_qps: 2 ** 64, kube_client_burst: 5 });
  t.same(told(beyond, 'eni-conf-limits'), [['lower kube_client_qps']], 'no burst is above it');
  for (const burst of [0, -1]) {
    const lowest = withMembers({ kube_client_qps: 0, kube_client_burst: burst });
    t.same(told(lowest, 'eni-conf-limits'), [['raise kube_client_burst']], 'no rate is below it');
  }
  t.equal(
    limits({ kube_client_qps: {}, kube_client_burst: 5 }),
    0,
    'what is no number is compared to none',
  );
  t.end();
});

t.test('what ACK does not let users change', (t) => {
  const put = (name: string) => `put the old value of "${name}" back`;
  const rows: [members: Readonly<Record<string, unknown>>, says: string[]][] = [
    [
      { service_cidr: '10.0.0.0/8' },
      [`service_cidr was changed; ACK does not support changing it: ${put('service_cidr')}`],
    ],
    [
      { service_cidr: undefined },
      [`service_cidr was removed; ACK does not support changing it: ${put('service_cidr')}`],
    ],
    [{ ipam_type: '' }, []],
    [{ ipam_type: null }, []],
  ];
  for (const [members, says] of rows) {
    t.same(words(withMembers(members), 'eni-conf-protected'), says, JSON.stringify(members));
  }
  t.end();
});

t.test('the numbers that the text of a sysctl stands for', (t) => {
  const FLAG = 'net.ipv4.conf.eth0.arp_notify';
  const PORTS = 'net.ipv4.ip_local_port_range';
  const rows: [name: string, text: string, fix: string | undefined][] = [
    [FLAG, 'yes', '"1"'],
    [FLAG, ' Off ', '"0"'],
    [FLAG, '"1"', '"1"'],
    [FLAG, "'0'", '"0"'],
    [FLAG, '= 1', '"1"'],
    [FLAG, '=1', '"1"'],
    [FLAG, 'x', undefined],
    [FLAG, '1.5', undefined],
    [PORTS, '1024-60999', '"1024 60999"'],
    [PORTS, '1024 , 60999', '"1024 60999"'],
    [PORTS, 'a b', undefined],
  ];
  for (const [name, text, fix] of rows) {
    const write = added({ type: 'tuning', sysctl: { [name]: text } });
    const [finding] = findingsOf(write, 'tuning-sysctl-value');
    t.equal(finding && written(finding)?.join(), fix, text);
  }
  const saidOf = (name: string) =>
    words(added({ type: 'tuning', sysctl: { [name]: 'x' } }), 'tuning-sysctl-value');
  t.same(saidOf(FLAG), [
    `"${FLAG}" takes a whole number, not "x": every new pod fails: write a whole number in double quotes`,
  ]);
  const two = '2 whole numbers with a blank between them from 1 to 65535';
  t.same(saidOf(PORTS), [
    `"${PORTS}" takes ${two}, not "x": every new pod fails: write ${two} in double quotes`,
  ]);
  t.end();
});

t.test('what looks like a credential is told in the words of the rule', (t) => {
  const HIDDEN =
    'A known parameter has the JSON type its program reads; what stands here looks like a credential and is not shown';
  const rows: [entry: object, path: unknown[], edits: string[] | undefined][] = [
    [{ ...PORTMAP, snat: { password: 'abc' } }, ['plugins', 1], undefined],
    [{ type: 'tuning', sysctl: { password: 1 } }, ['plugins', 1, 'sysctl'], ['"1"']],
    [{ type: 'tuning', sysctl: { access_key: { a: 5 } } }, ['plugins', 1, 'sysctl'], undefined],
  ];
  for (const [entry, path, edits] of rows) {
    const [finding] = findingsOf(added(entry), 'field-type');
    t.same([finding?.message, finding?.path], [HIDDEN, path]);
    t.equal(finding?.fix.text, 'write the value in the type that is asked for');
    t.same(finding && written(finding), edits);
  }
  t.end();
});
