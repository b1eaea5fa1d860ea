// What the audit found: the report's figures held against its own, and ranks against other reports.

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
