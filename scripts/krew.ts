/**
 * Makes `kubectl eni-config` installable with krew: `npm run krew -- URL` writes into dist-krew/ the
 * archive that is to be had at the URL, and the manifest that names it with its checksum.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import manifest from '../package.json' with { type: 'json' };

const [url] = process.argv.slice(2);
if (url === undefined) {
  process.stderr.write('usage: npm run krew -- URL\n  URL: where eni-config.tar.gz is to be had\n');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}dist-krew`;
const archive = `${folder}/eni-config.tar.gz`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
// package.json tells Node that the bundle consists of modules.
const content = ['dist', 'package.json', 'LICENSE'];
execFileSync('tar', ['-czf', archive, '-C', root, '--owner=0', '--group=0', ...content]);

const platform = {
  uri: url,
  sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
  bin: 'dist/main.js',
  selector: {
    matchExpressions: [{ key: 'os', operator: 'In', values: ['linux', 'darwin'] }],
  },
};
writeFileSync(
  `${folder}/eni-config.yaml`,
  stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'eni-config' },
    spec: {
      version: `v${manifest.version}`,
      shortDescription: 'Judge and mend eni-config, the CNI chain of ACK',
      description:
        'Tells what the admission webhook eni-config-guard says of kube-system/eni-config, the CNI\n' +
        'chain of Terway on Alibaba Cloud ACK: of files (lint, fix), of what is stored (status), and\n' +
        'of past writes (replay); and what is wrong when the guard can not be reached (doctor).\n',
      caveats: `Needs Node.js ${manifest.engines.node.replace('>=', '')} or newer on PATH.\n`,
      platforms: [platform],
    },
  }),
);
