import { stepsOfPointer } from '../json/path.ts';
import type { ReviewContext } from '../core/rule.ts';
import { isAtLeastOnLine } from '../core/version.ts';
import { VALIDATORS, type ValidatorError } from '../../generated/validators.js';
import { type Located, decodeStruct, locate } from './decode.ts';
import { installedVersion, oneMayPass } from './installed.ts';
import { type Struct, topStructs } from './structs.ts';

/** What does not fit the catalogue's JSON schemas, as ajv finds it. */

/** A mismatch with the schema; of the struct itself (a missing member) nothing is located. */
export interface Mismatch {
  readonly struct: Struct;
  readonly error: ValidatorError;
  readonly located: Located | undefined;
}

/** What ajv holds against the structs under review, save for what the release does not read. */
function readMismatches(context: ReviewContext): readonly Mismatch[] {
  return topStructs(context)
    .flatMap(validateStruct)
    .filter((mismatch) => isRead(context, mismatch));
}

/** The mismatches of the structs under review; each struct is validated once. */
export const mismatches = (context: ReviewContext) => context.memo(readMismatches);

/** Releases that do not know a field ignore any value; where no other runs, the version rule speaks. */
function isRead({ facts }: ReviewContext, { struct, error }: Mismatch): boolean {
  const { since, sinceOnLines } = struct.fields[stepsOfPointer(error.instancePath)[0] ?? ''] ?? {};
  if (since === undefined) return true;
  return oneMayPass(installedVersion(facts, struct), (version) =>
    isAtLeastOnLine(version, since, sinceOnLines),
  );
}

/** Mismatches of one struct that are looked at. */
const MAX_MISMATCHES = 100;

function validateStruct(struct: Struct): Mismatch[] {
  const validate = VALIDATORS[struct.complete ? struct.program : ''];
  if (!validate || validate(decodeStruct(struct))) return [];
  // More than a report can show; finding their places costs more than finding them.
  return (validate.errors ?? []).slice(0, MAX_MISMATCHES).map((error) => ({
    struct,
    error,
    located: locate(struct, stepsOfPointer(error.instancePath)),
  }));
}
