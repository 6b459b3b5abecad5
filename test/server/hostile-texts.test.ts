import t from 'tap';
import type { Facts } from '../../src/engine/core/facts.ts';
import {
  assertAllowed,
  assertBadCall,
  assertDenied,
  assertJudged,
} from '../support/admission-answers.ts';
import { BAD, BAD_CHAIN, GOOD_CHAIN, update } from '../support/chain-updates.ts';
import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { known, knownVersion } from '../support/facts.ts';
import { send, sendInTurn } from '../support/https-client.ts';
import { WEBHOOK, startApp } from '../support/running-app.ts';

/** Whatever stands in the texts of the ConfigMap, the review is judged. */

/** With these, defaults are injected and every rule about versions speaks. */
const INSTALLED: Facts = {
  plugins: new Map(['portmap', 'tuning', 'bandwidth'].map((type) => [type, knownVersion('1.7.1')])),
  kubeProxyMode: known('iptables'),
  terway: knownVersion('1.15.2'),
};

const server = await startApp(t);
const informed = await startApp(t, { webhook: { ...WEBHOOK, facts: () => INSTALLED } });
const call = sendInTurn(t, server);
const validate = (body: string | Buffer) => call('/validate', body);
const mutate = (body: string | Buffer) => call('/mutate', body);

t.test('names that JavaScript objects have anyway are names like any other', async (t) => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const withKey = (data: Data, name: string): Data => ({
    ...data,
    ...Object.fromEntries([[name, 'x']]),
  });
  const member = (name: string, value: unknown) =>
    `${JSON.stringify(name)}: ${JSON.stringify(value)}`;

  for (const name of NAMES) {
    await t.test(`${name} as a key of the ConfigMap`, async (t) => {
      const judged = (chain: string) =>
        validate(update(chain, { data: withKey(withConflist(BASE_VENDOR, chain), name) }));
      assertAllowed(t, await judged(GOOD_CHAIN));
      assertDenied(t, await judged(BAD_CHAIN), /portmapp/);
    });
    await t.test(`${name} as a key of binaryData`, async (t) => {
      assertAllowed(t, await validate(update(GOOD_CHAIN, { binaryData: withKey({}, name) })));
    });
    await t.test(`${name} as the type of a plugin`, async (t) => {
      const response = assertAllowed(
        t,
        await validate(update(conflist([VENDOR_CONF, { type: name }]))),
      );
      t.match(response.warnings?.join('\n'), /plugin-unknown/);
    });
    await t.test(`${name} as a member of the first entry`, async (t) => {
      const entry = JSON.stringify(VENDOR_CONF).replace(
        '{',
        `{${member(name, { masqAll: true })},`,
      );
      const chain = `{"plugins": [${entry}]}`;
      const response = assertDenied(t, await validate(update(chain)), /first-entry-differs/);
      t.match(response.status?.details?.causes, [
        { field: `data[10-terway.conflist].plugins[0].${name}` },
      ]);
      assertAllowed(t, await mutate(update(chain)));
    });
    await t.test(`${name} as a member and as a value in other entries`, async (t) => {
      const entries = ['portmap', 'tuning', 'bandwidth'].map(
        (type) => `{"type": "${type}", ${member(name, name)}}`,
      );
      const first = { ...VENDOR_CONF, symmetric_routing_config: { backend: name } };
      const chain = `{"plugins": [${JSON.stringify(first)}, ${entries.join(', ')}]}`;
      for (const guard of [server, informed]) {
        const { status } = assertJudged(t, await send(guard, '/validate', update(chain)));
        t.notMatch(status?.message, /guard-error/, 'no rule fails on it');
        assertAllowed(t, await send(guard, '/mutate', update(chain)));
      }
    });
    await t.test(`${name} as a member of the review and of its request`, async (t) => {
      const extra = `{${member(name, { uid: 'other', allowed: true })},`;
      const body = BAD.replace('{', extra).replace('"request":{', `"request":${extra}`);
      assertDenied(t, await validate(body), /portmapp/);
    });
  }
  t.notOk('masqAll' in {}, 'nothing reached Object.prototype');
});

t.test('100 000 levels of nesting', async (t) => {
  const LEVELS = 100_000;
  const NESTED: Readonly<Record<string, string>> = {
    lists: `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`,
    objects: `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`,
    'lists that never close': '['.repeat(LEVELS),
  };
  for (const [kind, nested] of Object.entries(NESTED)) {
    await t.test(`${kind} as the conflist, inside it, in eni_conf`, async (t) => {
      const inside = conflist([VENDOR_CONF, PORTMAP]).replace(
        '"portMappings": true',
        `"a": ${nested}`,
      );
      assertDenied(t, await validate(update(nested)), /json-depth/);
      assertDenied(t, await validate(update(inside)), /json-depth/);
      const data = { ...BASE_VENDOR, eni_conf: nested };
      assertDenied(t, await validate(update('', { data })), /json-depth/);
      for (const body of [update(nested), update(inside), update('', { data })]) {
        assertAllowed(t, await mutate(body));
      }
    });
    await t.test(`${kind} in the body, after the uid`, async (t) => {
      const body = BAD.replace('"options":{', `"extra":${nested},"options":{`);
      assertDenied(t, await validate(body), /too many values, or nests too deep/);
    });
    await t.test(`${kind} as the whole body`, async (t) => {
      assertBadCall(t, await validate(nested), /no AdmissionReview/);
    });
  }
});

