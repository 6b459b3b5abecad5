import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  DATAPATH_V2_CONF,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { vethChain } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The shape of the chain, of its entries, and where terway stands in it. */
export const CHAIN_EDITS: readonly WorkedEdit[] = [
  edit('B08 portmap before terway', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([PORTMAP, VETH_CONF])),
    deny: ['terway-not-first'],
  }),
  edit('B11 a bare plugin entry instead of a list', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, JSON.stringify(VETH_CONF)),
    deny: ['chain-shape'],
  }),
  edit('B12 an entry without type', {
    old: BASE_VETH,
    new: vethChain({ capabilities: { portMappings: true }, snat: true }),
    deny: ['entry-type'],
  }),
  edit('B32 terway twice', {
    old: BASE_VETH,
    new: vethChain(PORTMAP, VETH_CONF),
    deny: ['terway-repeated'],
  }),
  ...Object.entries({
    'a list': JSON.stringify([VETH_CONF]),
    'a text': '"terway"',
    'a number': '1',
    null: 'null',
    'an empty object': '{}',
    'plugins in capitals': JSON.stringify({ Plugins: [VETH_CONF] }),
    'plugins an object': JSON.stringify({ plugins: { a: VETH_CONF } }),
    'plugins null': '{"plugins": null}',
    'plugins a text': '{"plugins": "terway"}',
    'plugins an empty list': '{"plugins": []}',
  }).map(([name, text]) =>
    edit(`chain: ${name}`, {
      old: BASE_VETH,
      new: withConflist(BASE_VETH, text),
      deny: ['chain-shape'],
    }),
  ),
  edit('chain: terway alone', {
    old: BASE_VETH,
    new: vethChain(),
    warn: ['restart-needed'],
  }),
  ...Object.entries({
    'null for an entry': null,
    'a text for an entry': 'portmap',
    'a list for an entry': [PORTMAP],
    'an empty entry': {},
    'type null': { type: null },
    'type a number': { type: 1 },
    'type a list': { type: ['portmap'] },
    'an empty type': { type: '' },
    'a number for type in capitals': { TYPE: 1 },
    'type in capitals': { Type: 'portmap', capabilities: { portMappings: true } },
  }).map(([name, entry]) =>
    edit(`entry: ${name}`, { old: BASE_VETH, new: vethChain(entry), deny: ['entry-type'] }),
  ),
  ...['../portmap', '/opt/cni/bin/portmap', 'portmap ', 'port map', '..', 'a\u0000b'].map((type) =>
    edit(`entry: a type that is no file name: ${JSON.stringify(type)}`, {
      old: BASE_VETH,
      new: vethChain({ type }),
      deny: ['entry-type-name'],
    }),
  ),
  edit('entry: a type with every character that is allowed', {
    old: BASE_VETH,
    new: vethChain({ type: 'My.own_plugin-2' }),
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  edit('first entry: terway missing', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([PORTMAP])),
    deny: ['terway-not-first'],
  }),
  edit('first entry: terway in capitals', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, type: 'Terway' }, PORTMAP])),
    deny: ['plugin-typo'],
  }),
  edit('first entry: cilium-cni before terway', {
    old: BASE_DATAPATH_V2,
    new: withConflist(BASE_DATAPATH_V2, conflist([{ type: 'cilium-cni' }, DATAPATH_V2_CONF])),
    deny: ['terway-not-first'],
  }),
  edit('terway three times', {
    old: BASE_VETH,
    new: vethChain(VETH_CONF, VETH_CONF),
    deny: ['terway-repeated'],
  }),
  edit('chain: an entry in brackets of its own', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([VETH_CONF, [PORTMAP]])),
    deny: ['entry-type'],
  }),
  ...['plugin', 'pluggins', 'Plugins'].map((name) =>
    edit(`chain: the list is called ${name}`, {
      old: BASE_VETH,
      new: withConflist(BASE_VETH, JSON.stringify({ [name]: [VETH_CONF, PORTMAP] })),
      deny: ['chain-shape'],
    }),
  ),
  edit('chain: a list without the object around it', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, JSON.stringify([VETH_CONF, PORTMAP])),
    deny: ['chain-shape'],
  }),
  edit('chain: plugins inside the first entry', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, plugins: [PORTMAP] }])),
    deny: ['first-entry-differs'],
    warn: ['field-unknown'],
  }),
  edit('chain: an empty list beside a 10-terway.conf that is no object', {
    old: { ...BASE_VETH, '10-terway.conf': '[]' },
    new: withConflist({ ...BASE_VETH, '10-terway.conf': '[]' }, '{"plugins": []}'),
    deny: ['chain-shape'],
    warn: ['conf-not-entry'],
  }),
  edit("chain: the key's name around it, with a note beside", {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{"10-terway.conflist": ${conflist([VETH_CONF, PORTMAP])}, "note": "mine"}`,
    ),
    deny: ['chain-shape'],
  }),
  edit('chain: "plugins" is one entry', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, JSON.stringify({ plugins: VETH_CONF })),
    deny: ['chain-shape'],
  }),
];
