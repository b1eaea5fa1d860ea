// The report's text with every mention in the colour of its class and every clause of evidence on a ground of its own.

const LONGEST_HEADING = 60; // characters: a heading that runs on into its paragraph is not set as one

const mentionSpans = things.flatMap((thing, node) => [
  ...(thing.figure ? [[...thing.figure.span]] : thing.mentions ?? []).map(([start, end]) => ({ start, end, node })),
  ...(thing.maybe ?? []).map(([start, end]) => ({ start, end, node, maybe: true })),
]).sort((a, b) => a.start - b.start || b.end - a.end);
const clauseSpans = relations.flatMap((relation, index) => (relation.evidence ?? []).map(([start, end]) => ({ start, end, relation: index })))
  .sort((a, b) => a.start - b.start || a.end - b.end);

const longest = Math.max(0, ...[mentionSpans, clauseSpans].map((spans) => spans.reduce((most, { start, end }) => Math.max(most, end - start), 0)));

/** Spans that touch [start, end), of spans in the order of their starts. */
function touching(spans, start, end) {
  const from = lastAtOrBefore(spans, start - longest - 1, (span) => span.start) + 1;
  const to = lastAtOrBefore(spans, end - 1, (span) => span.start) + 1;
  return spans.slice(from, to).filter((span) => span.end > start);
}

/** The text pane. Calls `on.node(node)` and `on.relation(index)` when the reader presses a name or a clause. */
class Reading {
  constructor(on) {
    this.on = on;
    this.body = document.getElementById("report");
    this.report = 0;
    this.places = [];
    this.body.addEventListener("click", (event) => this.press(event));
    this.body.addEventListener("keydown", (event) => this.key(event));
    document.getElementById("previous-place").addEventListener("click", () => this.step(-1));
    document.getElementById("next-place").addEventListener("click", () => this.step(1));
    document.getElementById("contents").addEventListener("change", ({ target }) => this.scrollTo(Number(target.value)));
    document.getElementById("which-report").addEventListener("change", ({ target }) => { this.draw(Number(target.value)); this.mark(); });
  }

  /** Write the text of one report. */
  draw(report = this.report, hit = undefined) {
    this.report = report;
    this.hit = hit;
    const parts = data.pieces.map(([start, of]) => ({ start, of, end: source.piece(start)[1] })).filter(({ of }) => of === report);
    const [first, last] = [parts[0]?.start ?? 0, parts.at(-1)?.end ?? 0];
    this.mentions = touching(mentionSpans, first, last);
    this.clauses = touching(clauseSpans, first, last);
    const pieces = parts.map(({ start, end }) => this.piece(start, end));
    const whole = !data.leftOut?.texts;
    this.body.replaceChildren(...pieces.flatMap((piece, index) => (index && !whole ? [el("p", { class: "gap", "aria-hidden": "true" }, "⋯"), ...piece] : piece)));
    this.body.querySelector("[data-node]")?.setAttribute("tabindex", "0");
    this.lists(parts);
  }

  /** The lists of headings and, on a page over several reports, of reports. */
  lists(parts) {
    const inside = data.sections.filter(({ start }) => parts.some((part) => part.start <= start && start < part.end));
    const contents = document.getElementById("contents");
    contents.replaceChildren(el("option", { value: parts[0]?.start ?? 0 }, word("contents")),
      ...inside.map(({ heading, start, level }) => el("option", { value: start, lang: "zh-CN" }, `${"　".repeat(level - 1)}${visible(heading)}`)));
    contents.hidden = data.several || inside.length === 0;
    const which = document.getElementById("which-report");
    which.hidden = !data.several;
    which.replaceChildren(...data.reports.map(({ title }, index) => el("option", { value: index, selected: index === this.report, lang: "zh-CN" }, visible(title))));
  }

  piece(start, end) {
    const paragraphs = [];
    const text = source.cut(start, end);
    const from = source.unit(start);
    for (let at = 0; at < text.length;) {
      const stop = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
      if (text.slice(at, stop).trim()) paragraphs.push(this.paragraph(source.point(from + at), source.point(from + stop)));
      at = stop + 1;
    }
    return paragraphs;
  }

  paragraph(start, end) {
    const section = !data.several && data.sections.find((candidate) => candidate.start === start && candidate.heading);
    const heading = section && end - start <= LONGEST_HEADING;
    const [mentions, clauses] = [touching(this.mentions, start, end), touching(this.clauses, start, end)];
    const hits = this.hit ? [{ start: this.hit[0], end: this.hit[1] }] : [];
    const cuts = [...new Set([start, end, ...[...mentions, ...clauses, ...hits].flatMap((span) => [span.start, span.end])])]
      .filter((cut) => cut >= start && cut <= end).sort((a, b) => a - b);
    const segments = cuts.slice(0, -1).map((from, index) => this.segment(from, cuts[index + 1], mentions, clauses, hits));
    return el("p", { class: heading ? `heading level-${section.level}` : undefined, "data-offset": start }, segments);
  }

