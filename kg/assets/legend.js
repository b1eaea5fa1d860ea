// Legend and filters: what is shown, by class, relation and modality.

const KINDS = ["Department", "BodyGroup", "Regulation", "Initiative", "MediaWork", "Place", "Indicator"];
const MODALITIES = ["reported", "planned", "required", "problem"];
// The outlines vis-network draws, in a square of 20.
const OUTLINES = {
  dot: "M10 2a8 8 0 1 0 .01 0Z", hexagon: "M18 10 14 17H6L2 10 6 3H14Z", square: "M3 3H17V17H3Z", diamond: "M10 1 19 10 10 19 1 10Z",
  triangle: "M10 2 19 17H1Z", triangleDown: "M10 18 1 3H19Z",
  star: "M10 1 12.4 7.2 19 7.6 13.8 11.8 15.6 18.2 10 14.6 4.4 18.2 6.2 11.8 1 7.6 7.6 7.2Z",
};

/** What is let through: hidden values of three fields. Figures are folded into what they measure until asked for. */
class Filter {
  constructor() {
    this.reset();
  }

  reset() {
    this.kinds = new Set(["Indicator"]);
    this.predicates = new Set();
    this.modalities = new Set();
  }

  relation(index) {
    return !this.predicates.has(relations[index].p) && !this.modalities.has(relations[index].m);
  }

  node(id) {
    const { kind, figure } = things[id];
    if (this.kinds.has(kind)) return false;
    // A filter on relations takes along the nodes it leaves with nothing; the issuer stays for orientation.
    if (id === data.issuer || (!this.predicates.size && !this.modalities.size)) return true;
    if (figure && !this.predicates.size && !this.modalities.has(figure.modality)) return true;
    const { out, in: into } = relationsOf[id];
    return out.some((index) => this.relation(index)) || into.some((index) => this.relation(index));
  }

  toggle(field, value) {
    if (!this[field].delete(value)) this[field].add(value);
  }
}

/** The mark of a class, as in the network. */
function swatch(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `swatch ${kind}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const example = data.nodes.find((node) => things[node.id].kind === kind);
  path.setAttribute("d", OUTLINES[example?.shape] ?? OUTLINES.dot);
  svg.append(path);
  return svg;
}

/** The line of a modality, as in the network. */
function stroke(modality) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 26 10");
  svg.setAttribute("class", "stroke");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M0 5H26");
  if (DASHES[modality]) path.setAttribute("stroke-dasharray", DASHES[modality].join(" "));
  svg.append(path);
  return svg;
}

/** Fill the three groups of toggles; `onChange` is called after each press. */
function drawLegend(filter, onChange) {
  const group = (id, field, values, label, mark) => {
    const box = document.getElementById(id);
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.value : undefined;
    box.querySelectorAll("button").forEach((button) => button.remove());
    box.hidden = values.length === 0;
    for (const [value, count] of values) {
      const button = el("button", {
        type: "button", class: "toggle", "data-value": value, "aria-pressed": String(!filter[field].has(value)),
        click: () => { filter.toggle(field, value); onChange(); },
      }, mark(value), el("span", { class: "name" }, term(label, value)), el("span", { class: "count" }, String(count)));
      box.append(button);
      if (value === focused) button.focus();
    }
  };
  group("kinds", "kinds", tally(things.map((thing) => thing.kind), KINDS), "kind", swatch);
  group("predicates", "predicates", tally(relations.map((relation) => relation.p), Object.keys(WORDS.zh.predicate)), "predicate", () => null);
  const modalities = [...relations.map((relation) => relation.m), ...things.filter((thing) => thing.figure).map((thing) => thing.figure.modality)];
  group("modalities", "modalities", tally(modalities, MODALITIES), "modalityOf", stroke);
}
