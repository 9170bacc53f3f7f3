"""The words that values of tool requests are composed of. Tuples: a set has no fixed order."""

AREAS = (
    "account", "admin", "alerts", "auth", "backup", "billing", "calendar", "cart", "catalog",
    "chat", "checkout", "cli", "config", "contacts", "dashboard", "deploy", "docs", "editor",
    "email", "export", "feed", "forms", "gallery", "graph", "import", "inbox", "jobs", "ledger",
    "login", "maps", "media", "metrics", "notes", "orders", "parser", "payments", "player",
    "profile", "queue", "report", "router", "search", "session", "shipping", "signup", "storage",
    "sync", "tags", "theme", "upload", "users", "wallet", "widgets",
)  # fmt: skip
ROOTS = (
    "src", "lib", "app", "packages", "server", "client", "tests", "tools", "core", "docs",
    "scripts", "internal", "web", "api",
)  # fmt: skip
FIRST = (
    "access", "asset", "badge", "batch", "bill", "cache", "card", "color", "cookie", "country",
    "data", "date", "draft", "entry", "error", "event", "field", "file", "flag", "font", "group",
    "header", "image", "index", "input", "invoice", "item", "key", "label", "line", "link", "log",
    "map", "member", "menu", "message", "metric", "node", "note", "order", "page", "plan", "price",
    "query", "rate", "record", "region", "retry", "role", "route", "row", "schema", "score",
    "shape", "slot", "state", "stock", "table", "task", "tax", "text", "token", "tree", "user",
    "vendor", "view", "vote", "zone",
)  # fmt: skip
SECOND = (
    "adapter", "buffer", "builder", "client", "column", "controller", "counter", "factory",
    "filter", "footer", "formatter", "guard", "handler", "helper", "history", "layout", "limiter",
    "list", "loader", "logger", "mapper", "merger", "modal", "model", "monitor", "panel", "picker",
    "policy", "pool", "preview", "printer", "reader", "registry", "report", "resolver", "router",
    "runner", "scanner", "schedule", "section", "service", "sorter", "state", "store", "summary",
    "timer", "tracker", "types", "utils", "validator", "walker", "watcher", "wizard", "writer",
)  # fmt: skip
VERBS = (
    "add", "apply", "build", "check", "clear", "close", "collect", "convert", "copy", "count",
    "create", "decode", "draw", "encode", "expand", "fetch", "find", "flush", "format", "get",
    "group", "handle", "hide", "init", "join", "limit", "load", "lock", "map", "mark", "merge",
    "move", "open", "parse", "pick", "print", "push", "read", "render", "reset", "resolve", "save",
    "scan", "send", "set", "show", "skip", "sort", "split", "store", "trim", "update", "validate",
    "wrap",
)  # fmt: skip
FOREIGN = (
    "größe", "straße", "übersicht", "prüfung", "café", "résumé", "élève", "año", "señal",
    "niño", "smørbrød", "ångström", "ação", "Ωmega", "Δt", "日本", "東京", "検索", "привет",
    "данные", "naïve", "jalapeño", "zürich", "français", "menü", "çizgi", "łódź", "ψ",
)  # fmt: skip
CODE = ("ts", "ts", "ts", "ts", "tsx", "js", "py", "mjs", "go")
EXTENSIONS = (
    "ts", "ts", "ts", "ts", "tsx", "js", "mjs", "json", "py", "css", "md", "yaml", "sql", "go",
    "rs", "toml", "txt", "html", "sh", "csv", "yml", "vue", "scss", "java",
)  # fmt: skip
KNOWN_FILES = (
    ".env", ".env.local", ".gitignore", ".npmrc", ".eslintrc.json", ".prettierrc", ".editorconfig",
    ".dockerignore", ".gitattributes", ".nvmrc", "Dockerfile", "Makefile", "LICENSE", "README",
    "Procfile", "Jenkinsfile", "CODEOWNERS", "package.json", "tsconfig.json", "README.md",
    "CHANGELOG.md", "pyproject.toml", "go.mod", "index.html", "compose.yaml",
)  # fmt: skip
