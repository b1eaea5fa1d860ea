// What is said of a figure: value, bound, period, scope, rank, its sentence.

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

function figureEvidence(figure) {
  const marks = [figure.span, ...(figure.rank ? [figure.rank.span] : [])];
  return evidence(figure.evidence, marks, ruleNote(figure.rule));
}

function figureFact(node, go) {
  const { figure } = things[node];
  return el("li", { class: "fact" }, link(node, go), figureCard(figure, go), auditCards(node, go), figureEvidence(figure));
}
