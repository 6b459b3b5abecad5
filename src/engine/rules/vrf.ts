import { EFFECT_TEXT } from '../catalogue/field.ts';
import { prose } from '../core/fix.ts';
import { NO_PROBLEMS, checkEach, defineRule } from '../core/rule.ts';
import { pathOf } from '../json/node.ts';
import { entryRemoval } from './entry-edits.ts';
import { MAX_INTERFACE_NAME, isInterfaceName } from '../reading/go-formats.ts';
import { problemAt } from './field-text.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { valueAt } from '../reading/decoded-object.ts';
import { aboutEntries, aboutMembers } from '../reading/subjects.ts';

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
  about: aboutMembers('vrfname'),
  check: checkEach(
    (context) => entriesOf(context, 'vrf'),
    (entry) => {
      const node = valueAt(entry, 'vrfname');
      if (node?.type !== 'string' || node.value === '') return NO_PROBLEMS;
      const name = node.value;
      if (isInterfaceName(name)) return NO_PROBLEMS;
      return [
        {
          ...problemAt(entry, node),
          message: `"vrfname" names an interface, so it has ${MAX_INTERFACE_NAME} bytes at most, no slash and no space: ${EFFECT_TEXT['every-pod']}`,
        },
      ];
    },
  ),
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
  about: aboutEntries('vrf'),
  check: checkEach(
    (context) => entriesOf(context, 'vrf'),
    ({ key, node }) => {
      return [
        {
          key,
          path: pathOf(node),
          at: { offset: node.offset, length: 1 },
          message:
            'vrf is for a second interface of the pod; after terway it takes eth0 out of the main routing table',
          fix: prose('remove this entry', entryRemoval(key, node)),
        },
      ];
    },
  ),
});
