// What the state lets through: nodes, edges and, in place of folded groups, one node each.

const MOST_BESIDE = 60; // neighbours of a selected node that are taken out of folded groups

/** Whether a relation passes the filters by relation and modality. */
function passing(state) {
  return (index) => !state.predicates.has(relations[index].p) && !state.modalities.has(relations[index].m);
}

/** Whether a node passes the filters; what is selected or on the path is shown in any case. */
function nodePasses(state, node, passes) {
  const { kind, figure, folded, sector } = things[node];
  const opened = figure && folded !== undefined && state.open.has(folded);
  if (opened && !nodePasses(state, folded, passes)) return false; // it would stand beside nothing
  if (state.kinds.has(kind) && !opened) return false;
  if (node === data.issuer) return true;
  if (state.sections.has(sector ?? -1)) return false;
  // A filter on relations takes along the nodes it leaves with nothing; the issuer stays for orientation.
  if (!state.predicates.size && !state.modalities.size) return true;
  if (figure && !state.predicates.size && !state.modalities.has(figure.modality)) return true;
  return relationsOf[node].out.some(passes) || relationsOf[node].in.some(passes);
}

/**
 * What to draw: `nodes` (set of numbers), `groups` (folded groups: index → nodes in it), `edges` (edges between shown
 * nodes with the relations that pass), `bundles` (edges from or to groups: {from, to, count}), `cut` (nodes left out for
 * their number), `path` (relations of the path), `near` (nodes brought out; undefined for all alike).
 */
function shownBy(state) {
  const passes = passing(state);
  const path = state.path && shortestPath(...state.path, passes, state.avoid);
  const always = new Set([state.node, ...(state.path ?? [])].filter((node) => node !== undefined));
  if (state.edge !== undefined) for (const end of ["from", "to"]) always.add(edgeById.get(state.edge)[end]);
  for (const index of path ?? []) always.add(relations[index].s).add(relations[index].o);
  let nodes = new Set(byImportance.filter((node) => always.has(node) || nodePasses(state, node, passes)));
  if (state.linked) {
    const there = nodes;
    nodes = new Set([...there].filter((node) => always.has(node) || node === data.issuer || joined(node, there, passes)));
  }
  if (state.depth && state.node !== undefined) {
    const round = neighbourhood(state.node, state.depth, passes);
    nodes = new Set([...nodes].filter((node) => round.has(node) || always.has(node)));
  }
  const groups = new Map();
  const out = state.depth && state.node !== undefined ? nodes : beside(state, passes, always);
  for (const index of state.folded) {
    const inside = data.groups[index].nodes.filter((node) => nodes.has(node) && !out.has(node));
    if (!inside.length) continue;
    groups.set(index, inside);
    for (const node of inside) nodes.delete(node);
  }
  let cut = 0;
  if (nodes.size > data.most) {
    const kept = new Set(always);
    for (const node of nodes) if (kept.size < data.most) kept.add(node);
    cut = nodes.size - kept.size;
    nodes = kept;
  }
  const shown = { nodes, groups, cut, path, passes, ...edgesAmong(nodes, groups, passes) };
  return { ...shown, near: near(state, shown) };
}

/** Whether a node has a relation to one of `nodes`, or figures folded in it. */
function joined(node, nodes, passes) {
  return steps(node, passes).some(([, other]) => other !== node && (nodes.has(other) || things[other].folded === node));
}

/** What stands outside folded groups: what is shown in any case, and the neighbours of the selection where they are few. */
function beside(state, passes, always) {
  if (state.node === undefined) return always;
  const round = neighbourhood(state.node, 1, passes);
  return round.size > MOST_BESIDE ? always : new Set([...always, ...round]);
}

/** Edges between nodes, and bundles of edges that begin or end in a folded group. */
function edgesAmong(nodes, groups, passes) {
  const groupOf = new Map();
  for (const [index, inside] of groups) for (const node of inside) groupOf.set(node, `g${index}`);
  const edges = [];
  const bundles = new Map();
  for (const edge of data.edges) {
    const [from, to] = [edge.from, edge.to].map((node) => (nodes.has(node) ? node : groupOf.get(node)));
    if (from === undefined || to === undefined || from === to) continue;
    const members = edge.relations.filter(passes);
    if (!members.length) continue;
    if (typeof from === "number" && typeof to === "number") edges.push({ ...edge, members });
    else {
      const key = [from, to].map(String).sort().join("~");
      const bundle = bundles.get(key) ?? { id: `b${key}`, from, to, count: 0 };
      bundle.count += members.length;
      bundles.set(key, bundle);
    }
  }
  return { edges, bundles: [...bundles.values()] };
}

/** The selection or the path with everything next to it; undefined without either. */
function near(state, { path, passes }) {
  if (path) return new Set([...state.path, ...path.flatMap((index) => [relations[index].s, relations[index].o])]);
  if (state.edge !== undefined) return new Set([edgeById.get(state.edge).from, edgeById.get(state.edge).to]);
  if (state.node === undefined) return undefined;
  return new Set([state.node, ...steps(state.node, passes).map(([, other]) => other)]);
}
