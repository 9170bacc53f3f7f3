// Filters, keys and links of the answers.

const FILTERS = ["column", "family", "outcome", "metric", "reason", "slice", "against", "flip"];

class Viewer {
  constructor(data) {
    this.data = data;
    this.column = Math.max(0, data.columns.length - 1);
    // What was gated, rather than the release beside it; what was judged, rather than what was not.
    const judged = (one) => one.answers.some((answer) => answer[5].length || data.passed[answer[4]].length);
    const places = [data.columns.findLastIndex((one) => one.own && judged(one)), data.columns.findLastIndex(judged)];
    this.column = places.find((place) => place >= 0) ?? this.column;
    this.first = this.column;
    this.records = data.records.map((row, number) => ({ number, row, answers: new Array(data.columns.length), hay: [] }));
    data.columns.forEach((column, at) => {
      for (const answer of column.answers) this.records[answer[0]].answers[at] = answer;
    });
    this.byAnchor = new Map(this.records.map((record) => [record.row[0], record]));
    this.view = new RecordView(byId("record"), data, (at) => this.pick(at));
    this.list = new VirtualList(byId("list"), byId("rail"), (record) => this.row(record), (record) => this.open(record));
    this.current = null;
    this.fill();
    this.listen();
    byId("viewer").hidden = false;
    this.filter();
    this.follow();
  }

  get chosen() {
    return Object.fromEntries([...FILTERS, "search"].map((name) => [name, byId(name).value]));
  }

  fill() {
    const { columns, records } = this.data;
    const options = (id, names, any) => {
      const select = byId(id);
      const kept = select.value;
      select.replaceChildren(...(any === undefined ? [] : [made("option", { value: "" }, any)]), ...names.map(([value, told]) => made("option", { value }, told)));
      if ([...select.options].some((one) => one.value === kept)) select.value = kept;
    };
    this.options = options;
    options("column", columns.map((one, at) => [String(at), one.label]));
    byId("column").value = String(this.column);
    options("against", columns.map((one, at) => [String(at), one.label]), "nobody");
    options("family", [...new Set(records.map((row) => row[1]))].map((one) => [one, one]), "any");
    const slices = [...new Set(records.flatMap((row) => row[2]))].sort();
    options("slice", slices.map((one) => [one, one]), "any");
    this.refill();
  }

  // Metrics and reasons are those of the chosen candidate, with how many answers failed.
  refill() {
    const metrics = new Map();
    const reasons = new Map();
    const wanted = byId("metric").value;
    for (const answer of this.data.columns[this.column].answers) {
      for (const [metric, reason] of answer[5]) {
        metrics.set(metric, (metrics.get(metric) || 0) + 1);
        if (wanted === "" || wanted === this.data.metrics[metric]) reasons.set(reason, (reasons.get(reason) || 0) + 1);
      }
    }
    const counted = (found, names) => [...found].sort((a, b) => b[1] - a[1]).map(([at, count]) => [names[at], `${names[at].replaceAll("_", " ")} (${count})`]);
    this.options("metric", counted(metrics, this.data.metrics), "any");
    this.options("reason", counted(reasons, this.data.reasons), "any");
  }

