// Figures as small bars, where a bar says more than a number: shares, growth, a part in its whole, values side by side.

const BAR = { width: 220, height: 12 };
const number = (figure) => (figure.value === undefined ? undefined : Number(figure.value));

/** A bar filled from `from` to `to` (shares of 0 to 1), with words for those who do not see it. */
function bar(from, to, label, className = "") {
  const { width, height } = BAR;
  const [low, high] = [Math.min(from, to), Math.max(from, to)].map((share) => Math.min(1, Math.max(0, share)) * width);
  return svg("svg", { class: `bar ${className}`, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    svg("rect", { class: "track", width, height, rx: 3 }), svg("rect", { class: "fill", x: low, width: Math.max(1.5, high - low), height, rx: 3 }));
}

/** The bar of one figure, null where a bar says nothing. */
function figureBar(figure) {
  const value = number(figure);
  if (value === undefined) return null;
  const whole = figure.whole === undefined ? undefined : things[figure.whole].figure;
  if (whole && number(whole) >= value && value >= 0 && whole.unit === figure.unit) {
    return bar(0, value / number(whole), word("shareOf", percent(value / number(whole)), things[figure.whole].name));
  }
  if (figure.unit !== "%" && figure.unit !== "‰") return null;
  const share = value / (figure.unit === "‰" ? 1000 : 100);
  if (figure.measure === "growth") return growthBar(share, figure.raw);
  return figure.measure === "rate" && share >= 0 && share <= 1 ? bar(0, share, `${figure.raw}`) : null;
}

/** Growth to the right of the middle, decline to the left; beyond 100 % the bar is full and ends in an arrow's colour. */
function growthBar(share, label) {
  const made = bar(0.5, 0.5 + Math.max(-1, Math.min(1, share)) / 2, label, share < 0 ? "decline" : "growth");
  made.append(svg("line", { class: "zero", x1: BAR.width / 2, x2: BAR.width / 2, y1: -1, y2: BAR.height + 1 }));
  return made;
}

const percent = (share) => `${Math.round(share * 1000) / 10}%`;

/** Counts of one unit beside one another, the largest full; null for fewer than two. */
function sideBySide(nodes, go) {
  const units = new Map();
  for (const node of nodes) {
    const { figure } = things[node];
    if (figure.measure !== "level" || !(number(figure) > 0) || !figure.unit) continue;
    units.set(figure.unit, [...(units.get(figure.unit) ?? []), node]);
  }
  const charts = [...units].filter(([, group]) => group.length > 1);
  if (!charts.length) return null;
  return el("div", { class: "charts" }, charts.map(([unit, group]) => {
    const most = Math.max(...group.map((node) => number(things[node].figure)));
    const sorted = [...group].sort((a, b) => number(things[b].figure) - number(things[a].figure) || a - b).slice(0, 8);
    return el("figure", { class: "chart" }, el("figcaption", {}, word("sideBySide", visible(unit))), sorted.map((node) => el("div", { class: "chart-row" },
      el("button", { type: "button", class: "link", "data-node": node, click: () => go(node) }, said(things[node].name)),
      bar(0, number(things[node].figure) / most, things[node].figure.raw), said(things[node].figure.raw, "number"))));
  }));
}
