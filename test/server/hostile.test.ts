import { gzipSync } from 'node:zlib';
import t from 'tap';
import { RULE_INFO } from '../../src/engine/rules/index.ts';
import type { Facts } from '../../src/engine/core/facts.ts';
import { createReview } from '../../src/engine/core/review.ts';
import type { Rule } from '../../src/engine/core/rule.ts';
import { MAX_BODY_BYTES } from '../../src/server/limits.ts';
import {
  assertAllowed,
  assertBadCall,
  assertDenied,
  assertJudged,
} from '../support/admission-answers.ts';
import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { before } from '../support/deadline.ts';
import { known, knownVersion } from '../support/facts.ts';
import { Connection, requestBytes, send, sendInTurn } from '../support/https-client.ts';
import { type ReviewOptions, UID, reviewBody, reviewObject } from '../support/reviews.ts';
import { WEBHOOK, startApp } from '../support/running-app.ts';

/**
 * Whatever arrives, the answer is an AdmissionReview with the request's uid; where no uid can be
 * read it is a 4xx that says why in one line. Anything else is a failed call: an outage under
 * failurePolicy Fail, a bypass under Ignore.
 */

const GOOD_CHAIN = VENDOR_CHAINS['private access']!;
const BAD_CHAIN = conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }]);

/** An UPDATE that sets the chain; everything else stays as it was. */
const update = (chain: string, options: ReviewOptions = {}) =>
  reviewBody({ oldData: BASE_VENDOR, data: withConflist(BASE_VENDOR, chain), ...options });

const GOOD = update(GOOD_CHAIN);
const BAD = update(BAD_CHAIN);

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

t.test('a valid review is answered', async (t) => {
  assertAllowed(t, await validate(GOOD));
  assertDenied(t, await validate(BAD), /did you mean "portmap"\?/);
});

t.test('a body may have 20 MiB and not a byte more', async (t) => {
  const filler = (bytes: number) => BAD + ' '.repeat(bytes - Buffer.byteLength(BAD));
  for (const chunked of [false, true]) {
    const kind = chunked ? 'in chunks' : 'of announced length';
    await t.test(`exactly 20 MiB ${kind}: judged`, async (t) => {
      const body = filler(MAX_BODY_BYTES);
      t.equal(Buffer.byteLength(body), 20 * 1024 * 1024);
      assertDenied(t, await send(server, '/validate', body, { chunked }), /portmapp/);
    });
    for (const excess of [1, MAX_BODY_BYTES]) {
      await t.test(`20 MiB and ${excess} more ${kind}: 413`, async (t) => {
        const body = filler(MAX_BODY_BYTES + excess);
        const answer = await send(server, '/validate', body, { chunked });
        t.equal(answer.status, 413);
        assertBadCall(t, answer, /larger than 20971520 bytes/);
      });
    }
  }
});

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

