// Puts the parts together: one state, three views of it.

const byId = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const STACKED = 1240; // pixels: narrower windows have the text below the network (page.css)
const THEMES = ["auto", "light", "dark"];
let theme = 0;
let picking; // the node from which the reader is choosing the other end of a path
let from; // where the reader pressed: that view does not move under the hand

const view = new View((before) => update(before));
const graph = new Graph(byId("network"), {
  select: (target) => (target.group === undefined ? choose(target, "network") : fold(target.group)),
  open: ({ node }) => { if (node !== undefined && figuresOf[node].length) openFigures(node); },
});
const reading = new Reading({ node: (node) => go(node, "text"), relation: (index) => choose({ edge: edgeOfRelation.get(index) }, "text") });
const tables = new Tables({ node: (node) => go(node, "table"), select: (selection) => choose(selection, "table") });

/** Select a node, an edge or nothing in all views. */
function choose({ node, edge }, origin) {
  if (picking !== undefined && node !== undefined && node !== picking) {
    const start = picking;
    pick(undefined);
    return showPath(start, node);
  }
  from = origin;
  view.change((state) => Object.assign(state, { node, edge, path: undefined, depth: node === undefined ? 0 : state.depth }));
  if (origin !== "network") {
    if (node !== undefined) graph.focus(node);
    else if (edge !== undefined) graph.fit(true, ["from", "to"].map((end) => edgeById.get(edge)[end]));
  }
}

