"""The templates that free values are composed from.

No template has a backtick: it is the mark that always can stand around a value. Words in braces
are filled in by ``Lexicon.fill``; other braces stand for themselves.
"""

SETTINGS = (
    "retries: {big}", "timeout = {big}", "MAX_ITEMS = {big}", "port: {big}", "v{number}.{digit}",
    "limit={big}", "{first}: {big}", "{caps} = {big}", '"{first}": {big}', "{first}={big}",
    "{number}px", "0.{number}{digit}", "{first}_{second}: {big}", "{area}@{number}.{digit}",
)  # fmt: skip
TEXTS = (
    "{name}", "{name}", "{name}", "{pascal}", "{pascal}", "{caps}", "{caps}", "TODO: {first}",
    "{first}_{second}", "{area}.{verb}", "{name}()", "{first}-{second}", "const {first}",
    "import {pascal}", "--{first}-{second}", "return {first}", "class {pascal}",
    "{First} {second}", "#{first}-{second}", "@{area}/{second}", "{area}.{first}.{second}",
    "await {name}", "{first} => {second}", "!{first}{Second}", "{pascal}[]", "Promise<{pascal}>",
    "{first}.{second}", "FIXME {number}", "{first} === {second}", "new {pascal}",
    "/{area}/{first}", "{first} && {second}", "{verb} the {first} {second}",
    "{First} {second} not found", "{caps}_{digit}", "/* {first} */", "${first}",
    "{first}?.{second}",
    "<{pascal} />", "{first}[{digit}]", "{area}:{verb}", "async {name}", "export {name}",
)  # fmt: skip
FOREIGN_TEXTS = (
    "{foreign} {number}", "{foreign}: {second}", "{first} {foreign}", "{First} → {second}",
    "{foreign}_{second}", "✅ {first} {second}", "🚀 {area} {number}", "© {area} {big}",
    "{big} €", "{foreign}{Second}", "{foreign} / {first}",
)  # fmt: skip
QUOTE_TEXTS = (
    '"{first}-{second}"', "'{area}/{first}'", '{name}("{first}")', '{first}="{second}"',
    "it's {first} {number}", "don't {verb} the {first}", '"{first}": "{second}"',
    "{verb}('{first}')", 'class="{first}-{second}"', "can't {verb} {first}", '"it\'s {first}"',
    "the {first}'s {second}",
)  # fmt: skip
BACKSLASH_TEXTS = (
    r"{first}\n{second}", r"C:\{area}\{second}", r"{first}\t{number}", r"\\{area}\{first}",
    r"\u00{number}", r"\({first}\)", r"{area}\{first}.{second}",
)  # fmt: skip
REGEXES = (
    r"{pascal}\(", r"\b{pascal}\b", "^import .*{pascal}", r"{pascal}\d+", "{pascal}[A-Z]+",
    "^class {pascal}", "(get|set){pascal}", r"{first}\s*=\s*{number}", r"^{verb}\w+{Second}$",
    "{first}_(id|{second})", r"{first}\.{second}", "[a-z]+{pascal}", r"({verb}|{first})\(\)",
    r"// *{first}.*$", r"{caps}=.+", r"\d{{digit},} {first}", "^{first}-[0-9]+", r"<{pascal}[^>]*>",
    r"console\.{verb}.*{first}", "{first}[_-]?{second}", r"throw new \w*{Second}",
    "^(export )?const {first}", r"{area}/[^/]+/{second}", r"'{first}\w*'", '"{area}.*"',
    r"{pascal}(?!\w)", "TODO.*{name}", r"^\s*return {first}",
)  # fmt: skip
EDITS = (
    "add a null check to {name}", "make {name} async", "add a doc comment above {name}",
    "log the error in {name}", "remove the unused parameter of {name}", "export {name}",
    "move {name} to the end of the file", "return early in {name} when the list is empty",
    "give {name} an explicit return type", "turn the loop in {name} into a map call",
    "add a default value for the second argument of {name}", "cache the result of {name}",
    "delete the dead branch in {name}", "throw a RangeError in {name} on negative input",
    "sort the imports and group those of {name}", "split {name} into two functions",
    "add a timeout of {number} seconds to {name}", "call {name} before {other}",
    "limit {name} to {number} retries", "mark {name} as deprecated in favor of {other}",
    "rename the first parameter of {name} to {first}", "drop the {first} field from {pascal}",
    "add a {first} property to {pascal}", "make {caps} configurable through the environment",
    "let {name} accept a list of {first} values", "inline {name} into {other}",
    "extract the {first} check of {name} into {other}", "add a switch case for {first} {second}",
    "use {name} in place of the hand-written loop", "create a helper {name} for the {first} checks",
    "write a unit test for {name}", "make {name} return {number} by default",
    "replace the callback of {name} by a promise", "rewrite {name} without recursion",
    "stop {name} from changing its argument", "pass the {first} {second} to {name} as an option",
    "round the result of {name} to {digit} digits",
    "put a lock around the {first} update in {name}",
    "read the {first} limit from {caps}", "make {pascal} immutable",
    "convert {name} to an arrow function", "wrap the body of {name} in a try block",
    "remove all console output from {name}", "rename {name} to {other} everywhere",
    "add types to the arguments of {name}", "make the {first} argument of {name} optional",
    "let {pascal} extend the {second} of the {area} module", "raise the {first} limit to {number}",
    "sort the {first} list by date in {name}", "validate the {first} before {name} saves it",
    "bring the error texts of {name} into one format", "collapse the nested ifs in {name}",
    "close the {first} {second} at the end of {name}", "add a {verb} button next to the {first}",
    "skip empty {first} rows in {name}", "make {name} private", "reorder the methods of {pascal}",
)  # fmt: skip
QUOTE_EDITS = (
    'set the title to "{First} {second}"', 'make {name} return "{first}" for an empty list',
    "log '{first} failed' in {name}", "let {name} throw when there's no {first}",
    'change the label of the {first} button to "{First} {number}"',
)  # fmt: skip
FOREIGN_EDITS = (
    "add the label {foreign} to {pascal}", "show {foreign} as the title of the {first} {second}",
    "translate the {first} text to {foreign} in {name}",
)  # fmt: skip
BACKSLASH_EDITS = (
    r"split the {first} text at \n in {name}", r"strip \t from the {first} in {name}",
)  # fmt: skip
RULES = (
    "Use named exports in {area} modules", "Never log {first} values",
    "Prefer const over let in {area} code", "Write a test for each {first} {second}",
    "Keep every {second} under {number} lines", "Do not import {area} from {root}",
    "Always type the {first} argument", "Throw typed errors from the {first} {second}",
    "Put {first} constants in {root}/{area}", "Name each {second} after its {first}",
    "Review changes to {area} with two people", "Document public functions of the {first} {second}",
    "Answer questions on {area} in one sentence", "Ask before deleting a {first} {second}",
    "Indent {area} templates with {digit} spaces", "Use UTC for every {first} date",
    "Every {first} {second} needs an owner", "No default exports in {root}/{area}",
    "Run the {area} tests before a commit", "Limit {first} names to {number} characters",
    "Avoid global state in the {first} {second}", "Handle {first} errors at the {area} boundary",
    "Cache {first} lookups for {number} minutes", "Validate {first} input in the {second}",
    "Return early instead of nesting in {area}", "Treat warnings in {area} as errors",
    "One {first} {second} per file", "Prefix private {first} fields with an underscore",
    "Use {pascal} for all {area} requests", "Only {area} may write to the {first} {second}",
)  # fmt: skip
SPECIAL_RULES = (
    'Start {area} commits with "{area}:"', "Don't {verb} a {first} twice in {area}",
    'Say "{first}" rather than "{second}" in {area} docs',
    "It's {first}, never {second}, in {area}",
    "Use {foreign} in sample {first} data", "Write € after {first} amounts in {area}",
    r"End each {first} line with \n in {area}", r"Escape \t in {first} fields of {area}",
)  # fmt: skip
CONTENTS = (
    ("ts", "export const {caps} = {number};"), ("ts", "export type {pascal} = string;"),
    ("ts", "export interface {pascal} { {first}: number }"), ("ts", "export * from './{first}';"),
    ("ts", "export const {name} = () => {number};"), ("tsx", "export const {pascal} = () => null;"),
    ("ts", "import { {name} } from '../{area}';"), ("ts", "export enum {pascal} { A, B }"),
    ("js", 'console.log("{first} {second} ready");'), ("js", "module.exports = {number};"),
    ("js", "export default {number};"), ("mjs", "export const {first} = [{digit}, {number}];"),
    ("py", 'print("{first} {number}")'), ("py", "{caps} = {number}"), ("py", "import {area}"),
    ("py", "from {area} import {name}"), ("py", "{first}_{second} = None"),
    ("json", '{"{first}":{number}}'), ("json", '{"{area}":"{second}","debug":true}'),
    ("json", '["{first}","{second}"]'), ("json", '{"{area}":{"{first}":{number}}}'),
    ("json", '{"{first}":null}'), ("json", "[{number},{digit}]"), ("json", '{"{first}":[]}'),
    ("md", "# {First} {second}"), ("md", "Notes on the {first} {second}"),
    ("md", "- [ ] {verb} the {first} {second}"), ("md", "See {area} for the {first} {second}"),
    ("txt", "{first} {second} {number}"), ("txt", "TODO: describe the {area} {second}"),
    ("txt", "{first},{second},{area}"), ("csv", "{first},{second},{number}"),
    ("yaml", "{first}_limit: {number}"), ("yml", "{area}: [{first}, {second}]"),
    ("toml", "{first} = {number}"), ("toml", '{area} = "{first}-{second}"'),
    ("css", ".{first}-{second} { margin: {number}px; }"), ("css", "#{first} { color: red; }"),
    ("sql", "SELECT * FROM {area};"), ("sql", "DROP TABLE {area}_{first};"),
    ("html", "<h1>{First} {second}</h1>"), ("html", '<p class="{first}">{area}</p>'),
    ("sh", "echo {first} {number}"), ("sh", "npm run {verb}:{area}"), ("go", "package {area}"),
    ("rs", "pub const {caps}: u32 = {number};"), ("env", "{caps}={number}"),
    ("md", "# {foreign} {second}"), ("txt", "{foreign}: {number}"), ("json",
    '{"{first}":"{foreign}"}'),
    ("txt", r"C:\{area}\{second}"), ("ts", r"export const {caps} = '{first}\n';"),
    ("js", r"module.exports = /\b{first}\d+/;"), ("md", "It's the {first}'s {second}"),
    ("txt", "🚀 {area} {number}"), ("md", "Don't {verb} the {first} {second}"),
)  # fmt: skip
COMMANDS = (
    "npm test -- {first}-{second}", "npm run {verb}:{area}", "npx vitest run {area}/{first}",
    "npx tsc -p packages/{area}", "npx eslint {root}/{area} --fix", "make {verb}-{area}",
    "node scripts/{verb}-{first}.mjs", "python -m {area}.{second}", "go test ./{area}/{first}",
    "pytest tests/{area} -k {first}", "cargo run -p {area}-{second}", "git log --oneline -{number}",
    "docker compose up -d {area}", "yarn workspace {area} {verb}", "pnpm --filter {area} build",
    "git switch -c {verb}-{first}-{second}", "npm install {first}-{second}@{number}",
    "du -sh {root}/{area}", "prettier --check {root}/{area}", "git diff --stat {root}/{area}",
    "git diff HEAD~{digit} -- {root}/{first}.ts", "git status -s {root}/{area}",
    "ls -la {root}/{area}/{first}", "cat {root}/{area}/{first}.log | head -{number}",
    "grep -rn {name} {root}", "grep -c '{first} {second}' {area}.log",
    "find {root}/{area} -name '*.{ext}'", "sed -n '{digit},{number}p' {root}/{first}.{ext}",
    "curl -s https://{area}.example.com/{first}",
    "curl -X POST localhost:80{number}/{area}/{first}",
    "NODE_ENV=test npm run {area}:{verb}", "{caps}={number} node {area}/{verb}.js",
    'git commit -m "{verb} the {first} {second}"', "git commit -am '{verb} {area} {first}'",
    "wc -l {root}/{area}/*.{ext} | sort -n", "ps aux | grep {area}-{second}",
    "rm -rf dist/{area}/{first}", "mkdir -p {root}/{area}/{first}",
    "touch {root}/{area}/{first}.txt",
    "docker build -t {area}/{second}:{number} .", "kubectl get pods -n {area}-{first}",
    "python scripts/{verb}_{first}.py --{second} {number}", "git checkout {area}-{number}",
    "psql -c 'select count(*) from {area}_{first}'", "tail -n {number} logs/{area}-{first}.log",
    "npm run {verb} && npm run {area}", "export {caps}={number}",
    'echo "{first} {second}" >> {area}.log',
    "ruff check {root}/{area} --select {caps}", "uv run pytest -x tests/{area}/{first}",
    "git stash push -m {first}-{second}", "terraform plan -target=module.{area}_{first}",
    "printf '{first}\\n{second}\\n' > {area}.txt", "node -e 'console.log({number} * {big})'",
    "chmod +x scripts/{verb}-{area}.sh", "git grep -n {pascal} -- {root}/{area}",
)  # fmt: skip
GLOBS = (
    "{root}/**/*.{ext}", "{root}/{area}/*.{ext}", "{area}/**/*.{ext}", "**/{first}-*.{ext}",
    "**/*{second}*.{ext}", "{root}/**/{first}*.{ext}", "**/*.{second}.{ext}",
    "{root}/{area}/**/*.{ext}", "packages/*/{area}/*.{ext}", "{root}/*-{second}.{ext}",
    "{root}/{area}/*.{ts,tsx}", "**/{{first},{area}}*.{ext}", "{root}/**/*.{js,mjs,cjs}",
    "{area}/{first}-?.{ext}", "**/{first}_[0-9].{ext}", "{root}/[a-m]*-{second}.{ext}",
    "{area}-*.{ext}", "*{first}*.{md,txt}", "{root}/**/{area}/**", "**/{area}/{first}.*",
    "**/{first}-{second}.*", "{root}/*/{area}/{first}-*.json", "**/*.{area}.json", "**/.{first}rc*",
    "apps/{area}/**/{first}*", "{root}/{area}/{first}[12].{ext}", "docs/{area}/**/*.md",
    "{first}-{second}*.csv", "**/test_{first}*.py", "**/{pascal}.{ext}", "**/{pascal}*.test.{ext}",
    "{root}/{area}/{first}-??.log",
)  # fmt: skip
URLS = (
    "https://docs.example.com/{area}/{first}-{second}", "https://{area}.example.org/{first}",
    "https://example.com/{area}/{number}.html", "https://api.example.net/v2/{area}/{first}",
    "https://wiki.example.org/{first}-{second}", "https://example.net/{area}?page={number}",
    "http://localhost:80{number}/{area}/{first}.json", "https://{first}.example.com/{area}.md",
    "https://{area}.example.com:8{number}3/{first}", "https://example.org/{area}#{first}-{second}",
    "https://api.example.com/{area}?{first}={number}&sort={second}",
    "http://127.0.0.1:{big}/{area}",
    "https://example.com/docs/{area}/{second}.txt",
    "https://cdn.example.net/{area}/{first}@{number}.js",
    "https://{area}.{first}.example.io/", "https://example.dev/~{first}/{area}/README.md",
    "https://git.example.org/{area}/{first}/raw/main/{second}.{ext}",
    "https://status.example.com/{area}/{first}?format=json#{second}",
    "https://www.example.com/search?q={first}+{second}", "https://example.com/{foreign}/{area}",
)  # fmt: skip
FOLDERS = (
    "{root}/{area}", "{root}/{area}", "{root}/{area}/{first}", "{root}/{area}/{first}",
    "{area}/{first}", "{root}/{first}-{second}", "{root}/{area}/{first}-{second}",
    "packages/{area}/{second}", "./{root}/{area}", "{root}/{area}/{first}/{second}",
    "apps/{area}/{root}", "{first}_{second}", ".config/{area}-{first}", "{root}/{area}{Second}",
)  # fmt: skip
RULE_NAMES = (
    "{first}-{second}", "{verb}-{first}-{second}", "no-{first}-{second}", "{area}-{first}-{second}",
    "{area}-{second}", "{first}-{second}-first", "one-{first}-{second}", "{name}",
    "{first}_{second}_{area}",
)  # fmt: skip
PLACES = (
    "{root}/", "{area}/", "{root}/{area}/", "{root}/{area}/", "{root}/{area}/",
    "packages/{area}/src/", "{root}/{area}/{first}/", "{area}/{second}/", "",
    "apps/{area}/{root}/", "{root}/{area}/{first}/{second}/", "./{root}/", ".config/{area}/",
)  # fmt: skip
STEMS = (
    "{first}-{second}", "{first}-{second}", "{first}-{second}", "{first}_{second}",
    "{first}_{second}", "{first}{Second}", "{pascal}", "{first}.{second}", "{area}-{first}",
    "{verb}-{first}", "{verb}_{first}_{second}", "{first}{number}", "{first}-{second}.test",
    "{first}-{second}-{digit}", "{area}.{second}",
)  # fmt: skip
