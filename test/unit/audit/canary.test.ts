import fc from 'fast-check';
import t from 'tap';
import { ENI_CONF_FIELDS } from '../../../src/engine/catalogue/eni-conf.ts';
import { unifiedDiff } from '../../../src/engine/report/unified-diff.ts';
import { commandOutputs, metricsText, placesOf, webhookOutputs } from '../../support/canary.ts';
import { BASE_VETH, type Data, PORTMAP, VETH_CONF, conflist } from '../../support/config-maps.ts';
import { assertAsyncProperty } from '../../support/properties.ts';
import { ALL_DENIED } from '../../support/responses.ts';
import { WEBHOOK } from '../../support/running-app.ts';

/**
 * Secrets stand in no answer, log line, metric, Event or annotation, and in no output of a command:
 * no value of eni_conf and no name in its maps, and no value of a member that looks like a credential
 * in any other text, whole or broken.
 */

/** Texts and numbers that must never be seen again. */
const CANARY = 'LTAI5tCANARY';
const NUMBER = 3141592653;
const TOLD = ['CANARY', String(NUMBER)];

/** Where the write tells of the canary; nowhere, as it should be. Every rule refuses, so that all is told. */
async function told(now: Data, old: Data = BASE_VETH, webhook = ALL_DENIED): Promise<string[]> {
  return placesOf(await webhookOutputs(now, old, webhook), ...TOLD);
}

/** The same of commands, which read manifests: that takes its time. */
const toldByCommands = (now: Data, old: Data = BASE_VETH) =>
  placesOf(commandOutputs(now, old, ALL_DENIED), ...TOLD);

t.test('a value, a name in a map, an unknown name: anywhere in eni_conf', async (t) => {
  const eniConf = JSON.parse(BASE_VETH.eni_conf!) as Record<string, unknown>;
  const holding = (value: unknown) =>
    Object.fromEntries(Object.keys(ENI_CONF_FIELDS).map((name) => [name, value]));
  const nested = {
    vswitches: { [CANARY]: [CANARY, NUMBER], b: CANARY },
    eni_tags: { [CANARY]: NUMBER, [`${CANARY}2`]: [CANARY] },
    eni_tag_filter: { [CANARY]: CANARY },
    rate_limit: { [CANARY]: CANARY, b: NUMBER + 0.5 },
    backoff_override: {
      [CANARY]: { Steps: CANARY, [CANARY]: 1, InitialDelay: NUMBER },
      eni_create: CANARY,
    },
    extra_routes: [{ dst: CANARY, [CANARY]: CANARY }, CANARY],
    eni_tag_block_list: [{ key: CANARY, value: CANARY, [CANARY]: 1 }],
  };
  const texts = [CANARY, NUMBER, [CANARY], { [CANARY]: CANARY }, { [CANARY]: { [CANARY]: NUMBER } }]
    .map(holding)
    .concat(nested, { ...eniConf, ...nested }, { ...eniConf, [CANARY]: 1, 'x-y': { a: CANARY } })
    .map((value) => JSON.stringify(value, null, 2));
  const twice = JSON.stringify(nested).replaceAll(/"(LTAI\w+)":/g, '"$1": 1, "$1":');
  for (const text of [...texts, twice, JSON.stringify(CANARY), JSON.stringify([CANARY])]) {
    const now = { ...BASE_VETH, eni_conf: text };
    t.same(await told(now), [], text);
    t.same(toldByCommands(now), [], text);
    t.same(await told({ ...now, note: 'a' }, now, WEBHOOK), [], `stored: ${text}`);
    t.same(await told(BASE_VETH, now), [], `replaced: ${text}`);
  }
});

const NAMES = ['access_key', 'AccessKeySecret', 'secret', 'TOKEN', 'dbPassword'];

/** What a slip of the hand makes of a text with `"name": "secret"` in it. */
const SLIPS: Readonly<Record<string, (text: string, name: string) => string>> = {
  none: (text) => text,
  'single quotes': (text) => text.replaceAll('"', "'"),
  'no quotes around names': (text) => text.replaceAll(/"(\w+)":/g, '$1:'),
  'no quotes around the value': (text) => text.replace(`"${CANARY}"`, CANARY),
  'no opening quote': (text) => text.replace(`"${CANARY}`, CANARY),
  'no closing quote': (text) => text.replace(`${CANARY}"`, CANARY),
  'no opening quote of the name': (text, name) => text.replace(`"${name}"`, `${name}"`),
  'no closing quote of the name': (text, name) => text.replace(`"${name}"`, `"${name}`),
  'no colon': (text, name) => text.replace(`"${name}":`, `"${name}"`),
  'a comma for the colon': (text, name) => text.replace(`"${name}":`, `"${name}",`),
  'an equals sign': (text, name) => text.replace(`"${name}":`, `"${name}" =`),
  'no comma behind it': (text) => text.replace(`${CANARY}",`, `${CANARY}"`),
  'two commas behind it': (text) => text.replace(`${CANARY}",`, `${CANARY}",,`),
  'a quote inside': (text) => text.replace(CANARY, `LT"${CANARY}`),
  'a line break inside': (text) => text.replace(CANARY, `LT\n${CANARY}`),
  'a backslash inside': (text) => text.replace(CANARY, `LT\\q${CANARY}`),
  'on the next line': (text, name) => text.replace(`"${name}": `, `"${name}":\n`),
  'a semicolon': (text) => text.replaceAll(',', ';'),
  'typographic quotes': (text) => text.replaceAll(/"([^"]*)"/g, '“$1”'),
  'typographic quotes around the value': (text) => text.replace(`"${CANARY}"`, `“${CANARY}”`),
  'full-width marks': (text) => text.replaceAll(':', '：').replaceAll(',', '，'),
  'escaped quotes': (text) => text.replaceAll('"', '\\"'),
  entities: (text) => text.replaceAll('"', '&quot;'),
  'a comment': (text) => text.replace(`${CANARY}",`, `${CANARY}", # ${CANARY.length}`),
  'text in front': (text) => `10-terway.conflist: ${text}`,
  twice: (text, name) => text.replace(`"${name}":`, `"${name}": "${CANARY}2", "${name}":`),
  'twice in another case': (text, name) =>
    text.replace(`"${name}":`, `"${name.toUpperCase()}": "${CANARY}2", "${name}":`),
  'a list': (text) => text.replace(`"${CANARY}"`, `["${CANARY}", ${NUMBER}]`),
  'an object': (text) => text.replace(`"${CANARY}"`, `{"id": "${CANARY}"}`),
  'a number': (text) => text.replace(`"${CANARY}"`, `${NUMBER}e999`),
};

