// The panel while nothing is selected: where to begin.

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
    auditSummary(go),
    top.length ? el("h3", {}, word("most")) : null,
    el("ol", { class: "top" }, top.map((node) => el("li", {}, link(node, go), " ", el("span", { class: "count" }, String(degree(node)))))),
    relations.length ? [el("h3", {}, word("relations")), counts(tally(relations.map((relation) => relation.p), PREDICATES), "predicate")] : null,
    mixed() ? [el("h3", {}, word("modalities")), counts(tally(relations.map((relation) => relation.m), MODALITIES), "modalityOf")] : null,
    data.several ? [el("h3", {}, word("reports")), el("ul", { class: "reports" }, data.reports.map((_, index) => el("li", {}, reportName(index))))] : null,
    data.several ? null : el("p", { class: "note hash" }, `${word("textHash")} ${data.reports[0].sha256}`),
  ];
}
