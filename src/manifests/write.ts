import type { DataEdit } from '../engine/core/fix.ts';
import { type TextEdit, applyEdits } from '../engine/json/edit.ts';
import type { KeyText, ManifestObject, NewKeyPlace } from './read.ts';
import type { ScalarSource } from './scalar.ts';

/**
 * Writes edits of an object into the files that it stands in, and changes only the bytes that they
 * are about. A style that can't hold the new text shows when the result is read again.
 */

/** New texts of files, by name. */
export type NewTexts = ReadonlyMap<string, string>;

/**
 * The files with the edits made, in the ways in which that can be done, the one that changes least
 * first. A way may not hold the text, as at the end of a block scalar: read the files again and take
 * the first that does. None where a value is shared with other places or not understood, and where
 * its map has no room for a key that has to come or go.
 */
export function* writings(
  object: ManifestObject,
  edits: readonly DataEdit[],
): Generator<NewTexts, void> {
  for (const way of [fileEdits, wholeScalar]) {
    const texts = written(object, edits, way);
    if (texts) yield texts;
  }
}

type Way = (place: KeyText, edit: DataEdit, old: string) => TextEdit[] | undefined;

function written(
  object: ManifestObject,
  edits: readonly DataEdit[],
  way: Way,
): NewTexts | undefined {
  const changes = new Map<string, { readonly text: string; readonly edits: TextEdit[] }>();
  for (const edit of edits) {
    const place = object.texts.get(edit.key);
    const made = place
      ? way(place, edit, object.configMap.data.get(edit.key) ?? '')
      : newKey(object.newKey, edit);
    const file = place?.file ?? object.newKey?.file;
    if (!made || !file) return undefined;
    const { name, text } = file;
    const change = changes.get(name) ?? { text, edits: [] };
    change.edits.push(...made);
    changes.set(name, change);
  }
  return new Map(
    [...changes].map(([name, change]) => [name, applyEdits(change.text, change.edits)]),
  );
}

function fileEdits(place: KeyText, edit: DataEdit, old: string): TextEdit[] | undefined {
  if (edit.kind === 'rename') return place.keyRange && [{ ...place.keyRange, text: edit.to }];
  if (edit.kind === 'remove') return withoutKey(place);
  const isBare = place.keyRange === undefined && place.scalar === undefined && isWholeFile(place);
  const { scalar } = place;
  if (!isBare && !scalar) return undefined;
  const changes = edit.kind === 'text' ? edit.edits : [difference(old, edit.text)];
  if (!scalar) return [...changes];
  const eol = lineBreakOf(place);
  return changes.map((change) => inScalar(change, scalar, old, eol));
}

/** The scalar written anew: a block as a literal one, all else in double quotes, which hold any text. */
function wholeScalar(place: KeyText, edit: DataEdit, old: string): TextEdit[] | undefined {
  const { scalar } = place;
  if (!scalar || edit.kind === 'rename' || edit.kind === 'remove') return undefined;
  const text = edit.kind === 'text' ? applyEdits(old, edit.edits) : edit.text;
  const isBlock = scalar.style === 'literal' || scalar.style === 'folded';
  if (!isBlock) return [{ ...scalar.range, text: JSON.stringify(text) }];
  return [{ ...scalar.range, text: blockOf(text, scalar.indent, lineBreakOf(place)) }];
}

/** A text as the value of a block map, with the end of its last line. */
function blockOf(text: string, indent: number, eol: string): string {
  // An empty block shows no indentation, and not every text can be a literal one.
  if (indent === 0 || /^\s|^$|\n\n$|[^\P{Cc}\n\t]/u.test(text)) return JSON.stringify(text) + eol;
  const pad = ' '.repeat(indent);
  const lines = text.replace(/\n$/, '').split('\n');
  const body = [text.endsWith('\n') ? '|' : '|-', ...lines.map((line) => line && pad + line), ''];
  return body.join(eol);
}

/** A key that the map lacks, put before its first one. */
function newKey(place: NewKeyPlace | undefined, edit: DataEdit): TextEdit[] | undefined {
  if (!place || edit.kind !== 'set') return undefined;
  const { offset, isFlow, file } = place;
  const before = file.text.slice(file.text.lastIndexOf('\n', offset - 1) + 1, offset);
  const eol = lineBreakOf(place);
  // Behind a brace, as in one line of JSON, the next key follows in the same line.
  const isOwnLine = /^ *$/.test(before);
  if (isFlow) {
    const gap = isOwnLine ? eol + before : ' ';
    const text = `${JSON.stringify(edit.key)}: ${JSON.stringify(edit.text)},${gap}`;
    return [{ offset, length: 0, text }];
  }
  if (!isOwnLine) return undefined;
  const value = blockOf(edit.text, before.length + 2, eol);
  return [{ offset, length: 0, text: `${edit.key}: ${value}${before}` }];
}

/** The lines of a key in a block map taken out. */
function withoutKey({ file: { text }, keyRange, scalar }: KeyText): TextEdit[] | undefined {
  if (!keyRange || !scalar) return undefined;
  const start = text.lastIndexOf('\n', keyRange.offset - 1) + 1;
  const stop = scalar.range.offset + scalar.range.length;
  const isBlock = scalar.style === 'literal' || scalar.style === 'folded';
  const rest = isBlock ? '' : (/^ *(?:\r?\n|$)/.exec(text.slice(stop))?.[0] ?? undefined);
  if (rest === undefined || !/^ *$/.test(text.slice(start, keyRange.offset))) return undefined;
  return [{ offset: start, length: stop + rest.length - start, text: '' }];
}

const lineBreakOf = ({ file }: Pick<KeyText, 'file'>) =>
  file.text.includes('\r\n') ? '\r\n' : '\n';

const isWholeFile = ({ file, range }: KeyText) => range.length === file.text.length;

/** The stretch in which two texts differ. */
function difference(before: string, after: string): TextEdit {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return {
    offset: start,
    length: before.length - start - end,
    text: after.slice(start, after.length - end),
  };
}

/**
 * An edit of the text as one of the file. It ends where the next character begins, so that the
 * indentation in front of that goes with a line that is taken out.
 */
function inScalar(
  { offset, length, text }: TextEdit,
  { map, style, indent }: ScalarSource,
  old: string,
  eol: string,
): TextEdit {
  const start = map.offsetOf(offset);
  const stop = offset + length;
  const end =
    length > 0 && stop === old.length
      ? start + map.rangeOf({ offset, length }).length
      : map.offsetOf(stop);
  return { offset: start, length: end - start, text: encoded(text, style, indent, eol) };
}

function encoded(text: string, style: ScalarSource['style'], indent: number, eol: string): string {
  switch (style) {
    case 'double':
      return JSON.stringify(text).slice(1, -1);
    case 'single':
      return text.replaceAll("'", "''");
    case 'plain':
      return text;
    case 'literal':
    case 'folded':
      return text.replaceAll('\r\n', '\n').replaceAll('\n', `${eol}${' '.repeat(indent)}`);
  }
}
