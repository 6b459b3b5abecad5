import fc from 'fast-check';
import t from 'tap';
import { UnreadableReviewError, readReview } from '../../../src/admission/request.ts';
import { salvageUid } from '../../../src/admission/salvage-uid.ts';
import { validate } from '../../../src/admission/validate.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { configMap } from '../../support/changes.ts';
import { assertProperty } from '../../support/properties.ts';
import { UID, reviewBody, reviewObject } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const NEW = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
const ALICE = { name: 'alice', groups: ['devs', 'system:authenticated'] };

/** An UPDATE of eni-config whose request has other members. */
function requestWith(members: Readonly<Record<string, unknown>>): unknown {
  const review = reviewObject({ oldData: BASE_VETH, data: NEW });
  return { ...review, request: { ...review.request, ...members } };
}

/** The same without a member. */
function requestWithout(name: string): unknown {
  return requestWith({ [name]: undefined });
}

const metadata = { name: 'eni-config', namespace: 'kube-system' };

t.test('an UPDATE of eni-config becomes a change', (t) => {
  t.same(readReview(reviewObject({ oldData: BASE_VETH, data: NEW })), {
    uid: UID,
    dryRun: false,
    fieldManager: 'kubectl-edit',
    user: ALICE,
    objectUid: '5a2f1c6e-7d0b-4d2e-9f59-2f6d3f0b4c11',
    change: {
      operation: 'UPDATE',
      old: configMap(BASE_VETH),
      new: configMap(NEW),
    },
  });
  t.end();
});

t.test('a CREATE has no old object, a DELETE no new one', (t) => {
  t.same(readReview(reviewObject({ operation: 'CREATE', data: NEW }))?.change, {
    operation: 'CREATE',
    old: undefined,
    new: configMap(NEW),
  });
  t.same(readReview(reviewObject({ operation: 'DELETE', oldData: NEW }))?.change, {
    operation: 'DELETE',
    old: configMap(NEW),
    new: undefined,
  });
  t.end();
});

t.test('a collection DELETE is recognised by the object it deletes', (t) => {
  const body = reviewObject({ operation: 'DELETE', oldData: NEW, nameless: true });
  t.equal('name' in body.request, false);
  t.match(readReview(body)?.change, { operation: 'DELETE', old: configMap(NEW) });
  const other = reviewObject({
    operation: 'DELETE',
    oldData: NEW,
    nameless: true,
    name: 'coredns',
  });
  t.equal(readReview(other)?.change, undefined);
  t.end();
});

t.test('a CREATE with generateName has no name yet, so it is not eni-config', (t) => {
  const body = requestWith({
    operation: 'CREATE',
    name: undefined,
    object: { metadata: { generateName: 'eni-config-', namespace: 'kube-system' }, data: NEW },
    oldObject: null,
  });
  t.match(readReview(body), { uid: UID, change: undefined });
  t.end();
});

t.test('a nameless CREATE of eni-config is recognised by the object', (t) => {
  const body = reviewObject({ operation: 'CREATE', data: NEW, nameless: true });
  t.match(readReview(body)?.change, { operation: 'CREATE', new: configMap(NEW) });
  t.end();
});

t.test('other objects are no change of ours', (t) => {
  const secrets = { group: '', version: 'v1', resource: 'secrets' };
  const others: [name: string, body: unknown][] = [
    ['another name', reviewObject({ oldData: NEW, data: NEW, name: 'coredns' })],
    ['a name that begins alike', reviewObject({ oldData: NEW, data: NEW, name: 'eni-config2' })],
    ['another letter case', reviewObject({ oldData: NEW, data: NEW, name: 'Eni-Config' })],
    ['another namespace', reviewObject({ oldData: NEW, data: NEW, namespace: 'default' })],
    ['no namespace', requestWithout('namespace')],
    ['a Secret', requestWith({ resource: secrets })],
    [
      'a resource of another group',
      requestWith({ resource: { group: 'example.com', version: 'v1', resource: 'configmaps' } }),
    ],
    ['neither resource nor kind', requestWith({ resource: undefined, kind: undefined })],
    ['CONNECT', requestWith({ operation: 'CONNECT' })],
  ];
  for (const [name, body] of others) {
    t.match(readReview(body), { uid: UID, change: undefined }, name);
  }
  t.end();
});

