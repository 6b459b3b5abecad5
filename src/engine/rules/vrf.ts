import { EFFECT_TEXT } from '../catalogue/field.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import type { Rule } from '../core/rule.ts';
import { problemAt } from './field-text.ts';
import { entriesOf, valueAt } from '../reading/structs.ts';

/** The kernel keeps 15 bytes of an interface name, and neither slashes nor white space. */
const MAX_NAME_BYTES = 15;

export const vrfName: Rule = {
  info: RULE_INFO['vrf-name'],
  *check(context) {
    for (const entry of entriesOf(context, 'vrf')) {
      const node = valueAt(entry, 'vrfname');
      if (node?.type !== 'string' || node.value === '') continue;
      const name = node.value;
      if (Buffer.byteLength(name) <= MAX_NAME_BYTES && !/[\s/:]|^\.{1,2}$/.test(name)) continue;
      yield {
        ...problemAt(entry, node),
        message: `"vrfname" names an interface, so it has ${MAX_NAME_BYTES} bytes at most, no slash and no space: ${EFFECT_TEXT['every-pod']}`,
      };
    }
  },
};
