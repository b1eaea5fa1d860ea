// Puts the parts together.

const filter = new Filter();
let selected = {};

const graph = new Graph(document.getElementById("network"), filter, (selection) => select(selection, false));

/** Select a node, an edge or nothing everywhere; `move` brings the node to the middle of the network. */
function select(selection, move) {
  selected = selection;
  graph.select(selection, move);
  drawDetails(selection, go, () => select({}, false));
}

/** Go to a node, also one the filters hide. */
function go(node) {
  if (!filter.node(node)) {
    filter.kinds.delete(things[node].kind);
    if (!filter.node(node)) {
      filter.predicates.clear();
      filter.modalities.clear();
    }
    drawFilters();
  }
  select({ node }, true);
  const panel = document.getElementById("details");
  panel.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

function drawFilters() {
  graph.refresh();
  drawLegend(filter, drawFilters);
  document.getElementById("shown").textContent =
    word("shown", graph.visible.size, data.nodes.length, graph.visibleEdges, data.edges.length);
}

function drawHeader() {
  const figures = things.filter((thing) => thing.figure).length;
  const issuer = data.issuer === undefined || data.issuer === null ? undefined : things[data.issuer].name;
  const facts = [
    issuer && [`${word("issuerIs")} `, said(issuer)],
    data.year && [word("about", data.year)],
    data.issued && [`${word("issuedOn")} ${data.issued}`],
    data.docNumber && [`${word("docNumber")} `, said(data.docNumber)],
    [word("entityCount", things.length - figures)],
    [word("relationCount", relations.length)],
    [word("figureCount", figures)],
  ].filter(Boolean);
  document.getElementById("title").replaceChildren(said(data.title));
  document.getElementById("facts").replaceChildren(...facts.map((fact) => el("span", {}, fact)));
}

/** Write every word of the page in the chosen language. */
function draw() {
  translate();
  drawHeader();
  drawFilters();
  drawDetails(selected, go, () => select({}, false));
  drawTables(go);
  graph.network.redraw();
}

document.getElementById("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  draw();
});
document.getElementById("reset").addEventListener("click", () => {
  filter.reset();
  drawFilters();
  graph.fit();
});
document.getElementById("closer").addEventListener("click", () => graph.zoom(1.4));
document.getElementById("farther").addEventListener("click", () => graph.zoom(1 / 1.4));
document.getElementById("fit").addEventListener("click", () => graph.fit());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && Object.keys(selected).length) select({}, false);
});
// On paper everything is open.
addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll("#tables > details")) table.open = true;
  drawTables(go);
});
if (matchMedia("(max-width: 760px)").matches) document.getElementById("filters").open = false;

drawSearch(go);
draw();

// A handle for the console and for the page's tests.
globalThis.kgPage = { WORDS, data, filter, go, graph, select, visible };
