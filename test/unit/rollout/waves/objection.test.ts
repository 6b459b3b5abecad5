import t from 'tap';
import { readDaemonSet } from '../../../../src/facts/daemon-set-state.ts';
import { CheckNames } from '../../../../src/rollout/waves/check-names.ts';
import { changedSince, foreignRollout } from '../../../../src/rollout/waves/objection.ts';
import { FAILURES, answeringApi } from '../../../support/answering-api.ts';

const daemonSet = (generation = 3, updated = 5) => ({
  metadata: { name: 'terway-eniip', generation },
  spec: { selector: { matchLabels: { app: 'terway-eniip' } }, template: { spec: {} } },
  status: {
    observedGeneration: 3,
    desiredNumberScheduled: 5,
    updatedNumberScheduled: updated,
    numberAvailable: 5,
  },
});
const stored = (chain: string) => ({ items: [{ metadata: {}, data: { conf: '{}', chain } }] });
const object = {
  data: new Map([
    ['conf', '{}'],
    ['chain', 'a'],
  ]),
  binaryData: new Map<string, string>(),
  immutable: false,
};
const subject = { object, daemonSet: readDaemonSet(daemonSet()) };

/** The object and the DaemonSet are asked for together, again and again. */
function look(...answers: readonly (readonly [object: unknown, daemonSet: unknown])[]) {
  return lookBeside([], ...answers);
}

function lookBeside(
  foreignPods: readonly string[],
  ...answers: readonly (readonly [object: unknown, daemonSet: unknown])[]
) {
  let time = 0;
  const clock = {
    now: () => time,
    pause: async (ms: number) => Promise.resolve(void (time += ms)),
  };
  const { api } = answeringApi(...answers.flat());
  return changedSince(api, subject, async () => Promise.resolve(foreignPods), clock);
}
const set = (...versions: Parameters<typeof daemonSet>) => ({ items: [daemonSet(...versions)] });

t.test('nothing has changed', async (t) => {
  t.equal(await look([stored('a'), set()]), undefined);
});

t.test('another text, or another DaemonSet, ends it', async (t) => {
  t.match(await look([stored('b'), set()]), 'eni-config has changed');
  t.match(await look([{ items: [] }, set()]), 'eni-config has changed');
  t.match(await look([stored('a'), set(4)]), 'DaemonSet terway-eniip has changed');
  t.match(await look([stored('a'), { items: [] }]), 'DaemonSet terway-eniip is gone');
});

t.test('another rollout, which has pods of its own, ends it', async (t) => {
  const names = new CheckNames();
  t.not(names.next(), names.next());
  const own = names.foreign([names.next()]);
  t.equal(await lookBeside(own, [stored('a'), set()]), undefined);
  const foreign = names.foreign([names.next(), new CheckNames('other').next()]);
  t.match(
    await lookBeside(foreign, [stored('a'), set()]),
    'pods of checks are there already (eni-config-guard-check-other0001): another rollout',
  );
});

t.test('the status of the DaemonSet may follow late', async (t) => {
  t.equal(await look([stored('a'), set(3, 4)], [stored('a'), set()]), undefined);
  t.match(
    await look(...Array.from({ length: 40 }, () => [stored('a'), set(3, 4)] as const)),
    'is under way',
  );
});

t.test('an API server that is away for a while is waited for', async (t) => {
  t.equal(await look([FAILURES.broken, FAILURES.broken], [stored('a'), set()]), undefined);
  t.match(await look([FAILURES.broken, FAILURES.broken]), "it can't be seen whether");
});

t.test('a rollout of another template is foreign', async (t) => {
  t.equal(foreignRollout(readDaemonSet(daemonSet())), undefined);
  t.match(foreignRollout(readDaemonSet(daemonSet(4))), 'another rollout of DaemonSet terway-eniip');
  t.match(foreignRollout(readDaemonSet(daemonSet(3, 4))), 'pods are of another revision');
  const state = readDaemonSet(daemonSet(3, 4));
  const onDelete = foreignRollout({ ...state, isOnDelete: true });
  t.match(onDelete, /OnDelete.*have its pods replaced first$/);
  t.notMatch(onDelete, 'wait', 'that has no end');
});
