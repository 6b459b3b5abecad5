import fc from 'fast-check';
import t from 'tap';
import { salvageUid } from '../../../src/admission/salvage-uid.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { assertProperty } from '../../support/properties.ts';
import { UID, reviewBody, reviewObject } from '../../support/reviews.ts';

/** The uid of bodies that are not valid JSON. */

const NEW = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));

/** The number of characters after which the text holds the whole of `"uid":"<UID>"`. */
const endOfUid = (body: string) => body.indexOf(`"uid":"${UID}"`) + `"uid":"${UID}"`.length;

/** The members of an object in the given order, the others after them. */
function ordered(object: object, first: readonly string[]): object {
  const members = Object.entries(object);
  const place = ([name]: [string, unknown]) =>
    first.includes(name) ? first.indexOf(name) : first.length;
  return Object.fromEntries(members.sort((a, b) => place(a) - place(b)));
}

t.test('the uid of a body that is cut off is found once it is whole', (t) => {
  const review = reviewObject({ oldData: BASE_VETH, data: NEW });
  const { request } = review;
  const bodies: [name: string, body: unknown][] = [
    ['as the API server writes it', review],
    ['uid last', { ...review, request: { ...ordered(request, ['object']), uid: UID } }],
    [
      'after both objects',
      { ...review, request: ordered(request, ['object', 'oldObject', 'userInfo']) },
    ],
    ['request first', ordered(review, ['request'])],
    [
      'after texts called uid and request',
      {
        kind: 'AdmissionReview',
        uid: 'not this one',
        request: { name: 'uid', a: ['uid', 'request'], request: { uid: 'nor this' }, uid: UID },
      },
    ],
  ];
  for (const [name, value] of bodies) {
    const body = JSON.stringify(value);
    const end = endOfUid(body);
    const lost: number[] = [];
    const invented: [cut: number, uid: string][] = [];
    for (let cut = 0; cut <= body.length; cut += 1) {
      const found = salvageUid(body.slice(0, cut));
      if (cut >= end && found !== UID) lost.push(cut);
      if (cut < end && found !== undefined) invented.push([cut, found]);
    }
    t.same(lost, [], `${name}: found wherever the cut is, from ${end} on`);
    t.same(invented, [], `${name}: nothing is found before ${end}`);
  }
  t.end();
});

t.test('the uid is found in other broken bodies, too', (t) => {
  const body = reviewBody({ oldData: BASE_VETH, data: NEW });
  const bodies: [name: string, body: string][] = [
    ['a byte-order mark first', `\ufeff${body}`],
    ['white space and line breaks', JSON.stringify(JSON.parse(body), null, 2).slice(0, -1)],
    ['bytes after the end', `${body}\0\0`],
    ['two bodies', `${body}${body}`],
    ['raw control characters in a text', body.replace('kubectl-edit', 'kubectl\u0001edit')],
    ['replacement characters', body.replace('kubectl-edit', 'kubectl\ufffdedit')],
    ['a word that is no JSON', body.replace('false', 'False')],
    ['behind a long list', `{"a": [${'1,'.repeat(30_000)}1], "request": {"uid": "${UID}"}`],
  ];
  for (const [name, broken] of bodies) t.equal(salvageUid(broken), UID, name);
  t.end();
});

t.test('where no uid stands, none is found', (t) => {
  const bodies: [name: string, body: string][] = [
    ['empty', ''],
    ['noise', '\0\u0001{{{{"'],
    ['another object', '{"uid": "a", "response": {"uid": "b"}}'],
    ['a uid further down', '{"request": {"object": {"uid": "a"}}}'],
    ['a uid in a list', '{"request": [{"uid": "a"}]}'],
    ['uid as a text', '{"request": {"name": "uid", "b": "c"}}'],
    ['a uid that is no text', '{"request": {"uid": 1, "b": "c"}}'],
    ['an empty uid', '{"request": {"uid": ""}}'],
    ['a uid that is no uid', `{"request": {"uid": "${'x'.repeat(257)}"}}`],
    ['100 000 brackets', '['.repeat(100_000)],
  ];
  for (const [name, body] of bodies) t.equal(salvageUid(body), undefined, name);
  t.end();
});

// No text here holds a uid member itself, or the tests would not know where it ends.
const surroundings = fc
  .record({
    before: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('uid', 'request')), fc.string()),
    nested: fc.jsonValue(),
    list: fc.array(fc.oneof(unicodeText(), fc.constantFrom('uid', 'request'))),
    after: fc.jsonValue(),
  })
  .map(({ before, nested, list, after }) =>
    JSON.stringify({
      kind: 'AdmissionReview',
      before,
      request: { nested, list, uid: UID, object: { metadata: { uid: 'other' }, after } },
    }),
  );

t.test('property: whatever surrounds it, a whole uid is found', (t) => {
  assertProperty(
    t,
    fc.property(surroundings, fc.nat(), (body, random) => {
      const end = endOfUid(body);
      return salvageUid(body.slice(0, end + (random % (body.length - end + 1)))) === UID;
    }),
    1000,
  );
  t.end();
});

t.test('property: whatever surrounds it, a uid that is cut off is not found', (t) => {
  assertProperty(
    t,
    fc.property(surroundings, fc.nat(), (body, random) => {
      return salvageUid(body.slice(0, random % endOfUid(body))) === undefined;
    }),
    1000,
  );
  t.end();
});
