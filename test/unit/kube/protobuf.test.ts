import fc from 'fast-check';
import t from 'tap';
import { connect } from '../../../src/kube/api.ts';
import { METADATA_MESSAGE, POD_MESSAGE, listOf } from '../../../src/kube/messages.ts';
import { METADATA_ONLY, pagesOf } from '../../../src/kube/pages.ts';
import { PROTOBUF, readObject } from '../../../src/kube/protobuf-body.ts';
import { misbehaving } from '../../support/misbehaving-api-server.ts';
import { bodyOf, field, numberField } from '../../support/protobuf.ts';
import { failureOf } from './answers.ts';

const time = (seconds: number) => field(5, numberField(1, seconds), numberField(2, 7));

const POD = field(
  2,
  field(
    1,
    field(1, 'terway-a'),
    field(2, 'terway-'),
    field(5, 'uid-a'),
    numberField(7, 3),
    field(11, field(1, 'app'), field(2, 'terway')),
    field(11, field(1, '__proto__'), field(2, '')),
  ),
  field(2, field(2, field(1, 'terway'), field(2, 'terway:v1')), field(10, 'nöde')),
  field(
    3,
    field(1, ''),
    field(2, field(1, 'Ready'), field(2, 'True'), field(4)),
    field(
      10,
      field(1, 'terway-init'),
      field(2, field(3, numberField(1, -1), field(3, ''), time(1_767_261_600), field(6))),
      numberField(4, 0),
      numberField(5, 2 ** 31 - 1),
    ),
  ),
);
const BODY = bodyOf(field(1, field(2, '7'), field(3, 'more')), POD, POD);

const READ = {
  metadata: {
    name: 'terway-a',
    uid: 'uid-a',
    labels: Object.fromEntries([
      ['app', 'terway'],
      ['__proto__', ''],
    ]) as object,
  },
  spec: { containers: [{ name: 'terway', image: 'terway:v1' }], nodeName: 'nöde' },
  status: {
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: null }],
    initContainerStatuses: [
      {
        name: 'terway-init',
        state: {
          terminated: { exitCode: -1, startedAt: '2026-01-01T10:00:00Z', finishedAt: null },
        },
        ready: false,
        restartCount: 2 ** 31 - 1,
      },
    ],
  },
};
const LIST = { metadata: { continue: 'more' }, items: [READ, READ] };

async function* inPieces(bytes: Buffer, ...lengths: readonly number[]) {
  let from = 0;
  for (const length of lengths) {
    yield bytes.subarray(from, from + length);
    from += length;
  }
  yield bytes.subarray(from);
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

t.test('an object is read as JSON has it, in whatever pieces it comes', async (t) => {
  t.same(plain(await readObject(inPieces(BODY), listOf(POD_MESSAGE))), plain(LIST));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 }),
      async (lengths) => {
        const read = await readObject(inPieces(BODY, ...lengths), listOf(POD_MESSAGE));
        return JSON.stringify(read) === JSON.stringify(LIST);
      },
    ),
  );
});

t.test('what ends too early, or is something else, is refused', async (t) => {
  const read = async (bytes: Buffer) =>
    readObject(inPieces(bytes, 40), listOf(POD_MESSAGE)).catch((error: unknown) => error);
  const isRefused = async (bytes: Buffer) => (await read(bytes)) instanceof RangeError;
  // The last four bytes are the empty fields after the object.
  const prefixes = Array.from({ length: BODY.length - 4 }, (_, end) => BODY.subarray(0, end));
  t.same(await Promise.all(prefixes.map(isRefused)), Array(BODY.length - 4).fill(true));
  t.ok(await isRefused(Buffer.from('{"kind":"PodList"}')));
  t.ok(await isRefused(bodyOf(field(2, Buffer.from([0x0a, 0x7f])))), 'a field beyond its message');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
      const answer = await read(bodyOf(Buffer.from(bytes)));
      return answer instanceof RangeError || !(answer instanceof Error);
    }),
  );
});

t.test('protobuf is asked for, and JSON is taken as well', async (t) => {
  let seen: string | undefined;
  let type = PROTOBUF;
  const { kubeconfig } = await misbehaving(t, ({ headers }, response) => {
    seen = headers.accept;
    response.setHeader('content-type', type);
    const item = field(2, field(1, field(1, 'a')));
    response.end(
      type === PROTOBUF ? bodyOf(field(1), item) : '{"metadata":{},"items":[{"metadata":{}}]}',
    );
  });
  const query = {
    path: '/api/v1/nodes',
    accept: METADATA_ONLY,
    protobuf: METADATA_MESSAGE,
  } as const;
  const list = async () => {
    const page = await pagesOf(connect({ kubeconfig }), query).next();
    return page.value as unknown;
  };
  t.same(await list(), [{ metadata: { name: 'a' } }]);
  const form = ';as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  t.equal(seen, `${PROTOBUF}${form},application/json${form}`);
  type = 'application/json';
  t.same(await list(), [{ metadata: {} }]);
});

t.test('a refusal and what is unreadable are told as they are in JSON', async (t) => {
  let [status, body] = [410, bodyOf(field(1, field(3, 'x')), field(3, 'old'), field(4, 'Expired'))];
  const { kubeconfig } = await misbehaving(t, (_, response) => {
    response.writeHead(status, { 'content-type': PROTOBUF, 'retry-after': '7' }).end(body);
  });
  const call = { method: 'GET', path: '/x', protobuf: listOf(POD_MESSAGE) } as const;
  const failure = async () => failureOf(connect({ kubeconfig }).call(call));
  t.match(await failure(), {
    status: 410,
    reason: 'Expired',
    message: 'GET /x: old',
    hints: { retryAfterMs: 7000, continueToken: 'x' },
  });
  [status, body] = [200, Buffer.from('k8s\0\xff')];
  t.match(await failure(), { status: 200, reason: 'Unreadable' });
  [status, body] = [503, Buffer.from('<html>')];
  t.match(await failure(), { status: 503, reason: 'HTTP503' });
});
