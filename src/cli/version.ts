import manifest from '../../package.json' with { type: 'json' };
import { defineCommand } from './frame/command.ts';
import { print } from './frame/print.ts';

/** The program's own version; the bundle carries it. */
export const VERSION = manifest.version;

export const command = defineCommand({ flags: {}, examples: ['version'] }, async () => {
  await print(`${VERSION}\n`);
  return 0;
});
