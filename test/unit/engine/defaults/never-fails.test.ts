import type { Test } from 'tap';
import t from 'tap';
import { NoUidError } from '../../../../src/admission/body.ts';
import { mutate } from '../../../../src/admission/mutate.ts';
import type { WebhookOptions } from '../../../../src/admission/validate.ts';
import { DEFAULTS } from '../../../../src/engine/defaults/defaults.ts';
import { MAX_TEXT_LENGTH } from '../../../../src/engine/json/document.ts';
import { MAX_DEPTH } from '../../../../src/engine/json/reader.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { assertJudged } from '../../../support/admission-answers.ts';
import { send } from '../../../support/https-client.ts';
import {
  webhookOf,
  mutateReview,
  mutateText,
  switchedOn,
  untouched,
} from '../../../support/mutations.ts';
import { UID, type ReviewOptions, reviewBody, reviewObject } from '../../../support/reviews.ts';
import { startApp } from '../../../support/running-app.ts';

/** The mutator refuses nothing and fails at nothing; at worst it adds nothing. */

/** All that can be switched on, and a policy under which the validator's veto stops nothing. */
const ALL = switchedOn(DEFAULTS.map(({ id }) => id));
const WEBHOOKS: Readonly<Record<string, WebhookOptions>> = {
  'by default': webhookOf(),
  'with every default on and nothing refused': webhookOf({
    defaults: ALL,
    policy: { ...DEFAULT_POLICY, mode: 'warn' },
  }),
};

/** A chain that gets defaults, unless something else is the matter. */
const CHAIN = conflist([VENDOR_CONF, { type: 'portmap' }]);
const WITH_CHAIN = withConflist(BASE_VENDOR, CHAIN);
const EDIT: ReviewOptions = { oldData: BASE_VENDOR, data: WITH_CHAIN };

const text = JSON.stringify;
const entries = (...more: string[]) => `{"plugins": [${[text(VENDOR_CONF), ...more].join(', ')}]}`;

const NOT_JSON: Readonly<Record<string, string>> = {
  'empty text': '',
  'white space': ' \n\t',
  'no JSON at all': 'plugins: []',
  'a text that is cut off': CHAIN.slice(0, -10),
  'a trailing comma': entries('{"type": "portmap",}'),
  'a comment': entries('{"type": "portmap"} // for hostPort'),
  'a byte-order mark': `\ufeff${CHAIN}`,
  'single quotes': entries("{'type': 'portmap'}"),
  'two documents': `${CHAIN}${CHAIN}`,
  'a raw newline in a string': entries('{"type": "portmap", "comment": "a\nb"}'),
  'a number beyond float64': entries('{"type": "portmap", "weight": 1e400}'),
  'too deep a nesting': entries(`{"type": "portmap", "a": ${'['.repeat(300)}${']'.repeat(300)}}`),
  'nothing but brackets': '['.repeat(MAX_TEXT_LENGTH - 1),
  'nothing but braces': '{"a":'.repeat(200_000),
};

const NO_CHAIN: Readonly<Record<string, string>> = {
  null: 'null',
  'a number': '1',
  'a string': '"portmap"',
  'a list': '[{"type": "portmap"}]',
  'an empty object': '{}',
  'a bare plugin': '{"type": "portmap"}',
  'plugins null': '{"plugins": null}',
  'plugins an object': '{"plugins": {"type": "portmap"}}',
  'plugins in another letter case': '{"Plugins": [{"type": "portmap"}]}',
  'entries that are no objects': '{"plugins": [null, 1, "portmap", ["portmap"], true]}',
  'a type that is no text': entries('{"type": ["portmap"]}'),
  'no type': entries('{"snat": true}'),
  'a type in another letter case': entries('{"Type": "portmap"}'),
  'members named like those of every JavaScript object': entries(
    '{"__proto__": {"type": "portmap"}, "constructor": "portmap", "toString": null}',
  ),
};

const AMBIGUOUS: Readonly<Record<string, string>> = {
  'the type twice': entries('{"type": "portmap", "type": "portmap"}'),
  'a member twice': entries('{"type": "portmap", "snat": true, "snat": true}'),
  'one member in two letter cases': entries('{"type": "portmap", "snat": true, "SNAT": true}'),
  'an unknown member twice': entries('{"type": "portmap", "a": 1, "a": 2}'),
  'capabilities twice': entries('{"type": "portmap", "capabilities": {}, "capabilities": {}}'),
};

for (const [group, texts] of Object.entries({ NOT_JSON, NO_CHAIN, AMBIGUOUS })) {
  for (const [what, conflist] of Object.entries(texts)) {
    t.test(`${group}: ${what}: allowed, no patch, not a word`, async (t) => {
      for (const [how, webhook] of Object.entries(WEBHOOKS)) {
        // Not by same(), which would print a megabyte of text when it fails.
        const { text, patched, warnings } = await mutateText(conflist, webhook);
        t.same({ patched, warnings }, { patched: false, warnings: [] }, how);
        t.ok(text === conflist, 'the text stays');
      }
    });
  }
}

