import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { GoPrograms } from '../../support/go-module.ts';
import { findOrBuildPrograms, kindOf } from '../../support/program-cache.ts';

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const ARGOCD = source('argocd.go');
const FLUX = source('flux.go');

const ARGOCD_ENGINE: GoPrograms = {
  module: 'github.com/argoproj/argo-cd/gitops-engine',
  // The module has no releases of its own; this is the state of Argo CD's main branch on 2026-09-14.
  version: '0.0.0-20260914071520-c9c369efcc5b',
  packages: ['./argocd-engine'],
  variables: {},
  additions: { 'argocd-engine/main.go': ARGOCD },
};

const FLUX_ENGINE: GoPrograms = {
  module: 'github.com/fluxcd/pkg/ssa',
  version: '0.83.0',
  packages: ['./flux-engine'],
  toolchain: 'go1.27.3',
  variables: {},
  additions: { 'flux-engine/main.go': FLUX },
};

/** Finds Argo CD's engine in the cache or builds it: some minutes, once for each state of its file here. */
export const findOrBuildArgocdEngine = async (): Promise<string> =>
  join(
    await findOrBuildPrograms(await kindOf('argocd-engine', [ARGOCD]), ARGOCD_ENGINE),
    'argocd-engine',
  );

/** Finds Flux's engine in the cache or builds it in the same way. */
export const findOrBuildFluxEngine = async (): Promise<string> =>
  join(await findOrBuildPrograms(await kindOf('flux-engine', [FLUX]), FLUX_ENGINE), 'flux-engine');
