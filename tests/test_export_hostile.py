"""What reports may hold and careless writers break on: it comes back as text from every format, or is refused."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import igraph
import networkx as nx
import pyoxigraph
import pytest
import rdflib
from export_factory import HOSTILE, UNSAYABLE, hostile_dataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.describe import Dataset
from kg.describe.terms import T, text_of
from kg.errors import GraphError
from kg.export import FORMATS, export

ROOT = Path(__file__).resolve().parent.parent

# ---- readers: bytes of a format → what the labels of the documents came back as ----


def quads_of(kind: str) -> Callable[[bytes], list[str]]:
    """Labels through Oxigraph."""

    def read(data: bytes) -> list[str]:
        store = pyoxigraph.Store()
        store.extend(pyoxigraph.parse(data, format=getattr(pyoxigraph.RdfFormat, kind)))
        solutions = store.query(
            "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT ?l { "
            "{ ?x a <https://govkg.example/ns#Regulation> ; skos:prefLabel ?l } UNION "
            "{ GRAPH ?g { ?x a <https://govkg.example/ns#Regulation> ; skos:prefLabel ?l } } }"
        )
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return [str(row["l"].value) for row in solutions]

    return read


def rdflib_labels(form: str) -> Callable[[bytes], list[str]]:
    def read(data: bytes) -> list[str]:
        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=data.decode(), format=form)
        kind = rdflib.URIRef("https://govkg.example/ns#Regulation")
        return [str(dataset.value(one, rdflib.SKOS.prefLabel)) for one in dataset.subjects(rdflib.RDF.type, kind)]

    return read


def graphml_labels(data: bytes) -> list[str]:
    graph = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
    return [str(d["label"]) for _, d in graph.nodes(data=True) if d["kind"] == "Regulation"]


def gexf_labels(data: bytes) -> list[str]:
    return [str(d["label"]) for _, d in nx.read_gexf(io.BytesIO(data)).nodes(data=True) if d["kind"] == "Regulation"]


def csv_labels(data: bytes) -> list[str]:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [row["label"] for row in rows if row["kind"] == "Regulation"]


def annotation_labels(data: bytes) -> list[str]:
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.JSON_LD))
    solutions = store.query(
        "PREFIX oa: <http://www.w3.org/ns/oa#> SELECT ?l { ?a oa:motivatedBy oa:identifying ; oa:hasTarget ?t ; "
        "oa:hasBody ?b . ?b a <https://govkg.example/ns#Regulation> . ?t oa:hasSelector ?s . ?s oa:exact ?l }"
    )
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    return [str(row["l"].value) for row in solutions]


#: Ending → readers that did not write it.
READERS: Mapping[str, Sequence[Callable[[bytes], list[str]]]] = {
    ".ttl": (quads_of("TURTLE"), rdflib_labels("turtle")),
    ".trig": (quads_of("TRIG"), rdflib_labels("trig")),
    ".nt": (quads_of("N_TRIPLES"), rdflib_labels("nt")),
    ".nq": (quads_of("N_QUADS"), rdflib_labels("nquads")),
    ".jsonld": (quads_of("JSON_LD"), rdflib_labels("json-ld")),
    ".graphml": (graphml_labels,),
    ".gexf": (gexf_labels,),
    ".entities.csv": (csv_labels,),
    ".anno.jsonld": (annotation_labels,),
}


def in_xml(label: str) -> str:
    """What of a label XML can hold: controls as their pictures, non-characters as U+FFFD."""
    shown = {c: chr(0x2400 + c) for c in range(0x20) if chr(c) not in "\t\n\r"} | {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
    return label.translate(shown)


def in_csv(label: str) -> str:
    from kg.export.spreadsheet import harmless

    return harmless(label)


def as_it_comes_back(ending: str, label: str) -> str:
    if ending in (".graphml", ".gexf"):
        return in_xml(label)
    return in_csv(label) if ending.endswith(".csv") else label


WHOLE = hostile_dataset()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return export(WHOLE, list(FORMATS), name="")


@pytest.mark.parametrize("ending", list(READERS))
def test_hostile_labels_come_back_as_text(ending: str, files: Mapping[str, bytes]) -> None:
    assert len(HOSTILE) >= 30
    expected = sorted(as_it_comes_back(ending, label) for label in HOSTILE)
    for read in READERS[ending]:
        assert sorted(read(files[ending])) == expected


def test_hostile_labels_come_back_from_parquet_and_igraph(files: Mapping[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(files[".entities.parquet"])
    query = f"SELECT label, aliases FROM '{path}' WHERE kind = 'Regulation'"
    found = duckdb.connect().execute(query).fetchall()
    assert sorted(label for label, _ in found) == sorted(HOSTILE)
    assert all(f"别名|{label}" in aliases for label, aliases in found)
    network = tmp_path / "x.graphml"
    network.write_bytes(files[".graphml"])
    read = igraph.Graph.Read_GraphML(str(network))
    labels = [vertex["label"] for vertex in read.vs if vertex["kind"] == "Regulation"]
    assert sorted(labels) == sorted(map(in_xml, HOSTILE))


def test_no_cell_of_any_table_is_a_formula(files: Mapping[str, bytes]) -> None:
    starts = set("=+-@\t\r\n＝＋－＠")
    cells = 0
    for ending, data in files.items():
        if ending.endswith(".csv"):
            for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
                cells += len(row)
                assert not [cell for cell in row if len(cell) > 1 and cell[0] in starts and not cell.isdigit()], ending
    assert cells > 1000


def test_lists_in_csv_can_be_parted_again(files: Mapping[str, bytes]) -> None:
    import re

    rows = list(csv.DictReader(io.StringIO(files[".entities.csv"].decode("utf-8-sig"), newline="")))
    found = {row["label"]: re.split(r"(?<!\\) \| ", row["aliases"]) for row in rows if row["kind"] == "Regulation"}
    for label in ("竖线|与 | 与\\|", "很长" * 20000):
        assert [re.sub(r"\\(.)", r"\1", part) for part in found[label]] == [f"别名|{label}"]


def test_the_web_annotations_quote_hostile_text(files: Mapping[str, bytes]) -> None:
    text = next(text_of(o) for _, p, o, _ in WHOLE.quads if p == T["nif:isString"])
    items = json.loads(files[".anno.jsonld"])["items"]
    assert len(items) > 90
    for one in items:
        position, quote = one["target"]["selector"]
        assert text[position["start"] : position["end"]] == quote["exact"]


@pytest.mark.parametrize("label", list(UNSAYABLE))
def test_what_no_graph_can_hold_is_refused_before_any_export(label: str) -> None:
    with pytest.raises(GraphError, match=UNSAYABLE[label]) as caught:
        hostile_dataset([label])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "zh_CN.GBK"])
def test_the_bytes_do_not_depend_on_hash_seed_or_locale(
    locale: str, files: Mapping[str, bytes], tmp_path: Path
) -> None:
    """Processes of their own: a seed cannot be changed in this one."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import export_factory as f\n"
        "from kg.export import FORMATS, export; from hashlib import sha256\n"
        "for k, v in export(f.hostile_dataset(), list(FORMATS), name='').items(): print(k, sha256(v).hexdigest())"
    )
    from hashlib import sha256

    environment = {**os.environ, "PYTHONHASHSEED": {"C": "0", "C.UTF-8": "1"}.get(locale, "4242"), "LC_ALL": locale}
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "tests")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
    )
    told = dict(line.split(" ") for line in done.stdout.decode().splitlines())
    assert told == {ending: sha256(data).hexdigest() for ending, data in files.items()}


