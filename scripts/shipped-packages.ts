import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of which something is in the bundle. */
export interface ShippedPackage {
  /** Below the root: `node_modules/pino`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
}

/** esbuild names each file above its code; the validators were bundled before the program was. */
const BUNDLED_BEFORE = 'src/generated/validate-config.js';

/** The packages that `inputs`, the files of a bundle, come from, by folder. */
export function shippedPackages(root: string, inputs: readonly string[]): ShippedPackage[] {
  const before = inputs.includes(BUNDLED_BEFORE)
    ? [...readFileSync(join(root, BUNDLED_BEFORE), 'utf8').matchAll(/^\/\/ (node_modules\/.*)$/gm)]
    : [];
  const paths = [...inputs, ...before.map(([, path]) => path ?? '')];
  const folders = new Set(
    paths.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...folders].sort().map((folder) => ({ ...manifestOf(join(root, folder)), folder }));
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Omit<ShippedPackage, 'folder'>;
