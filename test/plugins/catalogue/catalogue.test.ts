import t from 'tap';

import { isReadBy } from '../../../src/engine/catalogue/field.ts';
import { parseVersion } from '../../../src/engine/core/version.ts';
import { PLUGIN_RELEASES } from '../../support/plugin-releases.ts';
import { comparePlugins, compareTerway, ownFields } from './compare.ts';
import { pluginSources, terwaySources } from './sources.ts';

// Modules are downloaded once per machine.
t.setTimeout(10 * 60_000);

for (const release of PLUGIN_RELEASES) {
  t.test(`the catalogue agrees with the sources of plugins ${release}`, async (t) => {
    t.same(comparePlugins(await pluginSources(release)), []);
  });
}

t.test("the catalogue agrees with Terway's sources", async (t) => {
  t.same(compareTerway(await terwaySources()), []);
});

t.test('of a catalogue that ends with plugins 1.5.1 it finds all that came later', async (t) => {
  const oldest = parseVersion('1.5.1')!;
  const old = (type: string) =>
    Object.fromEntries(
      Object.entries(ownFields(type)).filter(([, field]) => isReadBy(field, oldest)),
    );
  t.same(comparePlugins(await pluginSources('1.10.0'), old), [
    'portmap 1.10.0 reads backend (string), which the catalogue lacks',
    'sbr 1.10.0 reads addSourceHints (boolean), which the catalogue lacks',
    'sbr 1.10.0 reads gateways (array), which the catalogue lacks',
    'sbr 1.10.0 reads table (integer), which the catalogue lacks',
  ]);
});
