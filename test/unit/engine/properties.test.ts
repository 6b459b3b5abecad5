import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { answer } from '../../../src/admission/response.ts';
import type { Change } from '../../../src/engine/core/eni-config.ts';
import { type Policy } from '../../../src/engine/core/policy.ts';
import { assertProperty } from '../../support/properties.ts';
import { verdictOn } from '../../support/verdicts.ts';
import { configMaps, changes, facts, policies } from '../../support/any-change.ts';

/** What holds for every change, whatever stands in it. */

/** Characters of a finding's message, whatever stands in the object and the facts. */
const MAX_MESSAGE = 1500;

const UNSAFE_BUT_LF = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}]/u;

t.test('property: every change gets a verdict that can be told', (t) => {
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const verdict = verdictOn(change, facts, policy);
      if (verdict.findings.some(({ rule }) => rule === 'guard-error')) {
        throw new Error(verdict.findings.map(({ message }) => message).join('; '));
      }
      const { status, warnings = [] } = answer('uid', verdict, change.new);
      const told = verdict.findings.flatMap(({ message, fix }) => [message, fix.text]);
      if ([...told, ...warnings].some((text) => UNSAFE_BUT_LF.test(text))) return false;
      if (verdict.findings.some(({ message }) => message.length > MAX_MESSAGE)) return false;
      const texts = [
        status?.message ?? '',
        ...(status?.details?.causes ?? []).map((c) => c.message),
      ];
      return verdict.allowed
        ? status === undefined
        : (status?.details?.causes.length ?? 0) > 0 &&
            texts.every((text) => text !== '' && !UNSAFE_BUT_LF.test(text));
    }),
    400,
  );
  t.end();
});

t.test('property: a change is refused if, and only if, a finding refuses', (t) => {
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const { allowed, findings } = verdictOn(change, facts, policy);
      return allowed !== findings.some(({ severity }) => severity === 'deny');
    }),
    200,
  );
  t.end();
});

t.test('property: an object that stays as it is is never refused', (t) => {
  assertProperty(
    t,
    fc.property(configMaps, facts, policies, (object, facts, policy) => {
      const change: Change = { operation: 'UPDATE', old: object, new: object };
      return verdictOn(change, facts, policy).allowed;
    }),
    200,
  );
  t.end();
});

t.test('property: every write passes in mode warn and audit, and of exempt users', (t) => {
  const exempt = { users: new Set(['alice', 'system:ack', '']), groups: new Set<string>() };
  const lenient = fc.constantFrom<Partial<Policy>>({ mode: 'warn' }, { mode: 'audit' }, { exempt });
  assertProperty(
    t,
    fc.property(changes, facts, policies, lenient, (change, facts, policy, more) => {
      return verdictOn(change, facts, { ...policy, ...more }).allowed;
    }),
    200,
  );
  t.end();
});

t.test('property: a verdict depends on the change alone and leaves it as it was', (t) => {
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const input = () => inspect([change, facts, policy], { depth: null });
      const before = input();
      const first = verdictOn(change, facts, policy);
      const second = verdictOn(change, facts, policy);
      return isDeepStrictEqual(first.findings, second.findings) && input() === before;
    }),
    150,
  );
  t.end();
});
