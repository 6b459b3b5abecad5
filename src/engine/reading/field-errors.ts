import { type FieldSpec, type Format, isReadBy } from '../catalogue/field.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { ReviewContext } from '../core/rule.ts';
import { isNewer } from '../core/version.ts';
import { lastOfEachName } from '../json/go-names.ts';
import type { JsonNode, JsonNumber } from '../json/node.ts';
import { floatOf, hasFormat } from './go-formats.ts';
import { allPass, installedVersion, oneMayPass } from './installed.ts';
import { decodedEntries } from './decoded-entries.ts';
import { type DecodedObject, valueAt } from './decoded-object.ts';
import { tableOf } from './field-table.ts';

/** What programs refuse in the values of their fields, by the catalogue. */

type ValueErrorKind =
  /** A value of another JSON type. */
  | 'type'
  /** A text that is none of those accepted. */
  | 'enum'
  /** An empty text where there must be one. */
  | 'empty'
  /** A text without the shape that its program reads. */
  | Format
  /** A number outside the field's bounds, or outside its bits. */
  | 'range'
  /** A number that the program takes, outside of those that ACK documents. */
  | 'documented'
  /** -0 for an unsigned integer: Terway passes it on, and Go reads it into signed ones only. */
  | 'negative-zero'
  /** An integer with a point or an exponent, where encoding/json sees the text itself. */
  | 'notation';

export interface ValueError {
  readonly kind: ValueErrorKind;
  readonly decoded: DecodedObject;
  readonly node: JsonNode;
  readonly field: FieldSpec;
}

/** A required member that is absent or null. */
export interface MissingMember {
  readonly kind: 'missing';
  readonly decoded: DecodedObject;
  readonly name: string;
  readonly field: FieldSpec;
}

type FieldError = ValueError | MissingMember;

/** Whether the program takes the value for its field of this name, as far as types and values go. */
export function takesValue(
  context: ReviewContext,
  decoded: DecodedObject,
  name: string,
  node: JsonNode,
): boolean {
  const field = decoded.fields[name];
  if (!field || node.type === 'null') return false;
  const { facts } = context;
  const text = context.document(decoded.key)?.text ?? '';
  const found: FieldError[] = [];
  addErrorsAt(found, node, field, { decoded, facts, text });
  return found.length === 0;
}

/** One decoded object on the way through a document, with what is known around it. */
interface Walk {
  readonly decoded: DecodedObject;
  readonly facts: Facts;
  /** Of the document. */
  readonly text: string;
}

function readFieldErrors(context: ReviewContext): readonly FieldError[] {
  const found: FieldError[] = [];
  for (const decoded of decodedEntries(context)) {
    const text = context.document(decoded.key)?.text ?? '';
    addErrorsIn(found, { decoded, facts: context.facts, text });
  }
  return found;
}

/** The errors in the chain and in eni_conf, looked for once; a value has one error at most. */
export const fieldErrors = (context: ReviewContext) => context.memo(readFieldErrors);

function addErrorsIn(found: FieldError[], walk: Walk): void {
  const { decoded } = walk;
  for (const { name, spec } of tableOf(decoded.fields).required) {
    if (valueAt(decoded, name)) continue;
    found.push({ kind: 'missing', decoded, name, field: spec });
  }
  for (const { field, member } of decoded.read) {
    if (field.isReserved || field.plainType === member.value.type) continue;
    const before = found.length;
    addErrorsAt(found, member.value, field.spec, walk);
    const isFound = found.length > before;
    if (isFound && !mayBeRead(field.spec, decoded, walk.facts)) found.length = before;
  }
}

/**
 * Releases that do not know a field ignore any value; where no other runs, the version rule speaks.
 * An unknown release is taken for one that lacks what the newest one lacks.
 */
export function mayBeRead(field: FieldSpec, decoded: DecodedObject, facts: Facts): boolean {
  if (field.overwritten) return false;
  const installed = installedVersion(facts, decoded);
  if (!installed && (field.until ?? field.unreleasedAt) !== undefined) return false;
  return oneMayPass(installed, (version) => isReadBy(field, version));
}

/** Adds the errors of a value and of all values inside it. */
function addErrorsAt(found: FieldError[], node: JsonNode, field: FieldSpec, walk: Walk): void {
  // encoding/json leaves a field as it was where it reads null, and a zero value in lists and maps.
  if (node.type === 'null' || isBeyondFloat64(node)) return;
  const kind = errorOf(node, field, walk);
  if (kind !== undefined) {
    found.push({ kind, decoded: walk.decoded, node, field });
    return;
  }
  const { items, fields, values } = field;
  if (node.type === 'array' && items) {
    for (const item of node.items) addErrorsInItem(found, item, items, walk);
  }
  if (node.type !== 'object') return;
  const nested = fields && walk.decoded.nested.get(node);
  if (nested) {
    addErrorsIn(found, { ...walk, decoded: nested });
  } else if (values) {
    for (const { value } of lastOfEachName(node.members)) addErrorsAt(found, value, values, walk);
  }
}

