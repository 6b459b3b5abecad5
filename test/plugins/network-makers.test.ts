import { join } from 'node:path';

import t from 'tap';

import { NETWORK_MAKERS } from '../../src/engine/catalogue/network-makers.ts';
import { findOrBuildNetworkMakers } from '../support/plugin-binaries.ts';
import { NETWORK_MAKERS as RELEASED } from '../support/plugin-releases.ts';
import { pluginInput, runPlugins } from './run-plugin.ts';
import { POD_ADDRESS } from './sandbox/pod.ts';
import { installNetworkTools } from './sandbox/tools.ts';

// Building the plugins takes half a minute, once per machine; the runs take seconds.
t.setTimeout(10 * 60_000);

/** What the guard says of plugins that make a network after terway, shown with the real ones. */

await installNetworkTools();
const folder = await findOrBuildNetworkMakers('1.9.1');

const IPAM = {
  'host-local': { type: 'host-local', subnet: '10.22.0.0/16', dataDir: '/run/work/addresses' },
  static: { type: 'static', addresses: [{ address: '10.10.0.1/24' }] },
  dhcp: { type: 'dhcp' },
};

const EXISTS = /already exists|file exists/;

/** Each with a configuration that it accepts, so that only terway's interface is in its way. */
const REFUSED: readonly (readonly [type: string, members: object, message: RegExp])[] = [
  ['bridge', { bridge: 'cni0', ipam: IPAM['host-local'] }, EXISTS],
  ['ptp', { ipam: IPAM['host-local'] }, EXISTS],
  ['macvlan', { master: 'eth0', ipam: IPAM['host-local'] }, EXISTS],
  ['dummy', { ipam: IPAM['host-local'] }, EXISTS],
  ['host-device', { device: 'eth0-peer' }, EXISTS],
  ['dhcp', { ipam: IPAM.dhcp }, /error dialing DHCP daemon/],
  ['host-local', {}, /missing 'ipam' key/],
  ['static', {}, /missing 'ipam' key/],
  // Where the kernel has no such devices the refusal is another one.
  ['ipvlan', { master: 'eth0', ipam: IPAM['host-local'] }, /exists|operation not supported/],
  [
    'vlan',
    { master: 'eth0', vlanId: 5, ipam: IPAM['host-local'] },
    /exists|operation not supported/,
  ],
];

/** Each succeeds with a result that is no longer terway's. */
const REPLACING: readonly (readonly [type: string, members: object])[] = [
  ['host-local', { ipam: IPAM['host-local'] }],
  ['static', { ipam: IPAM.static }],
  ['tap', { ipam: IPAM.static }],
  ['tap', {}],
];

const answersOf = (
  cases: readonly (readonly [type: string, members: object, ...rest: unknown[]])[],
) =>
  runPlugins(
    cases.map(([type, members]) => ({
      binary: join(folder, type),
      stdin: pluginInput(JSON.stringify({ type, ...members })),
    })),
    1,
  );

t.test('a plugin that makes the interface finds it taken', async (t) => {
  const answers = await answersOf(REFUSED);
  for (const [index, [type, , message]] of REFUSED.entries()) {
    t.not(answers[index]?.exitCode, 0, `${type} fails`);
    t.match(answers[index]?.message, message, type);
    t.ok(NETWORK_MAKERS.has(type), `the guard refuses ${type}`);
  }
});

t.test("a plugin that hands out addresses replaces terway's result", async (t) => {
  const answers = await answersOf(REPLACING);
  for (const [index, [type]] of REPLACING.entries()) {
    const { exitCode, message, result = '' } = answers[index]!;
    t.equal(exitCode, 0, `${type} succeeds: ${message}`);
    t.notMatch(result, POD_ADDRESS, `${type} drops the address that the pod has`);
    t.ok(NETWORK_MAKERS.has(type), `the guard refuses ${type}`);
  }
});

t.test("loopback hands terway's result on", async (t) => {
  const [answer] = await answersOf([['loopback', {}]]);
  t.equal(answer?.exitCode, 0);
  t.match(answer?.result, POD_ADDRESS);
});

t.test('every plugin of the release that makes a network is known', (t) => {
  const types = [...RELEASED.main, ...RELEASED.ipam].filter((type) => type !== 'loopback');
  t.same(
    types.filter((type) => !NETWORK_MAKERS.has(type)),
    [],
  );
  t.end();
});
