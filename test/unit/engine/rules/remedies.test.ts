import t from 'tap';

import type { DecidedFinding } from '../../../../src/engine/core/finding.ts';
import { type Write, update } from '../../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { withEniConf } from './edits/chains.ts';
import { ACK } from './edits/clusters.ts';

/** What is told for one wrong value after the other, and what to write instead. */

const findingsOf = (write: Write, rule: string) =>
  verdictOn(write, ACK).findings.filter((finding) => finding.rule === rule);

/** The texts that the edits of a fix put in. */
const written = ({ fix }: DecidedFinding) =>
  fix.edits?.flatMap((edit) => {
    if (edit.kind === 'text') return edit.edits.map(({ text }) => text);
    return edit.kind === 'set' ? [edit.text] : [];
  });

const told = (write: Write, rule: string) =>
  findingsOf(write, rule).map((finding) => [finding.fix.text, ...(written(finding) ?? [])]);

const added = (entry: object) =>
  update(BASE_VETH, withConflist(BASE_VETH, conflist([VETH_CONF, entry])));

const withMembers = (members: Readonly<Record<string, unknown>>) =>
  update(BASE_VETH, withEniConf(BASE_VETH, members));

const withData = (data: Data) => update(BASE_VETH, { ...BASE_VETH, ...data });

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

/** Messages and fixes of one rule for a write. */
const words = (write: Write, rule: string) =>
  findingsOf(write, rule).map(({ message, fix }) => `${message}: ${fix.text}`);

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

t.test('a part of the chain under eni_conf', (t) => {
  const WHY =
    "and eni_conf holds the daemon's configuration, without which every Terway pod fails to start";
  const KEEP =
    'and keep eni_conf as it is stored: leave the key out of the file, or quit the editor without saving';
  const LIST = 'a list "plugins" under the key 10-terway.conflist';
  const CONFLIST = 'the key 10-terway.conflist';
  const rows: [text: string, says: string[]][] = [
    [
      '{"plugins": []}',
      [
        `this is a chain; it belongs under ${CONFLIST}, ${WHY}: move this text to ${CONFLIST}, ${KEEP}`,
      ],
    ],
    [
      '{"type": "portmap", "version": "1"}',
      [`this is a plugin entry; it belongs in ${LIST}, ${WHY}: move this text to ${LIST}, ${KEEP}`],
    ],
    ['{"plugins": [], "max_pool_size": 1}', []],
  ];
  for (const [text, says] of rows) {
    t.same(words(withData({ eni_conf: text }), 'eni-conf-shape'), says, text);
  }
  t.end();
});

t.test('the text of a switch', (t) => {
  const OFF = 'switches NetworkPolicy off; only "false", "0" or an empty text keeps it on';
  const rows: [text: string, says: string[]][] = [
    ['False', [`"False" ${OFF}: "false"`]],
    ['TRUE', [`"TRUE" ${OFF}: "true"`]],
    [' false', [`" false" ${OFF}: "false"`]],
    ['no', [`"no" ${OFF}: write "false" or "true"`]],
    ['true', []],
    ['0', []],
  ];
  for (const [text, says] of rows) {
    const write = withData({ disable_network_policy: text });
    t.same(words(write, 'network-policy-text'), says, text);
  }
  t.same(told(withData({ disable_network_policy: 'TRUE' }), 'network-policy-text'), [
    ['"true"', 'true'],
  ]);
  t.end();
});

