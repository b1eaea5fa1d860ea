// The network as a picture file: SVG of all that is shown, and PNG, which is the SVG drawn on a canvas.

const MARGIN = 60; // pixels around the outermost nodes
const PNG_SCALE = 2;
const MOST_PIXELS = 12000; // the side of the largest canvas that browsers are sure to make

/** Hand the reader a file. */
function save(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = el("a", { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** A file name from the page's title, without what file systems refuse. */
function fileName(ending) {
  const stem = visible(data.title).replace(/[\\/:*?"<>|\s[\]]+/g, " ").trim().slice(0, 80) || "network";
  return `${stem}.${ending}`;
}

/** Characters that XML cannot hold are left out; `visible` has written most of them out already. */
const inXml = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu, "");

/** The network that is shown as an SVG element, at the scale of the window but with everything in it. */
function pictureOf(graph) {
  const scale = Math.min(1.4, Math.max(0.35, graph.network.getScale()));
  const ids = graph.nodes.getIds();
  const places = new Map(ids.map((id) => [id, graph.network.getPosition(id)]));
  const corners = [...places.values(), ...graph.regions.flatMap(({ points }) => points)];
  const [xs, ys] = [corners.map((place) => place.x), corners.map((place) => place.y)];
  const [left, top] = [Math.min(0, ...xs), Math.min(0, ...ys)];
  const project = ({ x, y }) => ({ x: (x - left) * scale + MARGIN, y: (y - top) * scale + MARGIN });
  const width = Math.round((Math.max(0, ...xs) - left) * scale + 2 * MARGIN);
  const height = Math.round((Math.max(0, ...ys) - top) * scale + 2 * MARGIN);
  const { colours } = graph;
  const round = (value) => String(Math.round(value * 10) / 10);
  const picture = svg("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONT });
  picture.append(svg("title", {}, inXml(visible(data.title))), svg("rect", { width, height, fill: colours.paper }));
  for (const { points } of graph.regions) {
    picture.append(svg("polygon", { fill: colours.region, points: points.map(project).map(({ x, y }) => `${round(x)},${round(y)}`).join(" ") }));
  }
  for (const { from, to, width: thick, color, dashes } of graph.edges.get()) {
    const [a, b] = [project(places.get(from)), project(places.get(to))];
    picture.append(svg("line", {
      x1: round(a.x), y1: round(a.y), x2: round(b.x), y2: round(b.y), stroke: color.color, "stroke-opacity": color.opacity ?? 1,
      "stroke-width": thick, "stroke-dasharray": dashes ? dashes.join(" ") : undefined,
    }));
  }
  for (const { id, shape, size, opacity, color, borderWidth } of graph.nodes.get()) {
    const { x, y } = project(places.get(id));
    const grow = (size * scale) / 8;
    picture.append(svg("path", {
      d: OUTLINES[shape] ?? OUTLINES.dot, fill: color.background, stroke: color.border, opacity, "stroke-width": round(borderWidth / grow),
      transform: `translate(${round(x - 10 * grow)} ${round(y - 10 * grow)}) scale(${Math.round(grow * 1000) / 1000})`,
    }));
  }
  for (const box of graph.captions.layOut(project, scale, width, height, true)) {
    const bold = box.font.startsWith("600") ? 600 : undefined;
    box.lines.forEach((line, index) => picture.append(svg("text", {
      x: round(box.x), y: round(box.top + box.size * 1.25 * (index + 0.5)), "font-size": round(box.size), "font-weight": bold, "text-anchor": "middle",
      "dominant-baseline": "central", fill: colours[box.tone], stroke: colours.paper, "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round",
    }, inXml(line))));
  }
  return { text: new XMLSerializer().serializeToString(picture), width, height };
}

function exportSvg(graph) {
  save(fileName("svg"), pictureOf(graph).text, "image/svg+xml");
}

async function exportPng(graph) {
  const { text, width, height } = pictureOf(graph);
  const scale = Math.min(PNG_SCALE, MOST_PIXELS / width, MOST_PIXELS / height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = el("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save(fileName("png"), blob), "image/png");
}
