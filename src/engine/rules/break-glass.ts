import { RULE_INFO } from '../catalogue/rules.ts';
import { REASON_ANNOTATION, UNTIL_ANNOTATION } from '../core/break-glass.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../core/eni-config.ts';
import type { BreakGlassRule } from '../core/rule.ts';

const bypassRefused: BreakGlassRule = {
  info: RULE_INFO['bypass-refused'],
  *check(answer) {
    if (answer.status !== 'rejected') return;
    const { annotation, why, fix } = answer;
    yield {
      annotation,
      message: `break-glass does not count: ${why}`,
      ...(fix === undefined ? {} : { fix }),
    };
  },
};

const REMOVE =
  `remove it with: kubectl annotate cm -n ${GUARDED_NAMESPACE} ${GUARDED_NAME} ` +
  `${UNTIL_ANNOTATION}- ${REASON_ANNOTATION}-`;

const bypassOpen: BreakGlassRule = {
  info: RULE_INFO['bypass-open'],
  *check(answer) {
    if (answer.status === 'rejected') return;
    const what = answer.status === 'used' ? 'break-glass used' : 'break-glass set';
    const message = `${what}, open until ${answer.until}`;
    yield {
      annotation: UNTIL_ANNOTATION,
      message: answer.remains ? `${message}; ${REMOVE}` : message,
    };
  },
};

/**
 * The rules about break-glass. They are not part of a review: what came of a request is known only
 * after it, as that depends on the verdict and may take a question to the API server.
 */
export const BREAK_GLASS_RULES: readonly BreakGlassRule[] = [bypassRefused, bypassOpen];
