// What the build wrote into the page, and indexes over it. Nodes, relations and recognitions are numbers.
const data = JSON.parse(document.getElementById("data").textContent);
const source = new Source(data.text, data.sentences, data.pieces);
const { things, relations } = data;
const KINDS = ["Department", "BodyGroup", "Regulation", "Initiative", "MediaWork", "Place", "Indicator"];
const MODALITIES = ["reported", "planned", "required", "problem"];
const PREDICATES = Object.keys(WORDS.zh.predicate);

const relationsOf = things.map(() => ({ out: [], in: [] }));
relations.forEach((relation, index) => {
  relationsOf[relation.s].out.push(index);
  relationsOf[relation.o].in.push(index);
});

const recognitionsOf = things.map(() => []);
data.recognitions.forEach((recognition, index) => {
  for (const node of new Set([recognition.thing, recognition.recogniser])) {
    if (node !== undefined) recognitionsOf[node].push(index);
  }
});

// Figures by what they measure: they stand folded in it until opened.
const figuresOf = things.map(() => []);
things.forEach((thing, node) => { if (thing.folded !== undefined) figuresOf[thing.folded].push(node); });

const nodeById = new Map(things.map((thing, node) => [thing.id, node]));
const edgeById = new Map(data.edges.map((edge) => [edge.id, edge]));
const edgeOfRelation = new Map(data.edges.flatMap((edge) => edge.relations.map((index) => [index, edge.id])));

/** How many relations a node takes part in. */
const degree = (node) => relationsOf[node].out.length + relationsOf[node].in.length;

/** How much a node matters where there is no room for all. */
function importance(node) {
  if (node === data.issuer) return Infinity;
  return degree(node) * 2 + (things[node].mentions?.length ?? 0) + (things[node].figure ? -50 : 0);
}
const byImportance = things.map((_, node) => node).sort((a, b) => importance(b) - importance(a) || a - b);

/** What a node is called: a name, or for a figure its name and value as written. */
function called(node) {
  const thing = things[node];
  return thing.figure ? `${thing.name} ${thing.figure.raw ?? ""}`.trim() : thing.name;
}

/** The marks a relation's evidence shows: every mention of its two ends. */
function marksOf(...nodes) {
  return nodes.flatMap((node) => (things[node].figure ? [things[node].figure.span] : things[node].mentions ?? []));
}

/** The headings above a node's first mention, outermost first. */
function headings(section) {
  const path = [];
  for (let at = section; at !== undefined && at !== null; at = data.sections[at].parent) path.unshift(data.sections[at].heading);
  return path;
}

/** What a group of nodes is called: its section's heading, its chief member, or the rest. */
function groupName(index) {
  const { name, section } = data.groups[index];
  if (name) return name;
  if (section === null || section === undefined) return word("otherNodes");
  return section < 0 ? word("outside") : data.sections[section].heading;
}

/** Values of a field with how often each comes, in the order of `order` first, then as they come. */
function tally(values, order) {
  const counts = new Map(order.map((value) => [value, 0]));
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 0);
}
