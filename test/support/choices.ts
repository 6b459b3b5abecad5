import type { RuleId } from '../../src/engine/rules/index.ts';
import { CONFLIST_KEY, CONF_KEY, ENI_CONF_KEY } from '../../src/engine/core/eni-config.ts';
import {
  CHAIN,
  type Choose,
  anyText,
  anyValue,
  beside,
  ciliumFlags,
  entryOfType,
  everySpelling,
  fewerEntries,
  fewerItems,
  inData,
  inQuotes,
  member,
  movedChain,
  noKey,
  oldMember,
  oneOfTwo,
  ownChain,
  renamed,
  shorterTexts,
  sibling,
  stored,
  text,
  underName,
  value,
  without,
} from './choose.ts';

/** A choice that words leave to a person. */
type Choice = readonly [says: RegExp, choose: Choose];

const WRITE: Choice = [/\b(write|choose)\b/, anyValue];
const REMOVE: Choice = [/\bremove (it|this|"|plugins\[)/, without];

/**
 * What a person makes of the words of each rule that leaves a choice. A refusal whose words match
 * nothing here, and that carries neither edits nor ways, names no way out.
 */
export const CHOICES: Partial<Record<RuleId, readonly Choice[]>> = {
  'bandwidth-pair': [
    [/less than/, value('1000')],
    [/add "ingressBurst"/, beside('ingressBurst', '1000')],
    [/remove "ingressRate"/, sibling('ingressRate')],
  ],
  'bandwidth-subnets': [[/remove one of them/, without], WRITE],
  'binary-data': [[/put its text under data/, inData]],
  'chain-shape': [
    [/begin the list "plugins" with/, ownChain],
    [/take away "10-terway\.conflist"/, ownChain],
    [/remove the key 10-terway\.conflist/, noKey],
  ],
  'cilium-args': [[/write --flag=value/, ciliumFlags]],
  'cni-chain-member': [[/move its entries into the list/, text(CHAIN)]],
  'cni-chain-shape': [
    [/take away "cni_chain"/, text(CHAIN)],
    [/remove entries until there are 16/, text(CHAIN)],
    [/write a list/, text(CHAIN)],
    [/\[\] for none|write \[\]/, text('[]\n')],
    [/remove the key/, noKey],
    [/keep here what stands in "plugins"/, text(CHAIN)],
  ],
  'cni-chain-version': [[/keep 10-terway\.conflist beside it/, stored(CONFLIST_KEY)]],
  'conf-changed': [[/move this text to the key 10-terway\.conflist/, movedChain]],
  'conf-missing': [
    [/needs the key 10-terway\.conf/, stored(CONF_KEY)],
    [/put its text under data/, inData],
  ],
  'conf-not-entry': [[/restore the text that ACK wrote/, stored(CONF_KEY)]],
  'eni-conf-limits': [
    [/remove \d+ of them/, fewerItems],
    [/set kube_client_burst/, beside('kube_client_burst', '1000')],
    [/set kube_client_qps/, beside('kube_client_qps', '1')],
    [/or remove this/, everySpelling],
    [/raise kube_client_burst/, value('100000', '9223372036854775807')],
    [/lower kube_client_qps/, beside('kube_client_qps', '1', '-1')],
    WRITE,
  ],
  'eni-conf-missing': [
    [/needs the key eni_conf/, stored(ENI_CONF_KEY)],
    [/put its text under data/, (_, object) => renamed(object, 'eni-conf', ENI_CONF_KEY)],
  ],
  'eni-conf-protected': [[/put the old value/, oldMember]],
  'eni-conf-shape': [[/restore the object|keep eni_conf as it is stored/, stored(ENI_CONF_KEY)]],
  'entry-type': [
    [/add "type"/, member('type', '"portmap"')],
    [/write "type": /, value('"terway"', '"portmap"')],
    [/write "type" with/, entryOfType],
    [/write an object with a "type"/, value('{"type": "portmap"}')],
    [/write type: portmap|put a space behind the colon/, text(CHAIN)],
    [/remove the second/, text(CHAIN)],
    [/or remove it/, fewerEntries],
  ],
  'entry-type-name': [[/write (the name|type)/, value('"portmap"')]],
  'field-reserved': [[/^remove /, everySpelling]],
  'field-type': [
    WRITE,
    [/remove the quotes/, value('10', 'true')],
    [/put it into double quotes/, inQuotes],
  ],
  'field-value': [
    WRITE,
    [/^remove "/, everySpelling],
    [/add "vrfname"/, member('vrfname', '"blue"')],
  ],
  'field-version': [[/^remove |, or remove /, everySpelling]],
  'immutable-object': [[/leave "immutable" out/, (_, object) => [{ ...object, immutable: false }]]],
  'json-depth': [[/remove the nesting/, anyText]],
  'json-duplicate': [[/keep one of them/, oneOfTwo]],
  'json-number': [[/write a (smaller )?number/, value('1')]],
  'json-size': [
    [/shorten the texts/, shorterTexts],
    [/shorten the text\b|write the values/, anyText],
  ],
  'json-syntax': [[/./, anyText]],
  'key-typo': [[/keep one of the keys/, noKey]],
  'overlay-no-patch': [[/write an object/, text('{}\n')]],
  'plugin-typo': [[/make the entry from 10-terway\.conf the first/, ownChain]],
  'portmap-backend': [
    [/^remove "externalSetMarkChain"/, everySpelling],
    [/begin with a match that begins with "-"/, value('["-p", "tcp"]')],
    [/words of iptables/, value('["-p", "tcp"]')],
    [/words of nftables/, value('["tcp", "dport", "80"]')],
  ],
  'portmap-mark-chain': [
    [/name a chain that exists/, value('"OWN-MARKS"')],
    [/^remove "externalSetMarkChain"/, everySpelling],
  ],
  'portmap-marks': [
    [/"markMasqBit"/, sibling('markMasqBit')],
    [/"externalSetMarkChain"/, sibling('externalSetMarkChain')],
  ],
  'symmetric-routing-limits': [WRITE],
  'terway-name-case': [[/remove /, everySpelling]],
  'terway-policy-provider': [WRITE, REMOVE],
  'terway-virtual-type': [[/use the value of 10-terway\.conf/, ownChain], WRITE],
  'tuning-mtu': [WRITE],
  'tuning-sysctl': [[/write "net\.[^"]+" with/, underName('"1"', '"1 1"', '"1 1 1"')]],
  'tuning-sysctl-host': [REMOVE],
  'tuning-sysctl-value': [WRITE],
  'vrf-name': [[/choose a shorter name/, value('"blue"')]],
};
