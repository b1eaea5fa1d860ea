// What the reader looks at: selection, filters, what is folded and opened. It can be undone, and written as an address.

const HIDDEN_AT_FIRST = ["Indicator"]; // figures stand folded in what they measure
const FIELDS = ["kinds", "predicates", "modalities", "sections"];

function firstState() {
  return {
    node: undefined, edge: undefined, depth: 0, path: undefined, avoid: false, linked: false,
    kinds: new Set(HIDDEN_AT_FIRST), predicates: new Set(), modalities: new Set(), sections: new Set(),
    open: new Set(), // nodes whose figures are shown
    folded: new Set(data.folded ? data.groups.keys() : []), // groups drawn as one node
  };
}

const same = (a, b) => a.size === b.size && [...a].every((value) => b.has(value));
const nodeName = (node) => things[node].id;

/** The state as the part of an address behind "#"; "" for what the page opens with. */
function toHash(state) {
  const first = firstState();
  const parts = new Map();
  if (state.node !== undefined) parts.set("node", nodeName(state.node));
  if (state.edge !== undefined) {
    const { from, to } = edgeById.get(state.edge);
    parts.set("edge", `${nodeName(from)}~${nodeName(to)}`);
  }
  if (state.depth) parts.set("depth", state.depth);
  if (state.path) parts.set("path", state.path.map(nodeName).join("~"));
  if (state.avoid) parts.set("avoid", 1);
  if (state.linked) parts.set("linked", 1);
  for (const field of FIELDS) if (!same(state[field], first[field])) parts.set(field, [...state[field]].join(",") || "none");
  if (state.open.size) parts.set("open", [...state.open].map(nodeName).join(","));
  if (!same(state.folded, first.folded)) parts.set("folded", [...state.folded].join(",") || "none");
  return [...parts].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
}

/** The state that an address says; what it names and the page does not hold is left out. */
function fromHash(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const state = firstState();
  const list = (key) => (parts.get(key) === "none" ? [] : (parts.get(key) ?? "").split(","));
  const pair = (key) => (parts.get(key) ?? "").split("~").map((id) => nodeById.get(id));
  state.node = nodeById.get(parts.get("node"));
  const [from, to] = pair("edge");
  state.edge = from === undefined ? undefined : data.edges.find((edge) => edge.from === from && edge.to === to)?.id;
  state.depth = Math.min(3, Math.max(0, Math.trunc(Number(parts.get("depth"))) || 0));
  const ends = pair("path");
  if (ends.length === 2 && !ends.includes(undefined)) state.path = ends;
  state.avoid = parts.has("avoid");
  state.linked = parts.has("linked");
  const known = { kinds: KINDS, predicates: PREDICATES, modalities: MODALITIES, sections: data.sectors.map(([section]) => String(section)) };
  for (const field of FIELDS) {
    if (!parts.has(field)) continue;
    const values = list(field).filter((value) => known[field].includes(value));
    state[field] = new Set(field === "sections" ? values.map(Number) : values);
  }
  state.open = new Set(list("open").map((id) => nodeById.get(id)).filter((node) => node !== undefined));
  if (parts.has("folded")) {
    state.folded = new Set(list("folded").filter((index) => /^\d+$/.test(index) && Number(index) < data.groups.length).map(Number));
  }
  return state;
}

/** The state with its history. `onChange(before)` is called after each change. */
class View {
  constructor(onChange) {
    this.onChange = onChange;
    this.state = fromHash(location.hash);
    this.past = [toHash(this.state)];
    this.at = 0;
  }

  /** Change the state by `change(state)`; what lies ahead of an undone step is forgotten. */
  change(change) {
    const before = { ...this.state };
    this.state = { ...this.state };
    for (const key of [...FIELDS, "open", "folded"]) this.state[key] = new Set(this.state[key]);
    change(this.state);
    const hash = toHash(this.state);
    if (hash !== this.past[this.at]) {
      this.past = [...this.past.slice(0, this.at + 1), hash].slice(-200);
      this.at = this.past.length - 1;
      this.address(hash);
    }
    this.onChange(before);
  }

  /** Go `step` steps through the history: -1 back, 1 forth. */
  go(step) {
    const at = this.at + step;
    if (this.past[at] === undefined) return;
    const before = this.state;
    this.at = at;
    this.state = fromHash(this.past[at]);
    this.address(this.past[at]);
    this.onChange(before);
  }

  /** Take the state from the address, which the reader has changed. */
  follow() {
    if (location.hash.replace(/^#/, "") === this.past[this.at]) return;
    const before = this.state;
    this.state = fromHash(location.hash);
    this.past = [...this.past.slice(0, this.at + 1), toHash(this.state)];
    this.at = this.past.length - 1;
    this.onChange(before);
  }

  address(hash) {
    // The page's own address without a new entry: the browser's back button leaves the page, as it should.
    history.replaceState(null, "", hash ? `#${hash}` : location.href.replace(/#.*$/, ""));
  }

  get canUndo() { return this.at > 0; }
  get canRedo() { return this.at < this.past.length - 1; }
}
