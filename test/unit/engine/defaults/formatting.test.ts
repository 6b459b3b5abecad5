import t from 'tap';
import type { DefaultId } from '../../../../src/engine/defaults/defaults.ts';
import { webhookOf, mutateText, switchedOn } from '../../../support/mutations.ts';

/**
 * Texts as people write them. What the mutator inserts stands between the marks; the user's text is
 * the same without marks and what is between them.
 */

const TERWAY =
  '{"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}}';

const EXTERNAL_CHAIN: Readonly<Record<string, string>> = {
  'two spaces': `{
  "plugins": [
    ${TERWAY},
    {
      "type": "portmap",
      "capabilities": {
        "portMappings": true
      }⟦,
      "externalSetMarkChain": "KUBE-MARK-MASQ"⟧
    }
  ]
}
`,
  'four spaces': `{
    "plugins": [
        ${TERWAY},
        {
            "type": "portmap",
            "capabilities": {
                "portMappings": true
            }⟦,
            "externalSetMarkChain": "KUBE-MARK-MASQ"⟧
        }
    ]
}
`,
  tabs: `{
\t"plugins": [
\t\t${TERWAY},
\t\t{
\t\t\t"type": "portmap",
\t\t\t"capabilities": {"portMappings": true}⟦,
\t\t\t"externalSetMarkChain": "KUBE-MARK-MASQ"⟧
\t\t}
\t]
}
`,
  'line ends of Windows': [
    '{',
    '  "plugins": [',
    `    ${TERWAY},`,
    '    {',
    '      "type": "portmap",',
    '      "capabilities": {"portMappings": true}⟦,',
    '      "externalSetMarkChain": "KUBE-MARK-MASQ"⟧',
    '    }',
    '  ]',
    '}',
    '',
  ].join('\r\n'),
  minified: `{"plugins":[${TERWAY.replaceAll(' ', '')},{"type":"portmap","capabilities":{"portMappings":true}⟦,"externalSetMarkChain":"KUBE-MARK-MASQ"⟧}]}`,
  'minified, with no member but the type': `{"plugins":[${TERWAY.replaceAll(' ', '')},{"type":"portmap"⟦,"externalSetMarkChain":"KUBE-MARK-MASQ"⟧}]}`,
  'one line an entry': `{
  "plugins": [
    ${TERWAY},
    {"type": "portmap", "capabilities": {"portMappings": true}⟦, "externalSetMarkChain": "KUBE-MARK-MASQ"⟧}
  ]
}
`,
  'one line an entry, with no member but the type': `{
  "plugins": [
    ${TERWAY},
    {"type": "portmap"⟦, "externalSetMarkChain": "KUBE-MARK-MASQ"⟧}
  ]
}
`,
  'spaces inside braces': `{ "plugins": [ ${TERWAY}, { "type": "portmap"⟦, "externalSetMarkChain": "KUBE-MARK-MASQ"⟧ } ] }`,
  'no member but the type, on a line of its own': `{
  "plugins": [
    ${TERWAY},
    {
      "type": "portmap"⟦,
      "externalSetMarkChain": "KUBE-MARK-MASQ"⟧
    }
  ]
}
`,
  'leading commas': `{ "plugins":
  [ ${TERWAY}
  , { "type": "portmap"
    , "capabilities": { "portMappings": true }⟦
    , "externalSetMarkChain": "KUBE-MARK-MASQ"⟧
    }
  ]
}
`,
  'a space before each colon': `{
  "plugins" : [
    ${TERWAY},
    {
      "type" : "portmap",
      "snat" : true⟦,
      "externalSetMarkChain" : "KUBE-MARK-MASQ"⟧
    }
  ]
}
`,
  'no newline at the end': `{
  "plugins": [
    ${TERWAY},
    {"type": "portmap", "snat": true⟦, "externalSetMarkChain": "KUBE-MARK-MASQ"⟧}
  ]
}`,
  'white space around everything': `

  {"plugins": [ ${TERWAY},  {"type": "portmap"  ,  "snat": true⟦  ,  "externalSetMarkChain": "KUBE-MARK-MASQ"⟧  }  ]  }

`,
  'a key order of its own': `{
  "plugins": [
    ${TERWAY},
    {
      "snat": true,
      "capabilities": {"portMappings": true},
      "type": "portmap"⟦,
      "externalSetMarkChain": "KUBE-MARK-MASQ"⟧
    }
  ]
}
`,
  'numbers, escapes and other scripts that another writer would spell differently': `{
  "plugins": [
    ${TERWAY},
    {"type": "\\u0070ortmap", "comment": "\\u00e9 \\/ é 端口", "weight": 1.0e+2⟦, "externalSetMarkChain": "KUBE-MARK-MASQ"⟧}
  ]
}
`,
  'two entries of portmap': `{
  "plugins": [
    ${TERWAY},
    {"type": "portmap", "snat": true⟦, "externalSetMarkChain": "KUBE-MARK-MASQ"⟧},
    {
      "type": "portmap"⟦,
      "externalSetMarkChain": "KUBE-MARK-MASQ"⟧
    }
  ]
}
`,
};

const CAPABILITY: Readonly<Record<string, string>> = {
  'an empty object': `{
  "plugins": [
    ${TERWAY},
    {"type": "portmap", "capabilities": {⟦"portMappings": true⟧}}
  ]
}
`,
  'an empty object, minified': `{"plugins":[${TERWAY.replaceAll(' ', '')},{"type":"portmap","capabilities":{⟦"portMappings":true⟧}}]}`,
  'an object with another member': `{
  "plugins": [
    ${TERWAY},
    {
      "type": "portmap",
      "capabilities": {
        "bandwidth": false⟦,
        "portMappings": true⟧
      }
    }
  ]
}
`,
  'an object with another member, on one line': `{
  "plugins": [
    ${TERWAY},
    {
      "type": "portmap",
      "capabilities": { "bandwidth": false⟦, "portMappings": true⟧ }
    }
  ]
}
`,
  'an object that is not the last member': `{
  "plugins": [
    ${TERWAY},
    {
      "type": "portmap",
      "capabilities": {"bandwidth": false⟦, "portMappings": true⟧},
      "snat": true
    }
  ]
}
`,
  'no object': `{
  "plugins": [
    ${TERWAY},
    {
      "type": "portmap",
      "snat": true⟦,
      "capabilities": {"portMappings": true}⟧
    }
  ]
}
`,
  'no object, minified': `{"plugins":[${TERWAY.replaceAll(' ', '')},{"type":"portmap"⟦,"capabilities":{"portMappings":true}⟧}]}`,
};

const TABLES: readonly [DefaultId, Readonly<Record<string, string>>][] = [
  ['externalSetMarkChain', EXTERNAL_CHAIN],
  ['portMappings', CAPABILITY],
];

for (const [id, texts] of TABLES) {
  for (const [style, marked] of Object.entries(texts)) {
    t.test(`portmap.${id} is inserted as the text is written: ${style}`, async (t) => {
      const users = marked.replaceAll(/⟦[^⟧]*⟧/g, '');
      const expected = marked.replaceAll(/[⟦⟧]/g, '');
      t.equal((await mutateText(users, webhookOf({ defaults: switchedOn([id]) }))).text, expected);
    });
  }
}
