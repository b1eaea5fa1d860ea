// The query editor of `kg serve`: asks only the server that sent it. Text of the graph is shown as text, never as markup.

const WORDS = {
  zh: {
    named: "命名问题", query: "SPARQL 查询（Ctrl+Enter 运行）", run: "运行", stop: "停止", prefixes: "前缀",
    pages: "报告网页", triples: "三元组", running: "查询中……", rows: "行", shown: "只显示前", stopped: "已停止",
    missing: "未声明的前缀，点击加上：", seconds: "秒", yes: "是 true", no: "否 false", other: "English", code: "en",
    lost: "连不上服务器，它还在运行吗？",
  },
  en: {
    named: "Named questions", query: "SPARQL query (Ctrl+Enter runs it)", run: "Run", stop: "Stop", prefixes: "Prefixes",
    pages: "Report pages", triples: "triples", running: "asking …", rows: "rows", shown: "shown: the first", stopped: "stopped",
    missing: "Prefixes not declared, click to add:", seconds: "s", yes: "true", no: "false", other: "中文", code: "zh",
    lost: "The server cannot be reached: is it still running?",
  },
};
const SHOWN = 2000;
const JSON_RESULTS = "application/sparql-results+json";

const $ = (id) => document.getElementById(id);
let language = navigator.language.startsWith("zh") ? "zh" : "en";
let about = { triples: 0, pages: [], prefixes: {}, questions: [] };
let answer = null; // { kind: "json" | "turtle", text, values }
let waiting = null;

function element(name, text, properties = {}) {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

function translate() {
  const words = WORDS[language];
  document.documentElement.lang = language;
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = words[part.dataset.text];
  $("language").textContent = words.other;
  $("language").lang = words.code;
  $("triples").textContent = `${about.triples.toLocaleString("en")} ${words.triples}`;
  $("pages").setAttribute("aria-label", words.pages);
  $("pages").replaceChildren(...about.pages.map((page) => element("a", page.name, { href: page.path })));
  $("questions").replaceChildren(...about.questions.map((question) => {
    const item = element("li", undefined, { value: question.number });
    const button = element("button", question[language], { type: "button", title: question[language === "zh" ? "nameZh" : "nameEn"] });
    button.dataset.number = question.number;
    button.addEventListener("click", () => ask(question));
    item.append(button);
    return item;
  }));
  showMissing();
}

function ask(question) {
  $("query").value = question.text;
  for (const button of $("questions").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(Number(button.dataset.number) === question.number));
  }
  showMissing();
  run();
}

// Prefixes used and not declared; strings, IRIs and comments do not count.
function missing() {
  const text = $("query").value.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#[^\n]*/g, " ");
  const declared = new Set([...text.matchAll(/\bprefix\s+([\w-]*):/gi)].map((match) => match[1]));
  const used = new Set([...text.matchAll(/(?<![\w:-])([A-Za-z][\w-]*):/g)].map((match) => match[1]));
  return [...used].filter((name) => !declared.has(name) && name in about.prefixes);
}

function showMissing() {
  const names = missing();
  $("missing").hidden = names.length === 0;
  $("missing").replaceChildren(WORDS[language].missing + " ", ...names.flatMap((name) => {
    const button = element("button", `${name}:`, { type: "button", className: "link" });
    button.addEventListener("click", () => declare(name));
    return [button, " "];
  }));
}

function declare(name) {
  $("query").value = `PREFIX ${name}: <${about.prefixes[name]}>\n${$("query").value}`;
  showMissing();
  $("query").focus();
}

