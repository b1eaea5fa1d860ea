// The same content as tables, for readers who do not use the drawing; filled when first opened.

function evidenceCell(spans) {
  return el("td", { lang: "zh-CN" }, (spans ?? []).map(([start, end]) =>
    el("p", {}, visible(source.cut(start, end)), " ", el("small", {}, `[${start}, ${end})`))));
}

function drawTable(id, heads, makeRows, total) {
  const box = document.getElementById(`${id}-table`);
  const input = document.getElementById(`${id}-filter`);
  const status = box.querySelector(".rows");
  box.querySelector(".count").textContent = String(total);
  box.hidden = total === 0;
  const fill = () => {
    const body = el("tbody", {}, makeRows());
    box.querySelector(".scroll").replaceChildren(
      el("table", {}, el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, word(head))))), body));
    filter();
  };
  const filter = () => {
    const wanted = plain(input.value);
    let shown = 0;
    for (const row of box.querySelectorAll("tbody tr")) {
      row.hidden = !plain(row.textContent).includes(wanted);
      if (!row.hidden) shown += 1;
    }
    status.textContent = word("rows", shown, total);
  };
  box.ontoggle = () => { if (box.open) fill(); };
  input.oninput = filter;
  if (box.open) fill();
}

function drawTables(go) {
  drawTable("relation", ["subject", "relation", "object", "modality", "evidence"], () => relations.map((relation) => el("tr", {},
    el("td", {}, link(relation.s, go)), el("td", {}, term("predicate", relation.p)), el("td", {}, link(relation.o, go)),
    el("td", {}, term("modalityOf", relation.m)), evidenceCell(relation.evidence))), relations.length);
  const figures = things.map((thing, node) => ({ node, figure: thing.figure })).filter(({ figure }) => figure);
  drawTable("figure", ["name", "raw", "value", "bound", "unit", "period", "scope", "rank", "modality", "evidence"], () => figures.map(({ node, figure }) => el("tr", {},
    el("td", {}, link(node, go)), el("td", {}, said(figure.raw ?? "")), el("td", { class: "number" }, figure.value ?? ""), el("td", {}, figure.bound ?? ""),
    el("td", {}, said(figure.unit ?? "")), el("td", {}, said(figure.period ?? "")), el("td", {}, said(figure.scope ?? "")),
    el("td", {}, figure.rank ? said(rankText(figure.rank)) : ""),
    el("td", {}, term("modalityOf", figure.modality)), evidenceCell([figure.evidence]))), figures.length);
}
