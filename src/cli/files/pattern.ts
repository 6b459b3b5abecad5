import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The paths that a pattern names, sorted: `*`, `?` and `[a-z]` stand for characters of one name, `**`
 * for any number of folders, `{a,b}` for one or the other. As in a shell, a name that begins with a dot
 * has to be asked for with one. Node's own globSync is not in every release that the program runs on.
 */
export function pathsMatching(pattern: string): readonly string[] {
  const found = alternatives(pattern).flatMap((path) => {
    const [first, ...names] = path.split('/');
    return first === '' ? below('/', names) : below('', [first ?? '', ...names]);
  });
  return [...new Set(found)].sort();
}

/** A pattern without braces for each way to choose among them; the innermost are taken first. */
function alternatives(pattern: string): readonly string[] {
  const braces = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (!braces) return [pattern];
  const before = pattern.slice(0, braces.index);
  const after = pattern.slice(braces.index + braces[0].length);
  return (braces[1] ?? '').split(',').flatMap((choice) => alternatives(before + choice + after));
}

function below(folder: string, [name, ...rest]: readonly string[]): readonly string[] {
  if (name === undefined) return [folder];
  if (name === '**') return [...below(folder, rest), ...folders(folder, rest)];
  if (!/[*?[]/.test(name)) {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false }) ? below(path, rest) : [];
  }
  const expression = expressionOf(name);
  return entries(folder)
    .filter(({ name: entry }) => expression.test(entry))
    .flatMap((entry) => below(join(folder, entry.name), rest));
}

/** What lies in folders of the folder; links are not followed, so that a circle of them ends. */
function folders(folder: string, rest: readonly string[]): readonly string[] {
  return entries(folder)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => below(join(folder, entry.name), ['**', ...rest]));
}

function entries(folder: string) {
  const stat = statSync(folder || '.', { throwIfNoEntry: false });
  return stat?.isDirectory() ? readdirSync(folder || '.', { withFileTypes: true }) : [];
}

function expressionOf(name: string): RegExp {
  const source = name.replace(/\[[^\]]+\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const characters = part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    if (part.length > 1 && part.startsWith('[') && isExpression(characters)) return characters;
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${name.startsWith('.') ? '' : '(?!\\.)'}${source}$`, 's');
}

/** Whether the source is a valid expression: a range that runs backwards, such as `[z-a]`, is not. */
function isExpression(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
