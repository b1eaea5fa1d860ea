// The query that asks the report's graph (Turtle, TriG or a store) for what the panel shows.

const SPARQL_PREFIXES = [
  ["kg", "https://govkg.example/ns#"], ["rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"], ["dct", "http://purl.org/dc/terms/"],
  ["nif", "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"], ["skos", "http://www.w3.org/2004/02/skos/core#"],
];

/** A string as a SPARQL literal. */
function literal(text) {
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const written = text.replace(/[\\"\n\r\t]/g, (char) => escapes[char])
    .replace(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${written}"`;
}

/** What says which node is meant, whatever base the graph's IRIs have: its class and its identifier. */
function identity(variable, node) {
  const thing = things[node];
  if (!thing.figure) return `?${variable} a kg:${thing.kind} ; dct:identifier ${literal(thing.key)} .`;
  const [start, end] = thing.figure.span;
  const { report, offset } = source.place(start);
  return `?${variable} a kg:Observation ; dct:identifier ${literal(`${data.reports[report].sha256}|${offset},${offset + end - start}`)} .`;
}

function query(lines) {
  const body = lines.join("\n");
  const used = SPARQL_PREFIXES.filter(([prefix]) => new RegExp(`\\b${prefix}:`).test(body));
  return `${used.map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}>`).join("\n")}\n${body}\n`;
}

const COLUMNS = "SELECT DISTINCT ?subjectName ?relation ?objectName ?modality ?begin ?end ?clause WHERE {";
const STATEMENT = [
  "  ?statement a kg:Statement ; rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object ; kg:modality ?modality ; kg:evidence ?span .",
  "  ?span nif:beginIndex ?begin ; nif:endIndex ?end ; nif:anchorOf ?clause .",
  "  ?subject skos:prefLabel ?subjectName . ?object skos:prefLabel ?objectName .",
];

/** Every relation of a node with its clauses. */
function nodeQuery(node) {
  return query([COLUMNS, `  ${identity("thing", node)}`, ...STATEMENT, "  FILTER(?subject = ?thing || ?object = ?thing)", "} ORDER BY ?begin ?end ?relation"]);
}

/** Every relation between two nodes with its clauses. */
function edgeQuery(from, to) {
  return query([COLUMNS, `  ${identity("one", from)}`, `  ${identity("other", to)}`, ...STATEMENT,
    "  FILTER((?subject = ?one && ?object = ?other) || (?subject = ?other && ?object = ?one))", "} ORDER BY ?begin ?end ?relation"]);
}

/** The query in a box to copy from, with a button. */
function queryBox(text) {
  const status = el("span", { class: "note", role: "status" });
  const area = el("textarea", { readonly: true, rows: 12, spellcheck: "false", "aria-label": word("sparql"), focus: () => area.select() });
  area.value = text;
  const copy = button("copy", () => copyText(text, area).then(() => { status.textContent = word("copied"); }));
  return el("details", { class: "group query" }, el("summary", {}, word("sparql")), el("p", { class: "note" }, word("sparqlHint")), area, el("p", { class: "row" }, copy, status));
}

/** Copy: by the clipboard where a page from a file may use it, else by the old way through a selection. */
async function copyText(text, area) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = area ?? el("textarea", {});
    if (!area) { box.value = text; document.body.append(box); }
    box.select();
    document.execCommand("copy");
    if (!area) box.remove();
  }
}
