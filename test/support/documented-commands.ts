import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from './program.ts';

/** A command in a block of a page, continued lines with it. */
export interface DocumentedCommand {
  readonly page: string;
  /** Without a prompt, a comment behind it, or the lines that it prints. */
  readonly command: string;
}

/** The English pages that tell people what to type; Chinese ones have the same commands. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => /^[\w-]+\.md$/.test(name))
    .map((name) => `docs/${name}`),
  'certs/README.md',
];

/** The commands of a page, in order; of a block with prompts only what stands behind them. */
export function commandsOf(page: string): DocumentedCommand[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  const blocks = [...text.matchAll(/^ *```(?:sh|console)\n(.*?)^ *```$/gms)];
  return blocks.flatMap(([, block = '']) => {
    const joined = block.replaceAll(/\\\n\s*/g, '');
    const isLoop = /^for /m.test(joined);
    const lines = isLoop ? [joined] : joined.split('\n');
    const hasPrompts = lines.some((line) => line.startsWith('$ '));
    return lines
      .filter((line) => line.trim() !== '' && (!hasPrompts || line.startsWith('$ ')))
      .map((line) => ({
        page,
        command: line
          .replace(/^\$ /, '')
          .replace(/ +# .*/, '')
          .trim(),
      }));
  });
}

/** The commands of all pages. */
export const documentedCommands = (): DocumentedCommand[] => PAGES.flatMap(commandsOf);
