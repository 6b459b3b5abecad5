import { CONF_KEY } from '../core/eni-config.ts';
import type { RuleId } from './index.ts';

/**
 * The rules that the API server can enforce without the guard, as CEL over `object` and `oldObject`.
 * Like the guard's own they judge what changed: what is already broken may be mended or left alone.
 * All other rules read the JSON inside the strings, which CEL can't do.
 */
export interface AdmissionPolicyRule {
  readonly rule: RuleId;
  /** True when the write is fine; never errs, whatever parts the object lacks. */
  readonly expression: string;
}

/** Other keys of `data` and `binaryData` are not looked at; a CREATE has no old text to lose. */
const text = (object: string) => `${object}.?data[?"${CONF_KEY}"]`;
const bytes = (object: string) => `${object}.?binaryData[?"${CONF_KEY}"]`;
const has = (value: string) => `${value}.hasValue()`;
const isDelete = 'request.operation == "DELETE"';

export const ADMISSION_POLICY_RULES: readonly AdmissionPolicyRule[] = [
  { rule: 'object-deleted', expression: `!(${isDelete})` },
  {
    rule: 'binary-data',
    expression: `${isDelete} || !${has(bytes('object'))} || ${bytes('object')} == ${bytes('oldObject')}`,
  },
  {
    rule: 'conf-changed',
    expression:
      `${isDelete} || !${has(text('oldObject'))} || !${has(text('object'))} || ` +
      `${text('object')} == ${text('oldObject')}`,
  },
  {
    rule: 'conf-missing',
    expression:
      `${isDelete} || !(${has(text('oldObject'))} || ${has(bytes('oldObject'))}) || ` +
      `${has(text('object'))} || ${has(bytes('object'))}`,
  },
];
