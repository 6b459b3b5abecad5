import { ENI_CONF_FIELDS } from '../../src/engine/catalogue/eni-conf.ts';
import type { FieldSpec } from '../../src/engine/catalogue/field.ts';
import { HARMLESS, NETWORK_MAKERS } from '../../src/engine/catalogue/network-makers.ts';
import { PLUGINS } from '../../src/engine/catalogue/plugins.ts';
import { type Write, creation, update } from './changes.ts';
import {
  BASE_VENDOR,
  BASE_VETH,
  PORTMAP,
  VENDOR_CHAINS,
  VETH_CONF,
  conflist,
  withConflist,
} from './config-maps.ts';
import { WRONG_FOR_EVERY_FIELD, rightValues, valuesFor } from './field-values.ts';

/** Writes with one slip each: every field of the catalogue, every name, every shape of a chain. */

interface Slip {
  readonly name: string;
  readonly change: Write;
}

/** A member of an entry; its value is JSON text, so that numbers keep their spelling. */
export type Member = readonly [name: string, value: string];

/** An object with these members, as an editor shows it. */
const entryText = (members: readonly Member[]) =>
  `{\n      ${members.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(',\n      ')}\n    }`;

const text = (value: unknown) => JSON.stringify(value);

const membersOf = (value: object): Member[] =>
  Object.entries(value).map(([name, member]) => [name, text(member)]);

/** A chain of entries, each as JSON text. */
const chainText = (...entries: readonly string[]) =>
  `{\n  "plugins": [\n    ${entries.join(',\n    ')}\n  ]\n}\n`;

/** Takes the place of a member of the same name. */
const withMember = (members: readonly Member[], [name, value]: Member): Member[] => [
  ...members.filter(([other]) => other !== name),
  [name, value],
];

type Fields = Readonly<Record<string, FieldSpec>>;

/** An entry of the type with what it can't do without. */
export function plainEntry(type: string): Member[] {
  const { fields = {}, capabilities = [] } = PLUGINS.get(type) ?? {};
  const required = Object.entries(fields).flatMap(([name, field]): Member[] =>
    field.required ? [[name, rightValues(field)[0] ?? '""']] : [],
  );
  const granted = Object.fromEntries(capabilities.map((name) => [name, true]));
  const asked: Member[] = capabilities.length === 0 ? [] : [['capabilities', text(granted)]];
  return type === 'terway' ? membersOf(VETH_CONF) : [['type', text(type)], ...asked, ...required];
}

/** A write of a chain; an entry of terway stands in 10-terway.conf as well. */
export function writeOf(members: readonly Member[]): Write {
  const entry = entryText(members);
  const isTerway = members.some(([name, value]) => name === 'type' && value === '"terway"');
  if (!isTerway) {
    const chain = chainText(entryText(membersOf(VETH_CONF)), entry);
    return update(BASE_VETH, withConflist(BASE_VETH, chain));
  }
  const data = withConflist({ ...BASE_VETH, '10-terway.conf': entry }, chainText(entry));
  return creation(data);
}

/** Members with another value for a field, and for each field inside it. */
function* fieldMembers(fields: Fields): Generator<Member> {
  for (const [name, field] of Object.entries(fields)) {
    for (const value of valuesFor(field)) yield [name, value];
    for (const [inner, spec] of Object.entries(field.fields ?? {})) {
      for (const value of valuesFor(spec)) yield [name, `{${text(inner)}: ${value}}`];
    }
  }
}

function* fieldSlips(): Generator<Slip> {
  for (const [type, { fields }] of PLUGINS) {
    for (const member of fieldMembers(fields)) {
      if (member[0] === 'type') continue;
      const name = `${type}: ${member.join(': ')}`;
      yield { name, change: writeOf(withMember(plainEntry(type), member)) };
      if (type !== 'terway') continue;
      // Only in the chain, where 10-terway.conf lacks it or has another value.
      const entry = entryText(withMember(plainEntry(type), member));
      const chain = chainText(entry, entryText(membersOf(PORTMAP)));
      yield {
        name: `${name}, in the chain`,
        change: update(BASE_VETH, withConflist(BASE_VETH, chain)),
      };
    }
  }
  const eniConf = membersOf(JSON.parse(BASE_VETH.eni_conf!) as object);
  for (const member of fieldMembers(ENI_CONF_FIELDS)) {
    const data = { ...BASE_VETH, eni_conf: entryText(withMember(eniConf, member)) };
    yield { name: `eni_conf: ${member.join(': ')}`, change: update(BASE_VETH, data) };
  }
}

