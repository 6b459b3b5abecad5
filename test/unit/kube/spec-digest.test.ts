import fc from 'fast-check';
import t from 'tap';
import { DIGESTED_POD_MESSAGE } from '../../../src/kube/messages.ts';
import { readFields } from '../../../src/kube/protobuf.ts';
import { digestSpec } from '../../../src/kube/spec-digest.ts';
import { field, numberField } from '../../support/protobuf.ts';

const digestOf = (...spec: readonly Buffer[]) => digestSpec(Buffer.concat(spec)).digest;
const on = (node: string) => [field(10, node), field(18, field(1, node))];
const CONTAINERS = field(2, field(1, 'pause'), field(2, 'r/pause:1'));

t.test('a pod is read as far as it counts', async (t) => {
  const terminated = field(3, numberField(1, 0), field(4, '{}'), field(6, numberField(1, 1)));
  const bytesOf = (...spec: readonly Buffer[]) =>
    Buffer.concat([
      field(1, field(1, 'pod-a'), field(6, '7')),
      field(2, ...spec),
      field(3, field(10, field(1, 'probe'), field(2, terminated))),
    ]);
  const pod = {};
  readFields(bytesOf(CONTAINERS, ...on('a')), DIGESTED_POD_MESSAGE, pod);
  const state = {
    terminated: { exitCode: 0, message: '{}', finishedAt: '1970-01-01T00:00:01Z' },
  };
  t.match(pod, {
    metadata: { name: 'pod-a', resourceVersion: '7' },
    spec: { nodeName: 'a', digest: /^.{44}$/ },
    status: { initContainerStatuses: [{ name: 'probe', state }] },
  });
  const broken = bytesOf(Buffer.from([0x12, 0x7f]));
  t.throws(() => readFields(broken, DIGESTED_POD_MESSAGE, {}), RangeError);
});

t.test('specs have one digest where only the node differs', async (t) => {
  t.equal(digestOf(CONTAINERS, ...on('a')), digestOf(CONTAINERS, ...on('b')));
  t.equal(digestOf(CONTAINERS, ...on('a')), digestOf(CONTAINERS));
  const others = fc.integer({ min: 1, max: 100 }).filter((number) => ![10, 18].includes(number));
  fc.assert(
    fc.property(others, fc.string(), fc.string(), (number, some, other) => {
      const one = digestOf(CONTAINERS, field(number, some));
      return (
        one !== digestOf(CONTAINERS) &&
        (one === digestOf(CONTAINERS, field(number, other))) === (some === other)
      );
    }),
  );
});
