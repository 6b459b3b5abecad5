import { PORTMAP } from '../../../../support/config-maps.ts';
import { PORTMAP_LINES, SIXTEEN, added, good } from './cni-chain-write.ts';
import type { WorkedEdit } from './edit.ts';

/** The text of cni_chain as YAML: what is read, and slips. */

const broken = (name: string, text: string, ...says: readonly string[]) =>
  added(name, text, { deny: ['json-syntax'], ...(says.length > 0 ? { says } : {}) });

const FINE: Readonly<Record<string, string>> = {
  'as the documentation has it': `${PORTMAP_LINES}  externalSetMarkChain: KUBE-MARK-MASQ\n`,
  'an empty list': '[]',
  'an empty list with a comment': '# off\n[]  # nothing\n',
  'JSON is YAML as well': JSON.stringify([PORTMAP]),
  'JSON over lines, with tabs': JSON.stringify([PORTMAP], null, '\t'),
  'in brackets without quotes': '[{type: portmap, capabilities: {portMappings: yes}}]',
  'a trailing comma in brackets': '[{type: portmap, capabilities: {portMappings: true},},]',
  'words of YAML 1.1 for true':
    '- type: portmap\n  capabilities: {portMappings: On}\n  snat: YES\n',
  'a document mark and a comment': `# plugins\n---\n${PORTMAP_LINES}...\n`,
  'Windows line ends': PORTMAP_LINES.replaceAll('\n', '\r\n'),
  'a byte-order mark': `\ufeff${PORTMAP_LINES}`,
  'an octal number': '- type: tuning\n  mtu: 02734\n',
  'an indented list':
    '  - type: portmap\n    capabilities:\n      portMappings: true\n  - type: tuning\n    mtu: 1500\n',
};

/** Texts that are no YAML, and what is said of them. */
const SLIPS: readonly (readonly [name: string, text: string, says: string])[] = [
  [
    'a tab as indentation',
    '- type: portmap\n\tsnat: true\n',
    'not valid YAML: a tab where YAML takes spaces: tabs are no indentation',
  ],
  [
    'a tab before the first element',
    '\t- type: portmap\n',
    'not valid YAML: a tab where YAML takes spaces: tabs are no indentation',
  ],
  [
    'no space behind the colon',
    '- type:portmap\n  snat: true\n',
    'not valid YAML: a colon without a space behind it does not end a name',
  ],
  [
    'no space behind a later colon',
    '- type: portmap\n  snat:true\n',
    'not valid YAML: a colon without a space behind it does not end a name',
  ],
  [
    'no space behind the dash of an element with members',
    '-type: portmap\n  snat: true\n',
    'not valid YAML: a "-" without a space behind it begins no element',
  ],
  [
    'no dash before an element',
    ' type: portmap\n  snat: true\n- type: tuning\n',
    'not valid YAML: an element of the list without its "-"',
  ],
  [
    'no colon behind the first name of an element',
    '- type portmap\n  snat: true\n',
    'not valid YAML: a line without a colon: a name and ": " have to stand before a value',
  ],
  [
    'a blank before the colon and none behind it',
    '- type: portmap\n  snat :true\n',
    'not valid YAML: a line without a colon: a name and ": " have to stand before a value',
  ],
  [
    'a member indented deeper',
    '- type: portmap\n    snat: true\n',
    'not valid YAML: this line begins deeper than the one before it, so it goes on with its text',
  ],
  [
    'a member indented less',
    '- type: portmap\n snat: true\n',
    'not valid YAML: the indentation of this line fits none of the lines before it',
  ],
  [
    'a member in the first column',
    '- type: portmap\nsnat: true\n',
    'not valid YAML: the indentation of this line fits none of the lines before it',
  ],
  [
    'an element in another column',
    '  - type: portmap\n- type: tuning\n',
    'not valid YAML: this line begins before the first one, so the list has ended and nothing more is read',
  ],
  ['an element deeper than the first', '- type: portmap\n   - type: tuning\n', 'not valid YAML: '],
  ['a brace that stays open', '- {type: portmap\n- type: tuning\n', 'not valid YAML: '],
  [
    'a bracket that stays open',
    '[{"type": "portmap"}',
    'not valid YAML: the [ that opens here is not closed',
  ],
  [
    'a bracket of the other kind',
    '[{"type": "portmap"]}',
    'not valid YAML: a ] that does not close the { of line 1',
  ],
  ['a bracket too many', '[{"type": "portmap"}]]', 'not valid YAML: a ] that closes nothing'],
  [
    'a missing comma',
    '[{"type": "portmap" "snat": true}]',
    'not valid YAML: a comma is missing behind this, between [ ] and { } it separates members',
  ],
  [
    'a missing comma without quotes',
    '[{type: portmap snat: true}]',
    'not valid YAML: a comma is missing here, between [ ] and { } it separates members',
  ],
  [
    'a quote that stays open',
    '- type: "portmap\n  snat: true\n',
    'not valid YAML: unterminated string: the quote that opens here is not closed',
  ],
  [
    'a second colon',
    '- type: portmap: x\n',
    'not valid YAML: a second ": " on one line: only a text in quotes may hold it',
  ],
  [
    'an equals sign',
    '- type: portmap\n  snat = true\n',
    'not valid YAML: an equals sign instead of a colon',
  ],
  [
    'an alias without an anchor',
    '- type: portmap\n  comment: *all\n',
    'not valid YAML: an alias of YAML (*name) whose anchor (&name) does not stand before it',
  ],
  [
    'an alias inside its anchor',
    '- &a [*a]\n',
    'not valid YAML: an alias of YAML that stands inside its own anchor, without an end',
  ],
  ['an at sign', '- type: @portmap\n', "not valid YAML: a text without quotes can't begin with @"],
  [
    'a code fence',
    '```yaml\n- type: portmap\n```\n',
    'not valid YAML: a code fence (```) of Markdown',
  ],
  [
    'a placeholder',
    '- type: {{ plugin }}\n',
    'not valid YAML: a placeholder of a template: { begins an object in YAML',
  ],
  ['a NUL', '- type: port\0map\n', 'not valid YAML: a control character, which YAML does not take'],
  [
    'UTF-16',
    Array.from('- type: a', (c) => `${c}\0`).join(''),
    'not valid YAML: a control character, which YAML does not take',
  ],
  [
    'YAML 1.2',
    '%YAML 1.2\n---\n- type: portmap\n',
    'not valid YAML: a line that begins with % is a directive of YAML; only %YAML 1.1 and %TAG before --- are read',
  ],
  [
    'an escape that is none',
    '- type: "port\\map"\n',
    'not valid YAML: invalid escape: a backslash in double quotes stands before \\ " n t or u and digits',
  ],
  [
    'null for a name',
    '- type: portmap\n  ~: 1\n',
    'not valid YAML: a name that is no text: null, a list or an object',
  ],
];

