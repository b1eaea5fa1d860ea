// The report's text: code-point offsets, excerpts with marks, and the one way text gets onto the page.

// Controls that could turn or hide the text around them: they are shown, not obeyed.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** `text` with every hidden control written out, such as [U+202E]. */
function visible(text) {
  return text.replace(CONTROLS, (char) => `[U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

/** Functions between code-point offsets, in which the data count, and the UTF-16 offsets of JavaScript strings. */
function codePoints(text) {
  if (!/[\ud800-\udfff]/.test(text)) return { unit: (offset) => offset, point: (unit) => unit, length: text.length };
  const units = new Uint32Array(text.length + 1);
  let count = 0;
  let at = 0;
  for (const char of text) {
    units[count] = at;
    count += 1;
    at += char.length;
  }
  units[count] = at;
  const point = (unit) => lastAtOrBefore(units.subarray(0, count + 1), unit);
  return { unit: (offset) => units[Math.min(offset, count)], point, length: count };
}

/** Index of the last of the ascending `values` that is at most `wanted`; -1 for none. */
function lastAtOrBefore(values, wanted, key = (value) => value) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(values[middle]) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** An element with attributes and children; strings become text nodes, so no data can become markup. */
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) if (child !== undefined && child !== null && child !== false) element.append(child);
  return element;
}

/** Data as a child: Chinese whatever the language of the page, and kept apart from the writing direction around it. */
function said(text, className) {
  return el("bdi", { lang: "zh-CN", class: className }, visible(text));
}

/** A button with a word of the page on it. */
function button(key, click, attributes = {}) {
  return el("button", { type: "button", click, ...attributes }, word(key));
}

/** Texts of the reports by code-point offsets. A page over many reports holds pieces of them only. */
class Source {
  constructor(text, sentences, pieces) {
    this.text = text;
    this.sentences = sentences;
    this.pieces = pieces;
    Object.assign(this, codePoints(text));
  }

  cut(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }

  /** Which report an offset lies in, and where in that report. */
  place(offset) {
    const [start, report, origin] = this.pieces[Math.max(0, lastAtOrBefore(this.pieces, offset, ([at]) => at))];
    return { report, offset: offset - start + origin };
  }

  /** The offsets of the piece of text that holds `offset`. */
  piece(offset) {
    const index = Math.max(0, lastAtOrBefore(this.pieces, offset, ([at]) => at));
    return [this.pieces[index][0], this.pieces[index + 1]?.[0] ?? this.length];
  }

  /** The sentences that [start, end) touches, or the lines where no sentence holds it (the head of the report). */
  around(start, end) {
    let [low, high] = [start, end];
    let index = Math.max(0, lastAtOrBefore(this.sentences, start, ([from]) => from));
    for (; index < this.sentences.length && this.sentences[index][0] < end; index += 1) {
      const [from, to] = this.sentences[index];
      if (start >= to) continue;
      low = Math.min(low, from);
      high = Math.max(high, to);
    }
    if (low < start || high > end) return [low, high];
    const [first, last] = this.piece(start);
    while (low > first && start - low < 80 && this.cut(low - 1, low) !== "\n") low -= 1;
    while (high < last && high - end < 80 && this.cut(high, high + 1) !== "\n") high += 1;
    return [low, high];
  }

  /** The sentence of [start, end) as a quotation: the clause marked, and in it the mentions ([[start, end], …]). */
  quote([start, end], mentions) {
    const [low, high] = this.around(start, end);
    const quote = el("blockquote", { lang: "zh-CN", dir: "ltr" });
    this.paint(quote, low, start, mentions);
    const clause = el("mark", { class: "clause" });
    this.paint(clause, start, end, mentions);
    quote.append(clause);
    this.paint(quote, end, high, mentions);
    return quote;
  }

  /** Append the text of [start, end) to `parent`, each mention in a mark of its own. */
  paint(parent, start, end, mentions) {
    let at = start;
    const inside = mentions.filter(([from, to]) => from < end && to > start);
    for (const [from, to] of inside.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
      const [low, high] = [Math.max(from, at), Math.min(to, end)];
      if (low >= high) continue;
      if (at < low) parent.append(visible(this.cut(at, low)));
      parent.append(el("mark", { class: "mention" }, visible(this.cut(low, high))));
      at = high;
    }
    if (at < end) parent.append(visible(this.cut(at, end)));
  }
}
