// Judges snippets with ESLint, Prettier and tsc: one JSON line in, one out, until stdin ends.
//
//   node worker.mjs PACKAGES STYLE    PACKAGES holds node_modules, STYLE the house configuration
//
// A request is {"source", "tools"}, an answer {"problems": [...]} or {"failure": "..."}. A snippet
// is only ever text: nothing in it is run, resolved or read from disk. The first line says
// {"ready": true}, after each tool has found the fault of a snippet that is known to be bad and none in
// a good one: a tool that is set up wrongly would pass or fail everything.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { makeCompiler } from './compiler.mjs';
import { makeFormatter } from './formatter.mjs';
import { makeLinter } from './linter.mjs';

const MAX_PROBLEMS = 100; // of one tool: a report stays small, whatever a snippet holds
const MAX_MESSAGE = 300;
const GOOD = 'export const good: number = 1;\n';
const BAD = 'export var bad: number = "";\n';
const FAULTS = { eslint: 'no-var', prettier: 'format', tsc: 'TS2322' };

const [packages, style] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const json = (name) => JSON.parse(readFileSync(join(style, name), 'utf8'));
const config = await import(pathToFileURL(join(style, 'eslint.config.mjs')).href);

const ts = require('typescript');
const tools = {
  eslint: makeLinter(require, config.default),
  prettier: makeFormatter(require, json('prettier.json')),
  tsc: makeCompiler(ts, join(packages, 'node_modules', 'typescript', 'lib'), json('tsconfig.json')),
};

const send = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr); // answers only, whoever prints

async function judge({ source, tools: asked }) {
  const problems = [];
  try {
    for (const tool of asked) {
      const found = (await tools[tool](source)).slice(0, MAX_PROBLEMS);
      for (const { message, ...where } of found) {
        problems.push({ tool, ...where, message: message.slice(0, MAX_MESSAGE) });
      }
    }
  } catch (error) {
    const deep = error instanceof RangeError && /call stack/.test(error.message);
    if (!deep) console.error(error);
    return { failure: deep ? 'too_deep' : 'crash' };
  }
  return { problems };
}

for (const [tool, fault] of Object.entries(FAULTS)) {
  const good = await tools[tool](GOOD);
  if (good.length) throw new Error(`${tool} finds a fault in good code: ${good[0].message}`);
  const bad = await tools[tool](BAD);
  if (bad[0]?.rule !== fault) throw new Error(`${tool} does not find the fault in bad code`);
}
send('{"ready":true}\n');

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  send(`${JSON.stringify(await judge(JSON.parse(line)))}\n`);
}