/** An element that is null is an empty text to encoding/json, which may have no such shape. */
function addErrorsInItem(found: FieldError[], node: JsonNode, field: FieldSpec, walk: Walk): void {
  if (node.type !== 'null' || field.format === undefined) {
    addErrorsAt(found, node, field, walk);
  } else if (!hasFormat('', field.format)) {
    found.push({ kind: field.format, decoded: walk.decoded, node, field });
  }
}

/** Such a number is refused as one that cannot be read, whatever its field expects. */
const isBeyondFloat64 = ({ type, value }: JsonNode) => type === 'number' && !Number.isFinite(value);

/** What is wrong with a value itself; undefined when nothing is. */
function errorOf(node: JsonNode, field: FieldSpec, walk: Walk): ValueErrorKind | undefined {
  if (!hasType(node, field)) return 'type';
  if (node.type === 'string') return textError(node.value, field, walk);
  if (node.type !== 'number') return undefined;
  const error =
    field.type === 'integer' ? integerError(node, field, walk) : numberError(node, field);
  return error ?? documentedError(node.value, field);
}

function hasType({ type, value }: JsonNode, field: FieldSpec): boolean {
  return field.type === 'integer' ? Number.isInteger(value) : field.type === type;
}

function textError(text: string, field: FieldSpec, walk: Walk): ValueErrorKind | undefined {
  if (field.enum && !isAcceptedText(text, field, walk)) return 'enum';
  if (text.length < (field.minLength ?? 0)) return 'empty';
  const { format, withoutFormat } = field;
  if (format === undefined || withoutFormat !== undefined) return undefined;
  if (!hasFormat(text, format)) return format;
  return format === 'float' ? documentedError(floatOf(text) ?? NaN, field) : undefined;
}

/** A text that no release takes yet is one of the field's where the release is not known. */
function isAcceptedText(
  text: string,
  { enum: accepted = [], enumUnreleasedAt = {} }: FieldSpec,
  { decoded, facts }: Walk,
): boolean {
  const newest = Object.hasOwn(enumUnreleasedAt, text) ? enumUnreleasedAt[text] : undefined;
  const installed = newest === undefined ? undefined : installedVersion(facts, decoded);
  const isRefused =
    newest !== undefined &&
    installed !== undefined &&
    !allPass(installed, (version) => isNewer(version, newest));
  return accepted.includes(text) && !isRefused;
}

function documentedError(
  value: number,
  { documentedRange }: FieldSpec,
): ValueErrorKind | undefined {
  if (!documentedRange) return undefined;
  const [min, max] = documentedRange;
  return value >= min && value <= max ? undefined : 'documented';
}

/** encoding/json refuses what a float32 can't hold. */
function numberError({ value }: JsonNumber, { single }: FieldSpec): ValueErrorKind | undefined {
  return single && !Number.isFinite(Math.fround(value)) ? 'range' : undefined;
}

function integerError(
  { value, offset, length }: JsonNumber,
  field: FieldSpec,
  { decoded, text }: Walk,
): ValueErrorKind | undefined {
  if (isSecretKey(decoded.key))
    return exactIntegerError(text.slice(offset, offset + length), value);
  // Entries of the chain pass through float64 first, which makes integers of 1.0 and 1e3.
  if (!isInRange(value, field)) return 'range';
  return field.unsigned && Object.is(value, -0) ? 'negative-zero' : undefined;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
/** More characters than those of the smallest int64 are out of its range. */
const MAX_INT64_TEXT = 20;

/** encoding/json reads eni_conf itself, digit by digit, into an int of 64 bits. */
function exactIntegerError(text: string, value: number): ValueErrorKind | undefined {
  if (Number.isSafeInteger(value) && text === String(value)) return undefined;
  if (!/^-?\d+$/.test(text)) return Math.abs(value) < TWO_63 ? 'notation' : 'range';
  if (text.length > MAX_INT64_TEXT) return 'range';
  const exact = BigInt(text);
  return exact >= MIN_INT64 && exact <= MAX_INT64 ? undefined : 'range';
}

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

function isInRange(value: number, { min, max, unsigned }: FieldSpec): boolean {
  // Terway writes -2^63 with the digits of a float64, which no int64 holds.
  const isAboveMin = min === undefined ? value > -TWO_63 : value >= min;
  return isAboveMin && (max === undefined ? value < (unsigned ? TWO_64 : TWO_63) : value <= max);
}
