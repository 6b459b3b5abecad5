import { RULE_INFO } from '../catalogue/rules.ts';
import {
  CONF_KEY,
  DOCUMENT_KEYS,
  ENI_CONF_KEY,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
} from '../core/eni-config.ts';
import { positionAt } from '../json/position.ts';
import type { Rule } from '../core/rule.ts';
import { printable } from '../text/text.ts';

/** Rules about the object and its keys as a whole; see the catalogue for why. */

export const objectDeleted: Rule = {
  info: RULE_INFO['object-deleted'],
  *check({ change }) {
    if (change.operation !== 'DELETE') return;
    yield {
      message:
        `${GUARDED_NAMESPACE}/${GUARDED_NAME} must not be deleted: without it every Terway pod ` +
        'fails to start, and nodes that join or reboot get no pod network',
    };
  },
};

export const binaryData: Rule = {
  info: RULE_INFO['binary-data'],
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
};

/** The first place at which two texts part, for a message. */
function firstDifference(before: string, after: string): number {
  let offset = 0;
  while (offset < before.length && before[offset] === after[offset]) offset += 1;
  return offset;
}

export const confChanged: Rule = {
  info: RULE_INFO['conf-changed'],
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
      fix: `put the stored text back; its line ${line} is: ${printable(storedLine)}`,
    };
  },
};

/** In binaryData the key is a finding of its own; Terway does read it there. */
function missingKeyRule(id: 'conf-missing' | 'eni-conf-missing', key: string): Rule {
  return {
    info: RULE_INFO[id],
    *check({ change, object }) {
      if (change.operation === 'DELETE') return;
      if (object.data.has(key) || object.binaryData.has(key)) return;
      yield {
        key,
        message: `the key ${key} is missing: every Terway pod fails to start without it`,
      };
    },
  };
}

export const confMissing = missingKeyRule('conf-missing', CONF_KEY);
export const eniConfMissing = missingKeyRule('eni-conf-missing', ENI_CONF_KEY);
