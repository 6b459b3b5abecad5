import { join } from 'node:path';

import type { GoPrograms } from '../../support/go-module.ts';
import { findOrBuildPrograms } from '../../support/program-cache.ts';

/** kwok plays the kubelets of nodes that do not exist: what it writes into their status is in stages. */
export const KWOK: GoPrograms = {
  module: 'sigs.k8s.io/kwok',
  version: '0.8.0',
  packages: ['sigs.k8s.io/kwok/cmd/kwok'],
  variables: {},
};

/** Finds kwok in the cache or builds it: a minute or two on two cores, once per release. */
export const findOrBuildKwok = async (): Promise<string> =>
  join(await findOrBuildPrograms('kwok', KWOK), 'kwok');
