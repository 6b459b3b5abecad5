import { RULE_INFO } from '../catalogue/rules.ts';
import { BYPASS_REASON, BYPASS_UNTIL } from '../core/break-glass.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../core/eni-config.ts';
import type { Rule } from '../core/rule.ts';

/** Rules about break-glass; whether it counts was found out before, as that takes a question. */

export const bypassRefused: Rule = {
  info: RULE_INFO['bypass-refused'],
  *check({ change: { bypass } }) {
    if (bypass?.standing !== 'refused') return;
    const { annotation, why, fix } = bypass;
    yield {
      annotation,
      message: `break-glass does not count: ${why}`,
      ...(fix === undefined ? {} : { fix }),
    };
  },
};

const REMOVE =
  `remove it with: kubectl annotate cm -n ${GUARDED_NAMESPACE} ${GUARDED_NAME} ` +
  `${BYPASS_UNTIL}- ${BYPASS_REASON}-`;

export const bypassOpen: Rule = {
  info: RULE_INFO['bypass-open'],
  *check({ change: { bypass, operation } }) {
    if (bypass === undefined || bypass.standing === 'refused') return;
    const what = bypass.standing === 'used' ? 'break-glass used' : 'break-glass set';
    const message = `${what}, open until ${bypass.until}`;
    yield {
      annotation: BYPASS_UNTIL,
      message: operation === 'DELETE' ? message : `${message}; ${REMOVE}`,
    };
  },
};
