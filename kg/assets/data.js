// What the build wrote into the page, and indexes over it. Nodes, relations and recognitions are numbers.
const data = JSON.parse(document.getElementById("data").textContent);
const source = new Source(data.text, data.sentences);
const { things, relations } = data;

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

/** How many relations a node takes part in. */
const degree = (node) => relationsOf[node].out.length + relationsOf[node].in.length;

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

/** Values of a field with how often each comes, in the order of `order` first, then as they come. */
function tally(values, order) {
  const counts = new Map(order.map((value) => [value, 0]));
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 0);
}
