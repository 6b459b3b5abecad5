import { KEY_NAMES } from '../catalogue/keys.ts';
import {
  CONFLIST_KEY,
  type ConfigMap,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
} from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { prose, withWays } from '../core/fix.ts';
import { NO_PROBLEMS, defineRule } from '../core/rule.ts';
import { aboutWriteTraits } from '../reading/subjects.ts';

/** Rules about the object and its keys as a whole. */

export const objectDeleted = defineRule({
  info: {
    id: 'object-deleted',
    title: 'eni-config must not be deleted',
    why: 'Every Terway pod mounts this ConfigMap. Without it none can start, and a node that joins or reboots gets no pod network.',
    fix: withWays(
      prose(
        'keep the object; to go back to the default chain, remove only the key 10-terway.conflist',
      ),
      { kind: 'keep' },
      { kind: 'edits', edits: [{ kind: 'remove', key: CONFLIST_KEY }] },
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: aboutWriteTraits('deletion'),
  check({ change }) {
    if (change.operation !== 'DELETE') return NO_PROBLEMS;
    return [
      {
        message:
          `${GUARDED_NAMESPACE}/${GUARDED_NAME} must not be deleted: without it every Terway pod ` +
          'fails to start, and nodes that join or reboot get no pod network',
      },
    ];
  },
});

export const binaryData = defineRule({
  info: {
    id: 'binary-data',
    title: 'Guarded keys stand in data, not in binaryData',
    why: 'A key in binaryData becomes a file in the Terway pod just like one in data, but people and tools no longer see its text. kubectl puts a file there that is not UTF-8, for example one saved as UTF-16.',
    fix: prose('save the file as UTF-8 without a byte-order mark and put its text under data'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: aboutWriteTraits('binary-data'),
  check: ({ object }) => keysInBinaryData(object),
});

function* keysInBinaryData(object: ConfigMap): Generator<Problem> {
  for (const key of KEY_NAMES) {
    if (!object.binaryData.has(key)) continue;
    yield {
      key,
      whole: [],
      message:
        `${key} stands in binaryData, as kubectl does with a file that is not UTF-8; ` +
        'Terway would read it, but it cannot be checked',
    };
  }
}

export const immutableObject = defineRule({
  info: {
    id: 'immutable-object',
    title: 'eni-config must stay mutable',
    why: 'The API server refuses every change to the data of an immutable ConfigMap, and does not take the mark back. A chain that harms could not be mended any more, ACK could not upgrade Terway, and the one way back is to delete the object and create it anew.',
    fix: prose('leave "immutable" out'),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueForbidden',
  },
  about: aboutWriteTraits('immutable'),
  check({ change, object }) {
    if (!object.immutable) return NO_PROBLEMS;
    if (!change.old?.immutable) {
      return [
        {
          message:
            'with "immutable": true no key can be changed any more, by ACK neither, and it cannot ' +
            'be taken back',
        },
      ];
    }
    return [
      {
        severity: 'warn',
        isGuess: true,
        message:
          'eni-config is immutable: no key can be changed any more, not even to mend a chain',
        fix: prose(
          'with break-glass (annotations can still be set) delete it and create it anew without "immutable"',
        ),
      },
    ];
  },
});
