/** Texts with the syntax errors that people make, by what was done to a valid chain. */

/** The chain that the slips are made in. */
export const CHAIN = `{
  "plugins": [
    {
      "type": "terway",
      "capabilities": {"bandwidth": true}
    },
    {
      "type": "portmap",
      "capabilities": {"portMappings": true},
      "externalSetMarkChain": "KUBE-MARK-MASQ",
      "snat": true,
      "markMasqBit": 14
    }
  ]
}
`;

/** The chain with the first `part` written as `slip`. */
const first = (part: string, slip: string) => CHAIN.replace(part, () => slip);
const each = (part: RegExp, slip: string) => CHAIN.replace(part, slip);
const eachLine = (change: (line: string, index: number) => string) =>
  CHAIN.trimEnd().split('\n').map(change).join('\n');

const SNAT = '      "snat": true,\n';
const ENTRY = '    {\n      "type": "portmap"';

/** Slips without which the text is the chain again. */
export const MENDABLE: Readonly<Record<string, string>> = {
  // Commas, colons and brackets.
  'trailing comma in an object': first('14\n', '14,\n'),
  'trailing comma in a list': first('    }\n  ]', '    },\n  ]'),
  'trailing commas everywhere': CHAIN.replace('14\n', '14,\n').replace('}\n  ]\n', '},\n  ],\n'),
  'missing comma between members': first('"snat": true,', '"snat": true'),
  'missing comma between entries': first('    },\n', '    }\n'),
  'all commas at line ends missing': each(/,\n/g, '\n'),
  'keys run together': first('"snat": true,\n      ', '"snat": true'),
  'colon inside the quotes of its name': first('"type": "portmap"', '"type:" "portmap"'),
  'colon and blank inside the quotes of their name': first('"snat": true', '"snat: "true'),
  'comma inside the quotes of its value': first('"KUBE-MARK-MASQ",', '"KUBE-MARK-MASQ,"'),
  'comma before the last letter of a value': first('true,\n', 'tru,e\n'),
  'letter of a value behind its brace': first('{"portMappings": true}', '{"portMappings": tru}e'),
  'command of vi behind a bracket': first('  ]\n', '  ]ZZ\n'),
  'command of vi at the end': `${CHAIN.trimEnd()}:wq\n`,
  'opening quote of a name twice': first('"snat"', '""snat"'),
  'opening quote of a value twice, a blank between them': first('"portmap"', '" "portmap"'),
  'double comma': first('"snat": true,', '"snat": true,,'),
  'missing colon': first('"snat":', '"snat"'),
  'double colon': first('"snat":', '"snat"::'),
  'semicolons instead of commas': each(/,/g, ';'),
  'semicolon at the end': `${CHAIN.trimEnd()};`,
  'equals sign': first('"snat":', '"snat" ='),
  'arrows instead of colons': each(/":/g, '" =>'),
  'full-width commas and colons': CHAIN.replaceAll(',', '\uff0c').replaceAll(':', '\uff1a'),
  'full-width braces': CHAIN.replaceAll('{', '\uff5b').replaceAll('}', '\uff5d'),
  'last brace missing': CHAIN.trimEnd().slice(0, -1),
  'bracket of the list missing': first('  ]\n', ''),
  'brace of the last entry missing': first('    }\n  ]', '  ]'),
  'brace of an entry missing': first('    },\n', '    ,\n'),
  'brace of an inner object missing': first('{"portMappings": true}', '{"portMappings": true'),
  'opening brace of an entry missing': first(ENTRY, '      "type": "portmap"'),
  'opening brace of a value missing': first('{"portMappings"', '"portMappings"'),
  'opening bracket missing': first('[\n', '\n'),
  'runs of no-break spaces': first('"snat": true', '"snat":\u00a0\u00a0\u00a0true'),
  'braces around everything missing': CHAIN.trim().slice(1, -1),
  'extra brace at the end': `${CHAIN.trimEnd()}}`,
  'three extra braces at the end': `${CHAIN.trimEnd()}}}\n}`,
  'extra brace in an entry': first('true},\n      "ext', 'true}},\n      "ext'),
  'list closed before its second entry': first(`    },\n${ENTRY}`, `    }],\n${ENTRY}`),
  'list closed before its second entry, which ends the text': CHAIN.replace(
    `    },\n${ENTRY}`,
    () => `    }\n  ],\n${ENTRY}`,
  ).replace('    }\n  ]\n', '    }\n'),
  'brace of an inner object missing, the others full-width': first(
    '{"portMappings": true}',
    '{"portMappings": true',
  )
    .replaceAll('{', '\uff5b')
    .replaceAll('}', '\uff5d'),
  'brace for a bracket': first('  ]\n', '  }\n'),
  'bracket for a brace': first('{"portMappings": true}', '{"portMappings": true]'),

  // Quotes.
  'single quotes throughout': CHAIN.replaceAll('"', "'"),
  'smart quotes throughout': each(/"([^"]*)"/g, '\u201c$1\u201d'),
  'smart quote at the beginning': first('"portmap"', '\u201cportmap"'),
  'smart quote at the end': first('"portmap"', '"portmap\u201d'),
  'smart quote at the end of a name': first('"snat"', '"snat\u201d'),
  'full-width quotes throughout': CHAIN.replaceAll('"', '\uff02'),
  'backticks throughout': CHAIN.replaceAll('"', '`'),
  'quotes doubled as in CSV': CHAIN.replaceAll('"', '""'),
  '&quot; throughout': CHAIN.replaceAll('"', '&quot;'),
  '&#34; throughout': CHAIN.replaceAll('"', '&#34;'),
  '&amp;quot; throughout': CHAIN.replaceAll('"', '&amp;quot;'),
  'backslashes before the quotes': CHAIN.replaceAll('"', '\\"'),
  'an escaped JSON string': JSON.stringify(CHAIN).slice(1, -1),
  'an escaped JSON string in quotes': `"${CHAIN.replaceAll('"', '\\"')}"`,
  'name without quotes': first('"snat"', 'snat'),
  'names without quotes': each(/"(\w+)":/g, '$1:'),
  'text without quotes': first('"portmap"', 'portmap'),
  'no quotes at all': CHAIN.replaceAll('"', ''),
  'closing quote missing': first('"portmap",', '"portmap,'),
  'closing quote and comma missing': first('"KUBE-MARK-MASQ",', '"KUBE-MARK-MASQ'),
  'closing quote of a name missing': first('"snat":', '"snat:'),
  'closing quote missing before quotes': first('"type": "portmap"', '"type: "portmap"'),
  'opening quote missing': first('"portmap",', 'portmap",'),
  'opening quote of a name missing': first('"snat":', 'snat":'),

  // Words and numbers.
  'True and False': CHAIN.replaceAll('true', 'True'),
  yes: first('"snat": true', '"snat": yes'),
  ture: first('"snat": true', '"snat": ture'),
  'plus sign': first('14', '+14'),
  'point at the end': first('14', '14.'),
  hexadecimal: first('14', '0xe'),
  'full-width digits': first('14', '\uff11\uff14'),
  'Python dictionary': CHAIN.replaceAll('"', "'")
    .replaceAll('true', 'True')
    .replace('14\n', '14,\n'),
  'JavaScript object': `const chain = ${each(/"(\w+)":/g, '$1:').trimEnd()};\n`,

  // Between the tokens, around the document and at the beginning of lines.
  'non-breaking spaces': each(/^ {2}/gm, '\u00a0 '),
  'em spaces': each(/^ {2}/gm, '\u2003 '),
  'non-breaking spaces of HTML': each(/^ {2}/gm, '&nbsp; '),
  'left-to-right mark': first('"snat"', '\u200e"snat"'),
  'zero-width space': first('"snat"', '\u200b"snat"'),
  'byte-order mark': `\ufeff${CHAIN}`,
  'colours of a terminal': first('"snat"', '\u001b[32m"snat"\u001b[0m'),
  '# comment': first('"snat": true,', '"snat": true, # nat'),
  '// comments': each(/,$/gm, ', // one'),
  '/* comment */': first('"snat"', '/* one\n two */ "snat"'),
  'HTML tags': `<pre><code>${CHAIN}</code></pre>`,
  'code fence': `\`\`\`json\n${CHAIN}\`\`\`\n`,
  'code fence of tildes': `~~~\n${CHAIN}~~~`,
  'block indicator': `|\n${CHAIN}`,
  'folded block indicator': `>-\n${CHAIN}`,
  'key and block indicator': `10-terway.conflist: |\n  ${CHAIN.replaceAll('\n', '\n  ')}`,
  'key before the JSON': `10-terway.conflist: ${CHAIN}`,
  'quotes for a shell': `'${CHAIN}'`,
  'plus signs of a diff': eachLine((line) => `+${line}`),
  'plus sign on one line': first('      "snat"', '+     "snat"'),
  'line numbers': eachLine((line, index) => `${index + 1}: ${line}`),
  'line numbers of cat': eachLine((line, index) => `${String(index + 1).padStart(6)}\t${line}`),
  'quoted in a mail': eachLine((line) => `> ${line}`),
  'UTF-16': Array.from(CHAIN, (unit) => `${unit}\0`).join(''),
};