t.test('without a resource the kind tells a ConfigMap', (t) => {
  t.match(readReview(requestWithout('resource')), { change: { operation: 'UPDATE' } });
  t.end();
});

t.test('who writes is read as far as it is there', (t) => {
  const users: [userInfo: unknown, user: { name: string; groups: string[] }][] = [
    [
      { username: 'bob', groups: ['ops'] },
      { name: 'bob', groups: ['ops'] },
    ],
    [{ username: 'bob' }, { name: 'bob', groups: [] }],
    [{ groups: ['ops', 1, null] }, { name: '', groups: ['ops'] }],
    [
      { username: 1, groups: 'ops' },
      { name: '', groups: [] },
    ],
    [undefined, { name: '', groups: [] }],
    [null, { name: '', groups: [] }],
    ['bob', { name: '', groups: [] }],
  ];
  for (const [userInfo, user] of users) {
    t.same(readReview(requestWith({ userInfo }))?.user, user, JSON.stringify(userInfo));
  }
  t.end();
});

t.test('a dry run is told', (t) => {
  t.equal(readReview(reviewObject({ oldData: NEW, data: NEW, dryRun: true }))?.dryRun, true);
  t.equal(readReview(requestWithout('dryRun'))?.dryRun, false);
  t.end();
});

t.test('what the audit trail wants may be missing or odd', async (t) => {
  const review = reviewObject({ oldData: NEW, data: NEW });
  const withRequest = (members: object) =>
    readReview({ ...review, request: { ...review.request, ...members } });
  for (const options of [undefined, null, 'x', [], {}, { fieldManager: '' }, { fieldManager: 7 }]) {
    t.equal(withRequest({ options })?.fieldManager, undefined);
  }
  t.equal(withRequest({ options: { fieldManager: 'helm' } })?.fieldManager, 'helm');
  const object = (uid: unknown) => ({ ...review.request.object, metadata: { ...metadata, uid } });
  t.equal(withRequest({ object: object('new'), oldObject: object('old') })?.objectUid, 'old');
  t.equal(withRequest({ object: object('new'), oldObject: object(7) })?.objectUid, 'new');
  t.equal(withRequest({ object: object(''), oldObject: object(7) })?.objectUid, undefined);
});

t.test('an object is read as far as the guard needs it', (t) => {
  const objects: [name: string, object: unknown, expected: ReturnType<typeof configMap>][] = [
    ['no data', { metadata }, configMap({})],
    ['data null', { metadata, data: null, binaryData: null }, configMap({})],
    ['binaryData', { metadata, binaryData: { eni_conf: 'AAAA' } }, configMap({}, ['eni_conf'])],
    ['immutable', { metadata, immutable: true }, { ...configMap({}), immutable: true }],
    ['immutable false', { metadata, immutable: false }, configMap({})],
  ];
  for (const [name, object, expected] of objects) {
    t.same(readReview(requestWith({ object }))?.change?.new, expected, name);
  }
  t.end();
});

t.test('a data key called __proto__ is a key like any other', (t) => {
  const body = JSON.parse(
    reviewBody({ oldData: BASE_VETH, data: { a: '1' } }).replace('{"a":"1"}', '{"__proto__":"1"}'),
  ) as unknown;
  t.same([...(readReview(body)?.change?.new?.data ?? [])], [['__proto__', '1']]);
  t.end();
});

t.test('a body without a usable uid is nobody that can be answered', (t) => {
  const bodies: [name: string, body: unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['a text', 'review'],
    ['an empty object', {}],
    ['no request', { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }],
    ['request null', { kind: 'AdmissionReview', request: null }],
    ['request a list', { kind: 'AdmissionReview', request: [] }],
    ['no uid', requestWithout('uid')],
    ['an empty uid', requestWith({ uid: '' })],
    ['uid a number', requestWith({ uid: 1 })],
    ['uid null', requestWith({ uid: null })],
    ['a uid that is no uid', requestWith({ uid: 'x'.repeat(257) })],
  ];
  for (const [name, body] of bodies) t.equal(readReview(body), undefined, name);
  t.end();
});

