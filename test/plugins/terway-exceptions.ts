import { ENI_CONF_FIELDS } from '../../src/engine/catalogue/eni-conf.ts';
import { GENERIC_FIELDS } from '../../src/engine/catalogue/plugins/generic.ts';
import { PLUGINS } from '../../src/engine/catalogue/plugins.ts';
import type { Finding } from '../../src/engine/core/finding.ts';
import { foldName } from '../../src/engine/json/go-names.ts';

/**
 * A reason for which the guard refuses what Terway's own code starts with. Each must be needed by
 * some document.
 */
export interface TerwayException {
  readonly name: string;
  readonly reason: string;
  /** `others` are the document's denials as a whole. */
  readonly covers: (finding: Finding, others: readonly Finding[]) => boolean;
}

const oneOf =
  (...rules: readonly string[]) =>
  ({ rule }: Finding) =>
    rules.includes(rule);

/** The entry of the chain that a finding is about, and the member of it. */
function placeOf({ path = [] }: Finding): { entry?: number; member?: string } {
  const [list, entry, member] = path;
  if (list !== 'plugins' || typeof entry !== 'number') return {};
  return { entry, ...(typeof member === 'string' && { member }) };
}

/** Whether a path ends with this member, in any letter case. */
const isCalled = (name: string, path: readonly unknown[]) =>
  typeof path.at(-1) === 'string' && foldName(path.at(-1) as string) === foldName(name);

const TERWAY_FIELDS = PLUGINS.get('terway')!.fields;

export const TERWAY_EXCEPTIONS: readonly TerwayException[] = [
  {
    name: 'a member stands twice',
    reason: 'By design: of two spellings of one field one wins silently, so the other is a slip.',
    covers: oneOf('json-duplicate'),
  },
  {
    name: 'what is written has no effect',
    reason: 'By design: Terway starts and ignores it without a word; the finding says no outage.',
    covers: ({ impact }) => impact === 'no-effect',
  },
  {
    name: 'a member that the runtime fills in',
    reason: 'The CNI specification reserves it; the runtime overwrites what stands there.',
    covers: oneOf('field-reserved'),
  },
  {
    name: 'an entry of another plugin',
    reason: 'Terway hands it on; the conformance test has it judged by the plugin itself.',
    covers: (finding) => {
      const { entry = 0, member } = placeOf(finding);
      return entry > 0 && !(member !== undefined && Object.hasOwn(GENERIC_FIELDS, member));
    },
  },
  {
    name: 'a plugin that is not there',
    reason: 'Terway hands its entry on; libcni finds no executable of that name (claims.test.ts).',
    covers: oneOf('plugin-typo', 'entry-type-name'),
  },
  {
    name: 'what ACK does not let users change',
    reason: 'A rule of the vendor, whatever Terway would start with.',
    covers: oneOf('conf-changed', 'first-entry-differs', 'eni-conf-protected'),
  },
  {
    name: 'read by the policy container of another datapath',
    reason: 'Only where it starts cilium-agent does it decode the entry: not with Calico policy.',
    covers: (finding) => {
      const { entry, member = '' } = placeOf(finding);
      const isIts = TERWAY_FIELDS[member]?.effect === 'policy-container';
      return entry === 0 && (isIts || finding.rule === 'terway-name-case');
    },
  },
  {
    name: 'an interface that no node can have',
    reason: 'The node of the judge lacks the other ones too, which says nothing about real nodes.',
    covers: ({ rule, path = [] }) => rule === 'field-value' && isCalled('interface', path),
  },
  {
    name: 'what central IPAM does not take',
    reason: 'Terway starts; the API server refuses the object that its controller makes of it.',
    covers: oneOf('eni-conf-limits'),
  },
  {
    name: 'a value of eni_conf under a name in another letter case',
    reason: 'terway-cli only decodes it, and the daemon does not read it until the name is mended.',
    covers: ({ rule, key, path: [name = ''] = [] }) =>
      rule === 'field-value' && key === 'eni_conf' && !Object.hasOwn(ENI_CONF_FIELDS, name),
  },
  {
    name: 'symmetric_routing_config while symmetric_routing is off',
    reason: 'Terway looks at the backend only once it is on, and then does not start.',
    covers: ({ rule, path = [] }) => rule === 'field-value' && isCalled('backend', path),
  },
  {
    name: 'a chain that does not begin with terway',
    reason: 'Terway writes the list all the same; pods are what fails.',
    covers: (finding, others) =>
      oneOf('terway-not-first', 'conf-not-entry', 'terway-repeated', 'second-network')(finding) ||
      (placeOf(finding).entry === 0 && others.some(oneOf('terway-not-first'))),
  },
];
