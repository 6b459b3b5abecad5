import { EFFECT_TEXT } from '../catalogue/field.ts';
import { prose } from '../core/fix.ts';
import { checkEach, defineRule } from '../core/rule.ts';
import { pathOf } from '../json/node.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { valueAt } from '../reading/decoded-object.ts';
import { entryRemoval } from './entry-edits.ts';
import { aboutEntries } from '../reading/subjects.ts';

/** Rules about plugins that are made for a second interface. */

export const sbrAfterTerway = defineRule({
  info: {
    id: 'sbr-after-terway',
    title: 'sbr is for the second interface of a pod',
    why: "Without a table sbr moves the routes of eth0, the pod's only interface, into a table of its own. Shown with the released plugin in a network namespace as terway leaves it: the gateway is not on link, so sbr fails for every new pod; where it is, the pod loses its routes out. With a table it only adds a rule.",
    fix: prose('remove the entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('sbr'),
  check: checkEach(
    (context) => entriesOf(context, 'sbr'),
    (entry) => {
      const { key, node } = entry;
      const hasTable = valueAt(entry, 'table') !== undefined;
      return [
        {
          key,
          path: pathOf(node),
          at: { offset: node.offset, length: 1 },
          message: hasTable
            ? 'sbr is for a second interface of the pod; after terway its rule sends what eth0 sends to another routing table'
            : `sbr moves the routes of eth0 to another table and can't reach the gateway there: ${EFFECT_TEXT['every-pod']}`,
          fix: prose(
            'remove this entry; a pod of terway has one interface and needs no source-based routing',
            entryRemoval(key, node),
          ),
          ...(hasTable ? { severity: 'warn' as const } : {}),
        },
      ];
    },
  ),
});
