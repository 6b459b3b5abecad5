import { EFFECT_TEXT } from '../catalogue/field.ts';
import { prose } from '../core/fix.ts';
import { defineRule } from '../core/rule.ts';
import { problemAt } from './field-text.ts';
import { entriesOf, valueAt } from '../reading/structs.ts';
import { utf8Length } from '../text/utf8.ts';

/** The kernel keeps 15 bytes of an interface name, and neither slashes nor white space. */
const MAX_NAME_BYTES = 15;

export const vrfName = defineRule({
  info: {
    id: 'vrf-name',
    title: 'vrfname is the name of an interface',
    why: 'The kernel refuses longer names and odd characters, so every new pod fails.',
    fix: prose('choose a shorter name of letters, digits and dashes'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    for (const entry of entriesOf(context, 'vrf')) {
      const node = valueAt(entry, 'vrfname');
      if (node?.type !== 'string' || node.value === '') continue;
      const name = node.value;
      if (utf8Length(name) <= MAX_NAME_BYTES && !/[\s/:]|^\.{1,2}$/.test(name)) continue;
      yield {
        ...problemAt(entry, node),
        message: `"vrfname" names an interface, so it has ${MAX_NAME_BYTES} bytes at most, no slash and no space: ${EFFECT_TEXT['every-pod']}`,
      };
    }
  },
});
