import t from 'tap';

import { update } from '../../../support/changes.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';

/** What is told of a cni_chain that is no YAML, and where it stands. */

const ROWS: readonly [
  text: string,
  offset: number,
  length: number,
  message: string,
  fix: string,
][] = [
  ['[a]]', 3, 1, 'a ] that closes nothing', 'remove it, or open it before'],
  ['}\n', 0, 1, 'a } that closes nothing', 'remove it, or open it before'],
  ['[,]', 1, 1, 'a comma with nothing before it', 'remove it'],
  [
    '- "a" b\n',
    6,
    1,
    'text behind a value that has ended',
    'remove it, or put the whole value into quotes',
  ],
  [
    '[{type: a} {type: b}]',
    9,
    1,
    'a comma is missing behind this, between [ ] and { } it separates members',
    'put a comma behind it',
  ],
  ['[{type: a}\n', 0, 1, 'the [ that opens here is not closed', 'put ] behind its last element'],
  [
    '- type: a\n  b: !!int x\n',
    21,
    1,
    'a tag of YAML (!) that does not fit what stands behind it',
    'remove the tag, or put the text into quotes',
  ],
  [
    '- type: "a\n',
    8,
    1,
    'unterminated string: the quote that opens here is not closed',
    'close the text with "',
  ],
  [
    '- type: a\n b: c\n',
    11,
    1,
    'the indentation of this line fits none of the lines before it',
    'begin it in column 3, as the member before it, or below a name that it belongs to',
  ],
  [
    '- a: &x\n- b: *y\n',
    13,
    2,
    'an alias of YAML (*name) whose anchor (&name) does not stand before it',
    'put the text into quotes, or write the value itself',
  ],
  [
    "- type: 'a' #x\n  y: @b\n",
    20,
    1,
    "a text without quotes can't begin with @",
    'put the text into quotes',
  ],
  [
    '%YAML 1.1\n',
    10,
    1,
    'a line that begins with % is a directive of YAML; only %YAML 1.1 and %TAG before --- are read',
    'remove the line',
  ],
  [
    '- a: |\n  x\n',
    9,
    1,
    'a line without a colon: a name and ": " have to stand before a value',
    'put a name and ": " before it, or ": " and a value behind it',
  ],
  [
    '- type: a\n  b:\n      c: 1\n\n    # d\n   e: 2\n',
    38,
    1,
    'the indentation of this line fits none of the lines before it',
    'begin it in column 7, as the member before it, or below a name that it belongs to',
  ],
  ['- a: ? b\n', 5, 1, 'a "?" that begins no name', 'put the text into quotes'],
  [
    '- a: >5x\n  y\n',
    7,
    1,
    'text behind | or > on the same line',
    'begin the text on the next line, deeper, or put it into quotes',
  ],
  [
    'a: b: c\n',
    4,
    1,
    'a second ": " on one line: only a text in quotes may hold it',
    'put the value into quotes, or the second name on a line of its own',
  ],
  [
    '\t- a\n',
    0,
    1,
    'a tab where YAML takes spaces: tabs are no indentation',
    'write spaces instead of tabs at the beginning of lines',
  ],
];

for (const [text, offset, length, message, fix] of ROWS) {
  t.test(JSON.stringify(text), (t) => {
    const change = update(BASE_VETH, { ...BASE_VETH, cni_chain: text });
    const found = verdictOn(change).findings.filter(({ rule }) => rule === 'json-syntax');
    t.same(
      found.map((finding) => [
        finding.at?.offset,
        finding.at?.length,
        finding.message,
        finding.fix.text,
      ]),
      [[offset, length, `not valid YAML: ${message}`, fix]],
    );
    t.end();
  });
}
