import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { NO_FACTS } from '../../../../../src/engine/core/facts.ts';
import { known } from '../../../../support/facts.ts';
import { NEWEST, PORTMAP_LINES, added, withChain } from './cni-chain-write.ts';
import { ACK, estimated, group, live, rollingOut } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** cni_chain beside the other keys and in their place, by the release of Terway. */

const CONFLIST = conflist([VETH_CONF, PORTMAP]);

export const CNI_CHAIN_BESIDE_EDITS: readonly WorkedEdit[] = [
  edit('cni_chain: beside a conflist that is edited', {
    old: withChain(PORTMAP_LINES, withConflist(BASE_VETH, CONFLIST)),
    new: withChain(PORTMAP_LINES, withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP], 4))),
    facts: NEWEST,
    warn: ['conflist-shadowed'],
  }),
  edit('cni_chain: [] beside a conflist', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain('[]', withConflist(BASE_VETH, CONFLIST)),
    facts: NEWEST,
    warn: ['conflist-shadowed', 'portmap-removed', 'restart-needed'],
  }),
  edit('cni_chain: in the place of a conflist, newest Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: NEWEST,
    warn: ['restart-needed'],
  }),
  edit('cni_chain: in the place of a conflist, older Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: ACK,
    deny: ['cni-chain-version'],
  }),
  edit('cni_chain: in the place of a conflist, an estimated Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: { ...ACK, terway: estimated('1.15.2') },
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  edit('cni_chain: in the place of a conflist, nothing known', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: NO_FACTS,
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  added('ahead of the upgrade', PORTMAP_LINES, { facts: ACK, warn: ['cni-chain-version'] }),
  added('[] with an older Terway and no conflist', '[]', { facts: ACK }),
  edit('cni_chain: [] beside a conflist, older Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain('[]', withConflist(BASE_VETH, CONFLIST)),
    facts: ACK,
    warn: ['cni-chain-version'],
  }),
  edit('cni_chain: a conflist is edited beside it, older Terway', {
    old: withChain(PORTMAP_LINES, withConflist(BASE_VETH, CONFLIST)),
    new: withChain(PORTMAP_LINES, withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP], 4))),
    facts: ACK,
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  edit('cni_chain: is taken away', {
    old: withChain(PORTMAP_LINES),
    new: BASE_VETH,
    facts: NEWEST,
    warn: ['portmap-removed', 'restart-needed'],
  }),
  edit('cni_chain: on nodes with whole ENIs', {
    old: BASE_VETH,
    new: withChain(PORTMAP_LINES),
    facts: { ...NEWEST, exclusiveEniNodes: known(group(2)) },
    warn: ['restart-needed'],
  }),
  edit('cni_chain: on nodes with whole ENIs, beside a conflist that no node reads then', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES, withConflist(BASE_VETH, CONFLIST)),
    facts: { ...NEWEST, exclusiveEniNodes: known(group(2)) },
    warn: ['conflist-shadowed', 'restart-needed'],
  }),
  edit('cni_chain: in binaryData', {
    old: BASE_VETH,
    new: BASE_VETH,
    newBinary: ['cni_chain'],
    facts: NEWEST,
    deny: ['binary-data'],
  }),
  edit('cni_chain: public access by 10-terway.conf on Datapath V2', {
    old: {
      ...BASE_DATAPATH_V2,
      '10-terway.conf': BASE_DATAPATH_V2['10-terway.conf']!.replace(
        '{',
        '{"symmetric_routing": true,',
      ),
    },
    new: withChain(PORTMAP_LINES, {
      ...BASE_DATAPATH_V2,
      '10-terway.conf': BASE_DATAPATH_V2['10-terway.conf']!.replace(
        '{',
        '{"symmetric_routing": true,',
      ),
    }),
    facts: NEWEST,
    deny: ['public-access-masqall'],
  }),
  edit('cni_chain: symmetric_routing is added to 10-terway.conf beside it', {
    old: withChain(PORTMAP_LINES),
    new: withChain(PORTMAP_LINES, {
      ...BASE_VETH,
      '10-terway.conf': JSON.stringify({ ...VETH_CONF, symmetric_routing: true }),
    }),
    facts: NEWEST,
    deny: ['conf-changed'],
  }),
  edit('cni_chain: a stored mistake is left alone', {
    old: withChain(`${PORTMAP_LINES}  snat: "yes"\n`),
    new: withChain(`${PORTMAP_LINES}  snat: "yes"\n`, {
      ...BASE_VETH,
      disable_network_policy: 'true',
    }),
    facts: NEWEST,
    warn: ['field-type'],
  }),
  edit('cni_chain: an idle mistake moves with its entry', {
    old: withChain(`${PORTMAP_LINES}  symmetric_routing: true\n`),
    new: withChain(`- type: tuning\n  mtu: 1500\n${PORTMAP_LINES}  symmetric_routing: true\n`),
    facts: NEWEST,
    warn: ['cni-chain-member', 'restart-needed'],
  }),
  edit('live: cni_chain while Terway is rolled out', {
    old: BASE_VETH,
    new: withChain(PORTMAP_LINES),
    facts: live({
      terway: rollingOut(120, [
        ['1.17.5', 3],
        ['1.18.0', 117],
      ]),
    }),
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  edit('live: cni_chain in the place of a conflist while Terway is rolled out', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: live({
      terway: rollingOut(120, [
        ['1.17.5', 3],
        ['1.18.0', 117],
      ]),
    }),
    deny: ['cni-chain-version'],
  }),
];