t.test('duplicates outside of portmap: refused by the validator, so not added to', async (t) => {
  const portmap = '{"type": "portmap"}';
  for (const conflist of [
    `{"plugins": [], "plugins": [${text(VENDOR_CONF)}, ${portmap}]}`,
    entries('{"type": "tuning", "mtu": 1400, "mtu": 1400}', portmap),
    entries('{"type": "portmap", "capabilities": {"a": true, "a": true}}'),
  ]) {
    t.same(await mutateText(conflist), untouched(conflist));
  }
});

t.test('a field that is there already, in any spelling or null, stays as it is', async (t) => {
  for (const name of [
    'externalSetMarkChain',
    'ExternalSetMarkChain',
    'EXTERNALSETMARKCHAIN',
    'external\u017fetMarkChain',
    'external\\u0053etMarkChain',
  ]) {
    for (const value of ['null', '""', '"OTHER"', '1', '{}']) {
      const conflist = entries(`{"type": "portmap", "${name}": ${value}}`);
      for (const webhook of [
        webhookOf(),
        webhookOf({ policy: { ...DEFAULT_POLICY, mode: 'warn' } }),
      ]) {
        t.same(await mutateText(conflist, webhook), untouched(conflist), `${name}: ${value}`);
      }
    }
  }
});

t.test('nothing known of the cluster: no default that depends on it', async (t) => {
  const known = webhookOf({ defaults: ALL }, { plugins: new Map() });
  t.same((await mutateText(CHAIN, known)).injected, ['portmap.portMappings']);
  t.same(await mutateText(CHAIN, webhookOf({}, { plugins: new Map() })), untouched(CHAIN));
});

/** The answer to a review that must be left alone. */
async function assertLeftAlone(t: Test, body: object): Promise<void> {
  for (const [how, webhook] of Object.entries(WEBHOOKS)) {
    const { response } = await mutate(JSON.stringify(body), webhook);
    t.same(response, { uid: UID, allowed: true }, how);
  }
}

const LEFT_ALONE: Readonly<Record<string, ReviewOptions>> = {
  'a delete': { operation: 'DELETE', oldData: WITH_CHAIN },
  'a collection delete': { operation: 'DELETE', oldData: WITH_CHAIN, nameless: true },
  'a write of the labels alone': { oldData: WITH_CHAIN, data: WITH_CHAIN },
  'a write of another key': {
    oldData: WITH_CHAIN,
    data: { ...WITH_CHAIN, in_cluster_loadbalance: 'false' },
  },
  'a write of another key and binary data': {
    oldData: WITH_CHAIN,
    data: { ...WITH_CHAIN, in_cluster_loadbalance: 'false' },
    binaryData: { other: 'AAAA' },
  },
  'a write that removes the chain': { oldData: WITH_CHAIN, data: BASE_VENDOR },
  'a write without a chain': { oldData: BASE_VENDOR, data: { ...BASE_VENDOR, more: 'text' } },
  'a chain in binary data': {
    oldData: BASE_VENDOR,
    data: BASE_VENDOR,
    binaryData: { '10-terway.conflist': Buffer.from(CHAIN).toString('base64') },
  },
  'another ConfigMap': { ...EDIT, name: 'other' },
  'eni-config of another namespace': { ...EDIT, namespace: 'default' },
  'a connection': { ...EDIT, operation: 'CONNECT' },
  'an unknown operation': { ...EDIT, operation: 'PATCH' },
  'a create that brings no object': { operation: 'CREATE' },
};

for (const [what, options] of Object.entries(LEFT_ALONE)) {
  t.test(`${what}: allowed, nothing else`, async (t) => {
    await assertLeftAlone(t, reviewObject(options));
  });
}

t.test(
  'the same chain in data and binaryData: refused by the validator, so not added to',
  async (t) => {
    const binaryData = { '10-terway.conflist': Buffer.from(CHAIN).toString('base64') };
    const { response } = await mutateReview(reviewObject({ ...EDIT, binaryData }), webhookOf());
    t.same(response, { uid: UID, allowed: true });
  },
);

t.test('an immutable object: any patch would make the write fail', async (t) => {
  const body = reviewObject(EDIT);
  const { request } = body;
  const immutable = <T>(object: T) => ({ ...object, immutable: true });
  const cases = {
    'a write that makes it immutable': { ...request, object: immutable(request.object) },
    'a write to one that is': {
      ...request,
      object: immutable(request.object),
      oldObject: immutable(request.oldObject),
    },
    'a write that says it is no longer': { ...request, oldObject: immutable(request.oldObject) },
  };
  for (const [what, changed] of Object.entries(cases)) {
    t.comment(what);
    await assertLeftAlone(t, { ...body, request: changed });
  }
});

t.test('an exempt writer: what it writes is what is stored', async (t) => {
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  const group = { users: new Set<string>(), groups: new Set(['devs']) };
  for (const [who, exemption] of Object.entries({ user: exempt, group })) {
    const webhook = webhookOf({ policy: { ...DEFAULT_POLICY, exempt: exemption }, defaults: ALL });
    const { response } = await mutateReview(reviewObject(EDIT), webhook);
    t.same(response, { uid: UID, allowed: true }, `exempt by ${who}`);
  }
});

