import type { Problem } from '../core/finding.ts';
import { EFFECT_TEXT } from '../catalogue/field.ts';
import { prose } from '../core/fix.ts';
import { SUBNETS_UNTIL } from '../catalogue/plugins/bandwidth.ts';
import { isCidr } from '../reading/go-formats.ts';
import { pathOf } from '../json/node.ts';
import { checkEach, defineRule, type ReviewContext } from '../core/rule.ts';
import { isAtLeast } from '../core/version.ts';
import { entryRemoval } from './entry-edits.ts';
import { problemAt } from './field-text.ts';
import { clashes } from '../reading/exclusions.ts';
import { matchingNodes } from '../reading/installed.ts';
import { onNodes } from './version-text.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { aboutEntries } from '../reading/subjects.ts';

/** Rules about bandwidth entries. Source: plugins/meta/bandwidth/main.go of containernetworking/plugins. */

const DIRECTIONS = ['ingress', 'egress'] as const;

/** Bits; the kernel counts the burst in bytes in 32 bits. */
const MAX_BURST_BITS = 8 * 0xffff_ffff;

const numberAt = (entry: DecodedObject, name: string) => {
  const value = scalarAt(entry, name);
  return typeof value === 'number' ? value : 0;
};

/** The elements of a list; none where there is no list. */
const itemsAt = (entry: DecodedObject, name: string) => {
  const value = valueAt(entry, name);
  return value?.type === 'array' ? value.items : [];
};

export const bandwidthPair = defineRule({
  info: {
    id: 'bandwidth-pair',
    title: 'Rate and burst come in pairs',
    why: 'bandwidth refuses its configuration when only one of a pair is set, or the burst does not fit into 32 bits of bytes.',
    fix: prose('set both or none'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('bandwidth'),
  check: checkEach(
    (context) => entriesOf(context, 'bandwidth'),
    function* (entry) {
      for (const direction of DIRECTIONS) {
        const rate = numberAt(entry, `${direction}Rate`);
        const burst = numberAt(entry, `${direction}Burst`);
        const present = rate !== 0 ? `${direction}Rate` : `${direction}Burst`;
        const missing = rate !== 0 ? `${direction}Burst` : `${direction}Rate`;
        const node = valueAt(entry, present) ?? entry.node;
        const at = problemAt(entry, node);
        if ((rate === 0) !== (burst === 0)) {
          yield {
            ...at,
            message: `${present} needs ${missing} beside it: ${EFFECT_TEXT['every-pod']}`,
            fix: prose(`add "${missing}" with a number of bits, or remove "${present}"`),
          };
        } else if (burst >= MAX_BURST_BITS) {
          const tooLarge = valueAt(entry, `${direction}Burst`) ?? entry.node;
          yield {
            ...problemAt(entry, tooLarge),
            fix: prose(`write less than ${MAX_BURST_BITS}`),
            message: `${direction}Burst must be less than ${MAX_BURST_BITS} bits (4 GB): ${EFFECT_TEXT['every-pod']}`,
          };
        }
      }
    },
  ),
});

/** Only releases known to read the lists are judged; for others the version rule speaks. */
export const bandwidthSubnets = defineRule({
  info: {
    id: 'bandwidth-subnets',
    title: 'shapedSubnets and unshapedSubnets exclude each other',
    why: 'The releases that know them refuse both together.',
    fix: prose('remove one of them'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('bandwidth'),
  check: wrongSubnets,
});

function* wrongSubnets(context: ReviewContext): Generator<Problem> {
  const installed = context.facts.plugins.get('bandwidth');
  if (!installed || installed.isEstimate) return;
  const readers = matchingNodes(installed, (version) => !isAtLeast(version, SUBNETS_UNTIL));
  if (!readers) return;
  const effect = `${EFFECT_TEXT['every-pod']}${onNodes(installed, readers)}`;
  for (const entry of entriesOf(context, 'bandwidth')) {
    // The plugin looks at the lists only when there is something to shape.
    if (DIRECTIONS.every((direction) => numberAt(entry, `${direction}Rate`) === 0)) continue;
    for (const [name, excluding] of clashes(entry)) {
      if (itemsAt(entry, name).length === 0 || itemsAt(entry, excluding).length === 0) continue;
      yield {
        ...problemAt(entry, valueAt(entry, excluding) ?? entry.node),
        message: `${name} and ${excluding} exclude each other: ${effect}`,
        fix: prose('remove one of them'),
      };
    }
    for (const item of [...itemsAt(entry, 'shapedSubnets'), ...itemsAt(entry, 'unshapedSubnets')]) {
      if (item.type === 'string' ? isCidr(item.value) : item.type !== 'null') continue;
      yield {
        ...problemAt(entry, item),
        message: `this must be an address range such as "10.0.0.0/8": ${effect}`,
        fix: prose('write an address range such as "10.0.0.0/8"'),
      };
    }
  }
}

export const bandwidthAfterTerway = defineRule({
  info: {
    id: 'bandwidth-after-terway',
    title: 'bandwidth does not work after terway',
    why: "bandwidth looks for the host's end of the veth pair in the result before it; terway lists only the container's. With rates in the entry every new pod fails, without them pods with bandwidth limits do. Shown with the released plugin.",
    fix: prose('remove the entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('bandwidth'),
  check: checkEach(
    (context) => entriesOf(context, 'bandwidth'),
    (entry) => {
      const { key, node } = entry;
      const isStatic = DIRECTIONS.some(
        (direction) =>
          numberAt(entry, `${direction}Rate`) !== 0 || numberAt(entry, `${direction}Burst`) !== 0,
      );
      return [
        {
          key,
          whole: pathOf(node),
          path: pathOf(node),
          at: { offset: node.offset, length: 1 },
          message:
            "bandwidth finds no host interface in terway's result: " +
            (isStatic ? EFFECT_TEXT['every-pod'] : 'pods with bandwidth limits fail'),
          fix: prose(
            'remove this entry; terway limits bandwidth by itself, by the annotations of pods',
            entryRemoval(key, node),
          ),
          ...(isStatic ? {} : { severity: 'warn' as const }),
        },
      ];
    },
  ),
});
