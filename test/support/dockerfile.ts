/** What an image starts, and the environment it starts it in. */
export interface ImageProcess {
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const CONTINUATION = /\\\n(?:\s*#.*\n)*/g;
const PLAIN_VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)=([^\s"'\\$]+)$/;

/**
 * Reads ENTRYPOINT and ENV of a Dockerfile's last stage. Throws for what it can't read, so that the
 * image never starts anything else than is read here: a shell form, quotes, build arguments, a CMD.
 */
export function processIn(dockerfile: string): ImageProcess {
  const lines = dockerfile.replace(CONTINUATION, ' ').split('\n');
  const last = lines.findLastIndex((line) => /^\s*FROM\s/i.test(line));
  const stage = last < 0 ? [] : lines.slice(last);
  const of = (instruction: string) =>
    stage.flatMap((line) => {
      const [, word, rest] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
      return word?.toUpperCase() === instruction ? [rest ?? ''] : [];
    });
  const [entrypoint, ...others] = of('ENTRYPOINT');
  if (entrypoint === undefined || others.length > 0) throw new Error('not exactly one ENTRYPOINT');
  if (of('CMD').length > 0) throw new Error('a CMD adds to what ENTRYPOINT starts');
  const variables = of('ENV').flatMap((words) => words.split(/\s+/).map(variableIn));
  return { entrypoint: wordsIn(entrypoint), environment: Object.fromEntries(variables) };
}

function wordsIn(text: string): string[] {
  const words: unknown = /^\[.+\]$/.test(text) ? JSON.parse(text) : undefined;
  const isList = Array.isArray(words) && words.every((word) => typeof word === 'string');
  if (!isList) throw new Error(`ENTRYPOINT is no list of words: ${text}`);
  return words;
}

function variableIn(word: string): [name: string, value: string] {
  const [, name, value] = PLAIN_VARIABLE.exec(word) ?? [];
  if (name === undefined || value === undefined) throw new Error(`ENV can't be read: ${word}`);
  return [name, value];
}
