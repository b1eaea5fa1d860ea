// The drawing: vis-network draws shapes and lines at the places Python computed; labels are drawn here, as canvas
// text, the most important first and none on top of another.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const DASHES = { reported: false, planned: [7, 5], required: [2, 4], problem: [12, 4, 2, 4] };
const FONT = "system-ui, 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
const SMALLEST = 5; // pixels: the radius an ordinary node should have when the whole network is in view
const LARGEST = 36; // units: less than half of what lies between two nodes
const HUB = 25; // a node with more neighbours than this is shown with all of them, and without words on each line
const CLOSING = "”’》）」』，。、；：,.;:!?！？)%"; // never first on a line
const RIM_SPOTS = [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92]; // where along its wedge a heading may stand
const MOST_STRETCH = 1.7; // how far the round picture is drawn out to fill an oblong window

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The network on the page. Calls `onSelect({node})`, `onSelect({edge})` or `onSelect({})` when the reader selects. */
class Graph {
  constructor(container, filter, onSelect) {
    this.container = container;
    this.filter = filter;
    this.onSelect = onSelect;
    this.selection = {};
    this.hover = {};
    this.widths = new Map();
    this.nodes = new vis.DataSet(data.nodes.map((node) => ({ ...node, label: undefined, group: undefined })));
    this.edges = new vis.DataSet(data.edges.map((edge) => ({ ...edge })));
    this.edgeById = new Map(data.edges.map((edge) => [edge.id, edge]));
    this.order = data.nodes.map((node) => node.id).sort((a, b) => this.rank(b) - this.rank(a) || a - b);
    this.stretch = this.fitting();
    this.place();
    this.refresh();
    this.network = new vis.Network(container, { nodes: this.nodes, edges: this.edges }, data.options);
    this.listen();
    this.fit(false);
  }

  /** How much a node matters among the labels. */
  rank(node) {
    if (node === data.issuer) return Infinity;
    return degree(node) * 2 + (things[node].mentions?.length ?? 0) + (things[node].figure ? -50 : 0);
  }

  listen() {
    const { network } = this;
    network.on("click", ({ nodes, edges }) => {
      if (nodes.length) this.onSelect({ node: nodes[0] });
      else if (edges.length) this.onSelect({ edge: edges[0] });
      else this.onSelect({});
    });
    network.on("hoverNode", ({ node }) => this.setHover({ node }));
    network.on("blurNode", () => this.setHover({}));
    network.on("hoverEdge", ({ edge }) => this.setHover({ edge }));
    network.on("blurEdge", () => this.setHover({}));
    network.on("zoom", () => (this.moved = true));
    network.on("dragEnd", () => (this.moved = true));
    network.on("beforeDrawing", (context) => this.drawSectors(context));
    network.on("afterDrawing", (context) => this.drawLabels(context));
    dark.addEventListener("change", () => this.refresh());
    new ResizeObserver(() => {
      if (this.moved) return;
      this.stretch = this.fitting();
      this.place();
      this.fit(false);
    }).observe(this.container);
  }

  setHover(hover) {
    this.hover = hover;
    this.container.classList.toggle("pointing", Object.keys(hover).length > 0);
    this.network.redraw();
  }

  /** The stretch that fills the window: never below 1, so that no two nodes come nearer. */
  fitting() {
    const aspect = (this.container.clientWidth || 1) / (this.container.clientHeight || 1);
    return aspect >= 1 ? [Math.min(aspect, MOST_STRETCH), 1] : [1, Math.min(1 / aspect, MOST_STRETCH)];
  }

  /** Put the nodes at their places; where all of them together come out tiny, as on a phone, draw them larger. */
  place() {
    const [x, y] = this.stretch;
    const reach = Math.max(1, ...data.nodes.map((node) => Math.max(Math.abs(node.x), Math.abs(node.y))));
    const scale = Math.min(this.container.clientWidth / x, this.container.clientHeight / y) / (2 * reach);
    const grow = Math.min(Math.max(SMALLEST / (12 * scale), 1), 2);
    this.sizes = data.nodes.map((node) => Math.max(node.size, Math.min(node.size * grow, LARGEST)));
    this.nodes.update(data.nodes.map((node) => ({ id: node.id, x: node.x * x, y: node.y * y, size: this.sizes[node.id] })));
  }

