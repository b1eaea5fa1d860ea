"""Makes docs/ontology.html from the files in ``ontology/``: ``python docs/make_ontology.py``.

One page in Chinese and English, with a switch, that needs neither network nor script files: classes, edges, properties,
lists of values and shapes with their definitions and examples. Same files, same bytes. A test fails while the page and
the ontology differ.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from html import escape
from pathlib import Path

from kg.describe.concepts import read_turtle
from kg.vocabulary import CLASSES, EDGES, NS, PREFIXES, PROPERTIES, VOCAB, expand, ontology_file

HERE = Path(__file__).parent

#: Where the classes stand in the diagram: column and row.
PLACES = {
    "Report": (0, 0), "Section": (0, 1), "Mention": (0, 2), "Evidence": (0, 3), "Statement": (0, 4),
    "Department": (1, 1), "BodyGroup": (1, 0), "Place": (1, 2), "MediaWork": (1, 3), "Recognition": (1, 4),
    "Regulation": (2, 0), "Initiative": (2, 1), "Observation": (2, 3), "Indicator": (2, 2), "RankClaim": (2, 4),
    "Check": (1, 5),
}  # fmt: skip

#: The arrows of the diagram: from, property, to. The arrow's property must be one of the ontology.
ARROWS = (
("Mention", "inSection", "Section"), ("Mention", "denotes", "Department"),
    ("Statement", "evidence", "Evidence"), ("Department", "actsOn", "Regulation"),
    ("Department", "carriesOut", "Initiative"), ("Initiative", "basedOn", "Regulation"),
    ("Department", "jurisdiction", "Place"), ("Observation", "indicator", "Indicator"),
    ("Observation", "rankClaim", "RankClaim"), ("Recognition", "recogniser", "Department"),
    ("Observation", "measures", "Initiative"), ("Check", "checks", "Observation"), ("Report", "mentions", "BodyGroup"),
)  # fmt: skip

STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;max-width:72rem;padding:1rem;
color:#1b1f24;background:#fff}
h1{font-size:1.7rem}h2{border-bottom:2px solid #2f5d8a;margin-top:2.4rem}h3{margin:1.6rem 0 .2rem}
code{font:.9em ui-monospace,Consolas,monospace;background:#f2f4f7;padding:.05em .3em;border-radius:.2em}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #d8dde3}
.example{color:#39424e;border-left:3px solid #2f5d8a;padding-left:.6rem;margin:.3rem 0}
.facts{color:#4a5563;font-size:.92em;margin:.2rem 0}nav a{margin-right:1rem}
svg{width:100%;height:auto;border:1px solid #d8dde3}
svg text{font-size:13px;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
#en:checked~main [lang=zh]:not(.keep),#zh:checked~main [lang=en]:not(.keep){display:none}
.switch{position:sticky;top:0;background:#fff;padding:.4rem 0;display:inline-block}
"""


class Terms:
    """The triples of the ontology, by subject and property."""

    def __init__(self) -> None:
        """Read ``kg.ttl``, ``alignment.ttl`` and ``vocabularies.ttl``."""
        self.of: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.members: dict[str, list[str]] = defaultdict(list)
        for name in ("kg.ttl", "alignment.ttl", "vocabularies.ttl"):
            for subject, predicate, value in read_turtle(name):
                self.of[subject[1:-1], predicate[1:-1]].append(value)
                if predicate[1:-1] == expand("skos:inScheme"):
                    self.members[value[1:-1]].append(subject[1:-1])

    def words(self, subject: str, curie: str, language: str) -> list[str]:
        """Return the literals of a property in one language, in file order."""
        values = self.of[subject, expand(curie)]
        return [v[1 : v.rindex('"')].replace('\\"', '"') for v in values if v.endswith(f'"@{language}')]

    def nodes(self, subject: str, curie: str) -> list[str]:
        """Return the IRIs of a property, in file order."""
        return [v[1:-1] for v in self.of[subject, expand(curie)] if v.startswith("<")]

    def both(self, subject: str, curie: str) -> str:
        """Return the words of a property as HTML, one element for each language."""
        return "".join(
            f'<span lang="{language}">{escape("; ".join(self.words(subject, curie, language)))}</span>'
            for language in ("zh", "en")
        )


def short(iri: str) -> str:
    """Return an IRI with its prefix, the longest that fits."""
    fitting = [(len(ns), prefix) for prefix, ns in PREFIXES.items() if iri.startswith(ns) and iri != ns]
    return f"{max(fitting)[1]}:{iri[max(fitting)[0] :]}" if fitting else iri


