// The details panel: what the report says of the selection, each fact with its sentence.

const OPEN_FACTS = 8; // a group with more facts than this starts closed

/** A button that goes to a node. */
function link(node, go) {
  return el("button", { type: "button", class: "link", "data-node": node, click: () => go(node) },
    swatch(things[node].kind), said(called(node)));
}

/** The sentence with its place and the rule that found it. */
function evidence(span, marks, notes = []) {
  const { report, offset } = source.place(span[0]);
  const where = data.several ? [reportName(report)] : [];
  const foot = [...where, word("offsets", offset, offset + span[1] - span[0]), ...notes];
  return el("figure", { class: "evidence", "data-start": span[0], "data-end": span[1] },
    source.quote(span, marks), el("figcaption", {}, foot.flatMap((part, index) => (index ? [" · ", part] : [part]))));
}

/** A report's title; with the address of its own page where there is one beside this file. */
function reportName(index) {
  const { title, link: address } = data.reports[index];
  // Only plain names of files in the same folder or below: nothing that could be a script or another site.
  const safe = address && /^(?!.*:)(?!\/)[^\\?#]+\.html$/.test(address);
  return safe ? el("a", { href: address.split("/").map(encodeURIComponent).join("/"), class: "report" }, said(title)) : said(title);
}

function badge(modality) {
  return el("span", { class: `badge ${modality}` }, term("modalityOf", modality));
}

function ruleNote(rule) {
  return rule ? [`${word("rule")} ${visible(rule)}`] : [];
}

/** Everything that speaks for one relation. */
function proofs(relation) {
  const notes = [...ruleNote(relation.rule), ...(relation.trigger ? [`${word("trigger")} ${visible(relation.trigger)}`] : []),
    ...(relation.implicit ? [word("implicit")] : [])];
  if (!relation.evidence) return [el("p", { class: "note" }, word("noEvidence"))];
  return relation.evidence.map((span) => evidence(span, marksOf(relation.s, relation.o), notes));
}

function rows(pairs) {
  const list = el("dl", {});
  for (const [key, value] of pairs) if (value !== undefined && value !== null) list.append(el("dt", {}, key), el("dd", {}, value));
  return list.children.length ? list : null;
}

/** A rank in words: its number, or where it has none what the report says (全省最多). */
function rankText({ area, position, span }) {
  return position === undefined ? source.cut(...span) : word("position", area, position);
}

/** A figure with its qualifiers. */
function figureCard(figure, go) {
  const bound = figure.bound && figure.bound !== "=" ? `${figure.bound} （${term("boundOf", figure.bound)}）` : undefined;
  const drawn = figureBar(figure);
  return rows([
    [word("raw"), figure.raw && said(figure.raw)],
    [word("value"), figure.value === undefined ? undefined : said(`${figure.value} ${figure.unit ?? ""}`.trim())],
    [word("bar"), drawn],
    [word("bound"), bound],
    [word("period"), figure.period && said(figure.period)],
    [word("scope"), figure.scope && said(figure.scope)],
    [word("rank"), figure.rank && said(rankText(figure.rank))],
    [word("measure"), term("measureOf", figure.measure)],
    [word("modality"), badge(figure.modality)],
    [word("base"), figure.base === undefined ? undefined : link(figure.base, go)],
    [word("whole"), figure.whole === undefined ? undefined : link(figure.whole, go)],
  ]);
}

/** What the audit found of a figure: its verdict, what the report's own figures give, or why nothing can be said. */
function auditCards(checks, go) {
  const inWords = (pair) => pair?.[language === "zh" ? 0 : 1];
  return checks.map((check) => el("section", { class: "audit", "data-verdict": check.verdict }, rows([
    [word("audit"), el("span", { class: `badge ${check.verdict}` }, term("verdictOf", check.verdict))],
    [word("computation"), said(inWords(check.computation))],
    [word("expected"), check.expected],
    [word("difference"), check.difference && `${check.difference} （${check.tolerance}）`],
    [word("reason"), inWords(check.reason)],
    [word("inputs"), check.inputs && el("span", {}, check.inputs.map((node) => [link(node, go), " "]))],
  ])));
}

function figureEvidence(figure) {
  const marks = [figure.span, ...(figure.rank ? [figure.rank.span] : [])];
  return evidence(figure.evidence, marks, ruleNote(figure.rule));
}

function figureFact(node, go) {
  const { figure } = things[node];
  return el("li", { class: "fact" }, link(node, go), figureCard(figure, go), auditCards(things[node].checks ?? [], go), figureEvidence(figure));
}

function foldable(title, count, items, open) {
  return el("details", { class: "group", open }, el("summary", {}, title, " ", el("span", { class: "count" }, String(count))), items);
}

/** The relations of a node grouped by predicate, first as subject, then as object. */
function factGroups(node, go) {
  const groups = [];
  for (const [side, list, other] of [["predicate", relationsOf[node].out, "o"], ["inverse", relationsOf[node].in, "s"]]) {
    const names = [...new Set(list.map((index) => relations[index].p))];
    names.sort((a, b) => PREDICATES.indexOf(a) - PREDICATES.indexOf(b));
    for (const name of names) {
      if (name === "measures" && side === "inverse") continue; // shown as figures
      const facts = list.filter((index) => relations[index].p === name);
      groups.push(foldable([el("span", { class: "arrow", "aria-hidden": "true" }, side === "predicate" ? "→" : "←"), " ", term(side, name)], facts.length,
        el("ul", {}, facts.map((index) => el("li", { class: "fact", "data-relation": index },
          link(relations[index][other], go), relations[index].m === "reported" ? null : badge(relations[index].m), proofs(relations[index])))),
        facts.length <= OPEN_FACTS));
    }
  }
  return groups;
}

function honours(node, go) {
  return recognitionsOf[node].map((index) => {
    const recognition = data.recognitions[index];
    return el("li", { class: "fact" }, rows([
      [word("how"), said(recognition.how)],
      [word("recognisedAs"), recognition.title && said(recognition.title)],
      [word("thing"), recognition.thing === undefined || recognition.thing === node ? undefined : link(recognition.thing, go)],
      [word("recogniser"), recognition.recogniser === undefined || recognition.recogniser === node ? undefined : link(recognition.recogniser, go)],
    ]), evidence(recognition.evidence, [recognition.span]));
  });
}

function mentionGroup(title, places) {
  if (!places?.length) return null;
  const group = foldable(title(places.length), places.length, [], false);
  group.querySelector(".count").remove();
  // Filled when opened: an issuer may have a hundred mentions.
  group.addEventListener("toggle", () => {
    if (group.open && group.children.length === 1) {
      group.append(...places.map(([start, end, rule]) => evidence([start, end], [[start, end]], ruleNote(rule))));
    }
  });
  return group;
}

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
    el("p", { class: "kind" }, swatch(thing.kind), term("kind", thing.kind), thing.type ? [" · ", said(thing.type)] : null,
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
    thing.figure ? [figureCard(thing.figure, go), auditCards(thing.checks ?? [], go), figureEvidence(thing.figure)] : null,
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

/** Whether the report says more than what was done. */
const mixed = () => relations.some((relation) => relation.m !== "reported");

/** Counts as bars, the largest full, the largest first. */
function counts(pairs, list) {
  const most = Math.max(...pairs.map(([, count]) => count));
  return el("div", { class: "charts" }, [...pairs].sort((a, b) => b[1] - a[1]).map(([value, count]) => el("div", { class: "chart-row" },
    el("span", {}, term(list, value)), bar(0, count / most, `${term(list, value)} ${count}`), el("span", { class: "number" }, String(count)))));
}

function overview(go) {
  const top = byImportance.filter((id) => !things[id].figure).sort((a, b) => degree(b) - degree(a) || a - b).slice(0, 10);
  return [
    el("h2", {}, word("overview")),
    el("p", { class: "note" }, word("overviewHint")),
    top.length ? el("h3", {}, word("most")) : null,
    el("ol", { class: "top" }, top.map((node) => el("li", {}, link(node, go), " ", el("span", { class: "count" }, String(degree(node)))))),
    relations.length ? [el("h3", {}, word("relations")), counts(tally(relations.map((relation) => relation.p), PREDICATES), "predicate")] : null,
    mixed() ? [el("h3", {}, word("modalities")), counts(tally(relations.map((relation) => relation.m), MODALITIES), "modalityOf")] : null,
    data.several ? [el("h3", {}, word("reports")), el("ul", { class: "reports" }, data.reports.map((_, index) => el("li", {}, reportName(index))))] : null,
    data.several ? null : el("p", { class: "note hash" }, `${word("textHash")} ${data.reports[0].sha256}`),
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
}