t.test('the text of the other switch', (t) => {
  const ON = 'counts as off: only "true", without anything around it, is on';
  const rows: [text: string, says: string[]][] = [
    ['True', [`"True" ${ON}: "true"`]],
    ['false ', [`"false " ${ON}: "false"`]],
    ['x', [`"x" ${ON}: write "true" or "false"`]],
    ['false', []],
  ];
  for (const [text, says] of rows) {
    t.same(words(withData({ in_cluster_loadbalance: text }), 'load-balance-text'), says, text);
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

t.test('a member that belongs elsewhere', (t) => {
  const elsewhere = (reader: string, name: string, home: string) =>
    `${reader} does not know "${name}", so it has no effect here; it belongs ${home}: remove "${name}" here and set it ${home}`;
  const inData = (name: string, key: string) =>
    `"${name}" has no effect in here; it is a key of the ConfigMap's data, beside ${key}: remove "${name}" here and set ${name} as a key of data`;
  const rows: [write: Write, says: string][] = [
    [
      added({ ...PORTMAP, portMappings: true }),
      elsewhere('portmap', 'portMappings', 'inside "capabilities"'),
    ],
    [
      added({ ...PORTMAP, promisc: true }),
      elsewhere('portmap', 'promisc', 'in an entry of tuning'),
    ],
    [
      added({ ...PORTMAP, mtu: 1400 }),
      elsewhere('portmap', 'mtu', 'in plugins[0], the entry of terway'),
    ],
    [added({ ...PORTMAP, max_pool_size: 1 }), elsewhere('portmap', 'max_pool_size', 'in eni_conf')],
    [
      added({ ...PORTMAP, disable_network_policy: true }),
      inData('disable_network_policy', '10-terway.conflist'),
    ],
    [
      withMembers({ snat: false }),
      elsewhere('eni_conf', 'snat', 'in an entry of portmap, in 10-terway.conflist'),
    ],
    [
      withMembers({ mtu: 1500 }),
      elsewhere('eni_conf', 'mtu', 'in plugins[0], the entry of terway, in 10-terway.conflist'),
    ],
    [withMembers({ in_cluster_loadbalance: 'true' }), inData('in_cluster_loadbalance', 'eni_conf')],
    [
      added({ ...PORTMAP, masqAl: 'x' }),
      'portmap does not know "masqAl", so it has no effect; did you mean "masqAll"?: write "masqAll" with a value that it takes, or remove "masqAl"',
    ],
    [
      withMembers({ promics: 'true' }),
      'eni_conf does not know this member, so it has no effect: remove the member or correct its name',
    ],
  ];
  for (const [write, says] of rows) t.same(words(write, 'field-unknown'), [says]);
  t.end();
});

t.test('a switch moves to its key where the object has no other value', (t) => {
  const without = Object.fromEntries(
    Object.entries(BASE_VETH).filter(([key]) => key !== 'disable_network_policy'),
  );
  const moved = (value: unknown, old: Data = without) => {
    const members = { disable_network_policy: value };
    const [finding] = findingsOf(update(old, withEniConf(old, members)), 'field-unknown');
    return finding?.fix.edits?.map((edit) => (edit.kind === 'set' ? edit.text : edit.kind));
  };
  t.same(moved('true'), ['text', 'true']);
  t.same(moved(false), ['text', 'false']);
  t.equal(moved('x'), undefined);
  t.same(moved('false', BASE_VETH), ['text'], 'as the key has it');
  t.equal(moved('true', BASE_VETH), undefined, 'the key has another value');
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

t.test('a key that no program reads', (t) => {
  const KEPT = 'remove the key, unless it is a note or a copy that is meant to be kept here';
  const belongs = (name: string, home: string) =>
    `no program reads "${name}" as a key; it is ${home}: remove the key "${name}"; what it holds belongs there, as ${home}`;
  const rows: [name: string, rule: string, says: string][] = [
    [
      '10_terway.conflist',
      'key-typo',
      'no program reads the key "10_terway.conflist"; did you mean "10-terway.conflist"?: rename the key "10_terway.conflist" to 10-terway.conflist',
    ],
    [
      '10-terway.conflist.bak',
      'key-unknown',
      'no program reads the key "10-terway.conflist.bak", only 10-terway.conflist: rename it to 10-terway.conflist if it shall count; keep it if it is a copy',
    ],
    [
      '10-terway.conf.bak',
      'key-unknown',
      `no program reads the key "10-terway.conf.bak", only 10-terway.conf: ${KEPT}`,
    ],
    ['notes', 'key-unknown', `no program reads the key "notes": ${KEPT}`],
    [
      'portmap',
      'key-unknown',
      belongs('portmap', 'a plugin, an entry of "plugins" in 10-terway.conflist'),
    ],
    ['plugins', 'key-unknown', belongs('plugins', 'a member of 10-terway.conflist')],
    ['max_pool_size', 'key-unknown', belongs('max_pool_size', 'a member of eni_conf')],
    [
      'masqAll',
      'key-unknown',
      belongs(
        'masqAll',
        'a member of the plugin "portmap", an entry of "plugins" in 10-terway.conflist',
      ),
    ],
    [
      'mtu',
      'key-unknown',
      belongs(
        'mtu',
        'a member of the plugin entry "terway" (10-terway.conf, and the first one of 10-terway.conflist)',
      ),
    ],
  ];
  for (const [name, rule, says] of rows)
    t.same(words(withData({ [name]: 'x' }), rule), [says], name);
  t.end();
});