/** Two fields of one plugin with right values, which may not go together. */
function* pairSlips(): Generator<Slip> {
  for (const [type, { fields }] of PLUGINS) {
    const members = Object.entries(fields).flatMap(([name, field]): Member[] =>
      name === 'type' || field.reserved || field.dropped
        ? []
        : rightValues(field)
            .slice(-1)
            .map((value): Member => [name, value]),
    );
    for (const [index, one] of members.entries()) {
      for (const other of members.slice(index + 1)) {
        const entry = withMember(withMember(plainEntry(type), one), other);
        yield { name: `${type}: ${one.join(': ')}, ${other.join(': ')}`, change: writeOf(entry) };
      }
    }
  }
}

/** Names of every program's fields in the entries of every other one. */
function* misplacedMembers(): Generator<Slip> {
  const homes = [...[...PLUGINS].map(([type, { fields }]) => [type, fields] as const)];
  for (const [home, fields] of [...homes, ['eni_conf', ENI_CONF_FIELDS] as const]) {
    for (const [name, field] of Object.entries(fields)) {
      const member: Member = [name, rightValues(field).at(-1) ?? '""'];
      for (const type of PLUGINS.keys()) {
        if (type === home || name === 'type') continue;
        const entry = withMember(plainEntry(type), member);
        yield { name: `${name} of ${home} in ${type}`, change: writeOf(entry) };
      }
      const eniConf = membersOf(JSON.parse(BASE_VETH.eni_conf!) as object);
      const data = { ...BASE_VETH, eni_conf: entryText(withMember(eniConf, member)) };
      yield { name: `${name} of ${home} in eni_conf`, change: update(BASE_VETH, data) };
      const top = conflist([VETH_CONF, PORTMAP]).replace(
        '{',
        () => `{${text(name)}: ${member[1]},`,
      );
      yield {
        name: `${name} of ${home} beside "plugins"`,
        change: update(BASE_VETH, withConflist(BASE_VETH, top)),
      };
    }
  }
}

/** A name as hands write it. */
export function misspellings(name: string): string[] {
  const middle = Math.floor(name.length / 2);
  return [
    name.slice(0, -1),
    `${name}s`,
    name.toUpperCase(),
    `${name[0]?.toUpperCase()}${name.slice(1)}`,
    name.replaceAll('_', '-'),
    name.replaceAll('_', ''),
    `${name.slice(0, middle)}${name.slice(middle + 1)}`,
    `${name.slice(0, middle)}x${name.slice(middle)}`,
    `${name} `,
  ].filter((slip) => slip !== name && slip !== '');
}

function* nameSlips(): Generator<Slip> {
  for (const [name, { exactName }] of Object.entries(PLUGINS.get('terway')?.fields ?? {})) {
    const member: Member = [name.toUpperCase(), WRONG_FOR_EVERY_FIELD];
    if (exactName) yield { name: member[0], change: writeOf([...plainEntry('terway'), member]) };
  }
  for (const [type, { fields, capabilities = [] }] of PLUGINS) {
    for (const [name, field] of Object.entries(fields)) {
      for (const slip of misspellings(name)) {
        const entry = plainEntry(type).filter(([other]) => other !== name);
        const member: Member = [slip, rightValues(field).at(-1) ?? '""'];
        yield { name: `${type}: ${slip}`, change: writeOf([...entry, member]) };
      }
    }
    for (const slip of misspellings(type)) {
      const entry = plainEntry(type).map(([name, value]): Member => [
        name,
        name === 'type' ? text(slip) : value,
      ]);
      yield { name: `type ${slip}`, change: chainOf(entryText(entry)) };
      if (type === 'terway') {
        const chain = chainText(entryText(entry), entryText(membersOf(PORTMAP)));
        yield {
          name: `first type ${slip}`,
          change: update(BASE_VETH, withConflist(BASE_VETH, chain)),
        };
      }
    }
    for (const slip of capabilities.flatMap(misspellings)) {
      const entry = withMember(plainEntry(type), ['capabilities', text({ [slip]: true })]);
      yield { name: `${type}: capability ${slip}`, change: writeOf(entry) };
    }
  }
  const members = membersOf(JSON.parse(BASE_VETH.eni_conf!) as object);
  for (const [name, field] of Object.entries(ENI_CONF_FIELDS)) {
    for (const slip of misspellings(name)) {
      const member: Member = [slip, rightValues(field).at(-1) ?? '""'];
      const data = { ...BASE_VETH, eni_conf: entryText([...members, member]) };
      yield { name: `eni_conf: ${slip}`, change: update(BASE_VETH, data) };
    }
  }
}

