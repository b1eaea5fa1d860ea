// Search: a combobox over names, other wordings, official names, document numbers, pinyin, and the text itself.

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

/** The readings of each character of a name: pinyin of Chinese ones, others as they are, signs left out. */
const syllables = (name) => [...plain(name)].filter((char) => /[\p{L}\p{N}]/u.test(char)).map((char) => data.pinyin[char]?.split(" ") ?? [char]);

/** Whether `typed` from `at` on can be read off `chars` from `from` on, by syllables and initials in any mixture. */
function readable(typed, at, chars, from) {
  if (at === typed.length) return true;
  if (from === chars.length) return false;
  const rest = typed.slice(at);
  return chars[from].some((reading) => {
    if (reading.startsWith(rest)) return true; // the last syllable may be unfinished
    if (rest.startsWith(reading) && readable(typed, at + reading.length, chars, from + 1)) return true;
    const initial = /^[zcs]h/.test(reading) ? [1, 2] : [1];
    return initial.some((length) => rest.startsWith(reading.slice(0, length)) && readable(typed, at + length, chars, from + 1));
  });
}

/** Where in a name's characters `typed` can be read: -1 for nowhere. */
function pinyinAt(typed, name) {
  const chars = syllables(name);
  return chars.findIndex((_, from) => readable(typed, 0, chars, from));
}

/** Nodes with a name that holds `query`: equal names first, then entities before figures, names that begin with it first. */
function matches(query) {
  const wanted = plain(query);
  if (!wanted) return [];
  const typed = /^[a-z']{2,40}$/.test(wanted) ? wanted.replace(/'/g, "").replace(/ü/g, "v") : undefined;
  const found = [];
  for (const { node, names } of searchable()) {
    let best;
    for (const { name, plain: text } of names) {
      const at = text.indexOf(wanted);
      let rank = text === wanted ? 0 : at === 0 ? 1 : at > 0 ? 2 : undefined;
      if (rank === undefined && typed) {
        const from = pinyinAt(typed, name);
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

/** Places of the text that say `query`, as spans of code points. */
function hits(query) {
  const wanted = query.trim();
  if (wanted.length < 2) return [];
  const found = [];
  const [text, sought] = [source.text.toLowerCase(), wanted.toLowerCase()];
  if (text.length !== source.text.length) return []; // a letter that changes its length would move all places
  for (let at = text.indexOf(sought); at >= 0 && found.length < MOST_HITS; at = text.indexOf(sought, at + sought.length)) {
    found.push([source.point(at), source.point(at + sought.length)]);
  }
  return found;
}

/** A place of the text in its surroundings. */
function excerpt([start, end]) {
  const [low, high] = [Math.max(0, start - 10), Math.min(source.length, end + 18)];
  const flat = (from, to) => visible(source.cut(from, to).replace(/\s+/g, " "));
  return el("span", { class: "excerpt", lang: "zh-CN" }, flat(low, start), el("mark", { class: "hit" }, flat(start, end)), flat(end, high));
}

/** Make the search box work; `on.node(node)` and `on.text(span)` are called with the reader's choice. */
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
    const { node, span } = found[index];
    if (node !== undefined) input.value = called(node);
    close();
    if (node !== undefined) on.node(node);
    else on.text(span);
  };
  const options = () => [...list.querySelectorAll("[id^=result-]")];
  const activate = (index) => {
    active = index;
    options().forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    input.setAttribute("aria-activedescendant", `result-${index}`);
    options()[index].scrollIntoView({ block: "nearest" });
  };
  const option = ({ node, name, span }, index) => el("li", {
    id: `result-${index}`, role: "option", "aria-selected": "false", class: span ? "place" : undefined,
    // Before the box loses the focus, which closes the list.
    mousedown: (event) => { event.preventDefault(); choose(index); },
  }, span ? excerpt(span) : [swatch(things[node].kind), el("span", { class: "name" }, said(called(node)),
    name !== things[node].name && !things[node].figure ? el("small", {}, said(name)) : null)]);
  const open = () => {
    if (!plain(input.value)) return close();
    const nodes = matches(input.value).slice(0, MOST_RESULTS);
    found = [...nodes, ...hits(input.value).map((span) => ({ span }))];
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const items = found.map(option);
    if (nodes.length < found.length) items.splice(nodes.length, 0, el("li", { class: "divider", role: "presentation" }, word("inText")));
    list.replaceChildren(...items);
    if (!found.length) list.append(el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, word("nothingFound")));
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
