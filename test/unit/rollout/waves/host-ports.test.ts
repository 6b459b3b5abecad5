import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { hasHostPorts } from '../../../../src/rollout/waves/host-ports.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';

const has = (...entries: readonly object[]) => {
  const data = new Map(Object.entries(withConflist(BASE_VETH, conflist([VETH_CONF, ...entries]))));
  return hasHostPorts({ data, binaryData: new Map(), immutable: false }, NO_FACTS);
};

t.test('host ports are there where portmap is told of them', async (t) => {
  t.ok(has(PORTMAP));
  t.notOk(has());
  t.notOk(has({ type: 'portmap' }), 'without the capability it is not told');
  t.notOk(has({ type: 'portmap', capabilities: { portMappings: false } }));
});
