// The same content as tables: sorted and filtered by the reader, saved as CSV, and the picture's twin for screen readers.

const MOST_ROWS = 400; // drawn at once
// What a spreadsheet would run as a formula (the last four are full-width); numbers may begin with a sign.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Rows as CSV (RFC 4180, with the mark that tells Excel it is UTF-8); no cell is a formula. */
function csv(rows) {
  const cell = (text) => {
    const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

const clauseText = (spans) => (spans ?? []).map(([start, end]) => source.cut(start, end)).join(" | ");
const spanText = (spans) => (spans ?? []).map(([start, end]) => `${source.place(start).offset}-${source.place(start).offset + end - start}`).join(" | ");
const linked = (node, go) => link(node, go);
const figureNodes = things.map((_, node) => node).filter((node) => things[node].figure);

/** A column: its heading, what it says as text, how it sorts, how it is drawn where not as its text. */
const column = (head, text, more = {}) => ({ head, text, sort: text, cell: (row) => said(text(row)), ...more });
const numeric = (head, value) => column(head, (row) => String(value(row) ?? ""), { sort: (row) => value(row) ?? -Infinity, className: "number" });

const EVIDENCE = (spans) => [
  column("evidence", (row) => clauseText(spans(row)), {
    className: "clauses",
    cell: (row) => el("div", { lang: "zh-CN" }, (spans(row) ?? []).map(([start, end]) => el("p", {}, visible(source.cut(start, end)), " ",
      el("small", {}, `[${source.place(start).offset}, ${source.place(start).offset + end - start})`)))),
  }),
  column("place", (row) => spanText(spans(row)), { csvOnly: true }),
];

const TABLES = {
  entity: {
    rows: () => things.map((_, node) => node).filter((node) => !things[node].figure),
    chosen: (node, state) => node === state.node,
    select: (node) => ({ node }),
    columns: [
      column("name", (node) => things[node].name, { cell: (node, go) => linked(node, go) }),
      column("class", (node) => term("kind", things[node].kind)),
      column("type", (node) => things[node].type ?? ""),
      column("official", (node) => things[node].official ?? ""),
      column("aliases", (node) => (things[node].aliases ?? []).join("；")),
      column("adcode", (node) => things[node].adcode ?? ""),
      column("docNumber", (node) => things[node].docNumber ?? ""),
      column("status", (node) => things[node].status ?? ""),
      numeric("mentionCount", (node) => things[node].mentions?.length ?? 0),
      numeric("relationTotal", degree),
    ],
  },
  relation: {
    rows: () => relations.map((_, index) => index),
    chosen: (index, state) => edgeOfRelation.get(index) === state.edge,
    select: (index) => ({ edge: edgeOfRelation.get(index) }),
    columns: [
      column("subject", (index) => called(relations[index].s), { cell: (index, go) => linked(relations[index].s, go) }),
      column("relation", (index) => term("predicate", relations[index].p), { className: "short" }),
      column("object", (index) => called(relations[index].o), { cell: (index, go) => linked(relations[index].o, go) }),
      column("modality", (index) => term("modalityOf", relations[index].m), { className: "short" }),
      ...EVIDENCE((index) => relations[index].evidence),
    ],
  },
  figure: {
    rows: () => figureNodes,
    chosen: (node, state) => node === state.node,
    select: (node) => ({ node }),
    columns: [
      column("name", (node) => things[node].name, { cell: (node, go) => linked(node, go) }),
      column("raw", (node) => things[node].figure.raw ?? ""),
      column("value", (node) => things[node].figure.value ?? "", { sort: (node) => Number(things[node].figure.value ?? -Infinity), className: "number" }),
      column("bound", (node) => things[node].figure.bound ?? ""),
      column("unit", (node) => things[node].figure.unit ?? ""),
      column("period", (node) => things[node].figure.period ?? ""),
      column("scope", (node) => things[node].figure.scope ?? ""),
      column("rank", (node) => (things[node].figure.rank ? rankText(things[node].figure.rank) : "")),
      column("modality", (node) => term("modalityOf", things[node].figure.modality)),
      column("audit", (node) => verdicts(node).map((verdict) => term("verdictOf", verdict)).join(word("comma")), {
        className: "short", sort: (node) => (verdicts(node).length ? VERDICTS.indexOf(verdicts(node)[0]) : VERDICTS.length),
        cell: (node) => el("span", {}, verdicts(node).map((verdict) => el("span", { class: `badge ${verdict}` }, term("verdictOf", verdict)))),
      }),
      ...EVIDENCE((node) => [things[node].figure.evidence]),
    ],
  },
};

/** The tables below the network. Calls `on.select(selection)` for a pressed row and `on.node(node)` for a pressed name. */
class Tables {
  constructor(on) {
    this.on = on;
    this.box = document.getElementById("table-panel");
    this.sorted = {};
    this.input = document.getElementById("row-filter");
    this.input.addEventListener("input", () => this.fill());
    document.getElementById("csv").addEventListener("click", () => this.export());
    document.getElementById("close-tables").addEventListener("click", () => this.open(undefined));
    for (const name of Object.keys(TABLES)) this.tab(name).addEventListener("click", () => this.open(this.name === name ? undefined : name));
  }

  tab(name) { return document.getElementById(`tab-${name}`); }

  /** Show a table, or none; in the words of the page's language. */
  open(name = undefined) {
    if (name !== this.name) this.input.value = "";
    this.name = name;
    this.box.hidden = name === undefined;
    document.body.classList.toggle("with-tables", name !== undefined);
    for (const other of Object.keys(TABLES)) this.tab(other).setAttribute("aria-expanded", String(other === name));
    if (name === undefined) return;
    this.all = MOST_ROWS;
    this.fill();
    this.follow(view.state);
    // Where the panes stand below one another, what opens would be out of sight.
    if (innerWidth <= STACKED) document.getElementById("tables").scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  }

  /** Counts on the tabs, and the open table anew: after a change of language. */
  draw() {
    for (const [name, { rows: list }] of Object.entries(TABLES)) this.tab(name).querySelector(".count").textContent = String(list().length);
    if (this.name) this.fill();
  }

  /** The rows that the filter lets through, as sorted. */
  rows() {
    const { rows: list, columns } = TABLES[this.name];
    const wanted = plain(this.input.value);
    const kept = list().filter((row) => !wanted || columns.some((one) => plain(one.text(row)).includes(wanted)));
    const { head, down } = this.sorted[this.name] ?? {};
    const by = columns.find((one) => one.head === head);
    if (!by) return kept;
    const compare = new Intl.Collator("zh-CN", { numeric: true }).compare;
    const order = (a, b) => (typeof a === "number" ? a - b : compare(a, b));
    return kept.map((row) => [by.sort(row), row]).sort(([a, x], [b, y]) => (down ? order(b, a) : order(a, b)) || x - y).map(([, row]) => row);
  }

  fill() {
    const { columns, rows: list } = TABLES[this.name];
    const rows = this.rows();
    const shown = columns.filter((one) => !one.csvOnly);
    const heads = shown.map((one) => this.head(one));
    const body = rows.slice(0, this.all).map((row) => el("tr", { "data-row": row },
      shown.map((one, index) => el("td", { class: one.className, role: index ? undefined : "rowheader" }, one.cell(row, this.on.node)))));
    const focused = this.box.contains(document.activeElement) ? document.activeElement.dataset.head : undefined;
    const table = el("table", { "aria-label": word(`${this.name}Table`) }, el("thead", {}, el("tr", {}, heads)), el("tbody", {
      click: (event) => {
        const line = event.target.closest("tr");
        if (line && !event.target.closest("button") && !getSelection()?.toString()) this.on.select(TABLES[this.name].select(Number(line.dataset.row)));
      },
    }, body));
    const more = rows.length > this.all
      ? button("moreRows", () => { this.all += MOST_ROWS * 5; this.fill(); }, { class: "more" }) : null;
    this.box.querySelector(".scroll").replaceChildren(...[table, more].filter(Boolean));
    this.box.querySelector(".scroll").setAttribute("aria-label", word(`${this.name}Table`));
    this.box.querySelector(".rows").textContent = word("rows", rows.length, list().length);
    if (focused) this.box.querySelector(`[data-head="${focused}"]`)?.focus();
    this.mark(view.state);
  }

  head({ head, className }) {
    const { head: by, down } = this.sorted[this.name] ?? {};
    const sort = by !== head ? "none" : down ? "descending" : "ascending";
    return el("th", { scope: "col", "aria-sort": sort, class: className === "number" ? className : undefined }, el("button", {
      type: "button", "data-head": head, click: () => { this.sorted[this.name] = { head, down: by === head && !down }; this.fill(); },
    }, word(head), el("span", { "aria-hidden": "true" }, { none: "", ascending: " ▲", descending: " ▼" }[sort])));
  }

  mark(state) {
    const { chosen } = TABLES[this.name];
    for (const line of this.box.querySelectorAll("tbody tr")) {
      if (chosen(Number(line.dataset.row), state)) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  }

  /** Bring the selection's row out and into view. */
  follow(state) {
    if (!this.name) return;
    this.mark(state);
    const scroll = this.box.querySelector(".scroll");
    const line = scroll.querySelector("[aria-current]");
    if (line) scroll.scrollTop += line.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 40;
  }

  export() {
    const { columns } = TABLES[this.name];
    const rows = [columns.map((one) => word(one.head)), ...this.rows().map((row) => columns.map((one) => one.text(row)))];
    save(fileName(`${this.name}.csv`), csv(rows), "text/csv;charset=utf-8");
  }
}

/** On paper all tables stand in full below the text. */
function drawForPrint(printing) {
  const box = document.getElementById("print");
  box.replaceChildren(...(printing ? Object.entries(TABLES) : []).flatMap(([name, { rows: list, columns }]) => [
    el("h3", {}, word(`${name}Table`)),
    el("table", {}, el("thead", {}, el("tr", {}, columns.map((one) => el("th", {}, word(one.head))))),
      el("tbody", {}, list().map((row) => el("tr", {}, columns.map((one) => el("td", {}, said(one.text(row)))))))),
  ]));
}