const BROKEN_REVIEWS: Readonly<Record<string, (body: ReturnType<typeof reviewObject>) => string>> =
  {
    'another version of AdmissionReview': (b) =>
      text({ ...b, apiVersion: 'admission.k8s.io/v1beta1' }),
    'another kind': (b) => text({ ...b, kind: 'ConfigMap' }),
    'an object that is a list': (b) => text({ ...b, request: { ...b.request, object: [] } }),
    'data that is no map': (b) =>
      text({ ...b, request: { ...b.request, object: { ...b.request.object, data: 'text' } } }),
    'a text that is a number': (b) =>
      text({
        ...b,
        request: {
          ...b.request,
          object: { ...b.request.object, data: { '10-terway.conflist': 1 } },
        },
      }),
    'no user': (b) => text({ ...b, request: { ...b.request, object: null, userInfo: null } }),
    'a body that is cut off': (b) => text(b).slice(0, -100),
    'bytes after the body': (b) => `${text(b)}}`,
  };

for (const [what, spoil] of Object.entries(BROKEN_REVIEWS)) {
  t.test(`a review with ${what}: allowed, as far as the mutator goes`, async (t) => {
    const { response } = await mutate(spoil(reviewObject(EDIT)), webhookOf());
    t.same(response, { uid: UID, allowed: true });
  });
}

t.test('only a body without a uid cannot be answered', async (t) => {
  for (const body of ['', '{}', 'null', '[]', '{"request": {"uid": 1}}', '\ufeff']) {
    await t.rejects(mutate(body, webhookOf()), NoUidError);
  }
});

t.test('a fault of the guard itself: allowed, no patch', async (t) => {
  const fail = () => {
    throw new Error('a fault');
  };
  for (const webhook of [webhookOf({ review: fail }), { ...webhookOf(), facts: fail }]) {
    t.same((await mutate(reviewBody(EDIT), webhook)).response, { uid: UID, allowed: true });
  }
});

/** A chain of this many entries of portmap, each of which lacks the default. */
const manyPortmaps = (count: number) =>
  entries(...Array.from({ length: count }, () => text(PORTMAP)));

t.test('many defaults in one chain: the answer keeps the limits of every answer', async (t) => {
  const server = await startApp(t, { webhook: webhookOf({ defaults: ALL }) });
  for (const count of [1, 5, 6, 7, 12, 13, 30, 100]) {
    const chain = entries(...Array.from({ length: count }, () => '{"type": "portmap"}'));
    const data = withConflist(BASE_VENDOR, chain);
    const answer = await send(server, '/mutate', reviewBody({ ...EDIT, data }));
    const { auditAnnotations } = assertJudged(t, answer);
    const { injected = '' } = auditAnnotations ?? {};
    t.ok(injected.length <= 1000, `${count} entries: the audit annotation is bounded`);
  }
});

t.test('many defaults in one chain: one pass is enough', async (t) => {
  const { text } = await mutateText(manyPortmaps(100));
  t.notOk((await mutateText(text)).patched);
});

t.test('a ConfigMap with no room left: the patch must not push it over 1 MiB', async (t) => {
  const bytesOf = (data: Data) =>
    Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  const needed = Buffer.byteLength((await mutateText(CHAIN)).text) - Buffer.byteLength(CHAIN);
  for (const [free, isPatched] of [
    [0, false],
    [needed - 1, false],
    [needed, true],
  ] as const) {
    const bytes = MAX_TEXT_LENGTH - bytesOf(WITH_CHAIN) - free;
    const fillings: Readonly<Record<string, Pick<ReviewOptions, 'data' | 'binaryData'>>> = {
      text: { data: { ...WITH_CHAIN, notes: 'x'.repeat(bytes) } },
      'text of two bytes a character': {
        data: { ...WITH_CHAIN, notes: 'é'.repeat(bytes / 2) + 'x'.repeat(bytes % 2) },
      },
      'binary data': { binaryData: { notes: Buffer.alloc(bytes).toString('base64') } },
    };
    for (const [what, filling] of Object.entries(fillings)) {
      const { operations } = await mutateReview(reviewObject({ ...EDIT, ...filling }), webhookOf());
      t.equal(operations.length > 0, isPatched, `${what}, ${free} bytes free`);
    }
  }
});

t.test('a document at the limits of what is read', async (t) => {
  const deep = '['.repeat(MAX_DEPTH - 3) + ']'.repeat(MAX_DEPTH - 3);
  t.ok((await mutateText(entries(`{"type": "portmap", "a": ${deep}}`))).patched);
  const long = (length: number) => entries(`{"type": "portmap", "a": "${'x'.repeat(length)}"}`);
  t.ok((await mutateText(long(60_000))).patched);
  t.notOk((await mutateText(long(70_000))).patched, 'longer than any chain');
});
