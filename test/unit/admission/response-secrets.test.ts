import fc from 'fast-check';
import t from 'tap';
import { type AdmissionResponse } from '../../../src/admission/response.ts';
import { validate } from '../../../src/admission/validate.ts';
import { BASE_VETH } from '../../support/config-maps.ts';
import { assertAsyncProperty } from '../../support/properties.ts';
import { reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

import { ALL_DENIED, faults, respond } from '../../support/responses.ts';

/** Values of eni_conf are secrets, and stand in no response. */

/** Values that must never be seen again, one for each JSON type that can hold a secret. */
const CANARY = 'LTAI5tCANARY';
const CANARY_NUMBER = 3141592653;

function leaks(response: AdmissionResponse): boolean {
  const text = JSON.stringify(response);
  return text.includes('CANARY') || text.includes(String(CANARY_NUMBER));
}

const SECRET_ENI_CONF = {
  version: CANARY,
  access_key: CANARY,
  access_secret: `${CANARY}"\u001b\\`,
  credential_path: CANARY,
  service_cidr: CANARY,
  ip_stack: CANARY,
  max_pool_size: CANARY_NUMBER,
  vswitches: { 'cn-shanghai-l': [CANARY, CANARY] },
  eni_tags: { a: CANARY },
  vswitch_selection_policy: CANARY,
  idle_ip_reclaim_after: CANARY,
};

t.test('values of eni_conf are never told', async (t) => {
  const old = { ...BASE_VETH, eni_conf: JSON.stringify(SECRET_ENI_CONF, null, 2) };
  const texts: [name: string, text: string][] = [
    ['reformatted', JSON.stringify(SECRET_ENI_CONF)],
    ['protected values changed', old.eni_conf.replaceAll(CANARY, `${CANARY}2`)],
    ['unquoted', old.eni_conf.replaceAll(`"${CANARY}"`, CANARY)],
    ['in single quotes', old.eni_conf.replaceAll(`"${CANARY}"`, `'${CANARY}'`)],
    ['a trailing comma', old.eni_conf.replace(/\n}$/, ',\n}')],
    ['a list', JSON.stringify([CANARY, CANARY_NUMBER])],
    ['a text', JSON.stringify(CANARY)],
    ['no JSON at all', CANARY],
    ['a number', String(CANARY_NUMBER)],
    ['members twice', old.eni_conf.replace('{', `{"access_key": "${CANARY}",`)],
    ['too large', old.eni_conf.padEnd(1024 * 1024 + 1)],
    ['too deep', `${'['.repeat(300)}"${CANARY}"`],
    ['too large a number', old.eni_conf.replace('{', `{"a": ${CANARY_NUMBER}e400,`)],
    [
      'every value in another type',
      JSON.stringify(
        Object.fromEntries(Object.keys(SECRET_ENI_CONF).map((name) => [name, [CANARY]])),
      ),
    ],
    [
      'numbers for every value',
      JSON.stringify(
        Object.fromEntries(Object.keys(SECRET_ENI_CONF).map((name) => [name, CANARY_NUMBER])),
      ),
    ],
    [
      'names in another letter case',
      JSON.stringify(
        Object.fromEntries(
          Object.entries(SECRET_ENI_CONF).map(([name, value]) => [name.toUpperCase(), value]),
        ),
      ),
    ],
    ['unknown names', JSON.stringify({ secret: CANARY, nested: { secret: CANARY } })],
  ];
  for (const [name, text] of texts) {
    const data = { ...BASE_VETH, eni_conf: text };
    for (const webhook of [WEBHOOK, ALL_DENIED]) {
      t.notOk(leaks(await respond(data, BASE_VETH, webhook)), name);
      t.notOk(leaks(await respond(data, old, webhook)), `${name}, with secrets before`);
      t.notOk(leaks(await respond({ ...data, note: 'a' }, data, webhook)), `${name}, stored`);
      t.notOk(leaks(await respond(BASE_VETH, data, webhook)), `${name}, replaced`);
      const creation = await validate(reviewBody({ operation: 'CREATE', data }), webhook);
      t.notOk(leaks(creation.response), `${name}, created`);
      const deletion = await validate(reviewBody({ operation: 'DELETE', oldData: data }), webhook);
      t.notOk(leaks(deletion.response), `${name}, deleted`);
    }
  }
});

t.test('values of eni_conf are not told, wherever the text is cut', async (t) => {
  const text = JSON.stringify(SECRET_ENI_CONF, null, 2);
  const told: number[] = [];
  for (let cut = 0; cut < text.length; cut += 1) {
    if (leaks(await respond({ ...BASE_VETH, eni_conf: text.slice(0, cut) }))) told.push(cut);
  }
  t.same(told, []);
});

t.test('property: values of eni_conf are not told, whatever a slip does to the text', async (t) => {
  const text = JSON.stringify(SECRET_ENI_CONF, null, 2);
  const slip = fc
    .tuple(
      fc.nat(text.length),
      fc.nat(3),
      fc.constantFrom('', '"', "'", ',', ':', '{', '}', '[', ']', '\\', '\n', '0', '//', '\u201c'),
    )
    .map(([at, removed, inserted]) => text.slice(0, at) + inserted + text.slice(at + removed));
  await assertAsyncProperty(
    t,
    fc.asyncProperty(slip, fc.boolean(), async (eniConf, allDenied) => {
      const webhook = allDenied ? ALL_DENIED : WEBHOOK;
      const response = await respond({ ...BASE_VETH, eni_conf: eniConf }, BASE_VETH, webhook);
      return !leaks(response) && faults(response).length === 0;
    }),
    1000,
  );
});
