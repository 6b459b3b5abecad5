import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from '../scripts/bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles a program of the benchmarks as the product is bundled, and returns its path: the loader that
 * runs TypeScript in place wraps every function, which would be measured too.
 */
export async function bundled(entry: string): Promise<string> {
  const outfile = `${root}bench/.${entry.replaceAll('/', '-').replace(/\.ts$/, '.js')}`;
  await build({
    ...BUNDLE,
    absWorkingDir: root,
    entryPoints: [`bench/${entry}`],
    outfile,
    // It finds the Dockerfile by its own place.
    external: ['./test/support/image-flags.ts'],
  });
  return outfile;
}