  segment(start, end, mentions, clauses, hits) {
    const covers = (span) => span.start <= start && end <= span.end;
    const mention = mentions.filter(covers).sort((a, b) => a.end - a.start - (b.end - b.start) || (a.maybe ?? false) - (b.maybe ?? false))[0];
    const clause = clauses.some(covers);
    const text = visible(source.cut(start, end));
    const place = { "data-start": start, "data-end": end };
    const classes = [clause && "evidence-clause", hits.some(covers) && "hit"].filter(Boolean).join(" ");
    if (!mention) return classes ? el("span", { class: classes, ...place }, text) : text;
    const { kind } = things[mention.node];
    const doubt = doubted(mention.node);
    return el("mark", {
      class: ["name", kind, mention.maybe && "maybe", doubt && "doubted", classes].filter(Boolean).join(" "), ...place, "data-node": mention.node, role: "button", tabindex: "-1",
      title: `${term("kind", kind)}: ${visible(called(mention.node))}${doubt ? ` · ${word("audit")}: ${term("verdictOf", "disagrees")}` : ""}`,
    }, text);
  }

  press({ target }) {
    if (getSelection()?.toString()) return; // the reader is copying
    const name = target.closest("[data-node]");
    if (name) return this.on.node(Number(name.dataset.node));
    const clause = target.closest(".evidence-clause");
    if (!clause) return;
    const [start, end] = [Number(clause.dataset.start), Number(clause.dataset.end)];
    const found = touching(clauseSpans, start, end).sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    if (found) this.on.relation(found.relation);
  }

  /** One name takes part in the order of Tab; arrows go on from it. */
  key(event) {
    const names = [...this.body.querySelectorAll("[data-node]")];
    const at = names.indexOf(document.activeElement);
    if (at < 0) return;
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === "Enter" || event.key === " ") this.on.node(Number(names[at].dataset.node));
    else if (event.key in steps) rove(names, at, names[(at + steps[event.key] + names.length) % names.length]);
    else return;
    event.preventDefault();
  }

  /** Bring out what belongs to the selection, and go to its first place; `stay` where the reader pressed in the text. */
  select(state, shown, stay) {
    if (shown.path) this.places = shown.path.flatMap((index) => relations[index].evidence ?? []);
    else if (state.edge !== undefined) this.places = between(state.edge).flatMap((index) => relations[index].evidence ?? []);
    else if (state.node !== undefined) this.places = things[state.node].figure ? [things[state.node].figure.evidence] : (things[state.node].mentions ?? []).map(([start, end]) => [start, end]);
    else this.places = [];
    this.places = [...this.places].sort((a, b) => a[0] - b[0]);
    this.at = 0;
    const report = this.places.length ? source.place(this.places[0][0]).report : this.report;
    if (report !== this.report || this.hit) this.draw(report);
    this.mark(state);
    if (this.places.length && !stay) this.scrollTo(this.places[0][0]);
  }

  mark(state = view.state) {
    const strong = state.node === undefined || things[state.node].figure !== undefined;
    for (const part of this.body.querySelectorAll("[data-start]")) {
      const [start, end] = [Number(part.dataset.start), Number(part.dataset.end)];
      const inside = this.places.some(([from, to]) => from <= start && end <= to);
      part.classList.toggle("chosen", inside && strong);
      part.classList.toggle("same", !part.classList.contains("maybe") && part.dataset.node !== undefined && Number(part.dataset.node) === state.node);
    }
    document.getElementById("place-count").textContent = this.places.length ? `${this.at + 1}/${this.places.length}` : "";
    document.getElementById("places").hidden = this.places.length === 0;
  }

  step(by) {
    if (!this.places.length) return;
    this.at = (this.at + by + this.places.length) % this.places.length;
    const [start] = this.places[this.at];
    if (this.hit) return this.show(this.places[this.at], this.places);
    if (source.place(start).report !== this.report) this.draw(source.place(start).report);
    this.mark();
    this.scrollTo(start);
  }

  /** Show a place that the search found, one of `all` of the same wording. */
  show(span, all) {
    this.places = all;
    this.at = all.findIndex(([start]) => start === span[0]);
    this.draw(source.place(span[0]).report, span);
    this.mark();
    this.scrollTo(span[0]);
  }

  /** Scroll the pane, and nothing else, so that `offset` stands in its upper third. */
  scrollTo(offset) {
    const parts = [...this.body.querySelectorAll("[data-start]"), ...this.body.querySelectorAll("[data-offset]")];
    const part = parts.find(({ dataset }) => Number(dataset.start) === offset)
      ?? parts.find(({ dataset }) => Number(dataset.start) <= offset && offset < Number(dataset.end)) ?? parts.find(({ dataset }) => Number(dataset.offset) === offset);
    if (!part) return;
    const top = part.getBoundingClientRect().top - this.body.getBoundingClientRect().top;
    this.body.scrollTo({ top: this.body.scrollTop + top - this.body.clientHeight / 3, behavior: still.matches ? "auto" : "smooth" });
  }
}
