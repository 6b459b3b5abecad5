import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { vethChain } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** What the other texts of BASE_VETH leave of 1 MiB. */
const ROOM = 1024 * 1024 - Object.values(BASE_VETH).join('').length;

/** Texts that are not JSON, or not what Go reads as JSON. */
export const JSON_EDITS: readonly WorkedEdit[] = [
  edit('B01 trailing comma', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{
      "plugins": [
        {"type": "terway"},
      ]
    }`,
    ),
    deny: ['json-syntax'],
  }),
  ...Object.entries({
    'an empty text': '',
    'white space': '  ',
    'an empty line': '\n',
    'a text that is no JSON': 'plugins:\n- type: terway\n',
    'a byte-order mark': `\ufeff${conflist([VETH_CONF])}`,
    'two documents': `${conflist([VETH_CONF])}${conflist([VETH_CONF])}`,
    'a comment': `// mine\n${conflist([VETH_CONF])}`,
  }).map(([name, text]) =>
    edit(`chain: ${name}`, {
      old: BASE_VETH,
      new: withConflist(BASE_VETH, text),
      deny: ['json-syntax'],
    }),
  ),
  edit('chain: an empty text, with a chain before', {
    old: vethChain({ type: 'tuning' }),
    new: withConflist(BASE_VETH, ''),
    deny: ['json-syntax'],
  }),
  edit('chain: a number that Go cannot read', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, `{"plugins": [${JSON.stringify(VETH_CONF)}], "a": 1e400}`),
    deny: ['json-number'],
    warn: ['chain-top-level'],
  }),
  edit('chain: a large number that Go can read', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, `{"plugins": [${JSON.stringify(VETH_CONF)}], "a": 1e300}`),
    warn: ['chain-top-level', 'restart-needed'],
  }),
  edit('chain: nested 300 levels deep', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, `{"plugins": ${'['.repeat(300)}${']'.repeat(300)}}`),
    deny: ['json-depth'],
  }),
  edit('chain: larger than a ConfigMap', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, `${conflist([VETH_CONF])}${' '.repeat(1024 * 1024)}`),
    deny: ['json-size'],
  }),
  edit('chain: a bad entry behind more values than are read', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{"plugins": [${JSON.stringify(VETH_CONF)}, {"type": "istio-cni", "a": [${'0,'.repeat(5000)}0]}, {"type": 1}]}`,
    ),
    deny: ['json-size'],
  }),
  edit('chain: nested deeply, but within reason', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{"plugins": [
      ${JSON.stringify(VETH_CONF)},
      {"type": "istio-cni", "a": ${'['.repeat(253)}${']'.repeat(253)}}
    ]}`,
    ),
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  edit('all texts together: exactly as large as a ConfigMap', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([VETH_CONF]).padEnd(ROOM)),
    warn: ['restart-needed'],
  }),
  edit('all texts together: larger than a ConfigMap, each by itself is not', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([VETH_CONF]).padEnd(ROOM + 1)),
    deny: ['json-size'],
  }),
  edit('chain: a member twice', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{"plugins": [
      ${JSON.stringify(VETH_CONF)},
      {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true, "snat": false}
    ]}`,
    ),
    deny: ['json-duplicate'],
  }),
  edit('chain: plugins twice', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, `{"plugins": [], "plugins": [${JSON.stringify(VETH_CONF)}]}`),
    deny: ['json-duplicate'],
  }),
  edit('chain: one field in two letter cases', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, snat: true, Snat: true }),
    deny: ['json-duplicate'],
    warn: ['json-name-case'],
  }),
  edit('chain: a member three times, two of them alike', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{"plugins": [
      ${JSON.stringify(VETH_CONF)},
      {"type": "firewall", "ingressPolicy": "isolated", "INGRESSPOLICY": "open", "ingressPolicy": "open"}
    ]}`,
    ),
    deny: ['json-duplicate'],
    warn: ['json-name-case'],
  }),
  edit('chain: two sysctls that differ in letter case are two sysctls', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', sysctl: { 'net.a.b': '1', 'net.A.b': '1' } }),
    warn: ['restart-needed'],
  }),
  edit('eni_conf: a member twice', {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: (BASE_VETH.eni_conf ?? '').replace('{', '{"version": "1",') },
    deny: ['json-duplicate'],
  }),
  edit('a field in another letter case counts as the field', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, SNAT: true }),
    warn: ['json-name-case', 'restart-needed'],
  }),
  edit('a field in another letter case, two levels down', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      conflist([
        { ...VETH_CONF, symmetric_routing: true, symmetric_routing_config: { Interface: 'eth0' } },
      ]),
    ),
    warn: ['json-name-case', 'restart-needed'],
  }),
];
