// tsc over one text. Every snippet gets a program of its own over the standard library, vitest and
// stubs of what it imports from its own project. The host holds these files only: whatever a snippet
// refers to, nothing is read from disk.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { excuses, stubsOf } from './stubs.mjs';

const SNIPPET = '/snippet.ts';
const VITEST = '/vitest.d.ts';

export function makeCompiler(ts, libraries, tsconfig) {
  const parsed = ts.convertCompilerOptionsFromJson(tsconfig.compilerOptions, '/');
  if (parsed.errors.length) throw new Error(text(ts, parsed.errors[0]));
  const options = parsed.options;
  const version = {
    languageVersion: options.target,
    setExternalModuleIndicator: ts.getSetExternalModuleIndicator(options), // heeds moduleDetection
  };
  const parse = (name, source) => {
    const file = ts.createSourceFile(name, source, version, false, ts.ScriptKind.TS);
    file.version = '1';
    return file;
  };
  const vitest = parse(VITEST, readFileSync(new URL('./vitest.d.ts', import.meta.url), 'utf8'));
  const cached = new Map([[VITEST, vitest]]); // files that are the same for every snippet
  const library = (name) => {
    if (!cached.has(name) && /^\/lib\/lib[\w.]*\.d\.ts$/.test(name)) {
      cached.set(
        name,
        parse(name, readFileSync(join(libraries, name.slice('/lib/'.length)), 'utf8')),
      );
    }
    return cached.get(name);
  };

  function programOf(files, places, flags, before) {
    const host = {
      fileExists: (name) => files.has(name) || cached.has(name),
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: (asked) => `/lib/${ts.getDefaultLibFileName(asked)}`,
      getDefaultLibLocation: () => '/lib',
      getNewLine: () => '\n',
      getSourceFile: (name) => files.get(name) ?? library(name),
      readFile: () => undefined,
      resolveModuleNameLiterals: (literals) =>
        literals.map(({ text: name }) => {
          const resolvedFileName = name === 'vitest' ? VITEST : places.get(name);
          const extension = ts.Extension.Dts;
          return { resolvedModule: resolvedFileName && { resolvedFileName, extension } };
        }),
      resolveTypeReferenceDirectiveReferences: (references) =>
        references.map(() => ({ resolvedTypeReferenceDirective: undefined })),
      useCaseSensitiveFileNames: () => true,
      writeFile: () => {},
    };
    const rootNames = [...files.keys(), VITEST]; // a module may be augmented without an import
    return ts.createProgram({ rootNames, options: flags, host, oldProgram: before });
  }

  let last; // spares resolving the libraries' references again; it holds no snippet's symbols

  return (source) => {
    const file = parse(SNIPPET, source);
    disarm(file);
    const stubs = stubsOf(ts, file);
    const files = new Map([[SNIPPET, file]]);
    for (const [name, content] of stubs.files) files.set(name, parse(name, content));
    last = programOf(files, stubs.places, options, last);
    let found = last.getSyntacticDiagnostics(file);
    if (!found.length) found = last.getSemanticDiagnostics(file);
    if (found.length && stubs.files.size) {
      const excused = excuses(ts, last.getTypeChecker(), file);
      if (excused.indexing) {
        const flags = { ...options, noUncheckedIndexedAccess: false };
        found = programOf(files, stubs.places, flags).getSemanticDiagnostics(file);
      }
      found = found.filter((diagnostic) => !excused.covers(diagnostic));
    }
    return found.map((diagnostic) => {
      const at = ts.getLineAndCharacterOfPosition(file, diagnostic.start ?? 0);
      const rule = `TS${diagnostic.code}`;
      return { rule, line: at.line + 1, column: at.character + 1, message: text(ts, diagnostic) };
    });
  };
}

/** Take all comments their effect: those that silence the compiler and those that name files. */
function disarm(file) {
  file.commentDirectives = undefined;
  file.checkJsDirective = undefined;
  file.referencedFiles = [];
  file.typeReferenceDirectives = [];
  file.libReferenceDirectives = [];
}

function text(ts, diagnostic) {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n')[0];
}