const chainOf = (...entries: readonly string[]) =>
  update(
    BASE_VETH,
    withConflist(BASE_VETH, chainText(entryText(membersOf(VETH_CONF)), ...entries)),
  );

const SYSCTLS = [
  'net.ipv6.conf.all.disable_ipv6',
  'net.ipv4.ip_forward',
  'net.ipv4.conf.eth0.rp_filter',
  'net.ipv4.tcp_syncookies',
  'net.core.somaxconn',
  'net.core.rmem_max',
  'net.ipv4.tcp_mem',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ping_group_range',
  'net.netfilter.nf_conntrack_max',
  'net.ipv4.tcp_tw_recycle',
  'kernel.shmmax',
  'fs.file-max',
  'ipv4.ip_forward',
  'net/ipv4/ip_forward',
  '/proc/sys/net/ipv4/ip_forward',
  'net.ipv4.tcp_syncookie',
];

const SYSCTL_VALUES = [
  'true',
  '1',
  'null',
  '""',
  '"1"',
  '"true"',
  '"yes"',
  '"1024"',
  '"1024-2048"',
  '["1"]',
  '"x"',
];

function* sysctlSlips(): Generator<Slip> {
  for (const name of SYSCTLS) {
    for (const value of SYSCTL_VALUES) {
      const entry = entryText([
        ['type', '"tuning"'],
        ['sysctl', `{${text(name)}: ${value}}`],
      ]);
      yield { name: `sysctl ${name}: ${value}`, change: chainOf(entry) };
    }
  }
}

