// Legend and filters: what is shown, by class, relation, modality and section.

/** A toggle for one value of a filter. */
function toggle(field, value, label, count, mark, onToggle) {
  return el("button", {
    type: "button", class: "toggle", "data-value": value, "aria-pressed": String(!view.state[field].has(value)), click: () => onToggle(field, value),
  }, mark, el("span", { class: "name" }, label), el("span", { class: "count" }, String(count)));
}

/** Fill the groups of toggles; `onToggle(field, value)` is called at each press, `onFold(group)` to fold a section. */
function drawLegend(onToggle, onFold) {
  const group = (id, field, values, label, mark, extra = () => null) => {
    const box = document.getElementById(id);
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.value : undefined;
    box.querySelectorAll(".toggle, .pair").forEach((old) => old.remove());
    box.hidden = values.length === 0;
    for (const [value, count] of values) {
      const made = toggle(field, value, label(value), count, mark(value), onToggle);
      const more = extra(value);
      box.append(more ? el("div", { class: "pair" }, made, more) : made);
      if (String(value) === focused) made.focus();
    }
  };
  const named = (list) => (value) => term(list, value);
  group("kinds", "kinds", tally(things.map((thing) => thing.kind), KINDS), named("kind"), swatch);
  group("predicates", "predicates", tally(relations.map((relation) => relation.p), PREDICATES), named("predicate"), () => null);
  const modalities = [...relations.map((relation) => relation.m), ...things.filter((thing) => thing.figure).map((thing) => thing.figure.modality)];
  group("modalities", "modalities", tally(modalities, MODALITIES), named("modalityOf"), stroke);
  const counts = new Map(data.groups.map(({ section, nodes }, index) => [section, { index, count: nodes.length }]));
  const sections = data.sectors.map(([section]) => [section, counts.get(section)?.count ?? 0]);
  group("sections", "sections", sections.length > 1 ? sections : [], (section) => said(section < 0 ? word("outside") : data.sections[section].heading), () => null, (section) => {
    const { index } = counts.get(section) ?? {};
    if (index === undefined) return null;
    const folded = view.state.folded.has(index);
    return el("button", { type: "button", class: "fold", "data-group": index, "aria-pressed": String(folded), click: () => onFold(index) },
      word(folded ? "unfold" : "foldUp"));
  });
  drawMost();
}

/** Say how much of the network is in view, and how to see more. */
function drawMost() {
  const { nodes, groups, edges, cut } = graph.shown;
  const inGroups = [...groups.values()].reduce((sum, inside) => sum + inside.length, 0);
  document.getElementById("shown").textContent = word("shown", nodes.size, data.nodes.length, edges.length, data.edges.length)
    + (groups.size ? word("inGroups", groups.size, inGroups) : "") + (cut ? word("tooMany", cut) : "");
}
