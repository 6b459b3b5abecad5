import t from 'tap';
import {
  ago,
  sourceClause,
  namesOf,
  originOf,
  shareOf,
  sourceInWords,
  terwayDaemonSetOf,
  versionText,
} from '../../../../src/engine/core/fact-text.ts';
import { type Facts, type FactSource, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';

const NOW = Date.UTC(2026, 0, 1);
const FACTS: Facts = { ...NO_FACTS, asOf: NOW };
const PROBED: FactSource = { kind: 'node-probe' };
const DAEMON_SET: FactSource = { kind: 'daemon-set', name: 'a' };
const KUBELET: FactSource = { kind: 'kubelet', version: 'v1.33.3' };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

t.test('an age is told in its largest unit, cut off', (t) => {
  const ages: [milliseconds: number, text: string][] = [
    [-HOUR, 'just now'],
    [0, 'just now'],
    [999, 'just now'],
    [SECOND, '1 s ago'],
    [MINUTE - 1, '59 s ago'],
    [MINUTE, '1 min ago'],
    [4 * MINUTE + 59 * SECOND, '4 min ago'],
    [HOUR, '1 h ago'],
    [47 * HOUR, '47 h ago'],
    [48 * HOUR, '2 days ago'],
    [1000 * HOUR, '41 days ago'],
  ];
  for (const [milliseconds, text] of ages) t.equal(ago(milliseconds), text);
  t.end();
});

t.test('every source has words', (t) => {
  const words: [source: FactSource, text: string][] = [
    [{ kind: 'configuration' }, "from the guard's configuration"],
    [
      { kind: 'configuration', overrides: { value: '1.7.1', source: KUBELET } },
      "from the guard's configuration, which overrides 1.7.1 (from kubelet v1.33.3)",
    ],
    [{ kind: 'namespace', name: 'kube-system' }, 'from namespace kube-system'],
    [DAEMON_SET, 'from DaemonSet a'],
    [{ kind: 'daemon-set-pods', name: 'a' }, 'from the pods of DaemonSet a'],
    [{ kind: 'config-map', name: 'kube-proxy' }, 'from ConfigMap kube-proxy'],
    [{ kind: 'nodes' }, 'from the nodes'],
    [{ kind: 'node-labels' }, "from the nodes' labels"],
    [KUBELET, 'from kubelet v1.33.3'],
    [PROBED, 'as probed'],
    [{ kind: 'eni-config', reason: 'a is b' }, 'a is b'],
    [{ kind: 'pod-template' }, 'as the new pod template says'],
  ];
  for (const [source, text] of words) t.equal(sourceInWords(source), text);
  t.end();
});

t.test('an origin is followed by the age of the fact, where that is known', (t) => {
  const told = (source: FactSource, learntAt?: number, facts = FACTS) =>
    originOf({ value: 1, source, ...(learntAt === undefined ? {} : { learntAt }) }, facts);
  t.equal(told({ kind: 'configuration' }), "from the guard's configuration");
  t.equal(told(PROBED, NOW - 4 * MINUTE), 'as probed 4 min ago');
  t.equal(told(DAEMON_SET, NOW - 10_000), 'from DaemonSet a, seen 10 s ago');
  t.equal(told(PROBED, NOW + HOUR), 'as probed just now', 'clocks that disagree');
  t.equal(told(PROBED, NOW, NO_FACTS), 'as probed', 'the time of the review is not known');
  t.equal(told(PROBED, NaN), 'as probed', 'a moment that could not be read');
  const estimate = { value: 1, source: KUBELET, learntAt: NOW - 10_000, isEstimate: true };
  t.equal(originOf(estimate, FACTS), 'estimated from kubelet v1.33.3, seen 10 s ago');
  t.end();
});

t.test('a citation ends a clause', (t) => {
  const fact = { value: 1, learntAt: NOW - 10_000 };
  t.equal(sourceClause({ ...fact, source: PROBED }, FACTS), ', as probed 10 s ago');
  t.equal(
    sourceClause({ ...fact, source: DAEMON_SET }, FACTS),
    ' (from DaemonSet a, seen 10 s ago)',
  );
  t.end();
});

t.test('nodes are counted, and a few of them named', (t) => {
  const group = (count: number, ...names: string[]) => ({ count, names });
  t.equal(shareOf(group(3), 120), '3 of 120 nodes');
  t.equal(shareOf(group(120), 120), 'all 120 nodes');
  t.equal(shareOf(group(1), 1), 'the only node');
  t.equal(shareOf(group(1), 2), '1 of 2 nodes');
  t.equal(namesOf(group(3)), '');
  t.equal(namesOf(group(1, 'a')), ' (a)');
  t.equal(namesOf(group(3, 'a', 'b', 'c')), ' (a, b, c)');
  t.equal(namesOf(group(4, 'a', 'b', 'c')), ' (a, b, c, ...)');
  t.equal(namesOf(group(4, 'a', 'b', 'c', 'd')), ' (a, b, c, ...)');
  t.end();
});

t.test('a version is told as its tag, or by its numbers', (t) => {
  const told = (text: string) => versionText(parseVersion(text)!);
  t.equal(told('v1.6.2'), '1.6.2');
  t.equal(told('1.15.2'), '1.15.2');
  t.equal(told('1.15.2-v3'), '1.15.2-v3');
  t.equal(told('v1.17.0-d7c63c9e'), '1.17.0-d7c63c9e');
  t.equal(told(`registry.example/acs/${'a'.repeat(40)}/terway:v1.14.3`), '1.14.3');
  t.end();
});

t.test('what strangers wrote is printable and short', (t) => {
  const nasty = `\u001b[2J\u202e${'n'.repeat(300)}`;
  const texts = [
    originOf({ value: 1, source: { kind: 'daemon-set', name: nasty } }, FACTS),
    namesOf({ count: 9, names: Array<string>(9).fill(nasty) }),
    versionText(parseVersion('1.2.3-\u001b[2J\u202e')!),
    terwayDaemonSetOf({ ...NO_FACTS, terwayDaemonSet: { value: nasty, source: PROBED } }),
  ];
  for (const text of texts) {
    t.match(text, /^[\x20-\x7e]+$/);
    t.ok(text.length < 250, `${text.length} characters`);
  }
  t.end();
});
