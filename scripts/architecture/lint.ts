import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { Linter, Rule } from 'eslint';
import { FOLDERS } from './folders.ts';
import { objectionTo } from './imports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The part of a syntax node that names a module; absent for an export of the file's own. */
interface ModuleReference {
  readonly source?: { readonly type: string; readonly value?: unknown } | null;
}

/**
 * Refuses what the table of folders does not allow, in each way to name a module: static imports,
 * re-exports, `import()` and the types of both. The name must be a literal, as no other can be seen.
 */
const imports: Rule.RuleModule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = relative(ROOT, context.filename).replaceAll(sep, '/');
    const check = (node: Rule.Node) => {
      const { source } = node as ModuleReference;
      if (!source) return;
      const message =
        typeof source.value === 'string'
          ? objectionTo(file, source.value)
          : 'import() takes a literal, or its module can not be checked';
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

const namesOf = (code: string) => new Set(runInNewContext(code) as readonly string[]);
const ECMASCRIPT = namesOf('Object.getOwnPropertyNames(globalThis)');

/** Ways around the list of globals: the object that holds them all, code from text, another loader. */
const LOOPHOLES = ['globalThis', 'global', 'eval', 'Function', 'require', 'console', 'WebAssembly'];

/** What a program finds in Node.js besides ECMAScript: `Buffer`, `process`, timers, `fetch`, ... */
const HOST_GLOBALS = [
  ...new Set([
    ...Object.getOwnPropertyNames(globalThis).filter((name) => !ECMASCRIPT.has(name)),
    ...LOOPHOLES,
  ]),
];

/** What a pure folder must not do, whatever the table lets it import. */
const pureFolders: readonly Linter.Config[] = FOLDERS.flatMap(({ path, globals }) => {
  if (!globals) return [];
  const message = `${path} is pure: the same input gives the same output, wherever it runs`;
  const names = HOST_GLOBALS.filter((name) => !globals.includes(name));
  return [
    {
      files: [`${path}/**/*.ts`],
      rules: {
        'no-restricted-globals': ['error', ...names.map((name) => ({ name, message }))],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message },
          { object: 'Math', property: 'random', message },
        ],
        'no-restricted-syntax': [
          'error',
          { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message },
        ],
      },
    },
  ];
});

/** What eslint has to know of the architecture. */
export const architecture: Linter.Config[] = [
  {
    files: ['**/*.ts', '**/*.js'],
    plugins: { architecture: { rules: { imports } } },
    rules: { 'architecture/imports': 'error' },
  },
  ...pureFolders,
];
