import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * Allowed imports between the folders of src/: what a folder may import besides itself. Everything
 * else is refused, so that data flows one way and the engine stays free of frameworks, input and output.
 */
const ENGINE = ['text', 'json', 'core', 'catalogue', 'reading', 'rules', 'defaults'];
const WHOLE_ENGINE = [...ENGINE, 'report'].map((room) => `engine/${room}`);
const ROOMS = {
  ...Object.fromEntries(
    ENGINE.map((room, floor) => [
      `engine/${room}`,
      ENGINE.slice(0, floor).map((below) => `engine/${below}`),
    ]),
  ),
  'engine/report': ENGINE.slice(0, 5).map((room) => `engine/${room}`),
  kube: [...WHOLE_ENGINE, 'log'],
  probe: ['engine/text'],
  facts: [...WHOLE_ENGINE, 'log', 'kube', 'probe'],
  certificates: [...WHOLE_ENGINE, 'log', 'kube'],
  admission: WHOLE_ENGINE,
  audit: [...WHOLE_ENGINE, 'admission', 'kube', 'log'],
  config: [...WHOLE_ENGINE, 'generated'],
  server: [...WHOLE_ENGINE, 'admission', 'audit', 'certificates', 'kube', 'log'],
  cli: [
    ...WHOLE_ENGINE,
    'log',
    'kube',
    'probe',
    'facts',
    'certificates',
    'admission',
    'audit',
    'config',
    'server',
  ],
};

const PURE_PACKAGES = ['fastest-levenshtein', 'jsonc-parser', 'semver', 'yaml'];

const FOLDERS = [...Object.keys(ROOMS), 'generated', 'log'];

function arrowsOf(room) {
  const isEngine = room.startsWith('engine/');
  const up = isEngine ? '(\\.\\./)+' : '(\\.\\./)+';
  const closed = FOLDERS.filter((other) => other !== room && !ROOMS[room].includes(other)).map(
    (other) => (isEngine ? other.replace('engine/', '') : other),
  );
  const patterns = [
    {
      regex: `^${up}(${closed.join('|')})(/|\\.ts$)`,
      message: `src/${room} may import only: ${ROOMS[room].join(', ') || 'nothing outside itself'}`,
    },
    { regex: '(^|/)main\\.ts$', message: 'main.ts composes; nothing imports it' },
  ];
  if (isEngine || room === 'admission') {
    patterns.push({
      regex: `^(?!\\.|(${PURE_PACKAGES.join('|')})$)`,
      message: `src/${room} is pure: no Node modules, frameworks or Kubernetes clients`,
    });
  }
  if (room !== 'kube') {
    patterns.push({ regex: '^@kubernetes/', message: 'only src/kube talks to the API server' });
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
