import { BASE_VETH, type Data } from '../../test/support/config-maps.ts';
import type { Random } from './random.ts';
import { type Shape, alteredShape, anyShape, textOf } from './shape.ts';

const KEYS = ['10-terway.conf', '10-terway.conflist', 'eni_conf', 'cni_chain'] as const;
type Key = (typeof KEYS)[number];

/** What the object before has of the texts after. */
const RELATIONS = [
  'not there',
  'the same',
  'another end',
  'another start',
  'laid out anew',
] as const;

/** Two objects, made of shapes. */
export interface Adversary {
  readonly texts: Readonly<Partial<Record<Key, Shape>>>;
  readonly before: (typeof RELATIONS)[number];
}

export function anyAdversary(random: Random): Adversary {
  const first = random.pick(KEYS);
  const shape = anyShape(random);
  const texts: Partial<Record<Key, Shape>> = { [first]: shape };
  // The conf and the first entry of the chain are compared, so are chains in two notations.
  if (random.below(3) === 0) {
    const second = random.pick(KEYS);
    texts[second] = random.below(2) === 0 ? anyShape(random) : shape;
  }
  return { texts, before: random.pick(RELATIONS) };
}

export function alteredAdversary({ texts, before }: Adversary, random: Random): Adversary {
  if (random.below(6) === 0) return { texts, before: random.pick(RELATIONS) };
  const keys = Object.keys(texts) as Key[];
  const key = random.pick(keys);
  const shape = texts[key];
  if (!shape) throw new Error('no shape');
  if (random.below(6) === 0) {
    return {
      texts: { ...texts, [random.pick(KEYS)]: random.pick([shape, anyShape(random)]) },
      before,
    };
  }
  return { texts: { ...texts, [key]: alteredShape(shape, random) }, before };
}

/** The data of the objects, so many characters long in all that are made of shapes. */
export function dataOf({ texts, before }: Adversary, length: number): { old: Data; new: Data } {
  const shapes = Object.entries(texts);
  const made = shapes.map(([key, shape]): [string, string] => [
    key,
    textOf(shape, length / shapes.length),
  ]);
  const now = { ...BASE_VETH, ...Object.fromEntries(made) };
  const was = made.map(([key, text]): [string, string] => [key, beforeOf(text, before)]);
  return {
    old: before === 'not there' ? BASE_VETH : { ...BASE_VETH, ...Object.fromEntries(was) },
    new: now,
  };
}

function beforeOf(text: string, relation: Adversary['before']): string {
  if (relation === 'another end') return `${text.slice(0, -9)}0${text.slice(-8)}`;
  if (relation === 'another start') return `${text.slice(0, 9)} ${text.slice(10)}`;
  if (relation === 'laid out anew') return `${text}\n`;
  return text;
}

/** In one line, to be made again. */
export const describe = (adversary: Adversary): string => JSON.stringify(adversary);
