import fc from 'fast-check';
import t from 'tap';
import { UnreadableReviewError, readReview } from '../../../src/admission/request.ts';
import { validate } from '../../../src/admission/validate.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { configMap } from '../../support/changes.ts';
import { assertProperty } from '../../support/properties.ts';
import { type ReviewOptions, UID, reviewBody, reviewObject } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const NEW = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
const OTHER = { Corefile: '.:53 {}' };
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
    oldData: OTHER,
    nameless: true,
    name: 'coredns',
  });
  t.equal(readReview(other)?.change, undefined);
  t.end();
});

t.test('another ConfigMap with a key that counts may be merged over eni-config', (t) => {
  const named = (options: ReviewOptions) =>
    readReview(reviewObject({ name: 'pool-a', ...options }))?.change?.overlay?.name;
  t.equal(named({ operation: 'CREATE', data: { eni_conf: '{}' } }), 'pool-a');
  t.equal(named({ oldData: { cni_chain: '[]' }, data: OTHER }), 'pool-a');
  t.equal(named({ operation: 'DELETE', oldData: NEW, nameless: true }), 'pool-a');
  t.equal(named({ oldData: NEW, data: NEW, name: 'eni-config2' }), 'eni-config2');
  t.equal(named({ oldData: NEW, data: NEW, name: 'eni-config' }), undefined);
  t.end();
});

t.test('a CREATE with generateName has no name yet, so it is not eni-config', (t) => {
  const body = requestWith({
    operation: 'CREATE',
    name: undefined,
    object: { metadata: { generateName: 'eni-config-', namespace: 'kube-system' }, data: NEW },
    oldObject: null,
  });
  t.match(readReview(body), { uid: UID, change: { overlay: { name: '' } } });
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
    ['another name', reviewObject({ oldData: OTHER, data: OTHER, name: 'coredns' })],
    [
      'a name that begins alike',
      reviewObject({ oldData: OTHER, data: OTHER, name: 'eni-config2' }),
    ],
    ['another letter case', reviewObject({ oldData: OTHER, data: OTHER, name: 'Eni-Config' })],
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

t.test('a body without a usable uid can not be answered', (t) => {
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

t.test('what cannot be judged is refused, but not in a mode that refuses nothing', async (t) => {
  const cutOff = '{"kind":"AdmissionReview","request":{"uid":"705ab4f5","operation":"UPD';
  for (const mode of ['enforce', 'warn', 'audit'] as const) {
    const policy = { ...DEFAULT_POLICY, mode };
    const { response } = await validate(cutOff, { ...WEBHOOK, policy });
    t.match(response, { uid: '705ab4f5', allowed: mode !== 'enforce' }, mode);
  }
});
