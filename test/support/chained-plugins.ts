import { PLUGINS } from '../../src/engine/catalogue/plugins.ts';

/** Types of the catalogue that users chain after terway, which does not install them itself. */
export const CHAINED_PLUGINS: readonly string[] = [...PLUGINS.keys()].filter(
  (type) => type !== 'terway' && type !== 'cilium-cni',
);