  listen() {
    const form = byId("filters");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      if (event.target.id === "column") this.column = Number(event.target.value);
      if (event.target.id === "column" || event.target.id === "metric") this.refill();
      this.filter();
    });
    byId("clear").addEventListener("click", () => {
      this.clear(this.first);
      this.filter();
    });
    byId("search").addEventListener("input", () => this.filter());
    window.addEventListener("hashchange", () => this.follow());
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-metric]");
      if (link) this.only(link.dataset.column, link.dataset.metric);
    });
  }

  clear(column) {
    for (const name of [...FILTERS, "search"]) byId(name).value = "";
    this.column = column;
    byId("column").value = String(column);
    this.refill();
  }

  only(label, metric) {
    const column = this.data.columns.findIndex((one) => one.label === label);
    this.clear(column >= 0 ? column : this.column);
    byId("metric").value = metric;
    this.refill();
    byId("outcome").value = "failed";
    this.filter();
  }

  hay(record) {
    const answer = record.answers[this.column];
    const known = record.hay[this.column];
    if (known !== undefined) return known;
    const { texts } = this.data;
    const row = record.row;
    return (record.hay[this.column] = [row[0], texts[row[5]], texts[row[6]], answer ? texts[answer[1]] : ""].join("\n").toLowerCase());
  }

  // Whether an answer failed: of the metric that is chosen, else of any.
  failed(answer, metric) {
    return answer[5].some((verdict) => metric < 0 || verdict[0] === metric);
  }

  filter() {
    const asked = this.chosen;
    const metric = this.data.metrics.indexOf(asked.metric);
    const reason = this.data.reasons.indexOf(asked.reason);
    const other = asked.against === "" ? -1 : Number(asked.against);
    const needle = asked.search.trim().toLowerCase();
    const found = this.records.filter((record) => {
      const answer = record.answers[this.column];
      if (!answer) return false;
      if (asked.family && record.row[1] !== asked.family) return false;
      if (asked.slice && !record.row[2].includes(asked.slice)) return false;
      if (reason >= 0 && !answer[5].some((one) => one[1] === reason && (metric < 0 || one[0] === metric))) return false;
      const failed = this.failed(answer, metric);
      if (metric >= 0 && !failed && !this.data.passed[answer[4]].includes(metric)) return false;
      if (asked.outcome && failed !== (asked.outcome === "failed")) return false;
      if (other >= 0) {
        const before = record.answers[other];
        if (!before) return false;
        const earlier = this.failed(before, metric);
        if (earlier === failed) return false;
        if (asked.flip && failed !== (asked.flip === "lost")) return false;
      }
      return !needle || this.hay(record).includes(needle);
    });
    const at = found.indexOf(this.current);
    this.list.show(found, at);
    if (at < 0 && found.length) this.open(found[(this.list.at = 0)], true);
    if (at >= 0) this.list.choose(at);
    else this.list.draw();
    if (!found.length) this.nothing();
    const all = this.data.columns[this.column].answers.length;
    byId("count").textContent = `${found.length.toLocaleString("en")} of ${all.toLocaleString("en")} answers of ${plain(this.data.columns[this.column].label)}`;
  }

  nothing() {
    this.current = null;
    byId("record").replaceChildren(made("p", { class: "lead" }, "No answer fits these filters."));
  }

  row(record) {
    const marks = made("span", { class: "marks" });
    record.answers.forEach((answer, at) => {
      const failed = answer[5].length > 0;
      marks.append(made("span", { class: `${failed ? "missed" : "reached"}${at === this.column ? " now" : ""}`, title: this.data.columns[at].label }, failed ? "✕" : "✓"));
    });
    const failing = record.answers[this.column][5];
    const why = failing.length ? [...new Set(failing.map((one) => this.data.reasons[one[1]].replaceAll("_", " ")))].slice(0, 2).join(", ") : "";
    return made("div", { class: "item" },
      made("span", { class: "id" }, record.row[0]), marks,
      made("span", { class: "ask" }, this.data.texts[record.row[4]].slice(0, 120)),
      made("span", { class: "why" }, why));
  }

  open(record, quiet) {
    this.current = record;
    this.view.show(record, this.column);
    if (!quiet) {
      this.opening = `#${record.row[0]}`;
      history.replaceState(null, "", this.opening);
    }
  }

  pick(at) {
    this.column = at;
    byId("column").value = String(at);
    this.refill();
    this.filter();
  }

  // The record that the address names: it is shown whatever the filters say.
  follow() {
    let named = location.hash.slice(1);
    try {
      named = decodeURIComponent(named);
    } catch {
      return;
    }
    const record = this.byAnchor.get(named);
    if (!record) return;
    const asked = record.answers[this.column] ? this.column : record.answers.findIndex(Boolean);
    if (asked !== this.column || !this.list.items.includes(record)) {
      this.clear(asked);
      this.current = record;
      this.filter();
    } else {
      this.list.choose(this.list.items.indexOf(record));
    }
    byId("answers").scrollIntoView({ block: "start" });
    byId("list").focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && typing) byId("list").focus({ preventScroll: true });
    if (typing) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      this.list.choose(this.list.at + step);
      this.reveal();
    } else if (event.key === "c") {
      this.nextColumn();
    } else if (event.key === "/") {
      event.preventDefault();
      this.reveal();
      byId("search").focus();
      byId("search").select();
    } else if (event.key === "?") {
      byId("help").showModal();
    }
  }

  nextColumn() {
    if (!this.current) return;
    const { length } = this.data.columns;
    for (let step = 1; step <= length; step += 1) {
      const at = (this.column + step) % length;
      if (this.current.answers[at]) {
        this.pick(at);
        return;
      }
    }
  }

  reveal() {
    const { top, bottom } = byId("list").getBoundingClientRect();
    if (bottom < 120 || top > window.innerHeight - 120) byId("answers").scrollIntoView({ block: "start" });
  }
}

function dress() {
  const root = document.documentElement;
  byId("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
  byId("keys").addEventListener("click", () => byId("help").showModal());
}

async function start() {
  dress();
  const loading = byId("loading");
  try {
    const data = await unpacked(byId("data"));
    if (!data.columns.length) return;
    window.web4 = new Viewer(data);
    loading.hidden = true;
  } catch (error) {
    loading.textContent = `The answers cannot be shown here (${error.message}); a newer browser can.`;
    throw error;
  }
}

start();