export const CNI_CHAIN_YAML_EDITS: readonly WorkedEdit[] = [
  ...Object.entries(FINE).map(([name, text]) => good(name, text)),
  added('sixteen plugins', SIXTEEN, {
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  ...SLIPS.map(([name, text, says]) => broken(name, text, ...(says.endsWith(': ') ? [] : [says]))),

  // Aliases.
  good(
    'an anchor and an alias',
    '- type: tuning\n  sysctl: &s {net.core.somaxconn: "1"}\n- type: firewall\n',
  ),
  added(
    'what an alias stands for is judged',
    '- type: own\n  dns: &s {net.core.rmem_max: "1"}\n- type: tuning\n  sysctl: *s\n',
    {
      deny: ['tuning-sysctl-host'],
      warn: ['plugin-unknown'],
    },
  ),
  added('members merged in', '- &p\n  type: tuning\n  mtu: 1500\n- <<: *p\n  mtu: 12\n', {
    deny: ['tuning-mtu'],
    warn: ['plugin-repeated'],
  }),
  added(
    'aliases upon aliases',
    '- &a [x,x,x,x,x,x,x,x,x]\n' +
      'bcdefghi'.replace(
        /./g,
        (name, index: number) =>
          `- &${name} [${Array(9).fill(`*${'abcdefgh'[index]!}`).join(',')}]\n`,
      ),
    {
      deny: ['json-size'],
    },
  ),

  // Limits.
  added('more than 64 KiB', `# ${'x'.repeat(64 * 1024)}\n[]\n`, { deny: ['json-size'] }),
  added('64 KiB of brackets', '['.repeat(64 * 1024), { deny: ['json-depth'] }),
  added('64 KiB of dashes', '- '.repeat(32 * 1024), { deny: ['json-depth'] }),
  added('64 KiB of anchors', `[${'&a ,'.repeat(13_000)}]`, {
    deny: ['json-size'],
  }),
  added('n for a type', '- type: n\n', {
    deny: ['entry-type'],
    says: [
      '"type" must be text, not true or false: every Terway pod fails to start; n without quotes is false in YAML 1.1',
    ],
  }),
  added('1.50 for a type', '- type: 1.50\n', {
    deny: ['entry-type'],
    says: ['"type" must be text, not a number: every Terway pod fails to start'],
  }),
  added('a second document', `${PORTMAP_LINES}---\n- type: tuning\n`, {
    warn: ['cni-chain-rest', 'restart-needed'],
  }),
];
