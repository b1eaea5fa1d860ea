"""Namespaces, term names and IRIs: the only list of them in the package, and the way to the ontology files.

A *curie* here is ``prefix:name`` as in ``kg:issues``; ``TERMS`` maps every curie the package writes to its IRI, so
that a misspelt term is a ``KeyError`` where it is written and never a new term in somebody's graph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final, TypeAlias

from kg.errors import GraphError
from kg.model import Span

IRI: TypeAlias = str

NS: Final = "https://govkg.example/ns#"
VOCAB: Final = "https://govkg.example/vocab/"
SHAPES: Final = "https://govkg.example/shapes#"
BASE: Final = "https://govkg.example/id/"

#: Concept schemes of ``vocabularies.ttl``: the scheme's name is also the IRI segment of concepts minted beside it.
SCHEMES: Final = ("unit", "unitkind", "bodytype", "instrumenttype", "initiativetype", "mediatype", "status", "code")

PREFIXES: Final[Mapping[str, IRI]] = MappingProxyType(
    {
        "kg": NS,
        **{f"kg-{scheme}": f"{VOCAB}{scheme}/" for scheme in SCHEMES},
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "quantitykind": "http://qudt.org/vocab/quantitykind/",
        "qudt": "http://qudt.org/schema/qudt/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
        "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
        "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "cpsv": "http://purl.org/vocab/cpsv#",
        "cv": "http://data.europa.eu/m8g/",
        "unit": "http://qudt.org/vocab/unit/",
        "vann": "http://purl.org/vocab/vann/",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)

#: What mentions denote, apart from figures.
ENTITY_CLASSES: Final = ("Department", "BodyGroup", "Place", "Regulation", "Initiative", "MediaWork")

#: Every class of the ontology.
CLASSES: Final = (
    "Report",
    "Section",
    "Mention",
    "Evidence",
    *ENTITY_CLASSES,
    "Indicator",
    "Observation",
    "RankClaim",
    "Recognition",
    "Statement",
    "Check",
)

#: What a Department does to a Regulation: all under ``kg:actsOn``.
ACTS: Final = ("issues", "revises", "repeals", "drafts", "commentsOn", "implements")

#: The predicates of which every edge has a ``kg:Statement`` (ONTOLOGY.md section 2).
EDGES: Final = (
    *ACTS,
    "carriesOut",
    "basedOn",
    "recognisedBy",
    "establishes",
    "reportsTo",
    "cooperatesWith",
    "partOf",
    "measures",
)

#: Every other property of the ontology.
PROPERTIES: Final = (
    "actsOn",
    "addressee",
    "adcode",
    "areaCode",
    "bodyType",
    "bound",
    "candidate",
    "checkInput",
    "checkKind",
    "checkReason",
    "checks",
    "comparedWith",
    "contentDigest",
    "decisionReason",
    "denominator",
    "denotes",
    "difference",
    "docNumber",
    "evidence",
    "evidencePlanned",
    "evidenceProblem",
    "evidenceReported",
    "evidenceRequired",
    "expected",
    "fileName",
    "heading",
    "implicitSubject",
    "inSection",
    "indexNumber",
    "indicator",
    "initiativeType",
    "issuer",
    "jurisdiction",
    "level",
    "measureKind",
    "mediaType",
    "mentionKind",
    "mentions",
    "mergedFrom",
    "modality",
    "numerator",
    "officialTitle",
    "parentSection",
    "partOfCount",
    "provision",
    "publisherName",
    "rankArea",
    "rankClaim",
    "rankPosition",
    "rawValue",
    "recogniser",
    "recognitionKind",
    "rule",
    "rulesDigest",
    "scopeText",
    "sha256",
    "signature",
    "sourceText",
    "status",
    "statusText",
    "thing",
    "tolerance",
    "trigger",
    "unitKind",
    "unitText",
    "verdict",
    "within",
    "year",
)

#: Terms of other vocabularies that the data uses.
FOREIGN: Final = (
    "dcat:Catalog",
    "dcat:Dataset",
    "dcat:Distribution",
    "dcat:byteSize",
    "dcat:dataset",
    "dcat:distribution",
    "dcat:downloadURL",
    "dcat:mediaType",
    "dct:RightsStatement",
    "dct:abstract",
    "dct:description",
    "dct:identifier",
    "dct:issued",
    "dct:language",
    "dct:license",
    "dct:publisher",
    "dct:rights",
    "dct:source",
    "dct:subject",
    "dct:title",
    "eli:type_document",
    "nif:Context",
    "nif:anchorOf",
    "nif:beginIndex",
    "nif:endIndex",
    "nif:isString",
    "nif:referenceContext",
    "org:unitOf",
    "prov:Activity",
    "prov:Entity",
    "prov:SoftwareAgent",
    "prov:endedAtTime",
    "prov:used",
    "prov:wasAssociatedWith",
    "prov:wasDerivedFrom",
    "prov:wasGeneratedBy",
    "rdf:object",
    "rdf:predicate",
    "rdf:subject",
    "rdf:type",
    "schema:softwareVersion",
    "sdmx-attribute:unitMeasure",
    "sdmx-dimension:refArea",
    "sdmx-dimension:refPeriod",
    "sdmx-measure:obsValue",
    "skos:Concept",
    "skos:altLabel",
    "skos:inScheme",
    "skos:notation",
    "skos:prefLabel",
    "spdx:Checksum",
    "spdx:algorithm",
    "spdx:checksum",
    "spdx:checksumAlgorithm_sha256",
    "spdx:checksumValue",
    "void:Dataset",
    "void:class",
    "void:classPartition",
    "void:classes",
    "void:distinctObjects",
    "void:distinctSubjects",
    "void:entities",
    "void:properties",
    "void:property",
    "void:propertyPartition",
    "void:subset",
    "void:triples",
    "void:vocabulary",
    "xsd:boolean",
    "xsd:date",
    "xsd:dateTime",
    "xsd:decimal",
    "xsd:gYear",
    "xsd:hexBinary",
    "xsd:integer",
    "xsd:nonNegativeInteger",
    "xsd:string",
)


def expand(curie: str) -> IRI:
    """Return the IRI of any curie with a known prefix; ``KeyError`` for another prefix.

    >>> expand("kg:issues")
    'https://govkg.example/ns#issues'
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


