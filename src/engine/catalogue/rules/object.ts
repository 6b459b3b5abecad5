import type { RuleText } from '../rule-text.ts';

/** Rules about the object, its keys and keys of plain text. */
export const OBJECT_RULES = {
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
    fix: 'the object needs the key 10-terway.conf with the text that ACK wrote',
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
    fix: 'the object needs the key eni_conf with the configuration of the daemon',
    severity: 'deny',
    reason: 'FieldValueRequired',
  },
  'network-policy-text': {
    title: 'disable_network_policy is "true" or "false"',
    why: 'NetworkPolicy stays on only for exactly false, 0 or an empty text; anything else, False as well, switches it off.',
    fix: 'write "true" or "false"',
    severity: 'warn',
    reason: 'FieldValueNotSupported',
    isIdle: true,
  },
  'load-balance-text': {
    title: 'in_cluster_loadbalance is "true" or "false"',
    why: 'Only exactly true switches it on.',
    fix: 'write "true" or "false"',
    severity: 'warn',
    reason: 'FieldValueNotSupported',
    isIdle: true,
  },
} as const satisfies Record<string, RuleText>;