t.test('a byte-order mark before the body', async (t) => {
  assertJudged(t, await validate(`\ufeff${GOOD}`));
  assertDenied(t, await validate(`\ufeff${BAD}`));
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

t.test('the content type does not matter', async (t) => {
  const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    none: {},
    'an empty one': { 'content-type': '' },
    'a form': { 'content-type': 'application/x-www-form-urlencoded' },
    text: { 'content-type': 'text/plain' },
    YAML: { 'content-type': 'application/yaml' },
    'multipart without a boundary': { 'content-type': 'multipart/form-data' },
    'JSON in UTF-8': { 'content-type': 'application/json; charset=utf-8' },
    'JSON in UTF-16, wrongly': { 'content-type': 'application/json; charset=utf-16' },
    'one word': { 'content-type': 'json' },
    rubbish: { 'content-type': ';;/ =,' },
  };
  for (const [kind, headers] of Object.entries(TYPES)) {
    await t.test(kind, async (t) => {
      assertDenied(t, await send(server, '/validate', BAD, { headers }), /portmapp/);
    });
  }
});

t.test('another kind or version of review is refused, with its uid', async (t) => {
  const valid = reviewObject({ oldData: BASE_VENDOR, data: withConflist(BASE_VENDOR, GOOD_CHAIN) });
  const WRONG: Readonly<Record<string, object>> = {
    'another kind': { kind: 'TokenReview' },
    'a kind in lower case': { kind: 'admissionreview' },
    'a kind that is no text': { kind: ['AdmissionReview'] },
    v1beta1: { apiVersion: 'admission.k8s.io/v1beta1' },
    'another group': { apiVersion: 'authentication.k8s.io/v1' },
    'an apiVersion that is no text': { apiVersion: 1 },
  };
  for (const [kind, change] of Object.entries(WRONG)) {
    await t.test(kind, async (t) => {
      const answer = await validate(JSON.stringify({ ...valid, ...change }));
      assertDenied(t, answer, /AdmissionReview/);
      assertAllowed(t, await mutate(JSON.stringify({ ...valid, ...change })));
    });
  }
});

t.test('a review from which something is missing', async (t) => {
  type Path = readonly string[];
  const valid: unknown = JSON.parse(BAD);

  /** Every member of `value` and of what is in it. */
  function pathsIn(value: unknown): Path[] {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, member]) => [
      [name],
      ...pathsIn(member).map((path) => [name, ...path]),
    ]);
  }

  /** The valid review with `change` made to the object that holds the path's last name. */
  function altered(path: Path, change: (holder: Record<string, unknown>, name: string) => void) {
    const review = structuredClone(valid) as Record<string, unknown>;
    let holder = review;
    for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
    change(holder, path.at(-1)!);
    return JSON.stringify(review);
  }

  const REPLACEMENTS = [null, true, 0, '', 'text', [], [[]], {}, { a: 'b' }];
  const connection = await Connection.open(server);
  t.teardown(() => connection.abort());

  for (const path of pathsIn(valid)) {
    await t.test(path.join('.'), async (t) => {
      const isAddress = ['request', 'request.uid'].includes(path.join('.'));
      const bodies = [
        altered(path, (holder, name) => Reflect.deleteProperty(holder, name)),
        ...REPLACEMENTS.map((value) =>
          altered(path, (holder, name) => void (holder[name] = value)),
        ),
      ];
      for (const body of bodies) {
        connection.write(requestBytes('/validate', body));
        const answer = await connection.answer();
        const { request } = JSON.parse(body) as { request?: { uid?: unknown } };
        const uid = request?.uid;
        connection.write(requestBytes('/mutate', body));
        const mutation = await connection.answer();
        if (!isAddress || (typeof uid === 'string' && uid !== '')) {
          assertJudged(t, answer, uid as string);
          assertAllowed(t, mutation, uid as string);
        } else {
          assertBadCall(t, answer, /request\.uid/);
          assertBadCall(t, mutation, /request\.uid/);
        }
      }
    });
  }

  await t.test('what the judgement does not rest on can go', async (t) => {
    for (const name of [
      'kind',
      'resource',
      'requestKind',
      'requestResource',
      'name',
      'userInfo',
      'dryRun',
      'options',
    ]) {
      const body = altered(['request', name], (holder) => Reflect.deleteProperty(holder, name));
      assertDenied(t, await validate(body), /portmapp/);
    }
  });
});

t.test('a body cut off anywhere', async (t) => {
  const uidEnd = BAD.indexOf(UID) + UID.length;
  const connection = await Connection.open(server);
  t.teardown(() => connection.abort());
  const answerTo = (length: number) => {
    connection.write(requestBytes('/validate', BAD.slice(0, length)));
    return connection.answer();
  };
  await t.test('before the end of the uid, half of which is no uid', async (t) => {
    for (let length = 1; length <= uidEnd; length += 1) {
      assertBadCall(t, await answerTo(length), /request\.uid/);
    }
  });
  await t.test('after the uid', async (t) => {
    for (let length = uidEnd + 1; length < BAD.length; length += 13) {
      assertDenied(t, await answerTo(length), /not valid JSON/);
    }
  });
});

