import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { isObject } from '../../engine/text/is-object.ts';
import type { History, Revision } from './revision.ts';

/** Raised when a field goes or changes its meaning; docs/history.md has the fields. */
const HISTORY_SCHEMA = 1;

/** How many revisions are kept at most. */
export const MAX_REVISIONS = 20;

/** Of what is kept, compressed; in base64 it is a third more, and an object takes 1 MiB. */
export const MAX_COMPRESSED_BYTES = 512 * 1024;

/** Of the same before compression: what compresses well must not take memory without end. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** Nothing was looked at yet. */
export const NO_HISTORY: History = { seen: '0', revisions: [] };

/** A Secret's data that is no history: nothing of it is quoted. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

/**
 * The value in the Secret: gzip of JSON. Where it would be too long, the oldest revisions go; a newest
 * one that is too long by itself keeps its hashes alone. Compresses away from the main thread.
 */
export async function encodeHistory({ seen, revisions }: History): Promise<Buffer> {
  for (let kept = revisions.slice(-MAX_REVISIONS); ; kept = fewer(kept)) {
    const json = Buffer.from(JSON.stringify({ schema: HISTORY_SCHEMA, seen, revisions: kept }));
    if (json.length > MAX_JSON_BYTES) continue;
    const bytes = await promisify(gzip)(json);
    if (bytes.length <= MAX_COMPRESSED_BYTES) return bytes;
  }
}

function fewer([oldest, ...others]: readonly Revision[]): Revision[] {
  return others.length > 0 || !oldest ? others : [withoutTexts(oldest)];
}

/** A revision as its hashes alone. */
export function withoutTexts<T extends Pick<Revision, 'data' | 'binaryData'>>(revision: T): T {
  const members = Object.entries(revision).filter(([name]) => !TEXTS.includes(name));
  return Object.fromEntries(members) as T;
}

const TEXTS: readonly string[] = ['data', 'binaryData'] satisfies (keyof Revision)[];

/** Reads the value of the Secret; rejects with HistoryError. */
export async function decodeHistory(bytes: Uint8Array): Promise<History> {
  const content = await readJson(bytes);
  if (!isObject(content)) throw broken('no history');
  const { schema, seen, revisions } = content;
  if (schema !== HISTORY_SCHEMA) {
    throw new HistoryError(
      `it holds a history of another schema than ${HISTORY_SCHEMA}: another release reads it`,
    );
  }
  if (!isVersion(seen) || !Array.isArray(revisions) || !revisions.every(isRevision)) {
    throw broken('no history');
  }
  // No guard writes more, and each of them may be judged before a write is answered.
  return { seen, revisions: revisions.slice(-MAX_REVISIONS) };
}

/** What is held is not overwritten: a person may want to see what became of it. */
const broken = (what: string) =>
  new HistoryError(`it holds ${what}; take its key history out, and the guard begins anew`);

async function readJson(bytes: Uint8Array): Promise<unknown> {
  try {
    const text = await promisify(gunzip)(bytes, { maxOutputLength: MAX_JSON_BYTES });
    return JSON.parse(text.toString());
  } catch {
    throw broken('no JSON compressed with gzip');
  }
}

/** RFC 3339 in UTC; `Date` alone would take any words in brackets, too. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const isTime = (value: unknown) =>
  typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
/** Up to it a number can be added to for longer than anything here lasts. */
const MAX_NUMBER = 2 ** 50;
const isNumber = (value: unknown) =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MAX_NUMBER;
/** As sightings compare them; 64 bits have 20 digits. */
const isVersion = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,20}$/.test(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown) => value === true;
const isTexts = (value: unknown) => isObject(value) && Object.values(value).every(isText);
const optional = (is: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || is(value);

const MEMBERS: Readonly<Record<keyof Revision, (value: unknown) => boolean>> = {
  number: isNumber,
  at: isTime,
  resourceVersion: isText,
  hash: isText,
  chain: isText,
  data: optional(isTexts),
  binaryData: optional(isTexts),
  deleted: optional(isFlag),
  user: optional(isText),
  fieldManager: optional(isText),
  fieldManagerAt: optional(isTime),
  gap: optional(isFlag),
  gapSince: optional(isTime),
};

const isRevision = (value: unknown): value is Revision =>
  isObject(value) && Object.entries(MEMBERS).every(([name, is]) => is(value[name]));
