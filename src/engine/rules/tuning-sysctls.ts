import { EFFECT_TEXT } from '../catalogue/field.ts';
import {
  LEAK_CLOSED_IN,
  type SysctlFate,
  type SysctlValue,
  interfaceOf,
  sysctlFate,
  sysctlValue,
  writableSysctls,
} from '../catalogue/sysctls.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, inText, paste, prose } from '../core/fix.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { exactMember } from '../json/go-names.ts';
import { removeMember, renameMember, replaceValue } from '../json/edit.ts';
import { type JsonMember, type JsonObject, pathOf } from '../json/node.ts';
import { WordList } from '../reading/suggest.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { type DecodedObject, valueAt } from '../reading/decoded-object.ts';
import { kernelNumber, sysctlName, sysctlWords } from '../reading/sysctl.ts';
import { printable, quoted } from '../text/text.ts';
import { aboutMembers } from '../reading/subjects.ts';

/** Rules about the sysctls of tuning entries; tuning writes them inside the pod and fails on errors. */

/** One sysctl of a tuning entry. */
export interface Sysctl {
  readonly entry: DecodedObject;
  /** The object that it stands in. */
  readonly object: JsonObject;
  readonly member: JsonMember;
  /** As the kernel knows it, with dots; undefined when it is not below net. */
  readonly name: string | undefined;
}

const readSysctls = (context: ReviewContext): readonly Sysctl[] =>
  entriesOf(context, 'tuning').flatMap((entry) => {
    const object = valueAt(entry, 'sysctl');
    if (object?.type !== 'object') return [];
    return object.members.map((member) => {
      return { entry, object, member, name: sysctlName(member.name) };
    });
  });

/** Every sysctl that the chain sets. */
export const sysctlsOf = (context: ReviewContext) => context.memo(readSysctls);

const NAME_LIMIT = 80;

const placeOf = ({ entry, member }: Sysctl): Pick<Problem, 'key' | 'path' | 'at'> => ({
  key: entry.key,
  path: pathOf(member.value),
  at: member.nameNode,
});

const removal = ({ entry, object, member }: Sysctl, more = ''): Fix =>
  prose(
    `remove ${quoted(member.name, NAME_LIMIT)}${more}`,
    inText(entry.key, removeMember(object, member)),
  );

/** Under its right name the value is judged as well, so that it is set right with the name. */
function renaming({ entry, member }: Sysctl, name: string): Fix {
  const { value: node } = member;
  const renamed = renameMember(member, name);
  const spec = sysctlValue(name);
  const isRight = node.type !== 'string' || spec?.kind !== 'number' || isTaken(node.value, spec);
  if (isRight) return paste(JSON.stringify(name), inText(entry.key, renamed));
  const meant = meantBy(node.value, spec);
  return meant === undefined
    ? prose(`write ${quoted(name)} with ${wantedBy(spec)} in double quotes`)
    : paste(
        `${JSON.stringify(name)}: "${meant}"`,
        inText(entry.key, renamed, replaceValue(node, `"${meant}"`)),
      );
}

