import { aligned, widthsOf } from '../../engine/text/columns.ts';
import { printable } from '../../engine/text/text.ts';
import { type KeyChange, changedKeys } from './comparison.ts';
import { type History, type Revision, configMapOf } from './revision.ts';
import { shownText } from './shown-text.ts';

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const HISTORY_OUTPUT_SCHEMA = 1;

const MAX_NAME_LENGTH = 256;

const name = (text: string) => printable(text, MAX_NAME_LENGTH);

/** `2026-01-08 10:00:31 UTC`. */
const moment = (at: string) => `${at.slice(0, 19).replace('T', ' ')} UTC`;

/** Who wrote a revision, in words. */
function authorOf({ user, fieldManager }: Pick<Revision, 'user' | 'fieldManager'>): string {
  if (user !== undefined) return name(user);
  return fieldManager === undefined ? 'unknown' : `unknown (field manager ${name(fieldManager)})`;
}

/** What a revision changed, as far as the one before is kept. */
function changeOf(revision: Revision, before: Revision | undefined): readonly string[] | undefined {
  const [old, now] = [before && configMapOf(before), configMapOf(revision)];
  return old && now && changedKeys(old, now).map(name);
}

function changeText(revision: Revision, before: Revision | undefined): string {
  if (revision.deleted) return before ? 'eni-config was deleted' : 'there was no eni-config';
  if (!configMapOf(revision)) return 'too large to keep, as its hash alone';
  if (before?.deleted) return 'eni-config was made';
  const keys = changeOf(revision, before);
  if (keys === undefined) return 'the one before is not kept';
  return keys.length === 0 ? 'nothing' : keys.join(', ');
}

/** A table of the revisions, the newest first. */
export function listAsText({ revisions }: History): string {
  const rows = revisions
    .map((revision, index) => [
      String(revision.number),
      moment(revision.at),
      authorOf(revision),
      `${changeText(revision, revisions[index - 1])}${revision.gap ? '; versions before it may be missing' : ''}`,
    ])
    .reverse();
  const table = [['REVISION', 'SEEN', 'BY', 'CHANGED'], ...rows];
  const widths = widthsOf(table);
  return table.map((row) => `${aligned(row, widths)}\n`).join('');
}

export function listAsJson({ revisions }: History): string {
  return json({
    revisions: revisions.map((revision, index) => fieldsOf(revision, revisions[index - 1])),
  });
}

function fieldsOf(revision: Revision, before: Revision | undefined) {
  const { number, at, resourceVersion, chain, user, fieldManager, fieldManagerAt, gapSince } =
    revision;
  return {
    number,
    at,
    resourceVersion: name(resourceVersion),
    chain: name(chain),
    user: user === undefined ? undefined : name(user),
    fieldManager: fieldManager === undefined ? undefined : name(fieldManager),
    fieldManagerAt,
    gap: revision.gap === true,
    gapSince,
    deleted: revision.deleted === true,
    kept: revision.data !== undefined,
    changed: changeOf(revision, before),
  };
}

/** The texts of a revision under its keys, each line indented. */
export function revisionAsText(revision: Revision, hasSecrets: boolean): string {
  const head = `revision ${revision.number}, seen ${moment(revision.at)}, by ${authorOf(revision)}`;
  const texts = shownTexts(revision, hasSecrets).map(
    ([key, text]) => `${key}:\n${text.replace(/^(?=.)/gm, '  ').replace(/\n?$/, '\n')}`,
  );
  return [`${head}\n`, ...texts].join('\n');
}

export function revisionAsJson(revision: Revision, hasSecrets: boolean): string {
  const texts = shownTexts(revision, hasSecrets).map(([key, text]) => ({ key, text }));
  return json({ revision: fieldsOf(revision, undefined), texts });
}

function shownTexts(revision: Revision, hasSecrets: boolean): [key: string, text: string][] {
  const { data, binaryData } = configMapOf(revision) ?? {};
  return [...(data ?? []), ...(binaryData ?? [])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => [printable(key), shownText(key, text, { hasSecrets })]);
}

/** Diffs of all keys; a change of which nothing is shown is told by its key. */
export const diffAsText = (changes: readonly KeyChange[]) =>
  changes
    .map(({ key, diff }) => (diff === '' ? `${key}: changed in what is not shown\n` : diff))
    .join('');

export const diffAsJson = (from: Revision, to: Revision, changes: readonly KeyChange[]) =>
  json({ from: from.number, to: to.number, changes });

const json = (content: object) =>
  `${JSON.stringify({ schema: HISTORY_OUTPUT_SCHEMA, ...content }, null, 2)}\n`;
