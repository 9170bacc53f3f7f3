// One record: what was asked, wanted and answered, and what the metrics say of it.

const [SAME, LACKING, ADDED] = [0, 1, 2];

class RecordView {
  constructor(place, data, pick) {
    this.place = place;
    this.data = data;
    this.pick = pick;
  }

  text(number) {
    return this.data.texts[number];
  }

  // The text of an element, and how much of it is not in this file.
  whole(element, number) {
    say(element, this.text(number));
    const all = this.data.cut[number];
    if (all) {
      const more = all - this.text(number).length;
      element.append(made("span", { class: "cut" }, ` … ${more.toLocaleString("en")} more characters stand in predictions.jsonl`));
    }
    return element;
  }

  show(record, column) {
    const [anchor, family, parts, skeleton, asked, prompt, gold, goldTrace] = record.row;
    const answer = record.answers[column];
    const children = [
      made("header", {},
        made("h3", {}, made("a", { href: `#${anchor}` }, anchor)),
        made("p", { class: "meta" }, [family, ...parts, skeleton].filter(Boolean).join(" · "))),
      this.whole(made("p", { class: "asked" }), asked),
      this.tabs(record, column),
    ];
    if (answer) {
      const [, text, finish, tokens, passed, verdicts, reading] = answer;
      const read = this.data.readings[reading];
      children.push(this.verdicts(passed, verdicts, finish, tokens));
      children.push(this.compared(gold, text, read.diff));
      if (family === "style") children.push(this.code(text, verdicts, read.outline));
      if (this.text(read.trace)) {
        children.push(this.folded("Trace of the simulator", read.trace, true));
        if (read.trace !== goldTrace) children.push(this.folded("Trace of the wanted plan", goldTrace));
      }
    } else {
      children.push(made("p", { class: "lead" }, "This candidate was not asked this record."));
      children.push(this.folded("Wanted", gold, true));
    }
    children.push(this.prompt(prompt));
    this.place.replaceChildren(...children);
    this.place.scrollTop = 0;
  }

  tabs(record, column) {
    const bar = made("div", { class: "tabs", role: "group", "aria-label": "Candidate" });
    this.data.columns.forEach((one, at) => {
      const answer = record.answers[at];
      if (!answer) return;
      const failed = answer[5].length > 0;
      const tab = made("button", { type: "button", "aria-pressed": at === column ? "true" : "false", class: failed ? "missed" : "reached" },
        `${failed ? "✕" : "✓"} ${one.label}`);
      tab.addEventListener("click", () => this.pick(at));
      bar.append(tab);
    });
    return bar;
  }

  verdicts(passed, verdicts, finish, tokens) {
    const list = made("ul", { class: "verdicts" });
    for (const [metric, reason, value, detail] of verdicts) {
      const item = made("li", { class: "missed" },
        made("b", {}, `✕ ${this.data.metrics[metric]}`), " ",
        made("span", { class: "reason" }, this.data.reasons[reason].replaceAll("_", " ")),
        value ? made("span", { class: "value" }, ` ${value}`) : null);
      if (this.text(detail)) item.append(say(made("span", { class: "detail" }), this.text(detail)));
      list.append(item);
    }
    const names = this.data.passed[passed].map((metric) => this.data.metrics[metric]);
    if (names.length) list.append(made("li", { class: "reached" }, made("b", {}, "✓ "), names.join(", ")));
    if (!names.length && !verdicts.length) list.append(made("li", {}, "No metric's judgement of this answer was kept."));
    const ended = { stop: "ended by itself", length: "was cut at the limit", error: "broke off" }[finish] || finish;
    list.append(made("li", { class: "ended" }, `${tokens} tokens, ${ended}`));
    return list;
  }

  compared(gold, text, diff) {
    const box = made("div", { class: "compared" });
    if (diff && !diff.length) {
      box.append(made("h4", {}, "Answer, exactly as wanted"), this.whole(made("pre", {}), text));
      return box;
    }
    const wanted = made("pre", { class: "wanted" });
    const given = made("pre", { class: "given" });
    if (!diff) {
      this.whole(wanted, gold);
      this.whole(given, text);
    } else {
      let left = 0;
      let right = 0;
      for (let at = 0; at < diff.length; at += 2) {
        const [kind, length] = [diff[at], diff[at + 1]];
        if (kind !== ADDED) {
          const part = this.text(gold).slice(left, left + length);
          say(kind === SAME ? wanted : wanted.appendChild(made("del", {})), part);
          left += length;
        }
        if (kind !== LACKING) {
          const part = this.text(text).slice(right, right + length);
          say(kind === SAME ? given : given.appendChild(made("ins", {})), part);
          right += length;
        }
      }
    }
    const told = diff ? "" : " (too long to be compared word by word)";
    box.append(
      made("div", {}, made("h4", {}, `Wanted${told}`), wanted),
      made("div", {}, made("h4", {}, "Answered"), given));
    return box;
  }

  // The answer line by line, with what it declares and which rule failed where.
  code(number, verdicts, outline) {
    const lines = this.text(number).split("\n");
    const notes = new Map();
    for (const [metric, , , , places] of verdicts) {
      for (const [line, told] of places) {
        const at = Math.min(line, lines.length);
        notes.set(at, [...(notes.get(at) || []), `${this.data.metrics[metric]}: ${told}`]);
      }
    }
    const listing = made("ol", { class: "code" });
    lines.slice(0, 400).forEach((line, at) => {
      const item = say(made("li", { class: notes.has(at + 1) ? "broken" : undefined }), line);
      for (const note of notes.get(at + 1) || []) item.append(say(made("span", { class: "note" }), note));
      listing.append(item);
    });
    const names = made("ul", { class: "outline" });
    for (const [line, kind, name] of outline) {
      const broken = notes.has(line);
      names.append(made("li", { class: broken ? "broken" : undefined },
        made("span", { class: "line" }, String(line)), made("span", { class: "kind" }, kind), made("code", {}, name),
        broken ? made("span", { class: "note" }, `✕ ${notes.get(line).join("; ")}`) : null));
    }
    const box = made("details", { open: notes.size > 0 },
      made("summary", {}, notes.size ? `Code and outline: ${notes.size === 1 ? "a line breaks a rule" : `${notes.size} lines break rules`}` : "Code and outline"));
    box.append(made("div", { class: "coded" }, listing, outline.length ? names : null));
    return box;
  }

  folded(title, number, open) {
    return made("details", { open: Boolean(open) }, made("summary", {}, title), this.whole(made("pre", {}), number));
  }

  prompt(said) {
    const [head, tail] = this.data.prompt;
    const text = made("pre", {});
    say(text.appendChild(made("span", { class: "frame" })), head);
    this.whole(text, said);
    say(text.appendChild(made("span", { class: "frame" })), tail);
    return made("details", {}, made("summary", {}, "Prompt as it was rendered"), text);
  }
}
