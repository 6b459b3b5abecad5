import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { FOLDERS, type Folder } from './folders.ts';

/** The row of a file, by its path from the repository's root; the longest row that covers it. */
export function folderOf(file: string): Folder | undefined {
  return FOLDERS.filter(({ path }) => covers(path, file)).toSorted(
    (a, b) => b.path.length - a.path.length,
  )[0];
}

/**
 * Why `file` may not import `specifier`, as one sentence; undefined when it may. Paths are those of
 * the repository, with slashes.
 */
export function objectionTo(file: string, specifier: string): string | undefined {
  const folder = folderOf(file);
  if (!folder) return `${file} is in no folder of scripts/architecture/folders.ts`;
  return specifier.startsWith('.')
    ? objectionToFile(folder, posix.join(posix.dirname(file), specifier))
    : objectionToPackage(folder, packageOf(specifier));
}

function objectionToFile({ path, imports }: Folder, target: string): string | undefined {
  const isOwn = folderOf(target)?.path === path;
  if (isOwn || imports.some((allowed) => covers(allowed, target))) return undefined;
  return `${path} must not import ${target}; it may import ${imports.join(', ') || 'only itself'}`;
}

function objectionToPackage({ path, packages }: Folder, name: string): string | undefined {
  if (!packages || packages.includes(name)) return undefined;
  return `${path} must not import ${name}; its packages are: ${packages.join(', ') || 'none'}`;
}

/** The package of a specifier such as `@scope/name/part`; `node` for a module of Node.js. */
function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return 'node';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Whether `file` is `path` or below it. */
export const covers = (path: string, file: string) => file === path || file.startsWith(`${path}/`);
