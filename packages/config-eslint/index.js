// The house rules that a machine can check. Import rules live in tools/import-law.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only service-runtime reads the environment; take a config value.',
};

/** Calls that read the outside world: only service-kit may make them, everyone else gets clock, ids and randomness passed in. */
const impure = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Take a Clock (service-kit).' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock (service-kit).' },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Take a seeded random source.',
  },
  { selector: "CallExpression[callee.name='randomUUID']", message: 'Take an IdSource (service-kit).' },
];

export default tseslint.config(
  {
    ignores: ['**/dist/**', '**/node_modules/**', '**/.earmark/**', '**/prisma-client/**', '**/.turbo/**'],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-array-sort-compare': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/require-await': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': ['error', environment, ...impure],
      eqeqeq: 'error',
    },
  },
  {
    // The one home of clock, ids and randomness.
    files: ['packages/service-kit/src/**'],
    rules: { 'no-restricted-syntax': ['error', environment] },
  },
  {
    // The one home of the environment.
    files: ['packages/service-runtime/src/config/**'],
    rules: { 'no-restricted-syntax': ['error', ...impure] },
  },
  {
    // Tests and their kit drive real servers and may read the clock.
    files: [
      'packages/testkit/**',
      'packages/local-platform/**',
      '**/*.spec.ts',
      '**/test/**',
      'tests/**',
      'packages/embedded-s3/**',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'fetch',
          'module',
          'require',
          'performance',
          'globalThis',
          'AbortSignal',
          'AbortController',
          'FormData',
          'Blob',
          'TextDecoder',
          'TextEncoder',
          'structuredClone',
          'URLSearchParams',
          '__dirname',
          'setImmediate',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
);
