// The details panel: what the report says of the selection, each fact with its sentence.

/** What can be done with a node: its neighbourhood, a path from it, its figures. */
function actions(node, state, on) {
  const depths = [0, 1, 2, 3].map((depth) => el("button", {
    type: "button", "aria-pressed": String(state.depth === depth), "data-depth": depth, click: () => on.setDepth(depth),
  }, depth ? word("steps", depth) : word("wholeNetwork")));
  const figures = figuresOf[node].length;
  return el("div", { class: "actions" },
    el("div", { class: "row", role: "group", "aria-label": word("depth") }, el("span", {}, word("depth")), depths),
    el("div", { class: "row" }, button("pathFrom", () => on.pick(node)),
      figures ? el("button", { type: "button", "aria-pressed": String(state.open.has(node)), class: "open-figures", click: () => on.openFigures(node) },
        word(state.open.has(node) ? "closeFigures" : "openFigures", figures)) : null));
}

function nodeDetails(node, state, on) {
  const { go } = on;
  const thing = things[node];
  const figures = relationsOf[node].in.filter((index) => relations[index].p === "measures" && things[relations[index].s].figure)
    .map((index) => relations[index].s);
  const praise = honours(node, go);
  const groups = factGroups(node, go);
  const path = thing.section === undefined ? undefined : headings(thing.section);
  return [
    el("p", { class: "kind" }, swatch(thing.kind), term("kind", thing.kind), thing.type && thing.type !== WORDS.zh.kind[thing.kind] ? [" · ", said(thing.type)] : null,
      node === data.issuer ? ` · ${word("issuerIs")}` : null),
    el("h2", {}, said(thing.name)),
    rows([
      [word("official"), thing.official && said(thing.official)],
      [word("aliases"), thing.aliases && el("span", { class: "aliases" }, thing.aliases.map((alias) => said(alias, "alias")))],
      [word("status"), thing.status && said(thing.status)],
      [word("docNumber"), thing.docNumber && said(thing.docNumber)],
      [word("adcode"), thing.adcode && said(thing.adcode)],
      [word("section"), path && el("span", {}, path.map((heading, index) => [index ? " › " : null, said(heading)]))],
    ]),
    actions(node, state, on),
    thing.figure ? [figureCard(thing.figure, go), auditCards(node, go), figureEvidence(thing.figure)] : null,
    figures.length ? foldable(word("figures"), figures.length, [sideBySide(figures, go), el("ul", {}, figures.map((figure) => figureFact(figure, go)))].filter(Boolean), figures.length <= OPEN_FACTS) : null,
    praise.length ? foldable(word("recognitions"), praise.length, el("ul", {}, praise), true) : null,
    groups.length ? [el("h3", {}, word("facts")), groups] : figures.length || praise.length || thing.figure ? null : el("p", { class: "note" }, word("noFacts")),
    mentionGroup((count) => word("mentions", count), thing.figure ? undefined : thing.mentions),
    mentionGroup((count) => word("maybe", count), thing.maybe),
    thing.figure || thing.key ? queryBox(nodeQuery(node)) : null,
  ];
}

/** Relations between the two ends of an edge, in both directions. */
function between(edge) {
  const { from, to } = edgeById.get(edge);
  const indexes = [...relationsOf[from].out.filter((index) => relations[index].o === to), ...(from === to ? [] : relationsOf[from].in.filter((index) => relations[index].s === to))];
  return indexes.sort((a, b) => a - b);
}

function relationCard(index, go) {
  const relation = relations[index];
  return el("section", { class: "fact", "data-relation": index },
    el("h2", {}, term("predicate", relation.p), " ", badge(relation.m)),
    rows([[word("subject"), link(relation.s, go)], [word("object"), link(relation.o, go)]]),
    things[relation.s].figure ? figureCard(things[relation.s].figure, go) : null,
    proofs(relation));
}

function edgeDetails(edge, go) {
  const { from, to } = edgeById.get(edge);
  return [between(edge).map((index) => relationCard(index, go)), queryBox(edgeQuery(from, to))];
}

/** The steps of a path, each with its sentence. */
function pathDetails(state, path, on) {
  const [start, end] = state.path;
  return [
    el("h2", {}, word("pathTitle")),
    rows([[word("pathStart"), link(start, on.go)], [word("pathGoal"), link(end, on.go)]]),
    el("p", { class: "row" }, el("button", { type: "button", "aria-pressed": String(state.avoid), class: "avoid", click: on.avoid }, word("avoidIssuer"))),
    path ? el("p", { class: "note" }, word("pathLength", path.length)) : el("p", { class: "note" }, word("noPath")),
    el("ol", { class: "path" }, (path ?? []).map((index) => el("li", {}, relationCard(index, on.go)))),
  ];
}

/** Fill the panel for a selection; `on` has `go`, `close`, `pick`, `openFigures`, `setDepth` and `avoid`. */
function drawDetails(state, shown, on) {
  const panel = document.getElementById("details");
  const { node, edge, path } = state;
  const nothing = node === undefined && edge === undefined && !path;
  const content = path ? pathDetails(state, shown.path, on) : node !== undefined ? nodeDetails(node, state, on) : edge !== undefined ? edgeDetails(edge, on.go) : overview(on.go);
  const same = panel.dataset.shown === `${node} ${edge} ${path}`;
  const top = same ? panel.scrollTop : 0;
  panel.dataset.shown = `${node} ${edge} ${path}`;
  panel.replaceChildren(...[nothing ? null : el("button", { type: "button", class: "close", "aria-label": word("back"), click: on.close }, "×"),
    ...content].flat(Infinity).filter((part) => part !== null && part !== undefined));
  panel.scrollTop = top;
  panel.setAttribute("aria-label", word("detailsOf", panel.querySelector("h2").textContent));
}
