import { EFFECT_TEXT } from '../catalogue/field.ts';
import { prose } from '../core/fix.ts';
import { defineRule } from '../core/rule.ts';
import { pathOf } from '../json/node.ts';
import { entryRemoval } from './entry-edits.ts';
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
      const name = node.value as string;
      if (utf8Length(name) <= MAX_NAME_BYTES && !/[\s/:]|^\.{1,2}$/.test(name)) continue;
      yield {
        ...problemAt(entry, node),
        message: `"vrfname" names an interface, so it has ${MAX_NAME_BYTES} bytes at most, no slash and no space: ${EFFECT_TEXT['every-pod']}`,
      };
    }
  },
});

export const vrfAfterTerway = defineRule({
  info: {
    id: 'vrf-after-terway',
    title: 'vrf is for the second interface of a pod',
    why: "vrf puts eth0, the pod's only interface, under another routing table, where the routes that terway made are not looked up. Read in the plugin's source, not run.",
    fix: prose('remove the entry'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    for (const { key, node } of entriesOf(context, 'vrf')) {
      yield {
        key,
        path: pathOf(node),
        at: { offset: node.offset, length: 1 },
        message:
          'vrf is for a second interface of the pod; after terway it takes eth0 out of the main routing table',
        fix: prose('remove this entry', entryRemoval(node)),
      };
    }
  },
});