# ---- any label at all ----

# What can be in a graph: everything but NUL and surrogates; a name has at least one character that is no blank.
LABELS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12).filter(
        str.strip
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
EVERY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@pytest.mark.parametrize("ending", list(READERS))
def test_any_label_comes_back(ending: str) -> None:
    form = next(name for name, one in FORMATS.items() if ending in [file.ending for file in one.files])

    @EVERY
    @given(LABELS)
    def check(labels: list[str]) -> None:
        data = export(hostile_dataset(labels, whole=False), [form], name="")[ending]
        for read in READERS[ending]:
            assert sorted(read(data)) == sorted(as_it_comes_back(ending, label) for label in labels)

    check()


@EVERY
@given(LABELS)
def test_any_label_comes_back_from_parquet(labels: list[str]) -> None:
    import pyarrow as pa

    data = export(hostile_dataset(labels, whole=False), ["parquet"], name="")[".entities.parquet"]
    # pyarrow's own reader here: DuckDB, which reads files only, has its turn above.
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data)).to_pylist()
    assert sorted(row["label"] for row in table if row["kind"] == "Regulation") == sorted(labels)


@EVERY
@given(LABELS)
def test_any_dataset_is_the_same_after_every_round(labels: list[str]) -> None:
    """Quads, not only labels: JSON-LD, TriG and N-Quads give back the dataset, and writing it again the same bytes."""
    dataset = hostile_dataset(labels, whole=False)
    for form, kind in (("jsonld", "JSON_LD"), ("trig", "TRIG"), ("nquads", "N_QUADS")):
        data = next(iter(export(dataset, [form], name="").values()))
        quads = pyoxigraph.parse(data, format=getattr(pyoxigraph.RdfFormat, kind))
        back = Dataset.of((str(q.subject), str(q.predicate), str(q.object), str(q.graph_name)) for q in quads)
        assert back.quads == dataset.quads
        assert next(iter(export(back, [form], name="").values())) == data