/** Chains and objects of wrong shapes. */
function* shapeSlips(): Generator<Slip> {
  const [terway, portmap] = [VETH_CONF, PORTMAP].map((entry) => text(entry)) as [string, string];
  const chains: Record<string, string> = {
    'a list': `[${terway}, ${portmap}]`,
    'a bare entry': terway,
    'a bare entry of portmap': portmap,
    'a text': '"terway"',
    null: 'null',
    'no member': '{}',
    'plugins is an object': `{"plugins": ${terway}}`,
    'plugins is a text': '{"plugins": "terway"}',
    'plugins is null': '{"plugins": null}',
    'plugins is empty': '{"plugins": []}',
    Plugins: `{"Plugins": [${terway}, ${portmap}]}`,
    plugin: `{"plugin": [${terway}, ${portmap}]}`,
    'the key in the text': `{"10-terway.conflist": {"plugins": [${terway}, ${portmap}]}}`,
    'the key in the text, and more': `{"10-terway.conflist": {"plugins": [${terway}]}, "a": 1}`,
    'nested plugins': `{"plugins": [${terway.replace('{', `{"plugins": [${portmap}],`)}]}`,
    'plugins inside portmap': `{"plugins": [${terway}, {"type": "portmap", "capabilities": {"portMappings": true}, "plugins": [{"type": "tuning"}]}]}`,
    'an entry in brackets': `{"plugins": [${terway}, [${portmap}]]}`,
    'entries in brackets': `{"plugins": [${terway}, [${portmap}, {"type": "tuning"}]]}`,
    'an entry is a text': `{"plugins": [${terway}, "portmap"]}`,
    'an entry is null': `{"plugins": [${terway}, null]}`,
    'an entry is empty': `{"plugins": [${terway}, {}]}`,
    'the first entry is empty': `{"plugins": [{}, ${terway}]}`,
    'an entry with Type': `{"plugins": [${terway}, {"Type": "portmap", "capabilities": {"portMappings": true}}]}`,
    'an entry with a number as type': `{"plugins": [${terway}, {"type": 1}]}`,
    'an entry with an empty type': `{"plugins": [${terway}, {"type": ""}]}`,
    'terway second': `{"plugins": [${portmap}, ${terway}]}`,
    'terway third': `{"plugins": [${portmap}, {"type": "tuning"}, ${terway}]}`,
    'no terway': `{"plugins": [${portmap}]}`,
    'no terway, portmap twice': `{"plugins": [${portmap}, ${portmap}]}`,
    'terway twice': `{"plugins": [${terway}, ${portmap}, ${terway}]}`,
    'portmap twice': `{"plugins": [${terway}, ${portmap}, ${portmap}]}`,
    'portmap twice, with more': `{"plugins": [${terway}, ${portmap}, ${portmap.replace('}}', '}, "snat": true}')}]}`,
    'a number too large': `{"plugins": [${terway}, {"type": "tuning", "mtu": 1e999}]}`,
    'a member twice': `{"plugins": [${terway}, {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true, "snat": true}]}`,
    'a member twice, differing': `{"plugins": [${terway}, {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true, "snat": false}]}`,
    'a member twice in two spellings': `{"plugins": [${terway}, {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true, "SNAT": true}]}`,
    'the type twice': `{"plugins": [${terway}, {"type": "portmap", "type": "portmap", "capabilities": {"portMappings": true}}]}`,
    'plugins twice': `{"plugins": [${terway}], "plugins": [${terway}, ${portmap}]}`,
    'members beside plugins': `{"name": "a", "cniVersion": "0.4.0", "disableCheck": true, "plugins": [${terway}]}`,
    'a key of data beside plugins': `{"disable_network_policy": "true", "plugins": [${terway}]}`,
    'a key of data in an entry': `{"plugins": [${terway}, {"type": "portmap", "capabilities": {"portMappings": true}, "disable_network_policy": "true"}]}`,
    empty: '',
    blank: '\n',
  };
  for (const [name, chain] of Object.entries(chains)) {
    yield { name: `chain: ${name}`, change: update(BASE_VETH, withConflist(BASE_VETH, chain)) };
  }
  for (const type of [
    ...NETWORK_MAKERS.keys(),
    ...HARMLESS,
    'mine',
    'portMappings',
    'hostport',
    'sysctl',
    'portmap.exe',
    '/opt/cni/bin/portmap',
    'a b',
    '..',
    'portmap2',
  ]) {
    yield { name: `type ${type}`, change: chainOf(entryText([['type', text(type)]])) };
    const before = chainText(entryText([['type', text(type)]]), entryText(membersOf(VETH_CONF)));
    yield {
      name: `type ${type} before terway`,
      change: update(BASE_VETH, withConflist(BASE_VETH, before)),
    };
  }
  const good = VENDOR_CHAINS['private access']!;
  for (const key of [
    ...misspellings('10-terway.conflist'),
    '10-terway.conflist.bak',
    'conflist',
    'chain',
    'max_pool_size',
  ]) {
    yield { name: `key ${key}`, change: update(BASE_VENDOR, { ...BASE_VENDOR, [key]: good }) };
  }
  for (const [key, value] of Object.entries(BASE_VETH)) {
    const rest = Object.fromEntries(Object.entries(BASE_VETH).filter(([name]) => name !== key));
    yield { name: `without ${key}`, change: update(BASE_VETH, rest) };
    for (const slip of misspellings(key)) {
      yield { name: `${key} as ${slip}`, change: update(BASE_VETH, { ...rest, [slip]: value }) };
    }
    for (const wrong of [good, `${value}\n`, value.trim(), '', '{}', '[]', 'True', ' true', '1']) {
      yield { name: `${key}: ${wrong}`, change: update(BASE_VETH, { ...BASE_VETH, [key]: wrong }) };
    }
  }
}

/** Writes of chains that are right and lack something on some clusters. */
function* goodWrites(): Generator<Slip> {
  for (const [name, chain] of Object.entries(VENDOR_CHAINS)) {
    yield { name, change: update(BASE_VENDOR, withConflist(BASE_VENDOR, chain)) };
  }
}

export function* allSlips(): Generator<Slip> {
  yield* fieldSlips();
  yield* pairSlips();
  yield* misplacedMembers();
  yield* nameSlips();
  yield* sysctlSlips();
  yield* shapeSlips();
  yield* goodWrites();
}
