"""The whole single-report pipeline."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kg.audit import AuditRules
from kg.coverage import CoverageRules, left_out
from kg.gazetteer import Gazetteer
from kg.link import LinkRules, link, mention_figures, places_within, with_issuer
from kg.model import Extraction, Report
from kg.read import ReadingRules
from kg.recognise import Recognisers, marked, recognise
from kg.recognise.head import find_issuer
from kg.relate import RelateRules, relate
from kg.rulebook import Rulebook
from kg.segment import SegmentationRules, segment
from kg.text import Folded


@dataclass(frozen=True)
class Extractor:
    """A rulebook and a gazetteer, compiled. Build it once; it serves any number of reports."""

    rulebook: Rulebook
    gazetteer: Gazetteer
    reading: ReadingRules  # for `kg.read.read(path, rules=…)`: the report is read before it is extracted from
    segmentation: SegmentationRules
    recognisers: Recognisers
    linking: LinkRules
    relations: RelateRules
    coverage: CoverageRules
    auditing: AuditRules  # for `kg.audit.audit(extraction, rules)`: what is extracted is what the text says, no more
    digest: str  # SHA-256 of every rule and data file, for caches and the run's record

    @classmethod
    def load(cls, *rule_directories: str | Path) -> Extractor:
        """Load and check all rules and data, the package's and those of `rule_directories`; raises `RuleError`."""
        rulebook = Rulebook.load(*rule_directories)
        gazetteer = Gazetteer.load(rule_directories)
        return cls(
            rulebook=rulebook,
            gazetteer=gazetteer,
            reading=ReadingRules.load(*rule_directories),
            segmentation=SegmentationRules.load(*rule_directories),
            recognisers=Recognisers.of(rulebook, gazetteer),
            linking=LinkRules.of(rulebook),
            relations=RelateRules.of(rulebook),
            coverage=CoverageRules.of(rulebook),
            auditing=AuditRules.of(rulebook),
            digest=rules_digest(rule_directories),
        )


def rules_digest(directories: Sequence[str | Path]) -> str:
    """SHA-256 over names and bytes of the package's rules and lists and of a user's, each folder in name order."""
    digest = hashlib.sha256()
    package = resources.files("kg")
    for folder in (package.joinpath("rules"), package.joinpath("data"), *map(Path, directories)):
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.is_file() and file.name.endswith((".yaml", ".tsv")):
                digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def extract(report: Report, extractor: Extractor) -> Extraction:
    """Find everything the rules can see in one report: segment → recognise → link → relate."""
    folded = Folded.of(report.text)
    sections, sentences = segment(report, extractor.segmentation, folded)
    context = marked(report, sections, sentences, extractor.recognisers, folded)
    issuer = find_issuer(context, extractor.recognisers.bodies, extractor.gazetteer)
    found = recognise(context, extractor.recognisers, issuer)
    linked = with_issuer(link(context, extractor.linking, found.candidates, issuer), issuer)
    related = relate(context, extractor.relations, linked.mentions, linked.entities, found.measures, issuer)
    mentions = mention_figures(linked.mentions, related.observations)
    return Extraction(
        report=report,
        issuer=issuer.ref if issuer else None,
        sections=sections,
        sentences=sentences,
        mentions=mentions,
        entities=linked.entities,
        statements=related.statements,
        observations=related.observations,
        recognitions=related.recognitions,
        place_within=places_within(linked.entities, extractor.gazetteer),
        left_out=left_out(context, extractor.coverage, mentions, related.observations, found.tables),
    )
