import { Ajv } from 'ajv';
import t from 'tap';
import { cniChainSchema } from '../../../../src/engine/catalogue/json-schema.ts';
import { PORTMAP, VETH_CONF } from '../../../support/config-maps.ts';

/** The schema of cni_chain for editors; those of the other keys are held to the rules' field errors. */

const takes = new Ajv({ strict: false }).compile(cniChainSchema());

t.test('takes the plugins behind terway', async (t) => {
  for (const chain of [[], [PORTMAP], [{ type: 'own', dns: {} }], Array(16).fill(PORTMAP)]) {
    t.ok(takes(chain), JSON.stringify(chain));
  }
});

t.test('takes no terway, none of its members, and no more than Terway does', async (t) => {
  const refused = [
    PORTMAP,
    [VETH_CONF],
    [{ ...PORTMAP, name: 'ports' }],
    [{ ...PORTMAP, snat: 'true' }],
    [{ snat: true }],
    Array(17).fill(PORTMAP),
  ];
  for (const chain of refused) t.notOk(takes(chain), JSON.stringify(chain));
});
