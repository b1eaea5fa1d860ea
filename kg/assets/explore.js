// Walks through the network: neighbourhoods and shortest paths, over the relations the filters let through.

/** Relations at a node with the node at their other end. */
function steps(node, passes) {
  const found = [];
  for (const index of relationsOf[node].out) if (passes(index)) found.push([index, relations[index].o]);
  for (const index of relationsOf[node].in) if (passes(index)) found.push([index, relations[index].s]);
  return found;
}

/**
 * Nodes within `depth` steps of `node`. The walk does not go on through the issuer, which is next to nearly everything,
 * unless it starts there.
 */
function neighbourhood(node, depth, passes) {
  const found = new Set([node]);
  let edge = [node];
  for (let step = 0; step < depth; step += 1) {
    const next = [];
    for (const at of edge) {
      if (at === data.issuer && at !== node) continue;
      for (const [, other] of steps(at, passes)) {
        if (!found.has(other)) {
          found.add(other);
          next.push(other);
        }
      }
    }
    edge = next;
  }
  return found;
}

/** The relations of a shortest path between two nodes in order, [] for a node to itself, undefined where there is none. */
function shortestPath(from, to, passes, avoidIssuer) {
  const back = new Map([[from, undefined]]);
  let edge = [from];
  while (edge.length && !back.has(to)) {
    const next = [];
    for (const at of edge) {
      if (avoidIssuer && at === data.issuer && at !== from) continue;
      for (const [index, other] of steps(at, passes)) {
        if (back.has(other)) continue;
        back.set(other, [index, at]);
        next.push(other);
      }
    }
    edge = next;
  }
  if (!back.has(to)) return undefined;
  const path = [];
  for (let at = to; back.get(at); [, at] = back.get(at)) path.unshift(back.get(at)[0]);
  return path;
}