#: Every curie the package writes → its IRI.
TERMS: Final[Mapping[str, IRI]] = MappingProxyType(
    {
        **{f"kg:{name}": NS + name for name in (*CLASSES, *EDGES, *PROPERTIES)},
        **{curie: expand(curie) for curie in FOREIGN},
    }
)

#: The closed codes; the schemes of the same names in ``vocabularies.ttl`` label them.
MODALITIES: Final = ("reported", "planned", "required", "problem")
BOUNDS: Final = ("=", "≈", "≥", "≤")
MEASURE_KINDS: Final = ("level", "rate", "growth", "points")
VERDICTS: Final = ("agrees", "disagrees", "undetermined")
CHECK_KINDS: Final = ("ratio", "share", "part-sum", "growth", "said-twice", "rank", "table-total")

_SEGMENT = re.compile(r"[a-z][a-z0-9]*")
_BASE = re.compile(r"[a-z][a-z0-9+.-]*:[!$&-;=@-Z_a-z~%]*/", re.ASCII)


def check_base(base: str) -> IRI:
    """Return `base` itself where data IRIs can be built on it, else ``GraphError``.

    It must be an absolute ASCII IRI without query, fragment, quotes or blanks, ending in ``/``: shapes tell data
    IRIs by their end ``/{kind}/{hash}``, so ``urn:x:`` will not do, ``urn:x:id/`` will.
    """
    if not _BASE.fullmatch(base):
        raise GraphError(
            f"IRI 前缀不可用 / not usable as a base IRI: {base!r}",
            where="--base-iri",
            hint="写成绝对地址并以 / 结尾,例如 https://example.org/id/ 或 urn:x:id/ (absolute, ASCII, ending in /)",
        )
    return base


def mint(base: IRI, kind: str, key: str) -> IRI:
    """Return the IRI of the `kind` of thing that `key` identifies: ``{base}{kind}/{16 hex of SHA-256 of kind|key}``.

    >>> mint(BASE, "department", "320000|司法厅")
    'https://govkg.example/id/department/45e4aa1359f2955c'

    `kind` is a lower-case ASCII word. ``GraphError`` for another kind, or a key that has no UTF-8 form.
    """
    if not _SEGMENT.fullmatch(kind):
        raise GraphError(f"not a kind of thing: {kind!r}", where="mint", hint="use a lower-case ASCII word")
    try:
        digest = sha256(f"{kind}|{key}".encode()).hexdigest()
    except UnicodeEncodeError as fault:
        raise GraphError(
            f"键含有孤立代理字符 / lone surrogate in the key of a {kind}: {key!r}",
            where=kind,
            hint="按正确的编码重新读取报告 (read the report again in its right encoding)",
        ) from fault
    return f"{base}{kind}/{digest[:16]}"


def span_iri(report: IRI, span: Span) -> IRI:
    """Return the IRI of a range of a report's text, as RFC 5147 writes it: ``{report}#char=begin,end``.

    >>> span_iri("https://govkg.example/id/report/00", Span(3, 8))
    'https://govkg.example/id/report/00#char=3,8'
    """
    return f"{report}#char={span.start},{span.end}"


def ontology_dir() -> Traversable:
    """Return the ``ontology/`` directory, of the installed package or the checkout; ``GraphError`` if absent."""
    package = files("kg")
    inside = package / "ontology"
    if inside.is_dir():  # a wheel
        return inside
    with_package = getattr(package, "parent", None)  # a checkout: a real path
    if with_package is not None and (with_package / "ontology" / "kg.ttl").is_file():
        beside: Traversable = with_package / "ontology"
        return beside
    raise GraphError("the ontology files are missing", where=str(inside), hint="reinstall govkg: pip install govkg")


def ontology_file(name: str) -> bytes:
    """Return the bytes of a file of the ontology directory (``kg.ttl``, ``shapes.ttl``); ``GraphError`` if absent."""
    entry = ontology_dir() / name
    if not entry.is_file():
        raise GraphError("no such ontology file", where=name, hint="reinstall govkg: pip install govkg")
    return entry.read_bytes()
