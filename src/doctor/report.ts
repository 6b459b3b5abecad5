import { shortened, wrap } from '../engine/text/text.ts';
import type { Check } from './checks.ts';
import { type Diagnosis, masked } from './sentence.ts';

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const DOCTOR_SCHEMA = 1;

const WIDTH = 100;
const MAX_STEP_LENGTH = 1000;
const ASK_THE_CLUSTER = 'let the eight checks look at the cluster: eni-config-guard doctor';

const json = (content: object) =>
  `${JSON.stringify({ schema: DOCTOR_SCHEMA, ...content }, null, 2)}\n`;

export const sentenceAsJson = (sentence: string, diagnoses: readonly Diagnosis[]): string =>
  json({ sentence: masked(sentence), diagnoses });

export const checksAsJson = (checks: readonly Check[]): string => json({ checks });

/** The sentence as it was understood, then what is wrong and what to do. */
export function sentenceAsText(sentence: string, diagnoses: readonly Diagnosis[]): string {
  const told =
    diagnoses.length === 0
      ? ['Nothing in it is known here.', step(ASK_THE_CLUSTER)]
      : diagnoses.flatMap(({ wrong, remedy }, index) => [
          ...(index === 0 ? [] : ['']),
          wrap(shortened(wrong, MAX_STEP_LENGTH), WIDTH, ''),
          ...remedy.map(step),
        ]);
  return [wrap(`> ${masked(sentence)}`, WIDTH, '> '), '', ...told, ''].join('\n');
}

const step = (text: string) => wrap(`  * ${shortened(text, MAX_STEP_LENGTH)}`, WIDTH, '    ');

/** A line for each check, and what to do about those that are not well. */
export function checksAsText(checks: readonly Check[]): string {
  const lines = checks.flatMap(({ name, outcome, seen, remedy }) => [
    wrap(`${outcome.padEnd(8)} ${name.padEnd(10)} ${seen}`, WIDTH, ' '.repeat(20)),
    ...(remedy === undefined
      ? []
      : [wrap(`${' '.repeat(20)}do: ${remedy}`, WIDTH, ' '.repeat(24))]),
  ]);
  return [...lines, ''].join('\n');
}