def link(iri: str) -> str:
    """Return a term as HTML, a link where this page has it."""
    name = short(iri)
    return (
        f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>' if iri.startswith(NS) else f"<code>{name}</code>"
    )


def links(iris: Iterable[str]) -> str:
    """Return terms as HTML, commas between."""
    return ", ".join(link(iri) for iri in iris)


def facts(terms: Terms, subject: str, rows: Iterable[tuple[str, str, tuple[str, ...]]]) -> str:
    """Return lines such as 「定义域 / domain: …」 for the properties that are there."""
    lines = []
    for zh, en, curies in rows:
        found = [iri for curie in curies for iri in terms.nodes(subject, curie)]
        if found:
            lines.append(f'<p class="facts"><b lang="zh">{zh}</b><b lang="en">{en}</b>: {links(found)}</p>')
    return "\n".join(lines)


def entry(terms: Terms, name: str, rows: Iterable[tuple[str, str, tuple[str, ...]]]) -> str:
    """Return one class or property: name, labels, definition, example, what it is joined to."""
    subject = NS + name
    example = escape("".join(terms.words(subject, "skos:example", "zh")))
    return "\n".join(
        (
            f'<h3 id="kg:{name}"><code>kg:{name}</code> {terms.both(subject, "skos:prefLabel")}</h3>',
            f"<p>{terms.both(subject, 'skos:definition')}</p>",
            f'<p class="example keep" lang="zh">{example}</p>',
            facts(terms, subject, rows),
        )
    )


CLASS_ROWS = (
    ("上位类", "subclass of", ("rdfs:subClassOf",)),
    ("不相交", "disjoint with", ("owl:disjointWith",)),
    ("参见", "see also", ("rdfs:seeAlso",)),
)
PROPERTY_ROWS = (
    ("上位属性", "subproperty of", ("rdfs:subPropertyOf",)),
    ("主语", "domain", ("rdfs:domain", "schema:domainIncludes")),
    ("取值", "range", ("rdfs:range", "schema:rangeIncludes")),
    ("参见", "see also", ("rdfs:seeAlso",)),
)


