import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ShippedPackage } from './shipped-packages.ts';

const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The licence texts of these packages, which are handed out with the bundle. Of a package without
 * one, the licence's name and the author.
 */
export function thirdPartyNotices(root: string, packages: readonly ShippedPackage[]): string {
  return packages.map((one) => notice(root, one)).join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(root: string, { folder, name, version, license, author }: ShippedPackage): string {
  const path = join(root, folder);
  const files = readdirSync(path).filter((file) => LICENSE_FILE.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  if (texts.length === 0) texts.push(`By ${typeof author === 'string' ? author : author?.name}`);
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
