// Search: a combobox over names, other wordings, official names, document numbers, and the text itself; pinyin for all.

const MOST_RESULTS = 30;
const MOST_HITS = 8; // places in the text
const plain = (text) => visible(text).normalize("NFKC").toLowerCase().replace(/\s+/g, "");

let indexed;

/** The names of every node, folded when the reader first searches: a page over many reports has tens of thousands. */
function searchable() {
  indexed ??= things.map((thing, node) => ({
    node,
    names: [...new Set([thing.name, ...(thing.aliases ?? []), thing.official, thing.docNumber, thing.figure?.raw].filter(Boolean))]
      .map((name) => ({ name, plain: plain(name) })),
  }));
  return indexed;
}

/** Nodes with a name that holds `query`: equal names first, then entities before figures, names that begin with it first. */
function matches(query) {
  const wanted = plain(query);
  if (!wanted) return [];
  const typed = letters(wanted);
  const found = [];
  for (const { node, names } of searchable()) {
    let best;
    for (const entry of names) {
      const { name, plain: text } = entry;
      const at = text.indexOf(wanted);
      let rank = text === wanted ? 0 : at === 0 ? 1 : at > 0 ? 2 : undefined;
      if (rank === undefined && typed) {
        entry.readings ??= readingsOfName(name);
        const from = readAt(typed, entry.readings);
        rank = from < 0 ? undefined : from === 0 ? 3 : 4;
      }
      if (rank !== undefined && (!best || rank < best.rank)) best = { node, name, rank };
    }
    if (best) found.push(best);
  }
  const figure = (node) => (things[node].figure ? 1 : 0);
  const inexact = ({ rank }) => (rank ? 1 : 0);
  return found.sort((a, b) => inexact(a) - inexact(b) || figure(a.node) - figure(b.node) || a.rank - b.rank || degree(b.node) - degree(a.node) || a.node - b.node);
}

/** Places of the text that say `query` as it is written, in UTF-16 units. */
function written(query) {
  const wanted = query.trim().toLowerCase();
  if (wanted.length < 2) return [];
  const found = [];
  const text = source.text.toLowerCase();
  if (text.length !== source.text.length) return []; // a letter that changes its length would move all places
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) found.push([at, at + wanted.length]);
  return found;
}

/**
 * What the text has for `query`: {span, all, more} with a span of code points, all spans of the same wording, and how
 * many of them this one stands for. Pinyin is tried where nothing is written so.
 */
function hits(query) {
  const [as, typed] = [written(query), letters(plain(query))];
  const wordings = (as.length ? [as] : typed ? readWordings(typed) : []).map((places) =>
    places.map((place) => place.map((unit) => source.point(unit))));
  if (wordings.length === 1) return wordings[0].slice(0, MOST_HITS).map((span) => ({ span, all: wordings[0], more: 1 }));
  return wordings.slice(0, MOST_HITS).map((all) => ({ span: all[0], all, more: all.length }));
}

/** A place of the text in its surroundings. */
function excerpt([start, end]) {
  const [low, high] = [Math.max(0, start - 10), Math.min(source.length, end + 18)];
  const flat = (from, to) => visible(source.cut(from, to).replace(/\s+/g, " "));
  return el("span", { class: "excerpt", lang: "zh-CN" }, flat(low, start), el("mark", { class: "hit" }, flat(start, end)), flat(end, high));
}

/** Make the search box work; `on.node(node)` and `on.text(span, all)` are called with the reader's choice. */
function drawSearch(on) {
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
    const { node, span, all } = found[index];
    if (node !== undefined) input.value = called(node);
    close();
    if (node !== undefined) on.node(node);
    else on.text(span, all);
  };
  const options = () => [...list.querySelectorAll("[id^=result-]")];
  const activate = (index) => {
    active = index;
    options().forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    input.setAttribute("aria-activedescendant", `result-${index}`);
    options()[index].scrollIntoView({ block: "nearest" });
  };
  const option = ({ node, name, span, more }, index) => el("li", {
    id: `result-${index}`, role: "option", "aria-selected": "false", class: span ? "place" : undefined,
    // Before the box loses the focus, which closes the list.
    mousedown: (event) => { event.preventDefault(); choose(index); },
  }, span ? [excerpt(span), more > 1 ? el("small", { class: "count" }, word("times", more)) : null] : [swatch(things[node].kind), el("span", { class: "name" }, said(called(node)),
    name !== things[node].name && !things[node].figure ? el("small", {}, said(name)) : null)]);
  const open = () => {
    if (!plain(input.value)) return close();
    const nodes = matches(input.value).slice(0, MOST_RESULTS);
    found = [...nodes, ...hits(input.value)];
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const items = found.map(option);
    if (nodes.length < found.length) items.splice(nodes.length, 0, el("li", { class: "divider", role: "presentation" },
      word("inText"), found.at(-1).more > 1 ? null : el("span", { class: "count" }, ` ${found.at(-1).all.length}`)));
    list.replaceChildren(...items);
    if (!found.length) list.append(el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, word("nothingFound")));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    say(word("found", found.length));
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
