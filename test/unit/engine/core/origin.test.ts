import t from 'tap';

import { CONFLIST_KEY, CONF_KEY } from '../../../../src/engine/core/eni-config.ts';
import { creation, update } from '../../../support/changes.ts';
import { BASE_VETH, PORTMAP } from '../../../support/config-maps.ts';
import { verdictOn } from '../../../support/verdicts.ts';

/** A first entry as 10-terway.conf has it, with one field under two names, and one twice. */
const CONF = '{"type": "terway", "mtu": 1400, "MTU": 1500, "type": "terway"}';
const DATA = {
  ...BASE_VETH,
  [CONF_KEY]: CONF,
  [CONFLIST_KEY]: `{"plugins": [${CONF}, ${JSON.stringify(PORTMAP)}]}`,
};

/** What is said of the chain's doubled members. */
const duplicatesOf = (write: Parameters<typeof verdictOn>[0]) =>
  verdictOn(write)
    .findings.filter(({ rule, key }) => rule === 'json-duplicate' && key === CONFLIST_KEY)
    .map(({ severity, fix }) => [severity, fix.text, fix.edits?.length]);

t.test('what is wrong in both texts is mended in both, with the words of the rule as well', (t) => {
  t.same(duplicatesOf(creation(DATA)), [
    ['deny', 'keep one of them; the same in 10-terway.conf', undefined],
    ['deny', 'remove one of the two, which say the same; the same in 10-terway.conf', 2],
  ]);
  t.end();
});

t.test('what the stored 10-terway.conf has refuses nothing', (t) => {
  const old = { ...BASE_VETH, [CONF_KEY]: CONF };
  const [words] = duplicatesOf(update(old, DATA));
  t.match(words, ['warn', 'leave it as it is here', undefined]);
  t.end();
});