def diagram(terms: Terms) -> str:
    """Return the classes and some of what joins them as inline SVG; places are fixed, so the bytes are."""
    wide, high, gap_x, gap_y = 190, 46, 140, 52

    def centre(name: str) -> tuple[int, int]:
        column, row = PLACES[name]
        return 20 + column * (wide + gap_x) + wide // 2, 20 + row * (high + gap_y) + high // 2

    parts = []
    for source, name, target in ARROWS:
        (x1, y1), (x2, y2) = centre(source), centre(target)
        dx, dy = x2 - x1, y2 - y1
        # From the middle of a side to the middle of a side.
        if abs(dx) > 10:
            x1, x2 = (x1 + wide // 2, x2 - wide // 2 - 6) if dx > 0 else (x1 - wide // 2, x2 + wide // 2 + 6)
        else:
            y1, y2 = (y1 + high // 2, y2 - high // 2 - 6) if dy > 0 else (y1 - high // 2, y2 + high // 2 + 6)
        middle = f'x="{(x1 + x2) // 2}" y="{(y1 + y2) // 2 - 4}" text-anchor="middle" fill="#2f5d8a"'
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#7d8a99" marker-end="url(#tip)"/>')
        for language in ("zh", "en"):
            label = escape("".join(terms.words(NS + name, "skos:prefLabel", language)))
            parts.append(f'<text lang="{language}" {middle}>{label}</text>')
    for name in CLASSES:
        x, y = centre(name)
        box = f'x="{x - wide // 2}" y="{y - high // 2}" width="{wide}" height="{high}" rx="6"'
        parts.append(f'<a href="#kg:{name}"><rect {box} fill="#eef3f8" stroke="#2f5d8a"/>')
        parts.append(f'<text x="{x}" y="{y + 14}" text-anchor="middle" fill="#4a5563">kg:{name}</text>')
        for language in ("zh", "en"):
            label = escape("".join(terms.words(NS + name, "skos:prefLabel", language)))
            parts.append(f'<text lang="{language}" x="{x}" y="{y - 4}" text-anchor="middle">{label}</text>')
        parts.append("</a>")
    width, height = 40 + 3 * wide + 2 * gap_x, 40 + 6 * high + 5 * gap_y
    tip = (
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
        '<path d="M0,0 L6,3 L0,6 z" fill="#7d8a99"/></marker></defs>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    return f'{head} aria-label="本体概览 overview of the ontology">{tip}{"".join(parts)}</svg>'


def schemes(terms: Terms) -> str:
    """Return the lists of values as tables."""
    result = []
    for subject in [s for s, p in list(terms.of) if p == expand("skos:hasTopConcept")]:
        rows = []
        for concept in terms.members[subject]:
            code = "".join(v[1:-1] for v in terms.of[concept, expand("skos:notation")])
            other = escape("、".join(terms.words(concept, "skos:altLabel", "zh")))
            match = links([*terms.nodes(concept, "skos:exactMatch"), *terms.nodes(concept, "skos:closeMatch")])
            rows.append(
                f"<tr><td><code>{escape(code)}</code></td><td>{terms.both(concept, 'skos:prefLabel')}</td>"
                f"<td>{terms.both(concept, 'skos:definition')}</td><td>{other}</td><td>{match}</td></tr>"
            )
        title = f"<h3><code>{escape(subject.removeprefix(VOCAB))}</code> {terms.both(subject, 'skos:prefLabel')}</h3>"
        head = "".join(
            f'<th><span lang="zh">{zh}</span><span lang="en">{en}</span></th>'
            for zh, en in (
                ("代码", "code"),
                ("名称", "label"),
                ("定义", "definition"),
                ("又作", "also"),
                ("对应", "match"),
            )
        )
        about = f"<p>{terms.both(subject, 'skos:definition')}</p>"
        result.append(f"{title}\n{about}\n<table><thead><tr>{head}</tr></thead>\n" + "\n".join(rows) + "\n</table>")
    return "\n".join(result)


def shapes() -> str:
    """Return the shapes with their messages, and what each catches."""
    text = ontology_file("shapes.ttl").decode()
    pattern = r"^((?:# .+\n)+)kgsh:(\w+) a sh:(?:Node|Property)Shape(.*?)(?=^# |^kgsh:|\Z)"
    rows = []
    for comment, name, body in re.findall(pattern, text, re.MULTILINE | re.DOTALL):
        message = re.search(r'sh:message "([^"]+)"@zh , "([^"]+)"@en', body)
        if message:
            catches = escape(" ".join(line.removeprefix("# ") for line in comment.splitlines()))
            rows.append(
                f'<tr><td><code>{name}</code></td><td><span lang="zh">{escape(message[1])}</span>'
                f'<span lang="en">{escape(message[2])}</span></td><td class="keep" lang="en">{catches}</td></tr>'
            )
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def page() -> str:
    """Return the whole page."""
    terms = Terms()
    ontology = NS.removesuffix("#")
    version = "".join(v[1:-1] for v in terms.of[ontology, expand("owl:versionInfo")])
    parts = (
        ("classes", "类", "Classes", "\n".join(entry(terms, name, CLASS_ROWS) for name in CLASSES)),
        ("edges", "关系", "Edges", "\n".join(entry(terms, name, PROPERTY_ROWS) for name in EDGES)),
        (
            "properties",
            "属性",
            "Properties",
            "\n".join(entry(terms, name, PROPERTY_ROWS) for name in sorted(PROPERTIES)),
        ),
        ("lists", "取值表", "Lists of values", schemes(terms)),
        ("shapes", "约束", "Shapes", shapes()),
    )
    menu = "".join(
        f'<a href="#{i}"><span lang="zh">{zh}</span><span lang="en">{en}</span></a>' for i, zh, en, _ in parts
    )
    body = "\n".join(
        f'<h2 id="{i}"><span lang="zh">{zh}</span><span lang="en">{en}</span></h2>\n{text}' for i, zh, en, text in parts
    )
    return f"""<!DOCTYPE html>
<html lang="zh">
<!-- 由 docs/make_ontology.py 从 ontology/ 生成,勿手改 / made by docs/make_ontology.py: do not edit -->
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>govkg 本体 ontology</title>
<style>{STYLE}</style></head>
<body>
<input type="radio" name="lang" id="zh" checked><label for="zh">中文</label>
<input type="radio" name="lang" id="en"><label for="en">English</label>
<main>
<h1>{terms.both(ontology, "dct:title")}</h1>
<p>{terms.both(ontology, "dct:description")}</p>
<p><code>kg:</code> = <code>{escape(NS)}</code>, {escape(version)}</p>
<nav>{menu}</nav>
{diagram(terms)}
{body}
</main>
</body>
</html>
"""


def main() -> None:
    """Write the page beside this file."""
    (HERE / "ontology.html").write_bytes(page().encode())


if __name__ == "__main__":
    main()
