import type { PluginAnswer } from './run-plugin.ts';

/**
 * How a configuration fared: `accepted` when nothing in it was held against it, even if the ADD
 * failed later; `refused` for what stands in it, before the system was asked; `environment` when
 * the kernel or a tool did not take a value, which may be different on another node; `unclear` for
 * an answer that has not been classified yet.
 */
export type Outcome = 'accepted' | 'refused' | 'environment' | 'unclear';

interface Classified {
  readonly message: RegExp;
  readonly outcome: Exclude<Outcome, 'unclear'>;
  readonly why: string;
}

/** What plugins say when they refuse; the first that fits counts. */
const ANSWERS: readonly Classified[] = [
  {
    message: /json: cannot unmarshal|invalid character|unexpected end of JSON/,
    outcome: 'refused',
    why: 'encoding/json, before anything else happens',
  },
  {
    message: /Cannot specify externalSetMarkChain and markMasqBit|MasqMarkBit must be between/,
    outcome: 'refused',
    why: 'portmap: parseConfig',
  },
  {
    message: /unrecognized backend|backend was requested but configuration contains/,
    outcome: 'refused',
    why: 'portmap: ensureBackend, part of parseConfig',
  },
  {
    message: /Invalid (host|container) port number/,
    outcome: 'refused',
    why: 'portmap: parseConfig',
  },
  {
    message: /duplicated sysctl keys are not allowed/,
    outcome: 'refused',
    why: 'tuning: validateSysctlConflictingKeys',
  },
  {
    message: /invalid net sysctl key/,
    outcome: 'refused',
    why: 'tuning: getSysctlFilename, from the name alone',
  },
  {
    message: /invalid args .* for MAC addr/,
    outcome: 'refused',
    why: 'tuning: net.ParseMAC',
  },
  {
    message: /panic: assignment to entry in nil map/,
    outcome: 'refused',
    why: 'tuning: args.cni.sysctl without sysctl crashes parseConf',
  },
  {
    message: /if (rate|burst) is set, (rate|burst) must also be set|burst cannot be more than 4GB/,
    outcome: 'refused',
    why: 'bandwidth: validateRateAndBurst',
  },
  {
    message: /unshapedSubnets and shapedSubnets cannot be both specified|bad subnet/,
    outcome: 'refused',
    why: 'bandwidth: validateSubnets, before it looks at interfaces',
  },
  {
    message: /unknown ingress policy/,
    outcome: 'refused',
    why: 'firewall: setupIngressPolicy, from the value alone',
  },
  {
    message: /configuration is expected to have a valid vrf name/,
    outcome: 'refused',
    why: 'vrf: parseConf',
  },
  {
    message:
      /incompatible CNI versions|missing network name|invalid characters found in network name/,
    outcome: 'refused',
    why: 'skel: a case variant of name or cniVersion that overrides what the runtime sets',
  },
  {
    message: /could not parse prevResult|could not convert result|unsupported CNI result version/,
    outcome: 'refused',
    why: 'a case variant of prevResult that overrides what the runtime sets',
  },
  {
    message:
      /must be called as (a )?chained plugin|[Rr]equired prevResult missing|missing prevResult from|nil pointer dereference/,
    outcome: 'refused',
    why: 'null under a case variant of prevResult, which takes away what the runtime sets',
  },
  {
    message: /unable to setup DNAT: .*iptables|unable to set up nftables rules/,
    outcome: 'environment',
    why: 'portmap: iptables or nft refuses a rule (chain that is not there, odd condition)',
  },
  {
    message: /(open|write) \/proc\/sys\/net\//,
    outcome: 'environment',
    why: 'tuning: this kernel lacks the setting or refuses the value',
  },
  {
    message: /^(invalid argument|cannot assign requested address)$/,
    outcome: 'environment',
    why: 'tuning: the kernel refuses an MTU, queue length or hardware address for this interface',
  },
  {
    message: /no veth peer of container interface found in host ns/,
    outcome: 'accepted',
    why: "bandwidth: the configuration is fine, but terway's result names no host interface",
  },
  {
    message:
      /invalid static gateway IP address|gateways list (cannot contain more|contains multiple)/,
    outcome: 'refused',
    why: 'sbr: doRoutes, before it asks the kernel',
  },
  {
    message: /Failed to add default route to/,
    outcome: 'environment',
    why: 'sbr: no gateway of this address is on link',
  },
  {
    message: /system_bus_socket|system bus not found/,
    outcome: 'environment',
    why: 'firewall: no firewalld runs in the sandbox',
  },
  {
    message: /running \[\S*iptables -t filter|failed to check iptables chain existence/,
    outcome: 'environment',
    why: 'firewall: iptables refuses the name of a chain, or a jump to itself',
  },
  {
    message: /failed to add rule: (invalid argument|numerical result out of range)/i,
    outcome: 'environment',
    why: 'sbr: the kernel refuses the number of the table',
  },
  {
    message: /could not add VRF .*: operation not supported/,
    outcome: 'accepted',
    why: 'vrf: the configuration is fine, but this kernel has no VRF devices',
  },
  {
    message: /cmdAdd failed: (could not add VRF|Netlink \S+ is not a VRF|numerical result)/,
    outcome: 'environment',
    why: 'vrf: the kernel refuses the name, or has a link of another kind by it',
  },
];

/** Sorts a plugin's answer into what it means for the configuration. */
export function classify({ exitCode, message }: PluginAnswer): Outcome {
  if (exitCode === 0) return 'accepted';
  return ANSWERS.find((known) => known.message.test(message))?.outcome ?? 'unclear';
}
