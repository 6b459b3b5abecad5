import { REASON_ANNOTATION, UNTIL_ANNOTATION } from '../core/break-glass.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../core/eni-config.ts';
import { prose, withWays } from '../core/fix.ts';
import { defineBreakGlassRule } from '../core/rule.ts';

/** Rules about break-glass; whether it counts was decided before, with a call to the API server. */

const bypassRefused = defineBreakGlassRule({
  info: {
    id: 'bypass-refused',
    title: 'Break-glass is for those who may, and for a bounded time',
    why: 'eni-config-guard/bypass-reason and eni-config-guard/bypass-until count for a write only while the end is in the future, at most breakGlass.maxMinutes ahead, and only if the writer has the right to the verb bypass on this ConfigMap. Annotations that count for nothing would be trusted when it matters, so setting them is refused. Those that expired where they stand hinder no other edit.',
    fix: withWays(
      prose(
        'remove both annotations, or have the change made by a user to whom kubectl auth can-i bypass configmaps/eni-config -n kube-system says yes',
      ),
      { kind: 'break-glass' },
    ),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueForbidden',
    settings: ['breakGlass.maxMinutes'],
  },
  *check(answer) {
    if (answer.status !== 'rejected') return;
    const { annotation, why, fix } = answer;
    yield {
      annotation,
      message: `break-glass does not count: ${why}`,
      ...(fix === undefined ? {} : { fix }),
    };
  },
});

const REMOVE =
  `remove it with: kubectl annotate cm -n ${GUARDED_NAMESPACE} ${GUARDED_NAME} ` +
  `${UNTIL_ANNOTATION}- ${REASON_ANNOTATION}-`;

const bypassOpen = defineBreakGlassRule({
  info: {
    id: 'bypass-open',
    title: 'Break-glass is open',
    why: 'Until the time in eni-config-guard/bypass-until nothing is refused to those who have the right to the verb bypass on this ConfigMap. A stored note also covers an update without either annotation, as kubectl replace makes it from a file saved before; break-glass ends with that write. What would be refused is told as a warning, and every use is recorded.',
    fix: prose('remove both annotations as soon as the change is made'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
    advisory: true,
  },
  *check(answer) {
    if (answer.status === 'rejected') return;
    if (answer.closes) {
      yield {
        annotation: UNTIL_ANNOTATION,
        message:
          'break-glass used for the last time: this write takes its annotations away, so the next ' +
          'one is judged again',
      };
      return;
    }
    const what = answer.status === 'used' ? 'break-glass used' : 'break-glass set';
    const message = `${what}, open until ${answer.until}`;
    yield {
      annotation: UNTIL_ANNOTATION,
      message: answer.remains ? `${message}; ${REMOVE}` : message,
    };
  },
});

/**
 * The rules about break-glass. They are not part of a review: what came of a request is known only
 * after it, as that depends on the verdict and may take a question to the API server.
 */
export const BREAK_GLASS_RULES = [bypassRefused, bypassOpen] as const;
