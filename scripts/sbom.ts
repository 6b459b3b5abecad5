import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShippedPackage } from './shipped-packages.ts';

/** package-lock.json, as far as it tells what was installed. */
interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

/**
 * The bill of materials of the bundle, CycloneDX 1.6: the packages of which something is in it, each
 * with the licence and the digest of what npm installed. Node.js and the libraries of the image are
 * not among them; the image has an attestation of its own.
 */
export function billOfMaterials(root: string, packages: readonly ShippedPackage[]): string {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as unknown;
  const product = read('package.json') as { name: string; version: string; license: string };
  const { packages: locked } = read('package-lock.json') as Lockfile;
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component('application', product) },
    components: packages.map((one) => ({
      ...component('library', one),
      hashes: hashes(locked[one.folder]?.integrity),
    })),
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function component(type: string, { name, version, license }: Omit<ShippedPackage, 'folder'>) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const licenses = [{ expression: license }];
  return { type, 'bom-ref': purl, name, version, licenses, purl };
}

/** npm's `sha512-BASE64` as CycloneDX has it. */
function hashes(integrity = ''): { alg: string; content: string }[] {
  const base64 = /^sha512-(\S+)$/.exec(integrity)?.[1];
  if (base64 === undefined) return [];
  return [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }];
}
