// The drawing: vis-network draws shapes and lines at the places Python computed; words and regions are drawn here.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const SMALLEST = 5; // pixels: the radius an ordinary node should have when the whole network is in view
const LARGEST = 36; // units: less than half of what lies between two nodes
const HUB = 25; // a node with more neighbours than this is shown with all of them, and without words on each line
const MOST_STRETCH = 1.7; // how far the round picture is drawn out to fill an oblong window
const COLOURS = ["soft", "ink", "paper", "faint", "line", "strong", "region", "group", "alarm"];

/** The network on the page. Calls `on.select({node | edge | group})` and `on.open(node)` when the reader does so. */
class Graph {
  constructor(container, on) {
    this.container = container;
    this.on = on;
    this.hover = {};
    this.captions = new Captions(this);
    this.nodes = new vis.DataSet();
    this.edges = new vis.DataSet();
    this.stretch = this.fitting();
    this.network = new vis.Network(container, { nodes: this.nodes, edges: this.edges }, data.options);
    container.querySelector(".vis-network").tabIndex = -1; // the container takes the keys (keyboard.js)
    this.listen();
  }

  listen() {
    const { network } = this;
    const target = ({ nodes, edges }) => {
      if (nodes.length) return typeof nodes[0] === "number" ? { node: nodes[0] } : { group: Number(nodes[0].slice(1)) };
      return edges.length && edgeById.has(edges[0]) ? { edge: edges[0] } : {};
    };
    network.on("click", (event) => this.on.select(target(event)));
    network.on("doubleClick", (event) => this.on.open(target(event)));
    network.on("hoverNode", ({ node }) => this.setHover({ node }));
    network.on("blurNode", () => this.setHover({}));
    network.on("hoverEdge", ({ edge }) => this.setHover({ edge }));
    network.on("blurEdge", () => this.setHover({}));
    network.on("zoom", () => (this.moved = true));
    network.on("dragEnd", () => (this.moved = true));
    network.on("beforeDrawing", (context) => paintRegions(context, this.regions ?? [], this.colours));
    network.on("afterDrawing", (context) => this.captions.draw(context));
    new ResizeObserver(() => {
      if (this.moved || !this.shown) return;
      this.stretch = this.fitting();
      this.show(this.state, this.shown);
      this.fit(false);
    }).observe(this.container);
  }

  setHover(hover) {
    this.hover = hover;
    this.captions.forget();
    this.container.classList.toggle("pointing", Object.keys(hover).length > 0);
    this.network.redraw();
  }

  /** The stretch that fills the window: never below 1, so that no two nodes come nearer. */
  fitting() {
    const aspect = (this.container.clientWidth || 1) / (this.container.clientHeight || 1);
    return aspect >= 1 ? [Math.min(aspect, MOST_STRETCH), 1] : [1, Math.min(1 / aspect, MOST_STRETCH)];
  }

  /** Where a node stands, in units of the network: a figure that is opened alone stands beside what it measures. */
  placeOf(id) {
    const [x, y] = this.stretch;
    const { folded } = things[id];
    const home = data.nodes[folded !== undefined && this.beside?.has(folded) ? folded : id];
    if (home.id === id) return { x: home.x * x, y: home.y * y };
    const all = figuresOf[folded];
    const index = all.indexOf(id);
    const outwards = Math.atan2(home.y, home.x || 0.001);
    const angle = outwards + (index - (all.length - 1) / 2) * Math.min(0.62, (2 * Math.PI) / all.length);
    return { x: home.x * x + 62 * Math.cos(angle), y: home.y * y + 62 * Math.sin(angle) };
  }

  groupPlace(index) {
    const places = this.shown.groups.get(index).map((node) => data.nodes[node]);
    const [x, y] = ["x", "y"].map((axis, at) => (this.stretch[at] * places.reduce((sum, place) => sum + place[axis], 0)) / places.length);
    return { x, y };
  }

  /** Where all nodes together come out tiny, as on a phone, they are drawn larger. */
  growth() {
    let reach = 1;
    for (const id of this.shown.nodes) reach = Math.max(reach, Math.abs(data.nodes[id].x), Math.abs(data.nodes[id].y));
    const scale = Math.min(this.container.clientWidth / this.stretch[0], this.container.clientHeight / this.stretch[1]) / (2 * reach);
    return Math.min(Math.max(SMALLEST / (12 * scale), 1), 2);
  }

