// Prettier's check over one text, with its standalone build: no configuration, plugin or ignore file
// is looked for.

const IGNORE = 'prettier-ignore';

export function makeFormatter(require, style) {
  const prettier = require('prettier/standalone');
  const plugins = [require('prettier/plugins/typescript'), require('prettier/plugins/estree')];
  const { parser } = require('typescript-eslint');

  return async (source) => {
    const ignored = source.includes(IGNORE) ? ignores(parser, source) : [];
    const seen = ignored.reduce(disarm, source);
    const problems = ignored.map(({ loc }) => ({
      rule: IGNORE,
      line: loc.start.line,
      column: loc.start.column + 1,
      message: 'Prettier may not be told to ignore code',
    }));
    const formatted = await formatOrFault(prettier, seen, {
      ...style,
      parser: 'typescript',
      plugins,
    });
    if (formatted.fault) problems.push(formatted.fault);
    else if (formatted.text !== seen) problems.push(firstDifference(seen, formatted.text));
    return problems;
  };
}

/** The comments that tell Prettier to ignore code; none where the source cannot be parsed. */
function ignores(parser, source) {
  try {
    const { ast } = parser.parseForESLint(source, { comment: true, loc: true, range: true });
    return ast.comments.filter(({ value }) => value.includes(IGNORE));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return []; // Prettier says what is wrong
  }
}

/** The source with a word of the same length in the comment, which moves nothing. */
function disarm(source, { range: [start, end] }) {
  const comment = source.slice(start, end).replaceAll(IGNORE, IGNORE.replace('-', '_'));
  return source.slice(0, start) + comment + source.slice(end);
}

async function formatOrFault(prettier, source, options) {
  try {
    return { text: await prettier.format(source, options) };
  } catch (error) {
    if (!(error instanceof SyntaxError) && error.name !== 'SyntaxError') throw error;
    const { line = 1, column = 1 } = error.loc?.start ?? {};
    return { fault: { rule: 'syntax', line, column, message: error.message.split('\n')[0] } };
  }
}

function firstDifference(source, formatted) {
  const wanted = formatted.split('\n');
  const lines = source.split('\n');
  const at = lines.findIndex((line, index) => line !== wanted[index]);
  const row = at < 0 ? lines.length : at; // the formatted text only goes on
  const message = `should read ${JSON.stringify(wanted[row] ?? '')}`;
  return { rule: 'format', line: row + 1, column: 1, message };
}
