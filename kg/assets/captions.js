// The words of the drawing: laid out for the window that is seen, kept while it moves, laid out anew when it rests.

/** The captions of a graph; `kept` is what is on the canvas, undefined where it has to be laid out anew. */
class Captions {
  constructor(graph) {
    this.graph = graph;
    this.kept = undefined;
  }

  forget() {
    this.kept = undefined;
  }

  /** Draw the words, in the pixels of the window instead of the units of the network. */
  draw(context) {
    if (!this.graph.shown || this.graph.changing) return;
    const ratio = context.canvas.width / this.graph.container.clientWidth;
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const large = this.graph.shown.nodes.size > LARGE;
    const project = (place) => this.graph.network.canvasToDOM(place);
    const [scale, centre] = [this.graph.network.getScale(), project({ x: 0, y: 0 })];
    const key = `${scale} ${centre.x} ${centre.y} ${context.canvas.width} ${context.canvas.height}`;
    if (!this.kept || (!large && this.kept.key !== key)) this.kept = { key, boxes: this.layOut(project, scale), scale, centre };
    if (large && this.kept.key !== key) {
      // While it moves, words go with their nodes; when it rests, they are laid out anew.
      clearTimeout(this.resting);
      this.resting = setTimeout(() => { this.kept = undefined; this.graph.network.redraw(); }, 150);
      const grow = scale / this.kept.scale;
      context.translate(centre.x - this.kept.centre.x * grow, centre.y - this.kept.centre.y * grow);
      context.scale(grow, grow);
    }
    paintTexts(context, this.kept.boxes, this.graph.colours, large);
    if (this.graph.cursor !== undefined) this.drawCursor(context, project);
    context.restore();
  }

  drawCursor(context, project) {
    const id = this.graph.cursor;
    if (!this.graph.nodes.get(id)) return;
    const { x, y } = project(this.graph.network.getPosition(id));
    context.beginPath();
    context.arc(x, y, this.graph.sizes.get(id) * this.graph.network.getScale() + 6, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = this.graph.colours.strong;
    context.stroke();
  }

  /** Text boxes of a window of the given size; by default the window that is seen, with its buttons kept free. */
  layOut(project, scale, width = this.graph.container.clientWidth, height = this.graph.container.clientHeight, exported = false) {
    const { shown, state } = this.graph;
    const frame = { width, height, scale, taken: new Boxes(), places: new Map() };
    const nodes = byImportance.filter((id) => shown.nodes.has(id));
    const marked = nodes.filter((id) => this.doubts(id)); // what the audit doubts is named wherever there is room for it
    const ids = [...marked, ...nodes.filter((id) => !marked.includes(id)), ...[...shown.groups.keys()].map((index) => `g${index}`)];
    const { near: round } = shown;
    for (const id of ids) {
      const { x, y } = project(this.graph.network.getPosition(id));
      if (x < -80 || y < -40 || x > width + 80 || y > height + 40) continue;
      const radius = this.graph.sizes.get(id) * scale;
      frame.places.set(id, { x, y, radius });
      // What is dimmed keeps no label of what is brought out off.
      if (!round || round.has(id)) frame.taken.add({ id, left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });
    }
    if (!exported) frame.taken.add({ left: width - 56, right: width, top: height - 136, bottom: height });
    const boxes = headingBoxes(this.graph.regions, frame, project);
    const put = (box) => {
      if (!box?.lines) return;
      frame.taken.add(box);
      boxes.push(box);
    };
    const leading = [...new Set([state.node, this.graph.hover.node, this.graph.cursor, ...(state.path ?? [])])].filter((id) => frame.places.has(id));
    for (const id of leading) put(nodeLabel(frame, id, this.nameOf(id), true, id === data.issuer));
    if (frame.places.has(data.issuer) && !leading.includes(data.issuer) && (!round || round.has(data.issuer))) {
      put(nodeLabel(frame, data.issuer, this.nameOf(data.issuer), true, true));
    }
    for (const index of shown.groups.keys()) if (frame.places.has(`g${index}`)) put(nodeLabel(frame, `g${index}`, this.nameOf(`g${index}`), false, false));
    const most = shown.nodes.size > LARGE && !exported ? MOST_LABELS : Infinity;
    for (const id of ids) {
      if (boxes.length >= most) break;
      if (typeof id !== "number" || !frame.places.has(id) || leading.includes(id) || id === data.issuer || (round && !round.has(id))) continue;
      const box = nodeLabel(frame, id, this.nameOf(id), false, false);
      // Where a name has no room, the mark alone may have.
      put(this.doubts(id) ? { ...(box ?? nodeLabel(frame, id, "≠", false, false)), tone: "alarm" } : box);
    }
    for (const edge of shown.edges) {
      if ((!this.graph.isChosen(edge) || this.graph.isHub()) && edge.id !== this.graph.hover.edge) continue;
      const [from, to] = [frame.places.get(edge.from), frame.places.get(edge.to)];
      const text = [...new Set(edge.members.map((index) => term("predicate", relations[index].p)))].join(word("comma"));
      if (from && to) put(edgeLabel(frame, from, to, text, edge.id === this.graph.hover.edge || edge.id === state.edge));
    }
    return boxes;
  }

  /** What stands beside a node: its name, how many figures are folded in it, and ≠ where the audit doubts one. */
  nameOf(id) {
    if (typeof id === "string") {
      const index = Number(id.slice(1));
      return `${visible(groupName(index))} (${this.graph.shown.groups.get(index).length})`;
    }
    const folded = figuresOf[id].filter((figure) => !this.graph.shown.nodes.has(figure));
    return visible(called(id)) + (folded.length ? ` ★${folded.length}` : "") + (this.doubts(id) ? " ≠" : "");
  }

  /** Whether the audit doubts a node, or a figure that is folded in it. */
  doubts(id) {
    return doubted(id) || figuresOf[id].some((figure) => doubted(figure) && !this.graph.shown.nodes.has(figure));
  }
}