export const tuningSysctl = defineRule({
  info: {
    id: 'tuning-sysctl',
    title: 'tuning sets only sysctls below net',
    why: 'Any other name makes tuning refuse every pod.',
    fix: prose('remove the sysctl'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('sysctl'),
  check: checkEach(sysctlsOf, (sysctl) => {
    if (sysctl.name !== undefined) return NO_PROBLEMS;
    const meant = nameBelowNet(sysctl.member.name);
    const isNew = meant !== undefined && !exactMember(sysctl.object, meant);
    return [
      {
        ...placeOf(sysctl),
        message: `tuning sets only sysctls below net, not ${quoted(sysctl.member.name, 60)}: ${EFFECT_TEXT['every-pod']}`,
        fix: isNew ? renaming(sysctl, meant) : removal(sysctl),
      },
    ];
  }),
});

/** The known name that a path, or a name without its first word, stands for. */
function nameBelowNet(text: string): string | undefined {
  const name = text
    .trim()
    .replaceAll('/', '.')
    .replace(/^\.*(?:proc\.sys\.)?(?:net\.)?/i, 'net.');
  return sysctlValue(name) && name;
}

const FATE_TEXT: Readonly<Record<SysctlFate, string>> = {
  'host-only': `exists on the node only, not inside a pod: ${EFFECT_TEXT['every-pod']}`,
  'read-only': `can't be written inside a pod: ${EFFECT_TEXT['every-pod']}`,
  leaks: `can't be written inside a pod: ${EFFECT_TEXT['every-pod']}, or on kernels before ${LEAK_CLOSED_IN} each one changes it for its whole node`,
  gone: `does not exist in the kernels of these nodes (5.10 and newer): ${EFFECT_TEXT['every-pod']}`,
};

export const tuningSysctlHost = defineRule({
  info: {
    id: 'tuning-sysctl-host',
    title: 'tuning sets only what a pod can set',
    why: `tuning writes inside the pod's network namespace and fails when a file is missing or read-only there, so every new pod fails. Names are those that no kernel from 5.10 to 6.18 lets a pod write; shown on 6.18 with the released plugin. net.netfilter.nf_conntrack_max fails, or on kernels before ${LEAK_CLOSED_IN} changes the limit of the whole node.`,
    fix: prose('remove the sysctl, and set it on the nodes'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('sysctl'),
  check: checkEach(sysctlsOf, (sysctl) => {
    const fate = sysctl.name === undefined ? undefined : sysctlFate(sysctl.name);
    if (fate === undefined) return NO_PROBLEMS;
    return [
      {
        ...placeOf(sysctl),
        message: `${quoted(sysctl.member.name, NAME_LIMIT)} ${FATE_TEXT[fate]}`,
        fix: removal(sysctl, fate === 'gone' ? '' : '; set it on the nodes themselves'),
      },
    ];
  }),
});

export const tuningSysctlName = defineRule({
  info: {
    id: 'tuning-sysctl-name',
    title: 'The sysctl looks like a slip of a known one',
    why: 'tuning fails on a file that does not exist, so every new pod fails. The guard does not know the kernels of the nodes, so a name that is only close to a known one is not refused.',
    fix: prose('check the name on a node: sysctl -a'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  about: aboutMembers('sysctl'),
  check: checkEach(sysctlsOf, (sysctl) => {
    const { name, object } = sysctl;
    if (name === undefined || sysctlFate(name) || sysctlValue(name)) return NO_PROBLEMS;
    const meant = writableName(name, (known) => !namesIn(object).has(known));
    if (meant === undefined) return NO_PROBLEMS;
    return [
      {
        ...placeOf(sysctl),
        message:
          `the guard knows no sysctl ${quoted(sysctl.member.name, NAME_LIMIT)}; did you mean "${meant}"? ` +
          'Where it does not exist every new pod fails',
        fix: renaming(sysctl, meant),
      },
    ];
  }),
});

/** One for each interface that is named, one for all other names; made when first asked for. */
const ANY_INTERFACE = '*';
const lists = new Map<string, WordList>();

function listOf(scope: string): WordList {
  const list = lists.get(scope) ?? new WordList(writableSysctls(scope));
  lists.set(scope, list);
  return list;
}

/** The free setting to suggest where a pod can't have `name`: for the same interface, where it has one. */
function writableName(name: string, isFree: (known: string) => boolean): string | undefined {
  const scope = interfaceOf(name);
  if (scope === undefined) return listOf('all').closest(name, isFree);
  const ofScope = (known: string) => known.replace(ANY_INTERFACE, scope);
  const asAny = name.replace(`.${scope}.`, `.${ANY_INTERFACE}.`);
  const meant = listOf(ANY_INTERFACE).closest(asAny, (known) => isFree(ofScope(known)));
  return meant && ofScope(meant);
}

const names = new WeakMap<JsonObject, ReadonlySet<string | undefined>>();

/** What an object sets already. */
function namesIn(object: JsonObject): ReadonlySet<string | undefined> {
  const known = names.get(object) ?? new Set(object.members.map(({ name }) => sysctlName(name)));
  names.set(object, known);
  return known;
}

export const tuningSysctlValue = defineRule({
  info: {
    id: 'tuning-sysctl-value',
    title: 'A sysctl gets a value that the kernel takes',
    why: 'The kernel answers "invalid argument" to words, units, fractions and lists with commas where it reads numbers, and to numbers out of range; tuning then fails for every pod. Shown with the released plugin on Linux 6.18; ranges are those that hold on every kernel from 5.10 on.',
    fix: prose('write a number that the kernel takes'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('sysctl'),
  check: checkEach(sysctlsOf, function* (sysctl) {
    const { value: node } = sysctl.member;
    const value = sysctl.name === undefined ? undefined : sysctlValue(sysctl.name);
    if (!value || node.type !== 'string') return;
    const problem = wrongValue(sysctl, node.value, value);
    if (problem) yield { key: sysctl.entry.key, path: pathOf(node), at: node, ...problem };
  }),
});

type Said = Pick<Problem, 'message' | 'fix' | 'severity' | 'impact'>;

function wrongValue(sysctl: Sysctl, text: string, value: SysctlValue): Said | undefined {
  const name = quoted(sysctl.member.name, NAME_LIMIT);
  if (text === '') {
    return {
      message: `${name} is an empty text, so nothing is set`,
      fix: removal(sysctl, ', or write its value'),
      severity: 'warn',
      impact: 'no-effect',
    };
  }
  if (value.kind === 'text' || isTaken(text, value)) return undefined;
  const meant = meantBy(text, value);
  const wanted = wantedBy(value);
  return {
    message: `${name} takes ${wanted}, not ${quoted(text, 40)}: ${EFFECT_TEXT['every-pod']}`,
    fix:
      meant === undefined
        ? prose(`write ${wanted} in double quotes`)
        : paste(
            `${printable(JSON.stringify(sysctl.member.name))}: "${meant}"`,
            inText(sysctl.entry.key, replaceValue(sysctl.member.value, `"${meant}"`)),
          ),
  };
}

type Numbers = Extract<SysctlValue, { kind: 'number' }>;

/** Whether the kernel takes it; what follows the numbers that it reads does not matter. */
function isTaken(text: string, { count, min = -Infinity, max = Infinity }: Numbers): boolean {
  const words = sysctlWords(text).slice(0, count);
  const numbers = words.map(kernelNumber);
  const inRange = numbers.every((number) => number !== undefined && number >= min && number <= max);
  const [low = 0, high] = numbers;
  // Of two numbers with a range the first is the lower end.
  const isOrdered = count !== 2 || max === Infinity || high === undefined || low <= high;
  return words.length > 0 && inRange && isOrdered;
}

const TRUTH: Readonly<Record<string, string>> = {
  true: '1',
  yes: '1',
  on: '1',
  enable: '1',
  enabled: '1',
  false: '0',
  no: '0',
  off: '0',
  disable: '0',
  disabled: '0',
};

/** The numbers that a text certainly stands for; undefined where there is doubt. */
function meantBy(text: string, value: Numbers): string | undefined {
  const word = text.trim().toLowerCase();
  const candidate =
    value.count === 1
      ? (TRUTH[word] ?? word.replace(/^(?:"(.*)"|'(.*)'|=\s*(.*))$/, '$1$2$3'))
      : word.replace(/\s*[-,;:]\s*/g, ' ');
  return /^-?\d[\d ]*$/.test(candidate) && isTaken(candidate, value) ? candidate : undefined;
}

function wantedBy({ count, min, max }: Numbers): string {
  const what = count === 1 ? 'a whole number' : `${count} whole numbers with a blank between them`;
  if (min !== undefined && max !== undefined) return `${what} from ${min} to ${max}`;
  return what;
}
