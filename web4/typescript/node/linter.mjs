// ESLint over one text. The class Linter looks for no files, so nothing but the given rules counts.

export function makeLinter(require, makeConfig) {
  const { Linter } = require('eslint');
  const config = makeConfig({ js: require('@eslint/js'), tseslint: require('typescript-eslint') });
  const linter = new Linter({ configType: 'flat' });

  // `noInlineConfig` takes comments like eslint-disable their effect and reports each of them.
  return (source) =>
    linter.verify(source, config, { filename: 'snippet.ts' }).map((found) => {
      if (found.fatal && /call stack/.test(found.message)) throw new RangeError(found.message);
      return {
        rule: found.ruleId ?? (found.fatal ? 'syntax' : 'inline-config'),
        line: found.line ?? 1,
        column: (found.column ?? 1) + (found.fatal ? 1 : 0), // the parser counts from 0
        message: found.message,
      };
    });
}
