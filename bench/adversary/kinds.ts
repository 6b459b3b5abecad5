import { BASE_VETH, type Data } from '../../test/support/config-maps.ts';
import { MAX_EXPLAINED } from '../../src/engine/json/syntax-errors.ts';
import { restartObject } from '../../test/support/restarts.ts';
import { reviewBody, reviewObject } from '../../test/support/reviews.ts';
import { DOCUMENT_FRAMES, type Frame, YAML_FRAMES } from '../../test/support/adversary/shape.ts';
import {
  type Work,
  factsFrom,
  reviewAt,
  worksOnStored,
} from '../../test/support/adversary/work.ts';

/** What can be sent to the guard, or lie where it looks. */

const MIB = 1024 * 1024;

/** One of them, with a text or two that are made of shapes. */
export interface Kind {
  /** What its texts are called, the first of which every adversary has. */
  readonly slots: readonly string[];
  readonly frames: Readonly<Record<string, readonly Frame[]>>;
  /** UTF-16 units of all texts together. */
  readonly length: number;
  /** What the cost is told for: each MiB that comes in, or a text, which is short. */
  readonly per: 'MiB' | 'text';
  /** Milliseconds that it may cost. */
  readonly wanted: number;
  /** What is done about the texts as they are now, and as they were before. */
  works(now: Data, before: Data): readonly Work[];
}

const write = (now: Data, before: Data) => {
  const body = reviewBody({ data: { ...BASE_VETH, ...now }, oldData: { ...BASE_VETH, ...before } });
  return [reviewAt('validate', body), reviewAt('mutate', body)];
};

const KEYS = ['10-terway.conf', '10-terway.conflist', 'eni_conf', 'cni_chain'] as const;
const KEY_FRAMES = {
  ...Object.fromEntries(KEYS.map((key) => [key, DOCUMENT_FRAMES])),
  cni_chain: [...YAML_FRAMES, ...DOCUMENT_FRAMES],
};

/** A write, or a stored object, with much under a key. */
const documentKind = (key: (typeof KEYS)[number]): Kind => ({
  slots: [key, ...KEYS.filter((other) => other !== key && other !== 'cni_chain')],
  frames: KEY_FRAMES,
  length: MIB - 16_384,
  per: 'MiB',
  wanted: 50,
  works: (now, before) => [...write(now, before), ...worksOnStored({ ...BASE_VETH, ...now })],
});

/** Bytes of YAML that are read. */
const YAML_LENGTH = 64 * 1024 - 8;

/** A body with a text at one place of it, not quoted. */
const HOLE = '"the hole"';
const bodyWith = (review: object, text: string) => JSON.stringify(review).replace(HOLE, () => text);
const hole = HOLE.slice(1, -1);

const holeAt = (review: object, ...path: readonly string[]): object => {
  const [name = '', ...rest] = path;
  const inside = (review as Record<string, unknown>)[name];
  const value = rest.length === 0 ? hole : holeAt(inside ?? {}, ...rest);
  return { ...review, [name]: value };
};

const REVIEW_PLACES: readonly (readonly string[])[] = [
  ['request'],
  ['request', 'junk'],
  ['request', 'userInfo', 'groups'],
  ['request', 'userInfo', 'extra'],
  ['request', 'options'],
  ['request', 'object', 'data'],
  ['request', 'object', 'binaryData'],
  ['request', 'object', 'metadata', 'annotations'],
  ['request', 'oldObject', 'metadata', 'managedFields'],
  ['request', 'oldObject', 'data'],
];
const DAEMON_SET_PLACES: readonly (readonly string[])[] = [
  ['request', 'object', 'spec', 'template'],
  ['request', 'object', 'spec', 'template', 'metadata', 'annotations'],
  ['request', 'oldObject', 'spec', 'template', 'spec', 'containers'],
  ['request', 'object', 'spec', 'template', 'spec', 'initContainers'],
];

/** Around what stands at a place of a review; the place is told by the head. */
const placeFrames = (places: readonly (readonly string[])[]): readonly Frame[] =>
  places.flatMap((path, index): Frame[] => [
    { head: `${index} {`, tail: '}', takes: 'members' },
    { head: `${index} [`, tail: ']', takes: 'elements' },
    { head: `${index} `, tail: '', takes: 'anything' },
    ...(path.at(-1) === 'annotations'
      ? [
          {
            head: `${index} {"kubectl.kubernetes.io/last-applied-configuration":"{\\"data\\":[`,
            tail: ']}"}',
            takes: 'anything',
          } as const,
        ]
      : []),
  ]);

function placed(places: readonly (readonly string[])[], review: object, text: string): string {
  const [, index = '0', inside = ''] = /^(\d*)[ ]?(.*)$/s.exec(text) ?? [];
  return bodyWith(holeAt(review, ...(places[Number(index) % places.length] ?? [])), inside);
}

const CREATED = reviewObject({ data: BASE_VETH, oldData: BASE_VETH });

export const KINDS: Readonly<Record<string, Kind>> = {
  '10-terway.conf': documentKind('10-terway.conf'),
  '10-terway.conflist': documentKind('10-terway.conflist'),
  eni_conf: documentKind('eni_conf'),
  cni_chain: { ...documentKind('cni_chain'), length: YAML_LENGTH, per: 'text', wanted: 100 },
  'a short chain': {
    ...documentKind('10-terway.conflist'),
    length: MAX_EXPLAINED,
    per: 'text',
    wanted: 50,
  },
  overlay: {
    slots: ['eni_conf', 'base', 'cni_chain'],
    frames: { ...KEY_FRAMES, base: DOCUMENT_FRAMES },
    length: MIB - 16_384,
    per: 'MiB',
    wanted: 50,
    works({ base = '', ...now }, before) {
      const oldData = Object.fromEntries(Object.entries(before).filter(([key]) => key !== 'base'));
      const body = reviewBody({ name: 'some-nodes', data: now, oldData });
      const stored = { ...BASE_VETH, eni_conf: base === '' ? (BASE_VETH.eni_conf ?? '') : base };
      const work = reviewAt('validate', body, stored);
      return [{ ...work, length: work.length + base.length }, reviewAt('mutate', body, stored)];
    },
  },
  AdmissionReview: {
    slots: ['body'],
    frames: { body: placeFrames(REVIEW_PLACES) },
    length: MIB,
    per: 'MiB',
    wanted: 50,
    works({ body = '' }) {
      const text = placed(REVIEW_PLACES, CREATED, body);
      return (['validate', 'mutate', 'restart-gate'] as const).map((at) => reviewAt(at, text));
    },
  },
  DaemonSet: {
    slots: ['body'],
    frames: { body: placeFrames(DAEMON_SET_PLACES) },
    length: MIB,
    per: 'MiB',
    wanted: 50,
    works: ({ body = '' }) => [
      reviewAt('restart-gate', placed(DAEMON_SET_PLACES, restartObject({}), body)),
    ],
  },
  'config.conf of kube-proxy': {
    slots: ['text'],
    frames: { text: YAML_FRAMES },
    length: 16 * 1024 - 8,
    per: 'text',
    wanted: 100,
    works: ({ text = '' }) => [factsFrom(text)],
  },
};
