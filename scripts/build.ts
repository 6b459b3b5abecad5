/** Bundles the program into dist/: it starts faster and needs less memory than its many modules. */
import { fileURLToPath } from 'node:url';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { BUNDLE } from './bundle.ts';
import './generate.ts';
import { thirdPartyNotices } from './notices.ts';
import { billOfMaterials } from './sbom.ts';
import { shippedPackages } from './shipped-packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build({
  ...BUNDLE,
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  // A file for each command, and for what only some calls need: a process holds the text of all that
  // it loads, and node-forge and the Kubernetes client alone come to 18 MB.
  splitting: true,
  // For looking up a stack trace. Node could read them itself (--enable-source-maps) for 70 MB.
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
});
const packages = shippedPackages(root, Object.keys(metafile.inputs));
writeFileSync(`${root}dist/THIRD-PARTY-NOTICES.txt`, thirdPartyNotices(root, packages));
writeFileSync(`${root}dist/sbom.cdx.json`, billOfMaterials(root, packages));