  /** Show what the filter lets through, in the colours of the theme, with the neighbours of the selection brought out. */
  refresh() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colours = {
      soft: colour("soft"), ink: colour("ink"), paper: colour("paper"), faint: colour("faint"), line: colour("line"), strong: colour("strong"),
    };
    const near = this.near();
    const hub = this.selection.node !== undefined && near.size > HUB;
    const hidden = new Set();
    this.nodes.update(data.nodes.map(({ id }) => {
      const fill = colour(things[id].kind);
      const shown = this.filter.node(id);
      if (!shown) hidden.add(id);
      const border = id === data.issuer || id === this.selection.node ? this.colours.ink : this.colours.paper;
      const state = { background: fill, border };
      return {
        id, hidden: !shown, opacity: near && !near.has(id) ? 0.22 : 1, borderWidth: id === this.selection.node ? 4 : things[id].figure ? 0 : 1.5,
        color: { ...state, highlight: { background: fill, border: this.colours.ink }, hover: { background: fill, border: this.colours.ink } },
      };
    }));
    this.edges.update(data.edges.map((edge) => {
      const members = edge.relations.filter((index) => this.filter.relation(index));
      const chosen = this.isChosen(edge);
      const modality = members.every((index) => relations[index].m === relations[members[0]].m) && members.length
        ? relations[members[0]].m : "reported";
      return {
        id: edge.id,
        hidden: members.length === 0 || hidden.has(edge.from) || hidden.has(edge.to),
        width: chosen && !hub ? 2 : 1,
        dashes: DASHES[modality] ?? false,
        color: { color: chosen ? this.colours.strong : this.colours.line, highlight: this.colours.strong, hover: this.colours.strong,
                 opacity: near && !chosen ? 0.25 : hub ? 0.55 : 1 },
      };
    }));
    this.visible = new Set(data.nodes.map((node) => node.id).filter((id) => !hidden.has(id)));
    this.visibleEdges = this.edges.get({ filter: (edge) => !edge.hidden }).length;
  }

  isChosen(edge) {
    const { node, edge: chosen } = this.selection;
    return edge.id === chosen || (node !== undefined && (edge.from === node || edge.to === node));
  }

  /** The selection with everything next to it; undefined without a selection. */
  near() {
    const { node, edge } = this.selection;
    if (edge !== undefined) {
      const { from, to } = this.edgeById.get(edge);
      return new Set([from, to]);
    }
    if (node === undefined) return undefined;
    const near = new Set([node]);
    for (const index of relationsOf[node].out) near.add(relations[index].o);
    for (const index of relationsOf[node].in) near.add(relations[index].s);
    return near;
  }

  /** Select a node or an edge, or nothing; `move` brings a node to the middle. */
  select(selection, move) {
    this.selection = selection;
    this.refresh();
    if (selection.node !== undefined) this.network.selectNodes([selection.node], false);
    else if (selection.edge !== undefined) this.network.selectEdges([selection.edge]);
    else this.network.unselectAll();
    if (move && selection.node !== undefined) {
      if (this.near().size > HUB) return this.fit();
      this.moved = true;
      const scale = Math.max(this.network.getScale(), 0.8);
      this.network.focus(selection.node, { scale, animation: still.matches ? false : { duration: 400 } });
    }
  }

  /** Show all visible nodes, with room for the headings around them. */
  fit(animate = true) {
    const places = [...this.visible].map((id) => this.network.getPosition(id));
    if (!places.length) return;
    const [xs, ys] = [places.map((place) => place.x), places.map((place) => place.y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const { clientWidth: width, clientHeight: height } = this.container;
    const scale = Math.min((width - 90) / (right - left + 60), (height - 70) / (bottom - top + 60), 1.4);
    this.network.moveTo({
      position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: Math.max(scale, 0.05),
      animation: animate && !still.matches ? { duration: 300 } : false,
    });
  }

  zoom(factor) {
    this.moved = true;
    this.network.moveTo({ scale: this.network.getScale() * factor, animation: still.matches ? false : { duration: 150 } });
  }

  /** Draw in the pixels of the window instead of the units of the network. */
  inPixels(context, draw) {
    const ratio = context.canvas.width / this.container.clientWidth;
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.direction = "ltr";
    draw(context);
    context.restore();
  }

  /** The wedges of the sections: faint lines, and the headings outside the outermost nodes. */
  drawSectors(context) {
    if (data.sectors.length < 2) return;
    // How far the visible nodes of each wedge reach out.
    const reaches = data.sectors.map(() => 160);
    for (const id of this.visible) {
      const { x, y } = data.nodes[id];
      const degrees = ((Math.atan2(x, -y) * 180) / Math.PI + 360) % 360;
      const wedge = data.sectors.findIndex(([, start, end]) => start <= degrees && degrees < end);
      if (wedge >= 0) reaches[wedge] = Math.max(reaches[wedge], Math.hypot(x, y) + 46);
    }
    const at = (degrees, radius) => {
      const angle = (degrees * Math.PI) / 180;
      return this.network.canvasToDOM({
        x: radius * Math.sin(angle) * this.stretch[0], y: -radius * Math.cos(angle) * this.stretch[1],
      });
    };
    this.inPixels(context, () => {
      context.strokeStyle = this.colours.faint;
      context.lineWidth = 1;
      for (const [wedge, [, start]] of data.sectors.entries()) {
        const before = reaches[(wedge || reaches.length) - 1];
        const [from, to] = [at(start, 120), at(start, Math.max(reaches[wedge], before))];
        context.beginPath();
        context.moveTo(from.x, from.y);
        context.lineTo(to.x, to.y);
        context.stroke();
      }
    });
    this.rim = data.sectors.map(([section, start, end], wedge) => ({
      section, spots: RIM_SPOTS.map((share) => at(start + (end - start) * share, reaches[wedge])),
    }));
  }

  drawLabels(context) {
    this.inPixels(context, () => {
      const scale = this.network.getScale();
      const { clientWidth: width, clientHeight: height } = this.container;
      const near = this.near();
      const { node: chosen } = this.selection;
      const { node: hovered } = this.hover;
      const places = new Map();
      for (const id of this.visible) {
        const place = this.network.canvasToDOM(this.network.getPosition(id));
        if (place.x > -80 && place.y > -40 && place.x < width + 80 && place.y < height + 40) places.set(id, place);
      }
      const radius = (id) => this.sizes[id] * scale;
      const boxes = [...places].map(([id, { x, y }]) => ({ id, left: x - radius(id), right: x + radius(id), top: y - radius(id), bottom: y + radius(id) }));
      boxes.push({ left: width - 56, right: width, top: height - 136, bottom: height }); // the zoom buttons
      this.drawHeadings(context, boxes, width, height);
      // What is dimmed keeps a heading off, but not the labels of what is brought out.
      const taken = boxes.filter(({ id }) => id === undefined || !near || near.has(id));
      const first = [...new Set([chosen, hovered, data.issuer])].filter((id) => places.has(id));
      const rest = this.order.filter((id) => places.has(id) && !first.includes(id) && (!near || near.has(id)));
      for (const id of [...first, ...rest]) {
        const leading = first.includes(id);
        if (leading && near && id === data.issuer && !near.has(id) && id !== hovered) continue;
        this.label(context, id, places.get(id), radius(id), taken, leading, scale);
      }
      this.drawEdgeLabels(context, places, taken);
    });
  }

  /** One label beside its node where there is room; a leading one (selected, pointed at, issuer) in any case. */
  label(context, id, { x, y }, radius, taken, leading, scale) {
    const size = id === data.issuer ? 15 : leading ? 13 : Math.min(13, Math.max(11, 9 + scale * 4));
    const bold = leading ? "600 " : "";
    context.font = `${bold}${size}px ${FONT}`;
    const perLine = leading ? 16 : 9;
    const lines = this.wrap(visible(called(id)), perLine, leading ? 6 : 2);
    const width = Math.max(...lines.map((line) => this.width(context, line)));
    const high = size * 1.25;
    const [halfWidth, halfHeight] = [width / 2, (lines.length * high) / 2];
    const spots = [
      [x, y + radius + 4 + halfHeight], [x, y - radius - 4 - halfHeight],
      [x + radius + 5 + halfWidth, y], [x - radius - 5 - halfWidth, y],
    ];
    const { clientWidth, clientHeight } = this.container;
    const clash = (box) => box.left < 0 || box.top < 0 || box.right > clientWidth || box.bottom > clientHeight
      || taken.some((other) => other.id !== id && overlap(box, other));
    const boxes = spots.map(([cx, cy]) => ({ cx, cy, left: cx - halfWidth - 2, right: cx + halfWidth + 2, top: cy - halfHeight, bottom: cy + halfHeight }));
    const box = boxes.find((candidate) => !clash(candidate)) ?? (leading ? boxes[0] : undefined);
    if (!box) return;
    taken.push({ left: box.left, right: box.right, top: box.top, bottom: box.bottom });
    if (leading) {
      context.fillStyle = this.colours.paper;
      context.globalAlpha = 0.88;
      context.fillRect(box.left - 2, box.top - 2, box.right - box.left + 4, box.bottom - box.top + 4);
      context.globalAlpha = 1;
    }
    context.lineJoin = "round";
    lines.forEach((line, index) => this.halo(context, line, box.cx, box.top + high * (index + 0.5), this.colours.ink));
  }

  halo(context, text, x, y, colour) {
    context.strokeStyle = this.colours.paper;
    context.lineWidth = 4;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  width(context, text) {
    const key = `${context.font}\n${text}`;
    if (!this.widths.has(key)) this.widths.set(key, context.measureText(text).width);
    return this.widths.get(key);
  }

  /** Even lines of at most `perLine` Chinese characters (Latin ones count half); the rest becomes an ellipsis. */
  wrap(text, perLine, most) {
    const breadth = (char) => (char.codePointAt(0) < 0x2e80 ? 0.55 : 1);
    const whole = [...text].reduce((sum, char) => sum + breadth(char), 0);
    const fits = whole <= perLine * most;
    const width = fits ? Math.min(perLine, Math.ceil(whole / Math.ceil(whole / perLine)) + 0.5) : perLine;
    const lines = [""];
    let used = 0;
    for (const char of text) {
      if (used + breadth(char) > width && !CLOSING.includes(char)) {
        if (lines.length === most) {
          lines[most - 1] = `${[...lines[most - 1]].slice(0, -1).join("")}…`;
          return lines;
        }
        lines.push("");
        used = 0;
      }
      lines[lines.length - 1] += char;
      used += breadth(char);
    }
    return lines;
  }

  /** The words of the relations at the selection or under the pointer, nearer to the object than to the subject. */
  drawEdgeLabels(context, places, taken) {
    context.font = `12px ${FONT}`;
    const hub = this.near()?.size > HUB;
    for (const edge of data.edges) {
      if ((hub || !this.isChosen(edge)) && edge.id !== this.hover.edge) continue;
      const [from, to] = [places.get(edge.from), places.get(edge.to)];
      const members = edge.relations.filter((index) => this.filter.relation(index));
      if (!from || !to || !members.length) continue;
      const text = [...new Set(members.map((index) => term("predicate", relations[index].p)))].join(word("comma"));
      const half = this.width(context, text) / 2 + 3;
      const boxes = [0.6, 0.5, 0.7, 0.4].map((share) => {
        const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
        return { x, y, left: x - half, right: x + half, top: y - 8, bottom: y + 8 };
      });
      const wanted = edge.id === this.hover.edge || edge.id === this.selection.edge;
      const box = boxes.find((candidate) => !taken.some((other) => overlap(candidate, other))) ?? (wanted ? boxes[0] : undefined);
      if (!box) continue;
      taken.push(box);
      context.fillStyle = this.colours.paper;
      context.globalAlpha = 0.85;
      context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
      context.globalAlpha = 1;
      this.halo(context, text, box.x, box.y, this.colours.strong);
    }
  }

  drawHeadings(context, taken, width, height) {
    if (data.sectors.length < 2 || !this.rim) return;
    context.font = `600 12px ${FONT}`;
    for (const { section, spots } of this.rim) {
      const heading = section < 0 ? word("outside") : visible(data.sections[section].heading);
      // Shorter where the whole finds no room.
      for (const perLine of width < 600 ? [8, 4] : [14, 8, 4]) {
        const text = this.wrap(heading, perLine, 1)[0];
        const half = this.width(context, text) / 2;
        const boxes = spots.filter(({ x, y }) => x > -20 && y > -20 && x < width + 20 && y < height + 20).map((spot) => {
          const [x, y] = [Math.min(Math.max(spot.x, half + 4), width - half - 4), Math.min(Math.max(spot.y, 10), height - 10)];
          return { x, y, left: x - half, right: x + half, top: y - 8, bottom: y + 8 };
        });
        const box = boxes.find((candidate) => !taken.some((other) => overlap(candidate, other)));
        if (!box) continue;
        taken.push(box);
        this.halo(context, text, box.x, box.y, this.colours.soft);
        break;
      }
    }
  }
}
