import t from 'tap';
import { CONFLIST_KEY } from '../../../../src/engine/core/eni-config.ts';
import { withEdits } from '../../../../src/engine/core/fix.ts';
import { describeFinding } from '../../../../src/engine/report/finding-text.ts';
import { update } from '../../../support/changes.ts';
import { BASE_VETH, VETH_CONF } from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';

/** After ACK changed 10-terway.conf, an edit of the chain meets one remedy for the whole first entry. */

const CONF = `{
  "cniVersion": "0.4.0",
  "name": "terway",
  "type": "terway",
  "capabilities": {"bandwidth": true},
  "eniip_virtual_type": "datapathv2",
  "host_stack_cidrs": ["169.254.20.10/32"]
}
`;
const BEFORE = `{
  "plugins": [
    ${JSON.stringify({ ...VETH_CONF, symmetric_routing: true })},
    {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": true}
  ]
}
`;
const OLD = { ...BASE_VETH, '10-terway.conf': CONF, [CONFLIST_KEY]: BEFORE };
const EDITED = BEFORE.replace('"masqAll": true', '"masqAll": true, "snat": true');
const MENDED = `{
  "plugins": [
    {
      "cniVersion": "0.4.0",
      "name": "terway",
      "type": "terway",
      "capabilities": {"bandwidth": true},
      "eniip_virtual_type": "datapathv2",
      "host_stack_cidrs": ["169.254.20.10/32"],
      "symmetric_routing": true
    },
    {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": true, "snat": true}
  ]
}
`;

t.test('one remedy brings the first entry in line, and keeps what the chain may add', (t) => {
  const change = update(OLD, { ...OLD, [CONFLIST_KEY]: EDITED });
  const refusals = verdictOn(change).findings.filter(({ severity }) => severity === 'deny');
  t.same(
    refusals.map(({ rule }) => rule),
    ['first-entry-differs'],
  );
  const [{ fix } = refusals[0]!] = refusals;
  const mended = withEdits(change.new!, fix.edits!);
  t.equal(mended.data.get(CONFLIST_KEY), MENDED);
  t.ok(verdictOn({ ...change, new: mended }).allowed);
  const text = describeFinding(refusals[0]!, change.new);
  t.match(text, '    "eniip_virtual_type": "datapathv2",\n');
  t.match(text, 'fix: write the first plugin so, as 10-terway.conf has it now');
  t.end();
});

t.test('an entry that the write itself made different is told member by member', (t) => {
  const old = { ...OLD, [CONFLIST_KEY]: MENDED };
  const change = update(old, { ...old, [CONFLIST_KEY]: EDITED });
  const refusals = verdictOn(change).findings.filter(({ severity }) => severity === 'deny');
  t.same(refusals.map(({ path }) => path?.at(2)).sort(), [
    'eniip_virtual_type',
    'host_stack_cidrs',
    'network_policy_provider',
  ]);
  t.end();
});