  /** Draw what the state shows, in the colours of the theme, with what is next to the selection brought out. */
  show(state, shown) {
    this.state = state;
    this.shown = shown;
    this.captions.forget();
    // Figures that are shown one by one stand beside their subject; where all are shown each has its place on the outer rings.
    const alone = state.kinds.has("Indicator") ? [...shown.nodes].map((id) => things[id].folded) : [];
    this.beside = new Set(alone.filter((subject) => subject !== undefined && shown.nodes.has(subject)));
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colours = Object.fromEntries([...COLOURS, ...KINDS].map((name) => [name, colour(name)]));
    const grow = this.growth();
    const chosen = new Set([state.node, ...(state.path ?? [])]);
    const large = shown.nodes.size > LARGE;
    const nodes = [...shown.nodes].map((id) => {
      const { kind, figure } = things[id];
      const fill = this.colours[kind];
      const { shape, size } = data.nodes[id];
      const border = id === data.issuer || chosen.has(id) ? this.colours.ink : this.colours.paper;
      return {
        id, shape, ...this.placeOf(id), size: Math.max(size, Math.min(size * grow, LARGEST)),
        opacity: shown.near && !shown.near.has(id) ? 0.2 : 1,
        borderWidth: chosen.has(id) ? 4 : figure || (large && id !== data.issuer) ? 0 : 1.5, // a third of the time of a large drawing
        color: { background: fill, border, highlight: { background: fill, border: this.colours.ink }, hover: { background: fill, border: this.colours.ink } },
      };
    });
    for (const [index, inside] of shown.groups) {
      const size = data.folded ? 40 + 24 * Math.sqrt(Math.min(inside.length, 500)) : Math.min(80, 20 + 5 * Math.sqrt(inside.length));
      nodes.push({ id: `g${index}`, shape: "dot", ...this.groupPlace(index), size, borderWidth: 3, opacity: shown.near ? 0.35 : 1,
                   color: { background: this.colours.group, border: this.colours.soft, highlight: { background: this.colours.group, border: this.colours.ink } } });
    }
    // Every change of the data draws; words only once all is changed.
    this.changing = true;
    this.sizes = new Map(nodes.map((node) => [node.id, node.size]));
    this.regions = regions(shown, this.stretch, (id) => this.placeOf(id));
    this.replace(this.nodes, nodes);
    this.replace(this.edges, [...shown.edges.map((edge) => this.line(edge)), ...shown.bundles.map((bundle) => ({
      id: bundle.id, from: bundle.from, to: bundle.to, arrows: { to: { enabled: false } }, width: Math.min(10, 1 + Math.sqrt(bundle.count)) * (data.folded ? 5 : 1),
      color: { color: this.colours.line, opacity: shown.near ? 0.15 : 0.6 },
    }))]);
    if (state.edge !== undefined && this.edges.get(state.edge)) this.network.selectEdges([state.edge]);
    else if (state.node !== undefined && shown.nodes.has(state.node)) this.network.selectNodes([state.node], false);
    else this.network.unselectAll();
    this.changing = false;
    this.network.redraw();
  }

  /** Take out of a data set what is not in `items`, add and change the rest. */
  replace(set, items) {
    const ids = new Set(items.map((item) => item.id));
    set.remove(set.getIds().filter((id) => !ids.has(id)));
    set.update(items);
  }

  line(edge) {
    const chosen = this.isChosen(edge);
    const { near } = this.shown;
    const hub = this.isHub();
    const modality = edge.members.every((index) => relations[index].m === relations[edge.members[0]].m) ? relations[edge.members[0]].m : "reported";
    const faded = near && !chosen ? 0.18 : hub ? 0.55 : 0.75;
    return {
      id: edge.id, from: edge.from, to: edge.to, width: chosen && !hub ? 2 : 1, dashes: DASHES[modality] ?? false,
      arrows: { to: { enabled: this.shown.edges.length < 800 } }, // heads of so many arrows are not seen, and cost half the time
      color: { color: chosen ? this.colours.strong : this.colours.line, highlight: this.colours.strong, hover: this.colours.strong, opacity: chosen && !hub ? 1 : faded },
    };
  }

  isHub() {
    return this.state.edge === undefined && !this.state.path && this.shown.near?.size > HUB;
  }

  isChosen({ id, from, to, members }) {
    const { node, edge } = this.state;
    if (this.shown.path) return members.some((index) => this.shown.path.includes(index));
    return edge !== undefined ? id === edge : node !== undefined && (from === node || to === node);
  }

  /** Bring a node to the middle, or show everything where it is next to very much. */
  focus(id) {
    if (this.isHub()) return this.fit();
    this.moved = true;
    // On islands, what is next to it may be far away.
    if (data.folded && this.shown.near?.size > 1) return this.fit(true, [...this.shown.near].filter((near) => this.shown.nodes.has(near)), 0.9);
    const scale = Math.max(this.network.getScale(), 0.7);
    this.network.focus(id, { scale, animation: still.matches ? false : { duration: 400 } });
  }

  /** Show all nodes, or those of `ids`, with room for the headings around them; no larger than `most`. */
  fit(animate = true, ids = [...this.nodes.getIds()], most = ids.length < 12 ? 0.9 : 1.4) { // some surroundings stay in view
    const places = ids.map((id) => this.network.getPosition(id));
    if (!places.length) return;
    const [left, right, top, bottom] = [["x", -1], ["x", 1], ["y", -1], ["y", 1]].map(([axis, side]) =>
      side * places.reduce((most, place, index) => Math.max(most, side * place[axis] + this.sizes.get(ids[index]) - 20), -Infinity));
    const { clientWidth: width, clientHeight: height } = this.container;
    const scale = Math.min((width - 110) / (right - left + 60), (height - 84) / (bottom - top + 60), most);
    this.network.moveTo({
      position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: Math.max(scale, 0.02),
      animation: animate && !still.matches ? { duration: 300 } : false,
    });
  }

  zoom(factor) {
    this.moved = true;
    this.network.moveTo({ scale: this.network.getScale() * factor, animation: still.matches ? false : { duration: 150 } });
  }
}
