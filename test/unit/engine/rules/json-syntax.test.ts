import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import type { Finding } from '../../../../src/engine/core/finding.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { review } from '../../../../src/engine/rules/index.ts';
import { describeFinding } from '../../../../src/engine/report/finding-text.ts';
import { update } from '../../../support/changes.ts';
import { BASE_VETH, type Data, withConflist } from '../../../support/config-maps.ts';
import { MENDABLE, OTHERS } from '../json/slip-samples.ts';

function syntaxFindings(data: Data): readonly [Finding, string][] {
  const change = update(BASE_VETH, data);
  return review(change, NO_FACTS, DEFAULT_POLICY)
    .filter(({ rule }) => rule === 'json-syntax')
    .map((finding) => [finding, describeFinding(finding, change.new)]);
}

t.test('a slip in the chain comes with text to paste, where it is certain', (t) => {
  const fixOf = (name: string) =>
    syntaxFindings(withConflist(BASE_VETH, { ...MENDABLE, ...OTHERS }[name] ?? ''))[0]?.[0].fix
      .text;
  t.equal(fixOf('text without quotes'), '"portmap"');
  t.equal(fixOf('ture'), 'true');
  t.match(fixOf('YAML instead of JSON'), /^\{"plugins": \[\{"type": "terway"\}, \{/);
  t.equal(fixOf('trailing comma in a list'), 'remove this comma');
  t.equal(fixOf('the empty text'), 'remove the key 10-terway.conflist, or put a chain there');
  t.end();
});

t.test('of a secret text nothing is quoted, whatever the slip', (t) => {
  const samples = Object.entries({ ...MENDABLE, ...OTHERS }).filter(([, text]) =>
    text.includes('portmap'),
  );
  for (const [name, text] of samples) {
    const secret = text.replaceAll('portmap', 'AKIDsecret').replaceAll('KUBE-MARK-MASQ', 'TOKEN');
    const told = syntaxFindings({ ...BASE_VETH, eni_conf: secret });
    t.not(told.length, 0, `${name}: is told`);
    for (const [, words] of told) t.notMatch(words, /AKID|TOKEN|snat|markMasqBit/, name);
  }
  t.end();
});

t.test('of a member that stands twice as 0 and as -0 none is offered to go', (t) => {
  const offered = (one: string, other: string) => {
    const entry = `{"type": "vrf", "vrfname": "a", "table": ${one}, "table": ${other}}`;
    const data = withConflist(BASE_VETH, `{"plugins": [${BASE_VETH['10-terway.conf']}, ${entry}]}`);
    return review(update(BASE_VETH, data), NO_FACTS, DEFAULT_POLICY)
      .filter(({ rule }) => rule === 'json-duplicate')
      .map(({ fix }) => fix.edits !== undefined);
  };
  t.same(offered('0', '0'), [true]);
  t.same(offered('-0', '0'), [false]);
  t.end();
});
