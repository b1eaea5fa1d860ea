// The marks of classes and modalities: one colour and one outline each, on the canvas, in the legend and in SVG.

const SVG = "http://www.w3.org/2000/svg";
const DASHES = { reported: false, planned: [7, 5], required: [2, 4], problem: [12, 4, 2, 4] };
// The outlines vis-network draws, in a square of 20.
const OUTLINES = {
  dot: "M10 2a8 8 0 1 0 .01 0Z", hexagon: "M18 10 14 17H6L2 10 6 3H14Z", square: "M3 3H17V17H3Z", diamond: "M10 1 19 10 10 19 1 10Z",
  triangle: "M10 2 19 17H1Z", triangleDown: "M10 18 1 3H19Z",
  star: "M10 1 12.4 7.2 19 7.6 13.8 11.8 15.6 18.2 10 14.6 4.4 18.2 6.2 11.8 1 7.6 7.6 7.2Z",
};
const shapeOf = new Map(data.nodes.map((node) => [things[node.id].kind, node.shape]));

/** An SVG element with attributes and children. */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The mark of a class, as in the network. */
function swatch(kind) {
  const path = svg("path", { d: OUTLINES[shapeOf.get(kind)] ?? OUTLINES.dot });
  return svg("svg", { viewBox: "0 0 20 20", class: `swatch ${kind}`, "aria-hidden": "true" }, path);
}

/** The line of a modality, as in the network. */
function stroke(modality) {
  const dashes = DASHES[modality] ? DASHES[modality].join(" ") : undefined;
  return svg("svg", { viewBox: "0 0 26 10", class: "stroke", "aria-hidden": "true" }, svg("path", { d: "M0 5H26", "stroke-dasharray": dashes }));
}