/** Go to a node, also one that the filters hide, with the focus on what is said of it. */
function go(node, origin) {
  choose({ node }, origin);
  if (origin === "text" || origin === "table") return;
  byId("details").focus({ preventScroll: true });
  if (innerWidth <= 760) byId("details").scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

function showText(wanted) {
  document.body.classList.toggle("without-text", !wanted);
  byId("text-toggle").setAttribute("aria-pressed", String(wanted));
}

/** Show a place of the text that was searched for, with the focus in the text. */
function goToText(span, all) {
  showText(true);
  reading.show(span, all);
  byId("report").focus({ preventScroll: true });
  // Where the panes stand below one another, the text may be out of sight.
  if (innerWidth <= STACKED) byId("text").scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

function showPath(start, end) {
  view.change((state) => Object.assign(state, { path: [start, end], node: undefined, edge: undefined, depth: 0 }));
  const found = graph.shown.near;
  if (found) graph.fit(true, [...found]);
}

function pick(node) {
  picking = node;
  byId("picking").hidden = node === undefined;
  if (node === undefined) return;
  graph.fit(); // the other end may be anywhere
  byId("picking-words").replaceChildren(...word("pickEnd").split("{}").flatMap((part, index) => (index ? [said(called(node)), part] : [part])));
}

function openFigures(node) {
  view.change(({ open }) => { if (!open.delete(node)) open.add(node); });
  const beside = [node, ...figuresOf[node]].filter((one) => graph.shown.nodes.has(one));
  if (view.state.open.has(node) && !graph.isHub()) graph.fit(true, beside, 1.2);
}

function fold(group) {
  view.change(({ folded }) => { if (!folded.delete(group)) folded.add(group); });
  if (!view.state.folded.has(group)) graph.fit(true, data.groups[group].nodes.filter((node) => graph.shown.nodes.has(node)));
  else graph.fit();
}

function setDepth(depth) {
  view.change((state) => { state.depth = depth; });
  graph.fit();
}

function toggleFilter(field, value) {
  view.change((state) => { if (!state[field].delete(value)) state[field].add(value); });
  if (value === "Indicator") graph.fit(); // their rings lie outside all others
}

/** Tell those who do not see the page what has changed. */
function say(text) {
  byId("spoken").textContent = visible(text);
}

function selectionInWords({ node, edge, path }) {
  if (path) return `${word("pathTitle")}: ${path.map(called).join(" – ")}, ${graph.shown.path ? word("pathLength", graph.shown.path.length) : word("noPath")}`;
  if (edge !== undefined) return word("selected", between(edge).map((index) => relationInWords(index)).join("; "));
  if (node !== undefined) return word("selected", word("atNode", called(node), term("kind", things[node].kind), degree(node)));
  return word("nothingSelected");
}

const relationInWords = (index) => `${called(relations[index].s)} ${term("predicate", relations[index].p)} ${called(relations[index].o)}`;

/** Bring every view to the state. */
function update(before) {
  const { state } = view;
  graph.show(state, shownBy(state));
  drawLegend(toggleFilter, fold);
  drawToolbar();
  if (!before || ["node", "edge", "path", "depth", "avoid"].some((key) => before[key] !== state[key]) || !same(before.open, state.open)) drawPanel();
  if (!before || ["node", "edge", "path"].some((key) => before[key] !== state[key])) {
    reading.select(state, graph.shown, from === "text");
    if (from !== "table") tables.follow(state);
    else tables.mark(state);
    if (before) say(selectionInWords(state));
  }
  from = undefined;
}

function drawPanel() {
  drawDetails(view.state, graph.shown, {
    go, close: () => choose({}), pick, openFigures, setDepth,
    avoid: () => view.change((state) => { state.avoid = !state.avoid; }),
  });
}

function drawToolbar() {
  const { state } = view;
  byId("undo").disabled = !view.canUndo;
  byId("redo").disabled = !view.canRedo;
  byId("depth").value = String(state.depth);
  byId("depth").disabled = state.node === undefined;
  byId("path").disabled = state.node === undefined;
  byId("figures").setAttribute("aria-pressed", String(!state.kinds.has("Indicator")));
  byId("linked").setAttribute("aria-pressed", String(state.linked));
  const full = document.fullscreenElement !== null;
  byId("fullscreen").hidden = !document.fullscreenEnabled; // as on an iPhone
  byId("fullscreen").textContent = word(full ? "leaveFullscreen" : "fullscreen");
  byId("text-toggle").hidden = full;
  resetToolbar?.();
}

function drawHeader() {
  const figures = figureNodes.length;
  const [report] = data.reports;
  const issuer = data.issuer === undefined || data.issuer === null ? undefined : things[data.issuer].name;
  const counts = [[word("entityCount", things.length - figures)], [word("relationCount", relations.length)], [word("figureCount", figures)]];
  const facts = data.several ? [[word("reportCount", data.reports.length)], ...counts] : [
    issuer && [`${word("issuerIs")} `, said(issuer)],
    report.year && [word("about", report.year)],
    report.issued && [`${word("issuedOn")} ${report.issued}`],
    report.docNumber && [`${word("docNumber")} `, said(report.docNumber)],
    ...counts,
  ].filter(Boolean);
  byId("title").replaceChildren(said(data.title));
  byId("facts").replaceChildren(...facts.map((fact) => el("span", {}, fact)));
  byId("left-out").hidden = !data.leftOut;
  if (data.leftOut) byId("left-out").textContent = word("leftOut", data.leftOut);
}

function setTheme() {
  const name = THEMES[theme];
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  byId("theme").textContent = word("themes")[name];
  byId("theme").setAttribute("aria-label", word("themeIs", word("themes")[name]));
  byId("theme").title = word("themeIs", word("themes")[name]);
  if (graph.shown) { graph.show(view.state, graph.shown); graph.network.redraw(); }
}

/** Write every word of the page in the chosen language. */
function draw() {
  translate();
  setTheme();
  drawHeader();
  update();
  reading.draw();
  reading.mark();
  tables.draw();
  graph.network.redraw();
}

const press = (id, action) => byId(id).addEventListener("click", action);
press("language", () => { language = language === "zh" ? "en" : "zh"; draw(); });
press("theme", () => { theme = (theme + 1) % THEMES.length; setTheme(); });
press("undo", () => view.go(-1));
press("redo", () => view.go(1));
press("path", () => pick(view.state.node));
press("cancel-picking", () => pick(undefined));
press("figures", () => toggleFilter("kinds", "Indicator"));
press("svg", () => exportSvg(graph));
press("png", () => exportPng(graph));
press("link", () => copyText(location.href).then(() => { byId("link").title = word("copied"); say(word("copied")); byId("link").classList.add("done"); }));
// Network and details fill the screen; the text, the tables and the head of the page wait.
press("fullscreen", () => (document.fullscreenElement ? document.exitFullscreen() : document.querySelector("main").requestFullscreen())
  .catch(() => { say(word("noFullscreen")); }));
document.addEventListener("fullscreenchange", drawToolbar);
press("linked", () => view.change((state) => { state.linked = !state.linked; }));
press("closer", () => graph.zoom(1.4));
press("farther", () => graph.zoom(1 / 1.4));
press("fit", () => graph.fit());
press("text-toggle", () => showText(document.body.classList.contains("without-text")));
press("reset", () => {
  const first = firstState();
  view.change((state) => { for (const field of [...FIELDS, "open", "folded", "linked"]) state[field] = first[field]; });
  graph.fit();
});
byId("depth").addEventListener("change", ({ target }) => setDepth(Number(target.value)));
addEventListener("hashchange", () => view.follow());
dark.addEventListener("change", () => graph.show(view.state, graph.shown));
shortCuts({
  search: () => byId("search").focus(), undo: () => view.go(-1), redo: () => view.go(1),
  escape: () => {
    const menu = document.querySelector("#toolbar details[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (picking !== undefined) pick(undefined);
    else if (["node", "edge", "path"].some((key) => view.state[key] !== undefined)) choose({});
  },
});
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("#toolbar details[open]")) if (!menu.contains(target)) menu.open = false;
});
// On paper all tables are there.
addEventListener("beforeprint", () => drawForPrint(true));
addEventListener("afterprint", () => drawForPrint(false));

const resetToolbar = roving(byId("toolbar"));
networkKeys(byId("network"), (node) => go(node));
drawSearch({ node: (node) => go(node), text: goToText });
draw();
if (view.state.node !== undefined && !graph.isHub()) graph.focus(view.state.node);
else graph.fit(false, graph.shown.near && !graph.isHub() ? [...graph.shown.near] : undefined);

// A handle for the console and for the page's tests.
globalThis.kgPage = { WORDS, data, go, graph, reading, tables, view, visible };