t.test('what looks like a credential, in any text and with any slip', async (t) => {
  for (const [index, [slip, make]] of Object.entries(SLIPS).entries()) {
    const name = NAMES[index % NAMES.length]!;
    const bad = { [name]: CANARY, mtu: 'x', type: 'portmapp' };
    for (const indent of [2, null]) {
      const written = (value: unknown) => JSON.stringify(value, null, indent ?? 0);
      const texts: Data = {
        '10-terway.conflist': conflist([VETH_CONF, { ...PORTMAP, ...bad }], indent),
        '10-terway.conf': written({ ...VETH_CONF, ...bad }),
        cni_chain: written([{ type: 'portmap', [name]: CANARY, snat: 'x' }]),
        eni_conf: written({ [name]: CANARY, version: 1 }),
      };
      for (const [key, text] of Object.entries(texts)) {
        const now = { ...BASE_VETH, [key]: make(text, name) };
        t.same(await told(now), [], `${slip}: ${key}`);
        if (indent === null || key !== '10-terway.conflist') continue;
        t.same(toldByCommands(now), [], `${slip}, by a command: ${key}`);
      }
      const first = conflist([{ ...VETH_CONF, ...bad }, PORTMAP], indent);
      t.same(await told({ ...BASE_VETH, '10-terway.conflist': make(first, name) }), [], slip);
      const conf = { ...BASE_VETH, '10-terway.conf': make(texts['10-terway.conf']!, name) };
      t.same(await told(BASE_VETH, conf), [], `stored, ${slip}`);
    }
  }
});

t.test('YAML where JSON belongs, and YAML that is broken', async (t) => {
  const texts = [
    `plugins:\n- type: terway\n  access_key: ${CANARY}\n  mtu: "x"\n`,
    `plugins:\n- type: terway\n  access_key: |\n    ${CANARY}\n   bad: x\n`,
    `- type: portmap\n  token: ${CANARY}\n snat: true\n`,
    `- type: portmap\n  token: "${CANARY}\n  snat: true\n`,
    `- {type: portmap, token: ${CANARY}, snat: yes, password: ${CANARY}\n`,
    `- type: portmap\n  token: ${CANARY}: x\n  snat: "x"\n`,
    `- type: portmap\n  token: ${CANARY}\n  token: ${CANARY}\n  mark: 0x1\n`,
  ];
  for (const text of texts) {
    for (const key of ['10-terway.conflist', 'cni_chain', '10-terway.conf', 'eni_conf']) {
      t.same(await told({ ...BASE_VETH, [key]: text }), [], `${key}: ${text}`);
    }
  }
});

t.test('a diff of files hides what looks like a credential', async (t) => {
  const before = `a: 1\naccess_key: ${CANARY}\nb: 2\n`;
  t.equal(
    unifiedDiff('a', before, before.replace('b: 2', 'b: 3')),
    `--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n a: 1\n access_key: ${'*'.repeat(CANARY.length)}\n-b: 2\n+b: 3\n`,
  );
  t.notMatch(unifiedDiff('a', before, before.replace(CANARY, `${CANARY}2`)), /CANARY/);
});

t.test('property: nothing is told, whatever an edit does to the text around it', async (t) => {
  const chain = conflist([
    { ...VETH_CONF, secret: CANARY },
    { ...PORTMAP, access_key: CANARY, password: CANARY, snat: 'x' },
  ]);
  const eniConf = JSON.stringify({
    version: '1',
    vswitches: { [CANARY]: [CANARY] },
    token: CANARY,
  });
  const mark = fc.constantFrom(
    '',
    '"',
    "'",
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '\\',
    '\n',
    '0',
    '//',
    '\u201c',
  );
  const edit = fc.tuple(fc.nat(), fc.nat(2), mark);
  // An edit inside of the canary or of a name leaves nothing to look for.
  const keep = (text: string) =>
    [...text.matchAll(/LTAI5tCANARY|secret|access_key|password|token/g)].map(
      ({ index, 0: word }) => [index, index + word.length] as const,
    );
  await assertAsyncProperty(
    t,
    fc.asyncProperty(fc.constantFrom('10-terway.conflist', 'eni_conf'), edit, async (key, slip) => {
      const [nat, removed, inserted] = slip;
      const text = key === 'eni_conf' ? eniConf : chain;
      const at = nat % text.length;
      fc.pre(!keep(text).some(([from, to]) => at < to && at + removed > from));
      const now = text.slice(0, at) + inserted + text.slice(at + removed);
      return (await told({ ...BASE_VETH, [key]: now })).length === 0;
    }),
    40,
  );
});

t.test('metrics tell nothing of any of these writes', async (t) => {
  t.same(placesOf({ metrics: await metricsText() }, ...TOLD), []);
});
