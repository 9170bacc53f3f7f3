// The house rules. The worker hands the packages in, so this file needs no node_modules beside it.
// Rules that need types are left out: they cost ten times the time, and tsc judges the types.

export default function config({ js, tseslint }) {
  return [
    {
      files: ['**/*.ts'],
      linterOptions: { noInlineConfig: true },
      languageOptions: { parserOptions: { warnOnUnsupportedTypeScriptVersion: false } },
    },
    js.configs.recommended,
    ...tseslint.configs.strict,
    {
      rules: {
        eqeqeq: 'error',
        'no-alert': 'error',
        'no-console': 'error',
        'no-debugger': 'error',
        'no-eval': 'error',
        'no-implied-eval': 'error',
        'no-new-func': 'error',
        'no-new-wrappers': 'error',
        'no-script-url': 'error',
        'no-var': 'error',
        'no-with': 'error',
        'prefer-const': 'error',
        'unicode-bom': 'error',
        '@typescript-eslint/ban-ts-comment': [
          'error',
          { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': false },
        ],
        '@typescript-eslint/consistent-type-imports': 'error',
        '@typescript-eslint/no-explicit-any': 'error',
        // An answer is a module: nothing that it could refer to lies beside it.
        '@typescript-eslint/triple-slash-reference': [
          'error',
          { lib: 'never', path: 'never', types: 'never' },
        ],
      },
    },
  ];
}
