import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { ROOT } from './data.ts';

/**
 * A copy of the chart, called as charts are, in which the image of the release is the default; its
 * folder is to be removed. In the repository the image has no default, as there is none to pull.
 */
export function releasedChart(image: string, digest: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'eni-config-guard-')), 'eni-config-guard');
  cpSync(fileURLToPath(new URL('charts/eni-config-guard', ROOT)), folder, { recursive: true });
  const values = join(folder, 'values.yaml');
  const document = parseDocument(readFileSync(values, 'utf8'));
  document.setIn(['image', 'repository'], image);
  document.setIn(['image', 'digest'], digest);
  writeFileSync(values, document.toString({ lineWidth: 0 }));
  return folder;
}

/** Packages the chart of the release into `release/`. */
export async function packageChart(
  helm: (args: readonly string[]) => Promise<string>,
  image: string,
  digest: string,
): Promise<void> {
  const destination = fileURLToPath(new URL('release', ROOT));
  mkdirSync(destination, { recursive: true });
  const folder = releasedChart(image, digest);
  try {
    await helm(['package', folder, '--destination', destination]);
  } finally {
    rmSync(join(folder, '..'), { recursive: true });
  }
}
