import t from 'tap';
import { RELEASED_TOGETHER, pluginsOfKubelet } from '../../../../src/engine/catalogue/releases.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';
import { PLUGIN_TYPES } from '../../../support/plugin-releases.ts';

t.test('the plugins that a kubelet comes with', (t) => {
  for (const [kubelet, plugins] of [
    ['1.31.9', undefined],
    ['1.32.0', '1.6.2'],
    ['1.33.5', '1.6.2'],
    ['1.34.0', '1.7.1'],
    ['1.35.0', '1.8.0'],
    ['1.36.0', '1.9.1'],
    ['1.40.0', '1.9.1'],
  ] as const) {
    t.same(pluginsOfKubelet(parseVersion(kubelet)!), plugins && parseVersion(plugins), kubelet);
  }
  t.end();
});

t.test('plugins that are released together', (t) => {
  t.same([...RELEASED_TOGETHER].sort(), [...PLUGIN_TYPES].sort());
  t.end();
});
