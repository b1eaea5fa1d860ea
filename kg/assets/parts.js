// The pieces that the panel and the tables are made of: links to nodes, sentences of evidence, badges, lists of terms.

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

function foldable(title, count, items, open) {
  return el("details", { class: "group", open }, el("summary", {}, title, " ", el("span", { class: "count" }, String(count))), items);
}
