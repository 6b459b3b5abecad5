import { type FieldSpec, choices, isAccepted } from '../catalogue/field.ts';
import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import { ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { inText, paste, prose } from '../core/fix.ts';
import { renameMember } from '../json/edit.ts';
import { hasFormat } from '../reading/go-formats.ts';
import { type JsonObject, pathOf } from '../json/node.ts';
import { defineRule } from '../core/rule.ts';
import { type DecodedObject, valueAt } from '../reading/decoded-object.ts';
import { hasCentralIpam } from '../core/central-ipam.ts';
import { eniConfOf } from '../reading/eni-conf.ts';
import { closest } from '../reading/suggest.ts';
import { listed } from '../text/text.ts';
import { aboutMembers } from '../reading/subjects.ts';
import { at } from './eni-conf.ts';

/** The rule about values of eni_conf in whose place Terway takes others. */

/** Fields of which Terway takes values that it does not know for others, or passes over names in them. */
const REPLACED_FIELDS = Object.entries(ENI_CONF_FIELDS).filter(
  ([, { names, acceptedValues, withoutFormat }]) =>
    (names ?? acceptedValues ?? withoutFormat) !== undefined,
);

/** Every member that is told of here. */
const MAYBE_IDLE = ['min_pool_size', 'ip_warm_up_size', ...REPLACED_FIELDS.map(([name]) => name)];

export const eniConfIdle = defineRule({
  info: {
    id: 'eni-conf-idle',
    title: 'A value of eni_conf does not do what it says',
    why: 'Terway replaces it by another one without a word.',
    fix: prose('write the value that is meant'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers(...MAYBE_IDLE),
  *check(context) {
    const decoded = eniConfOf(context);
    if (!decoded) return;
    const min = valueAt(decoded, 'min_pool_size');
    const max = valueAt(decoded, 'max_pool_size');
    if (min?.type === 'number' && max?.type === 'number' && min.value > max.value) {
      yield {
        ...at(min),
        message: 'min_pool_size is cut to max_pool_size, which is smaller',
        fix: prose('raise max_pool_size or lower min_pool_size'),
      };
    }
    yield* warmUpAboveMost(decoded);
    for (const [name, field] of REPLACED_FIELDS) {
      const value = valueAt(decoded, name);
      if (value?.type === 'object' && field.names) yield* unknownNames(name, value, field.names);
      const replaced = value?.type === 'string' ? replacement(name, value.value, field) : undefined;
      if (value && replaced)
        yield { ...at(value), message: `${name} ${replaced.message}`, fix: replaced.fix };
    }
  },
});

/** Source: Terway's page about warm-up, which advises against it. */
function* warmUpAboveMost(decoded: DecodedObject): Generator<Problem> {
  const size = valueAt(decoded, 'ip_warm_up_size');
  const max = valueAt(decoded, 'max_pool_size');
  if (size?.type !== 'number' || max?.type !== 'number' || size.value <= max.value) return;
  if (!hasCentralIpam(decoded.node)) return;
  yield {
    ...at(size),
    message:
      'ip_warm_up_size is above max_pool_size: a node gives the addresses beyond it back again',
    fix: prose('raise max_pool_size or lower ip_warm_up_size'),
  };
}

function* unknownNames(
  map: string,
  { members }: JsonObject,
  names: readonly string[],
): Generator<Problem> {
  for (const member of members) {
    const { name, nameNode, value } = member;
    if (names.includes(name)) continue;
    const meant = closest(name, names);
    const isFree = !members.some((other) => other.name === meant);
    yield {
      key: ENI_CONF_KEY,
      path: pathOf(value),
      at: nameNode,
      message:
        `Terway knows no such name in ${map}, so it has no effect` +
        (meant === undefined ? '' : `; did you mean "${meant}"?`),
      fix:
        meant === undefined
          ? prose('remove the member')
          : isFree
            ? paste(`"${meant}"`, inText(ENI_CONF_KEY, renameMember(member, meant)))
            : prose(`give "${meant}" the value that is meant, and remove this member`),
    };
  }
}

/** What Terway takes the text for, where it is not what the text says. */
function replacement(
  name: string,
  text: string,
  { acceptedValues, format, withoutFormat }: FieldSpec,
) {
  if (acceptedValues && !isAccepted(acceptedValues, text)) {
    const { otherwise } = acceptedValues;
    const known = listed(choices(acceptedValues).map((value) => `"${value}"`));
    return {
      message: `holds an unknown ${name.endsWith('policy') ? 'policy' : 'value'}, which acts as ${otherwise === '' ? 'an absent one' : otherwise}`,
      fix: prose(`write ${known}${otherwise === '' ? ', or remove it' : ''}`),
    };
  }
  if (format === undefined || withoutFormat === undefined || text === '') return undefined;
  if (hasFormat(text, format)) return undefined;
  return {
    message: `is no ${format}; ${withoutFormat} is used`,
    fix: prose(`write a ${format} such as "${withoutFormat}"`),
  };
}
