import {
  CONF_KEY,
  DOCUMENT_KEYS,
  ENI_CONF_KEY,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
} from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { positionAt } from '../json/position.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { printable } from '../text/text.ts';

/** Rules about the object and its keys as a whole. */

export const objectDeleted = defineRule({
  info: {
    id: 'object-deleted',
    title: 'eni-config must not be deleted',
    why: 'Every Terway pod mounts this ConfigMap. Without it none can start, and a node that joins or reboots gets no pod network.',
    fix: prose(
      'keep the object; to go back to the default chain, remove only the key 10-terway.conflist',
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  *check({ change }) {
    if (change.operation !== 'DELETE') return;
    yield {
      message:
        `${GUARDED_NAMESPACE}/${GUARDED_NAME} must not be deleted: without it every Terway pod ` +
        'fails to start, and nodes that join or reboot get no pod network',
    };
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
  *check({ change, object }) {
    if (change.operation === 'DELETE') return;
    for (const key of DOCUMENT_KEYS) {
      if (!object.binaryData.has(key)) continue;
      yield {
        key,
        message:
          `${key} stands in binaryData, as kubectl does with a file that is not UTF-8; ` +
          'Terway would read it, but nobody can check it',
      };
    }
  },
});

/** The offset of the first difference between two texts. */
function firstDifference(before: string, after: string): number {
  let offset = 0;
  while (offset < before.length && before[offset] === after[offset]) offset += 1;
  return offset;
}

export const confChanged = defineRule({
  info: {
    id: 'conf-changed',
    title: '10-terway.conf is not to be edited',
    why: 'ACK owns 10-terway.conf and documents it as not to be modified. A change switches datapath or policy engine under running nodes.',
    fix: prose(
      'put the old text of 10-terway.conf back; what shall differ goes into 10-terway.conflist',
    ),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  *check({ change }) {
    const before = change.old?.data.get(CONF_KEY);
    const after = change.new?.data.get(CONF_KEY);
    if (before === undefined || after === undefined || before === after) return;
    const offset = firstDifference(before, after);
    const { line } = positionAt(before, offset);
    const isSpacing = before.replace(/\s/g, '') === after.replace(/\s/g, '');
    const storedLine = before.split('\n')[line - 1] ?? '';
    yield {
      key: CONF_KEY,
      at: { offset, length: 1 },
      message:
        `${CONF_KEY} belongs to ACK and must not be edited; it differs from the stored text ` +
        (isSpacing ? `in white space, from line ${line} on` : `from line ${line} on`),
      fix: prose(`put the stored text back; its line ${line} is: ${printable(storedLine)}`),
    };
  },
});

/** A key in binaryData is not missing, as Terway reads it there; the rule binary-data reports it. */
function* missingKey({ change, object }: ReviewContext, key: string): Generator<Problem> {
  if (change.operation === 'DELETE') return;
  if (object.data.has(key) || object.binaryData.has(key)) return;
  yield {
    key,
    message: `the key ${key} is missing: every Terway pod fails to start without it`,
  };
}

export const confMissing = defineRule({
  info: {
    id: 'conf-missing',
    title: '10-terway.conf must be there',
    why: 'The init and policy containers of every Terway pod fail without the file, even when a chain exists.',
    fix: prose('the object needs the key 10-terway.conf with the text that ACK wrote'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  check: (context) => missingKey(context, CONF_KEY),
});

export const eniConfMissing = defineRule({
  info: {
    id: 'eni-conf-missing',
    title: 'eni_conf must be there',
    why: 'The init and policy containers of every Terway pod fail without the file (Terway 1.11.5 and newer), and the daemon has no configuration.',
    fix: prose('the object needs the key eni_conf with the configuration of the daemon'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  check: (context) => missingKey(context, ENI_CONF_KEY),
});
