import type { FieldSpec, Format } from '../catalogue/field.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { ReviewContext } from '../core/rule.ts';
import { isAtLeastOnLine } from '../core/version.ts';
import { lastOfEachName } from '../json/go-names.ts';
import type { JsonNode, JsonNumber } from '../json/node.ts';
import { hasFormat } from './go-formats.ts';
import { installedVersion, oneMayPass } from './installed.ts';
import { decodedEntries } from './decoded-entries.ts';
import { type DecodedObject, decodeObject, valueAt } from './decoded-object.ts';

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
  /** An integer outside the field's bounds, or outside 64 bits. */
  | 'range'
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
  return errorsAt(node, field, { decoded, facts, text }).length === 0;
}

/** One decoded object on the way through a document, with what is known around it. */
interface Walk {
  readonly decoded: DecodedObject;
  readonly facts: Facts;
  /** Of the document. */
  readonly text: string;
}

const NONE: readonly FieldError[] = [];

function readFieldErrors(context: ReviewContext): readonly FieldError[] {
  return decodedEntries(context).flatMap((decoded) => {
    const text = context.document(decoded.key)?.text ?? '';
    return errorsIn({ decoded, facts: context.facts, text });
  });
}

/** The errors in the chain and in eni_conf, looked for once; a value has one error at most. */
export const fieldErrors = (context: ReviewContext) => context.memo(readFieldErrors);

function errorsIn(walk: Walk): readonly FieldError[] {
  const { decoded } = walk;
  const found: FieldError[] = [];
  for (const [name, field] of requiredOf(decoded.fields)) {
    if (valueAt(decoded, name)) continue;
    found.push({ kind: 'missing', decoded, name, field });
  }
  for (const [name, { value }] of decoded.members) {
    const field = decoded.fields[name];
    if (!field || field.reserved) continue;
    const nested = decoded.nested.get(name);
    const errors = nested ? errorsIn({ ...walk, decoded: nested }) : errorsAt(value, field, walk);
    if (errors.length === 0 || !isRead(field, walk)) continue;
    for (const error of errors) found.push(error);
  }
  return found;
}

/** Releases that do not know a field ignore any value; where no other runs, the version rule speaks. */
function isRead({ since, sinceOnLines }: FieldSpec, { decoded, facts }: Walk): boolean {
  if (since === undefined) return true;
  return oneMayPass(installedVersion(facts, decoded), (version) =>
    isAtLeastOnLine(version, since, sinceOnLines),
  );
}

type Fields = DecodedObject['fields'];

const requiredOfFields = new WeakMap<Fields, readonly (readonly [string, FieldSpec])[]>();

function requiredOf(fields: Fields): readonly (readonly [string, FieldSpec])[] {
  let required = requiredOfFields.get(fields);
  if (!required) {
    required = Object.entries(fields).filter(([, field]) => field.required);
    requiredOfFields.set(fields, required);
  }
  return required;
}

/** The errors of a value and of all values inside it. */
function errorsAt(node: JsonNode, field: FieldSpec, walk: Walk): readonly FieldError[] {
  // encoding/json leaves a field as it was where it reads null, and a zero value in lists and maps.
  if (node.type === 'null' || isBeyondFloat64(node)) return NONE;
  const kind = errorOf(node, field, walk);
  if (kind !== undefined) return [{ kind, decoded: walk.decoded, node, field }];
  const { items, fields, values } = field;
  if (node.type === 'array') {
    return items ? node.items.flatMap((item) => errorsInItem(item, items, walk)) : NONE;
  }
  if (node.type !== 'object') return NONE;
  if (fields)
    return errorsIn({ ...walk, decoded: decodeObject(node, { ...walk.decoded, fields }) });
  if (!values) return NONE;
  return [...lastOfEachName(node.members)].flatMap(({ value }) => errorsAt(value, values, walk));
}

/** An element that is null is an empty text to encoding/json, which may have no such shape. */
function errorsInItem(node: JsonNode, field: FieldSpec, walk: Walk): readonly FieldError[] {
  if (node.type !== 'null' || field.format === undefined) return errorsAt(node, field, walk);
  if (hasFormat('', field.format)) return NONE;
  return [{ kind: field.format, decoded: walk.decoded, node, field }];
}

/** Such a number is refused as one that cannot be read, whatever its field expects. */
const isBeyondFloat64 = ({ type, value }: JsonNode) => type === 'number' && !Number.isFinite(value);

/** What is wrong with a value itself; undefined when nothing is. */
function errorOf(node: JsonNode, field: FieldSpec, walk: Walk): ValueErrorKind | undefined {
  if (!hasType(node, field)) return 'type';
  if (node.type === 'string') return textError(node.value, field);
  if (node.type === 'number' && field.type === 'integer') return integerError(node, field, walk);
  return undefined;
}

function hasType({ type, value }: JsonNode, field: FieldSpec): boolean {
  return field.type === 'integer' ? Number.isInteger(value) : field.type === type;
}

function textError(text: string, field: FieldSpec): ValueErrorKind | undefined {
  if (field.enum && !field.enum.includes(text)) return 'enum';
  if (text.length < (field.minLength ?? 0)) return 'empty';
  return field.format === undefined || hasFormat(text, field.format) ? undefined : field.format;
}

function integerError(
  { value, offset, length }: JsonNumber,
  field: FieldSpec,
  { decoded, text }: Walk,
): ValueErrorKind | undefined {
  if (!isInRange(value, field)) return 'range';
  if (field.unsigned && Object.is(value, -0)) return 'negative-zero';
  // Entries of the chain pass through float64 first, which makes integers of 1.0 and 1e3.
  const isPlain = !isSecretKey(decoded.key) || /^-?\d+$/.test(text.slice(offset, offset + length));
  return isPlain ? undefined : 'notation';
}

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

function isInRange(value: number, { min, max, unsigned }: FieldSpec): boolean {
  // Terway writes -2^63 with the digits of a float64, which no int64 holds.
  const isAboveMin = min === undefined ? value > -TWO_63 : value >= min;
  return isAboveMin && (max === undefined ? value < (unsigned ? TWO_64 : TWO_63) : value <= max);
}
