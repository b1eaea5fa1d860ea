// What the audit found: the report's figures held against its own, and ranks against other reports.

/** What the audit found of a figure: its verdict, what the report's own figures give, or why nothing can be said. */
function auditCards(node, go) {
  const inWords = (pair) => pair?.[language === "zh" ? 0 : 1];
  const { checks, figure } = things[node];
  const unit = figure.unit ?? "";
  return (checks ?? []).map((check) => el("section", { class: "audit", "data-verdict": check.verdict }, rows([
    [word("audit"), el("span", { class: `badge ${check.verdict}` }, term("verdictOf", check.verdict))],
    [word("computation"), said(inWords(check.computation))],
    [word("expected"), check.expected && `${check.expected} ${visible(unit)}`],
    [word("difference"), check.difference && `${check.difference} ${unit === "%" ? word("points") : visible(unit)} （${check.tolerance}）`],
    [word("reason"), inWords(check.reason)],
    [word(check.kind === "rank" ? "sameRank" : "inputs"), check.inputs && el("span", {}, check.inputs.map((node) => [link(node, go), data.several && check.kind === "rank" ? el("small", {}, reportName(source.place(things[node].figure.span[0]).report)) : null, " "]))],
  ])));
}

const VERDICTS = ["disagrees", "undetermined", "agrees"]; // what a reader wants first
const MOST_FINDINGS = 12; // named in the overview; the table of figures has all

/** Whether the audit doubts a figure: what its own report says, or another's, does not go with it. */
const doubted = (node) => things[node].checks?.some(({ verdict }) => verdict === "disagrees") ?? false;

/** A figure's verdicts, each once, the gravest first. */
const verdicts = (node) => VERDICTS.filter((verdict) => things[node].checks?.some((check) => check.verdict === verdict));

/** The audit at a glance: how many of each verdict, and the figures that do not agree or cannot be told, to go to. */
function auditSummary(go) {
  const found = things.flatMap((thing, node) => (thing.checks ?? []).filter(({ again }) => !again).map((check) => ({ node, check })));
  if (!found.length) return null;
  const open = VERDICTS.slice(0, 2).flatMap((verdict) => found.filter(({ check }) => check.verdict === verdict));
  const finding = ({ node, check }) => el("li", { class: "finding", "data-verdict": check.verdict },
    el("span", { class: `badge ${check.verdict}` }, term("verdictOf", check.verdict)), " ", link(node, go),
    data.several ? el("small", {}, reportName(source.place(things[node].figure.span[0]).report)) : null);
  return el("section", { class: "audit-summary" },
    el("h3", {}, word("audit")),
    el("p", { class: "note" }, word("auditCounts", ...VERDICTS.map((verdict) => found.filter(({ check }) => check.verdict === verdict).length))),
    open.length ? el("ul", { class: "findings" }, open.slice(0, MOST_FINDINGS).map(finding)) : null,
    open.length > MOST_FINDINGS ? el("p", { class: "note" }, word("auditMore", open.length - MOST_FINDINGS)) : null);
}
