import type { RuleInfo } from '../core/rule.ts';

/**
 * Every rule in words. An id is stable and never reused: policies, logs and dashboards name it.
 * Retired ids stay listed here: none so far.
 */
const RULES = {
  'object-deleted': {
    title: 'eni-config must not be deleted',
    why: 'Every Terway pod mounts this ConfigMap. Without it none can start, and a node that joins or reboots gets no pod network.',
    fix: 'keep the object; to go back to the default chain, remove only the key 10-terway.conflist',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'binary-data': {
    title: 'Guarded keys stand in data, not in binaryData',
    why: 'A key in binaryData becomes a file in the Terway pod just like one in data, but people and tools no longer see its text. kubectl puts a file there that is not UTF-8, for example one saved as UTF-16.',
    fix: 'save the file as UTF-8 without a byte-order mark and put its text under data',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'conf-changed': {
    title: '10-terway.conf is not to be edited',
    why: 'ACK owns 10-terway.conf and documents it as not to be modified. A change switches datapath or policy engine under running nodes.',
    fix: 'put the old text of 10-terway.conf back; what shall differ goes into 10-terway.conflist',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'conf-missing': {
    title: '10-terway.conf must be there',
    why: 'The init and policy containers of every Terway pod fail without the file, even when a chain exists.',
    fix: 'keep the key 10-terway.conf as ACK wrote it',
    severity: 'deny',
    reason: 'FieldValueRequired',
  },
  'conf-not-entry': {
    title: '10-terway.conf is one Terway plugin entry',
    why: 'terway-cli reads it as a single plugin entry; anything else stops the init container or leaves nodes without a network.',
    fix: 'restore the text that ACK wrote',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'eni-conf-missing': {
    title: 'eni_conf must be there',
    why: 'The init and policy containers of every Terway pod fail without the file (Terway 1.11.5 and newer), and the daemon has no configuration.',
    fix: 'keep the key eni_conf',
    severity: 'deny',
    reason: 'FieldValueRequired',
  },
  'json-syntax': {
    title: 'The text must be valid JSON',
    why: 'terway-cli refuses the file in the init container, so every Terway pod that starts from now on fails. An empty text counts as invalid.',
    fix: 'correct the JSON at this place',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'json-number': {
    title: 'Numbers must fit into a 64-bit float',
    why: 'Terway reads every number as a float64 and refuses the whole document when one does not fit.',
    fix: 'write a smaller number',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'json-depth': {
    title: 'JSON must not be nested out of reason',
    why: 'Readers give up on deep nesting, each at a depth of its own; no plugin needs more than a few levels.',
    fix: 'remove the nesting',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'json-size': {
    title: 'The text must fit into a ConfigMap',
    why: 'The API server stores at most 1 MiB in one ConfigMap.',
    fix: 'shorten the text',
    severity: 'deny',
    reason: 'FieldValueTooLong',
  },
  'json-duplicate': {
    title: 'A member must not stand twice in one object',
    why: 'Of two members with one name the last wins, silently; for plugins even letter case does not tell them apart.',
    fix: 'keep one of them',
    severity: 'deny',
    reason: 'FieldValueDuplicate',
  },
  'json-name-case': {
    title: 'Members should be spelt as the plugin spells them',
    why: 'CNI plugins accept any letter case, so the member counts; Terway and people searching for it do not see it.',
    fix: 'use the spelling of the plugin',
    severity: 'warn',
    reason: 'FieldValueInvalid',
  },
  'chain-shape': {
    title: 'A conflist is an object with a list "plugins"',
    why: 'Terway takes anything else for a single plugin entry, for entries in random order or for an empty chain, and the node ends up NotReady or with another chain than the one meant.',
    fix: '{"plugins": [ <the entry from 10-terway.conf>, <more plugins> ]}',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'entry-type': {
    title: 'Every plugin entry is an object with a "type"',
    why: 'terway-cli stops with "type not found" in the init container, so every Terway pod fails to start; with an empty type the container runtime refuses the list and the node goes NotReady.',
    fix: 'add "type": "<name of the plugin>"',
    severity: 'deny',
    reason: 'FieldValueRequired',
  },
  'entry-type-name': {
    title: 'A plugin type is a plain file name',
    why: 'The container runtime looks for a binary of exactly this name; a path or an odd character makes every new pod fail.',
    fix: 'write the name of the binary: letters, digits, ".", "_" and "-" only',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'terway-not-first': {
    title: 'terway is the first plugin of the chain',
    why: 'Only terway creates the pod interface. Every other plugin works on its result and fails every new pod when it runs before terway or without it.',
    fix: 'make the entry from 10-terway.conf the first of "plugins"',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'terway-repeated': {
    title: 'terway stands in the chain once',
    why: 'Each entry runs for each pod. A second terway asks for a second interface of the same name.',
    fix: 'remove this entry',
    severity: 'deny',
    reason: 'FieldValueDuplicate',
  },
  'first-entry-differs': {
    title: 'The first plugin equals 10-terway.conf',
    why: 'With a chain in place Terway ignores 10-terway.conf. What the first entry lacks is lost on every node that restarts: a missing eniip_virtual_type moves it to another datapath, a missing network_policy_provider to another policy engine.',
    fix: 'copy the text of 10-terway.conf into the first entry',
    severity: 'deny',
    reason: 'FieldValueInvalid',
  },
  'first-entry-unverified': {
    title: 'The first plugin could not be compared with 10-terway.conf',
    why: '10-terway.conf itself cannot be read, so nothing says what the first entry must be.',
    fix: 'restore 10-terway.conf as ACK wrote it (through the console or by reinstalling the component)',
    severity: 'warn',
    reason: 'FieldValueInvalid',
  },
  'plugin-typo': {
    title: 'The plugin type looks like a slip of a known one',
    why: 'The container runtime finds no binary of that name and every new pod fails.',
    fix: 'correct the type',
    severity: 'deny',
    reason: 'FieldValueNotSupported',
  },
  'plugin-unknown': {
    title: 'The plugin type is not known to the guard',
    why: 'Nothing is known of this plugin. When its binary is missing on a node, every new pod there fails.',
    fix: 'make sure that its binary is in the CNI directory of every node, also of nodes that join later',
    severity: 'warn',
    reason: 'FieldValueNotSupported',
  },
  'chain-version': {
    title: 'A custom chain needs Terway 1.5.6 or newer',
    why: 'Older Terway releases never read 10-terway.conflist.',
    fix: 'upgrade Terway in the ACK console (Operations > Add-ons), then save this chain',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'field-version': {
    title: 'A parameter must be known to the installed version',
    why: 'Plugins ignore members that they do not know, so the setting would silently do nothing (or, for a value, fail every new pod).',
    fix: 'upgrade the component or remove the parameter',
    severity: 'deny',
    reason: 'FieldValueForbidden',
  },
  'restart-needed': {
    title: 'A changed chain takes effect with the next restart of Terway',
    why: 'Nodes read the ConfigMap when their Terway pod starts, not when it changes.',
    fix: 'restart the Terway DaemonSet when it suits',
    severity: 'warn',
    reason: 'FieldValueInvalid',
    onlyWhenAllowed: true,
  },
  'guard-error': {
    title: 'The guard itself failed',
    why: 'A rule threw an error. The write is refused because it was not checked; the failure is a defect of eni-config-guard, not of the change.',
    fix: 'please report it with the rule id and the chain; to save the change unchecked, switch the rule off (rules: {<rule id>: off})',
    severity: 'deny',
    reason: 'InternalError',
  },
} as const satisfies Record<string, Omit<RuleInfo, 'id'>>;

export type RuleId = keyof typeof RULES;

/** The rules of the catalogue by id. */
export const RULE_INFO = Object.fromEntries(
  Object.entries(RULES).map(([id, info]) => [id, { id, ...info }]),
) as Record<RuleId, RuleInfo>;

/** All rule ids, in the order of the catalogue. */
export const RULE_IDS = Object.keys(RULES) as RuleId[];
