import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * The arrows of the house: which rooms of src/ a room may import. Everything else is refused, so
 * that data flows one way and the core stays free of frameworks, input and output.
 */
const ROOMS = {
  core: [],
  catalogue: ['core'],
  rules: ['core', 'catalogue', 'generated'],
  defaults: ['core', 'catalogue', 'rules'],
  report: ['core', 'catalogue'],
  admission: ['core', 'catalogue', 'defaults', 'report'],
  tls: ['core', 'audit'],
  probe: ['core'],
  config: ['core', 'catalogue', 'defaults', 'generated'],
  audit: ['core', 'catalogue', 'admission', 'report'],
  cluster: ['core', 'catalogue', 'audit', 'probe', 'tls'],
  server: ['core', 'admission', 'audit', 'tls'],
  commands: [
    'core',
    'catalogue',
    'rules',
    'defaults',
    'report',
    'admission',
    'audit',
    'cluster',
    'config',
    'probe',
    'server',
    'tls',
  ],
};

/** Rooms that must stay pure: no Node modules, no frameworks; these packages compute only. */
const PURE_ROOMS = ['core', 'catalogue', 'rules', 'defaults', 'report', 'admission'];
const PURE_PACKAGES = ['fastest-levenshtein', 'jsonc-parser', 'semver'];

function arrowsOf(room) {
  const closed = [...Object.keys(ROOMS), 'generated'].filter(
    (other) => other !== room && !ROOMS[room].includes(other),
  );
  const patterns = [
    {
      regex: `^(\\.\\./)+(${closed.join('|')})/`,
      message: `src/${room} may import only: ${ROOMS[room].join(', ') || 'nothing outside itself'}`,
    },
    { regex: '(^|/)main\\.ts$', message: 'main.ts composes; nothing imports it' },
  ];
  if (PURE_ROOMS.includes(room)) {
    patterns.push({
      regex: `^(?!\\.|(${PURE_PACKAGES.join('|')})$)`,
      message: `src/${room} is pure: no Node modules, frameworks or Kubernetes clients`,
    });
  }
  if (room !== 'cluster') {
    patterns.push({ regex: '^@kubernetes/', message: 'only src/cluster talks to the API server' });
  }
  return {
    files: [`src/${room}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['dist', 'src/generated', '.tap', 'node_modules', 'certs', 'bench/.bundle.js'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // tap's assertions return promises that only matter for subtests.
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  ...Object.keys(ROOMS).map(arrowsOf),
  prettier,
);