t.test('a review that cannot be judged is refused by name, with its uid', (t) => {
  const review = reviewObject({ oldData: BASE_VETH, data: NEW });
  const bodies: [name: string, body: unknown, message: string][] = [
    ['another kind', { ...review, kind: 'TokenReview' }, 'the body is no AdmissionReview'],
    ['no kind', { ...review, kind: undefined }, 'the body is no AdmissionReview'],
    [
      'another version',
      { ...review, apiVersion: 'admission.k8s.io/v1beta1' },
      'only AdmissionReview admission.k8s.io/v1 is spoken here',
    ],
    [
      'another operation',
      requestWith({ operation: 'PATCH' }),
      'request.operation is none of CREATE, UPDATE, DELETE',
    ],
    [
      'no operation',
      requestWithout('operation'),
      'request.operation is none of CREATE, UPDATE, DELETE',
    ],
    ['no object', requestWith({ object: null }), 'request.object is missing'],
    ['no old object', requestWith({ oldObject: null }), 'request.oldObject is missing'],
    ['object a text', requestWith({ object: 'eni-config' }), 'request.object is missing'],
    [
      'data a list',
      requestWith({ object: { metadata, data: [] } }),
      'request.object.data is no object',
    ],
    [
      'data with a number',
      requestWith({ object: { metadata, data: { a: 1 } } }),
      'request.object.data holds a value that is no text',
    ],
    [
      'data with null',
      requestWith({ oldObject: { metadata, data: { a: null } } }),
      'request.oldObject.data holds a value that is no text',
    ],
    [
      'binaryData a text',
      requestWith({ object: { metadata, binaryData: 'e30=' } }),
      'request.object.binaryData is no object',
    ],
  ];
  for (const [name, body, message] of bodies) {
    try {
      readReview(body);
      t.fail(`${name}: accepted`);
    } catch (error) {
      t.type(error, UnreadableReviewError, name);
      t.match(error, { message, uid: UID }, name);
    }
  }
  t.end();
});

t.test('property: whatever is parsed, only UnreadableReviewError is thrown', (t) => {
  const anyReview = fc.record(
    {
      kind: fc.constantFrom<unknown>('AdmissionReview', 1),
      apiVersion: fc.constantFrom<unknown>('admission.k8s.io/v1', 'v1', null),
      request: fc.record(
        {
          uid: fc.constantFrom<unknown>(UID, '', 1),
          operation: fc.oneof(fc.constantFrom('CREATE', 'UPDATE', 'DELETE'), fc.jsonValue()),
          namespace: fc.constantFrom<unknown>('kube-system', 'default', {}),
          name: fc.constantFrom<unknown>('eni-config', 'other', []),
          resource: fc.oneof(
            fc.constant({ group: '', version: 'v1', resource: 'configmaps' }),
            fc.jsonValue(),
          ),
          kind: fc.jsonValue(),
          object: fc.oneof(
            fc.record({ metadata: fc.jsonValue(), data: fc.jsonValue() }),
            fc.jsonValue(),
          ),
          oldObject: fc.oneof(fc.record({ binaryData: fc.jsonValue() }), fc.jsonValue()),
          userInfo: fc.jsonValue(),
          dryRun: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  assertProperty(
    t,
    fc.property(fc.oneof(anyReview, fc.jsonValue()), (body) => {
      try {
        readReview(body);
        return true;
      } catch (error) {
        return error instanceof UnreadableReviewError;
      }
    }),
    2000,
  );
  t.end();
});

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
    ['behind a long list', `{"a": [${'1,'.repeat(100_000)}1], "request": {"uid": "${UID}"}`],
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

t.test('what cannot be judged is refused, but not in a mode that refuses nothing', async (t) => {
  const cutOff = '{"kind":"AdmissionReview","request":{"uid":"705ab4f5","operation":"UPD';
  for (const mode of ['enforce', 'warn', 'audit'] as const) {
    const policy = { ...DEFAULT_POLICY, mode };
    const { response } = await validate(cutOff, { ...WEBHOOK, policy });
    t.match(response, { uid: '705ab4f5', allowed: mode !== 'enforce' }, mode);
  }
});
