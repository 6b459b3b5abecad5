import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { CERT_MANAGER } from './certmanager/binary.ts';
import type { Manifest } from './chart.ts';
import { run } from '../support/output.ts';

/** The resource definitions of the operators that the chart can work with, as they publish them. */
const PUBLISHED = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
    files: [
      'monitoring.coreos.com_servicemonitors.yaml',
      'monitoring.coreos.com_prometheusrules.yaml',
    ],
  },
  {
    module: `${CERT_MANAGER.module}@v${CERT_MANAGER.version}`,
    folder: 'deploy/crds',
    files: ['certificaterequests', 'certificates', 'clusterissuers', 'issuers'].map(
      (plural) => `cert-manager.io_${plural}.yaml`,
    ),
  },
];

/**
 * CustomResourceDefinitions of ServiceMonitor, PrometheusRule and cert-manager's own out of Go's
 * module cache; a few MB are downloaded once. Rejects when Go is missing or refuses.
 */
export async function operatorCrds(): Promise<Manifest[]> {
  const texts = PUBLISHED.map(async ({ module, folder, files }) => {
    const { code, stdout, stderr } = await run('go', ['mod', 'download', '-json', module], {
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod' },
      cwd: '/',
    });
    if (code !== 0) throw new Error(`${module} can't be had: ${stderr}${stdout}`);
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    return Promise.all(files.map((file) => readDefinition(join(Dir, folder, file))));
  });
  return (await Promise.all(texts)).flat();
}

async function readDefinition(path: string): Promise<Manifest> {
  const crd = parse(await readFile(path, 'utf8')) as Manifest;
  // Labels and annotations may be templates of the operator's own chart.
  return { ...crd, metadata: { name: crd.metadata.name } };
}
