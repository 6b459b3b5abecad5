import type { Data } from '../../test/support/config-maps.ts';
import { KINDS, type Kind } from './kinds.ts';
import { type Random, seeded } from '../../test/support/adversary/random.ts';
import { type Shape, alteredShape, anyShape, textOf } from '../../test/support/adversary/shape.ts';
import type { Work } from '../../test/support/adversary/work.ts';

/** What the object before has of the texts after. */
const RELATIONS = [
  'not there',
  'the same',
  'another end',
  'another start',
  'laid out anew',
] as const;

interface Made {
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly before: (typeof RELATIONS)[number];
}

/**
 * Something to judge, by its kind and the seeds that make it: the first makes one at random, each
 * that follows alters a thing about it.
 */
export interface Adversary {
  readonly kind: string;
  readonly seeds: readonly number[];
}

export function kindOf({ kind }: Adversary): Kind {
  const found = KINDS[kind];
  if (!found) throw new Error(`there is no kind ${kind}`);
  return found;
}

function make(adversary: Adversary): Made {
  const kind = kindOf(adversary);
  const [first = 0, ...others] = adversary.seeds;
  return others.reduce(
    (made, seed) => altered(made, kind, seeded(seed)),
    anyMade(kind, seeded(first)),
  );
}

const framesOf = ({ frames }: Kind, slot: string) => frames[slot] ?? [];

function anyMade(kind: Kind, random: Random): Made {
  const [first = '', ...others] = kind.slots;
  const shape = anyShape(framesOf(kind, first), random);
  const shapes: Record<string, Shape> = { [first]: shape };
  // The conf and the first entry of the chain are compared, so are chains in two notations.
  if (others.length > 0 && random.below(3) === 0) {
    const slot = random.pick(others);
    const isSame = random.below(2) === 0;
    shapes[slot] = isSame ? shape : anyShape(framesOf(kind, slot), random);
  }
  return { shapes, before: random.pick(RELATIONS) };
}

function altered({ shapes, before }: Made, kind: Kind, random: Random): Made {
  if (random.below(6) === 0) return { shapes, before: random.pick(RELATIONS) };
  const slot = random.pick(random.below(6) === 0 ? kind.slots : Object.keys(shapes));
  const shape = shapes[slot];
  const frames = framesOf(kind, slot);
  const changed = shape ? alteredShape(shape, frames, random) : anyShape(frames, random);
  return { shapes: { ...shapes, [slot]: changed }, before };
}

/** What is done about it, with texts as long as they may be. */
export function worksOf(adversary: Adversary): readonly Work[] {
  const kind = kindOf(adversary);
  const { shapes, before } = make(adversary);
  const slots = Object.entries(shapes);
  const texts = slots.map(([slot, shape]): [string, string] => [
    slot,
    textOf(shape, kind.length / slots.length),
  ]);
  const now = Object.fromEntries(texts);
  const old: Data = Object.fromEntries(texts.map(([slot, text]) => [slot, beforeOf(text, before)]));
  return kind.works(now, before === 'not there' ? {} : old);
}

function beforeOf(text: string, relation: Made['before']): string {
  if (relation === 'another end') return `${text.slice(0, -9)}0${text.slice(-8)}`;
  if (relation === 'another start') return `${text.slice(0, 9)} ${text.slice(10)}`;
  if (relation === 'laid out anew') return `${text}\n`;
  return text;
}

/** `10-terway.conf 12/7/9`: how to make it again. */
export const nameOf = ({ kind, seeds }: Adversary) => `${kind} ${seeds.join('/')}`;

/** What it is made of, in one line. */
export const describe = (adversary: Adversary): string => JSON.stringify(make(adversary));

/** What stands out about it; of several with the same only the worst is kept. */
export const traitsOf = (adversary: Adversary): string =>
  Object.entries(make(adversary).shapes)
    .map(([slot, { head }]) => slot + head)
    .join(' ');
