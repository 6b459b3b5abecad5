import type { Finding } from '../../src/engine/core/finding.ts';
import type { Case } from './cases.ts';

/**
 * A reason for which the guard denies what a binary accepts. Each must be needed by some case;
 * one that never applies fails the test.
 */
export interface Exception {
  readonly name: string;
  readonly reason: string;
  /** Whether it explains this finding of the case; `others` are the case's denials as a whole. */
  readonly covers: (finding: Finding, one: Case, others: readonly Finding[]) => boolean;
}

/** The member of the entry that a finding is about: `masqAll` for `plugins[1].masqAll`. */
const memberOf = ({ path }: Finding): string | undefined =>
  typeof path?.[2] === 'string' ? path[2].toLowerCase() : undefined;

export const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'a member stands twice',
    reason: 'By design: of two spellings of one field one wins silently, so the other is a slip.',
    covers: ({ rule }) => rule === 'json-duplicate',
  },
  {
    name: 'the release ignores the field',
    reason: 'By design: the setting would silently do nothing (or ACK documents a newer minimum).',
    covers: ({ rule }) => rule === 'field-version',
  },
  {
    name: 'a wrong value in a field that the release ignores',
    reason: 'The release does not decode it; the version gate denies the field all the same.',
    covers: (finding, _case, others) =>
      memberOf(finding) !== undefined &&
      others.some(
        (other) => other.rule === 'field-version' && memberOf(other) === memberOf(finding),
      ),
  },
  {
    name: 'a member that the runtime fills in',
    reason: 'The CNI specification reserves it; plugins that do not read it let it pass.',
    covers: ({ rule }) => rule === 'field-reserved',
  },
  {
    name: 'masqAll with the backend nftables',
    reason: 'Releases before 1.10.0 accept the pair and do not masquerade.',
    covers: ({ rule }) => rule === 'portmap-masqall-nftables',
  },
  {
    name: 'a mark chain without a name, and no port to map',
    reason: 'portmap looks at the chain only when a pod has a hostPort, and then fails.',
    covers: ({ rule }, { entry }) => rule === 'portmap-mark-chain' && !mapsPorts(entry),
  },
  {
    name: 'conditions or options of the other backend before portmap 1.6.0',
    reason: 'These releases know no backends and hand the words to iptables, which refuses them.',
    covers: ({ rule }, { release }) => rule === 'portmap-backend' && release === '1.5.1',
  },
  {
    name: 'bandwidth with rates of its own',
    reason: 'The configuration is fine, but after terway bandwidth fails with it for every pod.',
    covers: ({ rule }) => rule === 'bandwidth-after-terway',
  },
  {
    name: 'sbr without a table, its gateway on link',
    reason:
      'sbr succeeds here and takes the routes of eth0 away; with a gateway off link it fails.',
    covers: ({ rule }) => rule === 'sbr-after-terway',
  },
  {
    name: 'an interface name that the kernel refuses',
    reason: 'A kernel without VRF devices refuses the device before it looks at the name.',
    covers: ({ rule }) => rule === 'vrf-name',
  },
  {
    name: 'a hardware address of eight octets',
    reason: 'The kernel takes its first six octets for the address, which can not have been meant.',
    covers: (finding, { plugin, entry }) =>
      plugin === 'tuning' &&
      memberOf(finding) === 'mac' &&
      /"([0-9a-f]{2}[:-]){7}[0-9a-f]{2}"/i.test(entry),
  },
];

const mapsPorts = (entry: string) => entry.includes('"capabilities": {"portMappings": true}');