t.test(
  'a default missing a hundred times is not added: warnings could not tell it all',
  async (t) => {
    const chain = conflist([VENDOR_CONF, ...Array.from({ length: 100 }, () => PORTMAP)]);
    const response = assertAllowed(t, await send(informed, '/mutate', update(chain)));
    t.notOk(response.patch);
  },
);

t.test('control characters and lone surrogates in names are never passed on raw', async (t) => {
  const UNITS = [
    '\u0000',
    '\u0007',
    '\t',
    '\n',
    '\r',
    '\u001b[2J',
    '\u007f',
    '\u0085',
    '\u009b',
    '\u2028',
    '\u2029',
    '\u202e',
    '\ufeff',
    '\ud800',
    '\udc00',
  ];
  const PLACES: Readonly<Record<string, (name: string) => string>> = {
    'a key of the ConfigMap': (name) =>
      update(BAD_CHAIN, { data: { ...withConflist(BASE_VENDOR, BAD_CHAIN), [name]: name } }),
    'the type of a plugin': (name) => update(conflist([VENDOR_CONF, { type: name }])),
    'a member of the first entry': (name) => update(conflist([{ ...VENDOR_CONF, [name]: name }])),
    'a member that the first entry lacks': (name) => {
      const conf = JSON.stringify({ ...VENDOR_CONF, [name]: { [name]: name } });
      const data = { ...BASE_VENDOR, '10-terway.conf': conf };
      return update('', { oldData: data, data: withConflist(data, conflist([VENDOR_CONF])) });
    },
    'a member deep in the first entry': (name) =>
      update(conflist([{ ...VENDOR_CONF, capabilities: { bandwidth: true, [name]: [name] } }])),
    'a duplicate member': (name) => {
      const member = `${JSON.stringify(name)}: 1`;
      return update(
        conflist([VENDOR_CONF, PORTMAP]).replace('"type": "portmap"', `$&, ${member}, ${member}`),
      );
    },
    'a variant of a known member': (name) =>
      update(conflist([VENDOR_CONF, { ...PORTMAP, [`masqAll${name}`]: true }])),
    'the text of the chain': (name) => update(`${conflist([VENDOR_CONF])}${name}`),
    'the type of the only entry': (name) => update(conflist([{ type: name }])),
    'a user and a group': (name) => update(BAD_CHAIN, { username: name, groups: [name] }),
  };
  // The names of tests must hold no raw control character either.
  const shown = (unit: string) => `U+${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  for (const [place, bodyWith] of Object.entries(PLACES)) {
    for (const unit of UNITS) {
      await t.test(`${shown(unit)} in ${place}`, async (t) => {
        const body = bodyWith(`a${unit}b`);
        assertJudged(t, await validate(body));
        assertAllowed(t, await mutate(body));
      });
    }
  }
  await t.test('in the uid, which must come back as it was', async (t) => {
    for (const unit of UNITS) {
      const uid = `a${unit}b`;
      assertDenied(t, await validate(update(BAD_CHAIN, { uid })), /portmapp/, uid);
    }
  });
  await t.test('raw in the body, where JSON allows none', async (t) => {
    assertDenied(t, await validate(BAD.replace('alice', 'al\u0001ice')), /not valid JSON/);
  });
});

t.test('texts of white space, or with white space before anything else', async (t) => {
  for (const space of ['', ' ', '\n', '\n\n', '\r\n', '\r', '\t', '\n \n', '\u00a0', '\ufeff']) {
    await t.test(JSON.stringify(space), async (t) => {
      for (const rest of ['', '{}', '[]', '"', 'x', BAD_CHAIN]) {
        const text = `${space}${rest}`;
        assertDenied(t, await validate(update(text)));
        assertAllowed(t, await mutate(update(text)));
        for (const key of ['10-terway.conf', 'eni_conf']) {
          assertJudged(t, await validate(update('', { data: { ...BASE_VENDOR, [key]: text } })));
        }
      }
    });
  }
});

t.test('numbers beyond a 64-bit float', async (t) => {
  for (const number of ['1e400', '-1e400', `1${'0'.repeat(400)}`]) {
    await t.test(`${number.slice(0, 8)} in the chain`, async (t) => {
      const chain = conflist([VENDOR_CONF, PORTMAP]).replace('true\n', `${number}\n`);
      assertDenied(t, await validate(update(chain)), /json-number/);
    });
    await t.test(`${number.slice(0, 8)} in the body`, async (t) => {
      const body = BAD.replace('"options":{', `"options":{"n":${number},`);
      assertDenied(t, await validate(body), /portmapp/);
    });
  }
});