/** Slips whose mended text is another one, or that only the writer can mend. */
export const OTHERS: Readonly<Record<string, string>> = {
  'the empty text': '',
  'white space only': ' \n\t ',
  'a comment only': '# nothing yet\n',
  'YAML instead of JSON':
    'plugins:\n- type: terway\n- type: portmap\n  capabilities:\n    portMappings: yes\n',
  'a YAML list': '- type: portmap\n  snat: true\n',
  'a long list in YAML': `plugins:\n${'- type: portmap\n'.repeat(100)}`,
  'YAML with commas': 'type: portmap,\nsnat: true,\n',
  'UTF-16 with a slip': Array.from(CHAIN.replace('14\n', '14,\n'), (unit) => `${unit}\0`).join(''),
  'key before JSON with a slip': `10-terway.conflist: ${CHAIN.replace('14\n', '14,\n')}`,
  'YAML inside JSON': first('{"portMappings": true}', '\n        portMappings: true'),
  'a YAML list inside JSON': '{\n  "plugins":\n    - type: terway\n    - type: portmap\n}\n',
  'a ConfigMap in YAML':
    'apiVersion: v1\nkind: ConfigMap\ndata:\n  10-terway.conflist: |\n    {}\n',
  'an object with a list behind the list': `{"plugins": [{"type": "terway"}], {"type": "own", "x": [{"y": [1]}], "z": 2}}`,
  'numbers at the beginning of lines that do not count up': eachLine(
    (line, index) => `${index === 3 ? 7 : index + 1}: ${line}`,
  ),
  'a hyphen at the beginning of some lines': first(SNAT, `-${SNAT}`),
  'no JSON at all': 'hello world',
  'text before the JSON': `Here it is: ${CHAIN}`,
  'text behind the JSON': `${CHAIN}EOF\n`,
  'two words behind the JSON': `${CHAIN}and so on\n`,
  'letter before the quote of a name': first('"snat"', 'i"snat"'),
  'last letter of a name behind its quote': first('"snat"', '"sna"t'),
  'two documents': `${CHAIN}${CHAIN}`,
  'two documents of YAML': `${CHAIN}---\n${CHAIN}`,
  'JSON Lines': '{"type": "terway"}\n{"type": "portmap"}\n',
  'entries without a list': '{"type": "terway"},\n{"type": "portmap"}\n',
  'cut off in a string': CHAIN.slice(0, CHAIN.indexOf('map"')),
  'cut off behind a colon': CHAIN.slice(0, CHAIN.indexOf('14')),
  'cut off behind a comma': CHAIN.slice(0, CHAIN.indexOf('"snat"')),
  'cut off behind an entry': CHAIN.slice(0, CHAIN.indexOf(',\n    {')),
  'plus and minus of a diff': first(SNAT, `-     "snat": false,\n+${SNAT.slice(1)}`),
  'conflict markers': first(
    SNAT,
    `<<<<<<< HEAD\n${SNAT}=======\n${SNAT.replace('true', 'false')}>>>>>>> main\n`,
  ),
  'ellipsis in a list': '{"plugins": [{"type": "terway"}, ...]}',
  'ellipsis in an object': first(SNAT, `${SNAT}      ...\n`),
  'ellipsis as a value': first('14', '...'),
  'placeholder of a shell': first('14', '${BIT}'),
  'placeholder of a shell without its end': first('14', 'b${BIT'),
  'placeholder of Helm': first('14', '{{ .Values.bit }}'),
  'condition of Helm': first(SNAT, `      {{- if .Values.snat }}\n${SNAT}      {{- end }}\n`),
  'placeholder of a manual': first('14', '<your bit>'),
  'comment without an end': first(SNAT, `      /* ${SNAT}`),
  None: first('"snat": true', '"snat": None'),
  undefined: first('"snat": true', '"snat": undefined'),
  NaN: first('14', 'NaN'),
  Infinity: first('14', '-Infinity'),
  'negative hexadecimal number': first('14', '-0xe'),
  'hexadecimal number beyond 2^53': first('14', '0xffffffffffffffff'),
  'three digits right behind a comma': first('"snat": true,', '"snat": true,400,'),
  'number in octal': first('14', '014'),
  'leading zero': first('14', '019'),
  'point at the beginning': first('14', '.5'),
  'underscores in a number': first('14', '1_400'),
  'commas in a number': first('14', '1,400'),
  'dash for a minus': first('14', '\u221214'),
  'incomplete number': first('14', '14e'),
  'number with a unit': first('14', '14 bits'),
  'CIDR without quotes': first('"KUBE-MARK-MASQ"', '10.0.0.0/8'),
  'MAC address without quotes': first('"KUBE-MARK-MASQ"', '0a:58:00:00:00:01'),
  'tab in a string': first('portmap"', 'port\tmap"'),
  'NUL in a string': first('portmap"', 'port\0map"'),
  'carriage return in a string': first('portmap"', 'port\rmap"'),
  'line break in a string': first('MARK-MASQ', 'MARK-\n        MASQ'),
  'line break of Windows in a string': first('MARK-MASQ', 'MARK-\r\n        MASQ'),
  'unknown escape': first('portmap"', 'port\\map"'),
  'hexadecimal escape': first('portmap"', 'port\\x41"'),
  'hexadecimal escape beside a right one': first('portmap"', '\\u0041\\x41"'),
  'escaped quote in single quotes': first('"portmap"', "'port\\'s'"),
  'escaped JSON with quotes in a text': JSON.stringify('{"a": "say \\"hi\\""}').slice(1, -1),
  'escaped single quote': first('portmap"', 'port\\\'s"'),
  'Windows path': first('"portmap"', '"C:\\temp\\new\\dir"'),
  'Windows path, half of it escaped': first('"portmap"', '"C:\\temp\\\\new\\dir"'),
  'short \\u escape': first('portmap"', '\\u12"'),
  'quotes in a string': first('"portmap"', '"the "port" map"'),
  'value missing': first('"snat": true', '"snat": '),
  'value missing at the line end': first('"snat": true,', '"snat":'),
  'colon and value missing': first('"snat": true', '"snat"'),
  'name missing': first('"snat":', ':'),
  'two values': first('"portmap"', '"portmap" "tuning"'),
  'brace missing, the last line without a line end':
    '{\n  "a": {\n    "b": {\n      "c": 1,\n      "d": 2\n  }}',
  'object closed too early, its bracket further on':
    '{"plugins": [{"type": "x",\n  "capabilities": {\n    "a": true },\n  "b": true\n  } } ]}',
  'value missing before the next line, a brace too many below':
    '{\n  "a":\n    b: 1,\n    "c": 2\n  }\n}',
  'second colon': first('"snat": true', '"snat": "a": true'),
};
