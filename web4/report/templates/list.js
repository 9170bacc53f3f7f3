// A list of which only what is seen is in the page.

class VirtualList {
  constructor(box, rail, row, chosen) {
    this.box = box;
    this.rail = rail;
    this.row = row;
    this.chosen = chosen;
    this.items = [];
    this.at = -1;
    this.height = 46;
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(box);
  }

  show(items, at) {
    this.items = items;
    this.at = at;
    this.rail.style.height = `${items.length * this.height}px`;
    this.rail.replaceChildren();
    if (at < 0) this.box.scrollTop = 0;
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - 4);
    const last = Math.min(this.items.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.height) + 4);
    const rows = [];
    for (let at = first; at < last; at += 1) {
      const row = this.row(this.items[at]);
      row.id = `row-${at}`;
      row.style.transform = `translateY(${at * this.height}px)`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-setsize", this.items.length);
      row.setAttribute("aria-posinset", at + 1);
      row.setAttribute("aria-selected", at === this.at ? "true" : "false");
      row.addEventListener("click", () => this.choose(at));
      rows.push(row);
    }
    this.rail.replaceChildren(...rows);
    if (this.at >= first && this.at < last) this.box.setAttribute("aria-activedescendant", `row-${this.at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  choose(at) {
    if (!this.items.length) return;
    this.at = Math.min(this.items.length - 1, Math.max(0, at));
    const top = this.at * this.height;
    const seen = [this.box.scrollTop, this.box.scrollTop + this.box.clientHeight - this.height];
    const far = Math.max(seen[0] - top, top - seen[1]);
    if (far > 2 * this.height) this.box.scrollTop = top - this.box.clientHeight / 3;
    else if (top < seen[0]) this.box.scrollTop = top;
    else if (top > seen[1]) this.box.scrollTop += top - seen[1];
    this.draw();
    this.chosen(this.items[this.at]);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
    const moves = {
      ArrowDown: this.at + 1, ArrowUp: this.at - 1, Home: 0, End: this.items.length - 1,
      PageDown: this.at + page, PageUp: this.at - page,
    };
    if (event.key in moves && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.choose(moves[event.key]);
    }
  }
}