t.test('bytes that are no UTF-8', async (t) => {
  const INVALID: Readonly<Record<string, readonly number[]>> = {
    'a lone continuation': [0x80],
    'an overlong slash': [0xc0, 0xaf],
    'a surrogate': [0xed, 0xa0, 0x80],
    'beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
    'bytes that never occur': [0xfe, 0xff],
    'a character cut short': [0xe4, 0xb8],
  };
  const spliced = (mark: string, bytes: readonly number[]) => {
    const at = BAD.indexOf(mark);
    return Buffer.concat([
      Buffer.from(BAD.slice(0, at)),
      Buffer.from(bytes),
      Buffer.from(BAD.slice(at)),
    ]);
  };
  for (const [kind, bytes] of Object.entries(INVALID)) {
    await t.test(kind, async (t) => {
      assertDenied(t, await validate(spliced('alice', bytes)), /portmapp/);
      assertDenied(t, await validate(spliced('portmapp', bytes)));
      assertDenied(t, await validate(spliced('"userInfo"', bytes)), /not valid JSON/);
      assertAllowed(t, await mutate(spliced('"userInfo"', bytes)));
      assertBadCall(t, await validate(Buffer.from(bytes)));
    });
  }
  await t.test('UTF-16 throughout', async (t) => {
    assertBadCall(t, await validate(Buffer.from(`\ufeff${BAD}`, 'utf16le')));
  });
});

t.test('a compressed body', async (t) => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  assertBadCall(t, await send(server, '/validate', gzipSync(BAD), { headers }));
});

t.test('no body', async (t) => {
  assertBadCall(t, await validate(''));
  assertBadCall(t, await send(server, '/validate', '', { headers: {} }));
  assertBadCall(t, await send(server, '/mutate', ''));
});

t.test('JSON that is no review', async (t) => {
  for (const body of ['null', 'true', '0', '""', '[]', '{}', '[{"request":{"uid":"a"}}]']) {
    assertBadCall(t, await validate(body), /no AdmissionReview/);
  }
});

t.test('another method, another path', async (t) => {
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    await t.test(`${method} /validate`, async (t) => {
      assertBadCall(t, await send(server, '/validate', '', { method }));
      assertBadCall(t, await send(server, '/validate', BAD, { method }));
    });
  }
  const PATHS = ['/', '/validat', '/validate/', '/VALIDATE', '//validate', '/metrics', '/%zz', '*'];
  for (const path of PATHS) {
    await t.test(`POST ${path}`, async (t) => {
      assertBadCall(t, await send(server, path, BAD), /./);
    });
  }
});

