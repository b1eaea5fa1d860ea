// Search: a combobox over names, other wordings, official names and document numbers.

const MOST_RESULTS = 40;
const plain = (text) => visible(text).normalize("NFKC").toLowerCase().replace(/\s+/g, "");

const searchable = things.map((thing, node) => ({
  node,
  names: [...new Set([thing.name, ...(thing.aliases ?? []), thing.official, thing.docNumber, thing.figure?.raw].filter(Boolean))]
    .map((name) => ({ name, plain: plain(name) })),
}));

/** Nodes with a name that holds `query`: equal names first, then names that begin with it, then by importance. */
function matches(query) {
  const wanted = plain(query);
  if (!wanted) return [];
  const found = [];
  for (const { node, names } of searchable) {
    let best;
    for (const { name, plain: text } of names) {
      const at = text.indexOf(wanted);
      if (at < 0) continue;
      const rank = text === wanted ? 0 : at === 0 ? 1 : 2;
      if (!best || rank < best.rank) best = { node, name, rank };
    }
    if (best) found.push(best);
  }
  const figure = (node) => (things[node].figure ? 1 : 0);
  return found.sort((a, b) => a.rank - b.rank || figure(a.node) - figure(b.node) || degree(b.node) - degree(a.node) || a.node - b.node);
}

/** Make the search box work; `onChoose(node)` is called with the reader's choice. */
function drawSearch(onChoose) {
  const input = document.getElementById("search");
  const list = document.getElementById("results");
  let found = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const choose = (index) => {
    const { node } = found[index];
    input.value = called(node);
    close();
    onChoose(node);
  };
  const activate = (index) => {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    input.setAttribute("aria-activedescendant", `result-${index}`);
    list.children[index].scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    found = matches(input.value).slice(0, MOST_RESULTS);
    active = -1;
    input.removeAttribute("aria-activedescendant");
    if (!plain(input.value)) return close();
    list.replaceChildren(...found.map(({ node, name }, index) => el("li", {
      id: `result-${index}`, role: "option", "aria-selected": "false",
      // Before the box loses the focus, which closes the list.
      mousedown: (event) => { event.preventDefault(); choose(index); },
    }, swatch(things[node].kind), el("span", { class: "name" }, said(called(node)),
      name !== things[node].name && !things[node].figure ? el("small", {}, said(name)) : null))));
    if (!found.length) list.append(el("li", { class: "none", role: "option", "aria-disabled": "true" }, word("nothingFound")));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", open);
  input.addEventListener("focus", () => { if (input.value) { input.select(); open(); } });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method is still choosing characters
    if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !list.hidden && found.length) {
      choose(Math.max(active, 0));
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) open();
      if (found.length && !list.hidden) activate((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + found.length) % found.length);
      event.preventDefault();
    }
  });
}
