import t from 'tap';

import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { type Write, update } from '../../../support/changes.ts';
import { BASE_VETH, type Data, PORTMAP } from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { withEniConf } from './edits/chains.ts';
import { added, findingsOf, told, withData, withMembers, words } from './told.ts';

/** What is told for a key or a member that stands where no program reads it, and for the text of a key. */

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

t.test('a name that would have no effect either is not proposed', (t) => {
  const saidWithoutFacts = (write: Write) =>
    verdictOn(write, NO_FACTS)
      .findings.filter(({ rule }) => rule === 'field-unknown')
      .map(({ message }) => message);
  const unknown = 'so it has no effect';
  t.same(saidWithoutFacts(withMembers({ eni_tag_filtr: {} })), [
    `eni_conf does not know "eni_tag_filtr", ${unknown}; did you mean "eni_tag_filter"?`,
  ]);
  t.same(
    saidWithoutFacts(withMembers({ eni_tag_block_lst: [] })),
    [`eni_conf does not know this member, ${unknown}`],
    'no release reads eni_tag_block_list',
  );
  t.same(
    saidWithoutFacts(added({ type: 'firewall', cniVersin: '1.0.0' })),
    [`firewall does not know "cniVersin", ${unknown}`],
    'Terway deletes cniVersion',
  );
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