async function run() {
  waiting?.abort();
  const own = waiting = new AbortController();
  const words = WORDS[language];
  const begun = performance.now();
  answer = null;
  $("state").textContent = words.running;
  $("fault").hidden = true;
  $("answer").replaceChildren();
  for (const id of ["csv", "json", "turtle"]) $(id).hidden = true;
  $("stop").hidden = false;
  try {
    const reply = await fetch("/query", {
      method: "POST",
      headers: { "Content-Type": "application/sparql-query", Accept: `${JSON_RESULTS}, text/turtle;q=0.9` },
      body: $("query").value,
      signal: own.signal,
    });
    const text = await reply.text();
    if (own !== waiting) return;
    $("state").textContent = "";
    if (!reply.ok) return fault(text.trim() || `${reply.status}`);
    const note = show(reply.headers.get("Content-Type") ?? "", text);
    $("state").textContent = `${note} · ${((performance.now() - begun) / 1000).toFixed(2)} ${words.seconds}`;
  } catch (problem) {
    if (own !== waiting) return;
    $("state").textContent = own.signal.aborted ? words.stopped : "";
    if (!own.signal.aborted) fault(problem instanceof TypeError ? words.lost : String(problem));
  } finally {
    if (own === waiting) {
      waiting = null;
      $("stop").hidden = true;
    }
  }
}

function fault(text) {
  $("fault").textContent = text;
  $("fault").hidden = false;
}

function show(kind, text) {
  const words = WORDS[language];
  if (!kind.startsWith(JSON_RESULTS)) {
    answer = { text };
    $("turtle").hidden = false;
    $("answer").replaceChildren(element("pre", text));
    return "Turtle";
  }
  const values = JSON.parse(text);
  answer = { text, values };
  $("json").hidden = false;
  if ("boolean" in values) {
    $("answer").replaceChildren(element("p", values.boolean ? words.yes : words.no));
    return "ASK";
  }
  $("csv").hidden = false;
  const columns = values.head.vars;
  const rows = values.results.bindings;
  const table = element("table");
  const head = table.createTHead().insertRow();
  for (const column of columns) head.append(element("th", column, { scope: "col" }));
  const body = table.createTBody();
  for (const row of rows.slice(0, SHOWN)) {
    const line = body.insertRow();
    for (const column of columns) line.insertCell().append(...cell(row[column]));
  }
  $("answer").replaceChildren(table);
  return `${rows.length} ${words.rows}` + (rows.length > SHOWN ? ` (${words.shown} ${SHOWN})` : "");
}

function cell(term) {
  if (!term) return [];
  if (term.type !== "uri") return [term.value, ...(term["xml:lang"] ? [element("small", `@${term["xml:lang"]}`)] : [])];
  const button = element("button", short(term.value), { type: "button", className: "link", title: term.value });
  button.addEventListener("click", () => {
    $("query").value = `DESCRIBE <${term.value}>`;
    showMissing();
    run();
  });
  return [button];
}

function short(iri) {
  for (const [prefix, namespace] of Object.entries(about.prefixes)) {
    if (iri.startsWith(namespace) && iri.length > namespace.length) return `${prefix}:${iri.slice(namespace.length)}`;
  }
  return iri;
}

// RFC 4180; what a spreadsheet would run as a formula gets an apostrophe, as with `kg query --as csv`.
function csv(values) {
  const field = (text) => {
    const risky = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
    const safe = risky ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [values.head.vars, ...values.results.bindings.map((row) => values.head.vars.map((name) => row[name]?.value ?? ""))];
  return lines.map((line) => line.map(field).join(",") + "\r\n").join("");
}

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  element("a", "", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

$("run").addEventListener("click", run);
$("stop").addEventListener("click", () => waiting?.abort());
$("csv").addEventListener("click", () => save("answer.csv", "text/csv", "\ufeff" + csv(answer.values)));
$("json").addEventListener("click", () => save("answer.json", "application/json", answer.text));
$("turtle").addEventListener("click", () => save("answer.ttl", "text/turtle", answer.text));
$("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  translate();
});
$("query").addEventListener("input", showMissing);
$("query").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});

about = await (await fetch("/about.json")).json();
for (const [name, iri] of Object.entries(about.prefixes)) {
  const item = element("li");
  const button = element("button", `${name}: <${iri}>`, { type: "button", className: "link" });
  button.addEventListener("click", () => declare(name));
  item.append(button);
  $("prefixes").append(item);
}
$("query").value = about.questions[0]?.text ?? "SELECT * WHERE { ?s ?p ?o } LIMIT 100";
translate();
document.documentElement.dataset.ready = "true";
