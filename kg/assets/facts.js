// What is said of a node: its relations by predicate, its honours, the places that name it.

const OPEN_FACTS = 8; // a group with more facts than this starts closed

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