t.test('what is no HTTP', async (t) => {
  const BYTES: Readonly<Record<string, string>> = {
    'a line of text': 'hello\r\n\r\n',
    'two lengths':
      'POST /validate HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    'a length that is no number': 'POST /validate HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n',
    'a chunk size that is no number':
      'POST /validate HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
    'headers of 100 KB': `POST /validate HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
  };
  for (const [kind, bytes] of Object.entries(BYTES)) {
    await t.test(kind, async (t) => {
      const connection = await Connection.open(server);
      t.teardown(() => connection.abort());
      connection.write(bytes);
      assertBadCall(t, await connection.answer());
      await connection.over();
    });
  }
});

t.test('a body shorter than announced, then the end of the stream', async (t) => {
  const connection = await Connection.open(server);
  t.teardown(() => connection.abort());
  const bytes = requestBytes('/validate', BAD);
  connection.write(bytes.subarray(0, bytes.length - 1));
  connection.halfClose();
  assertBadCall(t, await connection.answer());
  await connection.over();
  assertAllowed(t, await validate(GOOD));
});

t.test('a client that never finishes is cut off; others are served meanwhile', async (t) => {
  const impatient = await startApp(t, { requestTimeoutMs: 500 });
  const bytes = requestBytes('/validate', BAD);
  const PARTS: Readonly<Record<string, Buffer>> = {
    'half of the headers': bytes.subarray(0, 30),
    'half of the body': bytes.subarray(0, bytes.length / 2),
    nothing: Buffer.alloc(0),
  };
  for (const [kind, part] of Object.entries(PARTS)) {
    await t.test(`it sends ${kind} and hangs`, async (t) => {
      const hanging = await Connection.open(impatient);
      t.teardown(() => hanging.abort());
      hanging.write(part);
      assertAllowed(t, await send(impatient, '/validate', GOOD));
      await before(15, 'the server to end the connection', hanging.over());
      assertAllowed(t, await send(impatient, '/validate', GOOD));
    });
  }
});

t.test('a client that goes away in the middle of its request', async (t) => {
  const errors = () => server.log.filter(({ level }) => level === 'error').length;
  const errorsBefore = errors();
  const bytes = requestBytes('/validate', BAD);
  for (const length of [0, 10, bytes.indexOf('\r\n\r\n') + 4, bytes.length / 2, bytes.length]) {
    const connection = await Connection.open(server);
    connection.write(bytes.subarray(0, length));
    connection.abort();
    assertAllowed(t, await validate(GOOD));
  }
  t.equal(errors(), errorsBefore, 'it is no failure of the guard');
});

t.test('requests sent ahead on one connection are answered in their order', async (t) => {
  const connection = await Connection.open(server);
  t.teardown(() => connection.abort());
  const uids = ['first', 'second', 'third', 'fourth'];
  connection.write(
    Buffer.concat(uids.map((uid) => requestBytes('/validate', update(BAD_CHAIN, { uid })))),
  );
  for (const uid of uids) assertDenied(t, await connection.answer(), /portmapp/, uid);
});

t.test('an exception while judging is a refusal that owns up to it', async (t) => {
  const failing: Rule = {
    info: { ...RULE_INFO['chain-shape'], id: 'failing-rule' },
    // eslint-disable-next-line require-yield
    *check() {
      throw new RangeError('the access key is hunter2');
    },
  };
  const review = createReview([failing], RULE_INFO['guard-error']);

  await t.test('in a rule: whose fault it is and how to report it', async (t) => {
    const broken = await startApp(t, { webhook: { ...WEBHOOK, review } });
    const answer = await send(broken, '/validate', GOOD);
    const { status } = assertDenied(t, answer, /eni-config-guard itself failed/);
    t.match(status?.message, /your\s+change may be fine/);
    t.match(status?.message, /report it/);
    t.match(status?.message, /failing-rule/, 'the rule to name in the report');
    t.match(status?.details?.causes, [{ reason: 'InternalError' }]);
    t.notMatch(`${answer.body}${JSON.stringify(broken.log)}`, /hunter2/, 'errors quote nothing');
  });

  await t.test('the way out that it names, switching the rule off, works', async (t) => {
    const policy = { ...WEBHOOK.policy, rules: new Map([['failing-rule', 'off']] as const) };
    const broken = await startApp(t, { webhook: { ...WEBHOOK, review, policy } });
    assertAllowed(t, await send(broken, '/validate', GOOD));
  });

  await t.test('outside the rules the uid is not lost either', async (t) => {
    const facts = () => {
      throw new TypeError('the access key is hunter2');
    };
    const broken = await startApp(t, { webhook: { ...WEBHOOK, facts } });
    const answer = await send(broken, '/validate', GOOD);
    assertDenied(t, answer, /eni-config-guard/);
    t.notMatch(`${answer.body}${JSON.stringify(broken.log)}`, /hunter2/);
    t.match(broken.log, [{ level: 'error' }], 'the operator learns of it');
  });
});
