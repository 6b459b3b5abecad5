import { gzipSync } from 'node:zlib';
import t from 'tap';
import { MAX_BODY_BYTES } from '../../src/server/limits.ts';
import {
  assertAllowed,
  assertBadCall,
  assertDenied,
  assertJudged,
} from '../support/admission-answers.ts';
import { BAD, GOOD, GOOD_CHAIN } from '../support/chain-updates.ts';
import { BASE_VENDOR, withConflist } from '../support/config-maps.ts';
import { Connection, requestBytes, send, sendInTurn } from '../support/https-client.ts';
import { UID, reviewObject } from '../support/reviews.ts';
import { startApp } from '../support/running-app.ts';

/**
 * Whatever arrives, the answer is an AdmissionReview with the request's uid; where no uid can be
 * read it is a 4xx that says why in one line. Anything else is a failed call: an outage under
 * failurePolicy Fail, a bypass under Ignore.
 */

const server = await startApp(t);
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

t.test('a byte-order mark before the body', async (t) => {
  assertJudged(t, await validate(`\ufeff${GOOD}`));
  assertDenied(t, await validate(`\ufeff${BAD}`));
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
