import { CONF_KEY, type ConfigMap } from '../../src/engine/core/eni-config.ts';
import type { Facts } from '../../src/engine/core/facts.ts';
import type { DecidedFinding } from '../../src/engine/core/finding.ts';
import { type Way, withEdits } from '../../src/engine/core/fix.ts';
import type { Policy, ReviewSettings } from '../../src/engine/core/policy.ts';
import type { RuleId } from '../../src/engine/rules/index.ts';
import type { Write } from './changes.ts';
import { known, knownVersion } from './facts.ts';
import { CHOICES } from './choices.ts';
import type { Choose } from './choose.ts';

/** The ways out that a refusal names, taken. */

/** A write, and what it is judged by. */
export interface Situation {
  readonly change: Write;
  readonly facts: Facts;
  readonly policy: Policy;
}

/** A way out that was taken; where a person chooses, what they may come to, of which one must do. */
export interface Taken {
  readonly name: string;
  readonly results: Iterable<Situation>;
}

/** Every way out that the fix of a finding names: its edits, its values, and what its words leave to a person. */
export function* waysOut(finding: DecidedFinding, situation: Situation): Generator<Taken> {
  const { edits, ways = [], text } = finding.fix;
  const { change } = situation;
  if (edits && change.new) {
    yield { name: 'its edits', results: [writing(situation, withEdits(change.new, edits))] };
  }
  for (const way of ways) yield { name: way.kind, results: [taking(way, situation)] };
  if (finding.annotation !== undefined && text.includes('remove both annotations')) {
    const { operation, old, new: object } = change;
    yield {
      name: 'no annotations',
      results: [{ ...situation, change: { operation, old, new: object } }],
    };
  }
  if (finding.rule === 'overlay-lost' && change.overlay) {
    const overlay = { ...change.overlay, nodes: { count: 0, isOpen: false } };
    yield {
      name: 'no node has the label',
      results: [{ ...situation, change: { ...change, overlay } }],
    };
  }
  const choices = CHOICES[finding.rule as RuleId] ?? [];
  for (const [says, choose] of choices) {
    if (!says.test(text)) continue;
    yield { name: String(says), results: chosenBy(choose, finding, situation) };
  }
}

function* chosenBy(choose: Choose, finding: DecidedFinding, situation: Situation) {
  const { change } = situation;
  if (!change.new) return;
  const isInBoth = finding.fix.text.includes(`the same in ${CONF_KEY}`);
  const inConf = { ...finding, key: CONF_KEY, path: finding.path?.slice(2) ?? [] };
  let index = 0;
  for (const object of choose(finding, change.new, change.old)) {
    const both = isInBoth ? [...choose(inConf, object, change.old)][index] : object;
    if (both) yield writing(situation, both);
    index += 1;
  }
}

const writing = (situation: Situation, object: ConfigMap): Situation => ({
  ...situation,
  change: {
    ...situation.change,
    operation: situation.change.old ? 'UPDATE' : 'CREATE',
    new: object,
  },
});

/** A release that is newer than any other. */
const NEWEST = '99.0.0';

function taking(way: Way, situation: Situation): Situation {
  const { change, facts, policy } = situation;
  const { old } = change;
  switch (way.kind) {
    case 'edits': {
      const object = change.new ?? old;
      if (!object) throw new RangeError('there is no object to edit');
      const written = writing(situation, withEdits(object, way.edits));
      return { ...written, policy: withSettings(policy, way.settings ?? {}) };
    }
    case 'keep': {
      if (!old) throw new RangeError('nothing is stored');
      if (way.key === undefined || !change.new) return writing(situation, old);
      const text = old.data.get(way.key);
      if (text === undefined) throw new RangeError(`${way.key} is not stored`);
      const data = new Map(change.new.data).set(way.key, text);
      return writing(situation, { ...change.new, data });
    }
    case 'settings':
      return { ...situation, policy: withSettings(policy, way.settings) };
    case 'exempt':
      return {
        ...situation,
        policy: { ...policy, exempt: { users: new Set([way.user]), groups: new Set() } },
      };
    case 'break-glass':
      return {
        ...situation,
        change: {
          ...change,
          breakGlass: {
            status: 'used',
            reason: 'INC-1',
            until: '2026-01-01T00:00:00Z',
            remains: true,
          },
        },
      };
    case 'release':
      return { ...situation, facts: running(facts, way.program, way.release) };
    case 'newer-release':
      return { ...situation, facts: running(facts, way.program, NEWEST) };
    case 'binary': {
      const { binaries } = facts;
      if (!binaries) throw new RangeError('no node was probed');
      const missing = new Map(binaries.value.missing);
      missing.delete(way.type);
      const present = new Set([...binaries.value.present, way.type]);
      return {
        ...situation,
        facts: { ...facts, binaries: known({ ...binaries.value, present, missing }) },
      };
    }
  }
}

const withSettings = (
  policy: Policy,
  { rules = new Map(), ...settings }: Partial<ReviewSettings>,
) => ({
  ...policy,
  ...settings,
  rules: new Map([...policy.rules, ...rules]),
});

const running = (facts: Facts, program: string, release: string): Facts =>
  program === 'terway'
    ? { ...facts, terway: knownVersion(release) }
    : { ...facts, plugins: new Map(facts.plugins).set(program, knownVersion(release)) };
