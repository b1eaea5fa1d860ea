"""From candidates to mentions and entities: which one is meant (ONTOLOGY.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.gazetteer import Gazetteer
from kg.model import Entity, Kind, Mention, Observation, Span
from kg.recognise.context import Candidate, Context
from kg.recognise.issuer import CENTRE, Issuer
from kg.rulebook import Pattern, Rulebook, classify
from kg.text import fold

_WORD = re.compile(r"\w")
_PLAIN = re.compile("[\u4e00-\u9fff]*")  # nothing to fold, nothing to take out
_NOISE = re.compile(r"[\s“”‘’\"'<>]")
_SHORT_REACH = 30  # characters between a document and the brackets that give it a short form


@dataclass(frozen=True)
class LinkRules:
    """The lists and patterns that say which names denote one thing, compiled once."""

    state: str  # 中华人民共和国, which laws carry in front of their title or not
    range_year: re.Pattern[str]
    et_cetera: re.Pattern[str]  # the 等 of a list inside a name
    short_form: re.Pattern[str]
    provision: Pattern  # 第三十三条第一款, behind a document's name
    names_area: re.Pattern[str]
    national_types: frozenset[str]
    initiative_types: tuple[Pattern, ...]
    other_initiative: str

    @classmethod
    def of(cls, rulebook: Rulebook) -> LinkRules:
        """Compile the lists and patterns once."""
        return cls(
            state=rulebook.word("state"),
            range_year=rulebook.union("range-year"),
            et_cetera=rulebook.union("et-cetera"),
            short_form=rulebook.union("short-form"),
            provision=rulebook.group("provision")[0],
            names_area=rulebook.union("names-area"),
            national_types=frozenset(rulebook.words("national_type")),
            initiative_types=rulebook.group("initiative-type"),
            other_initiative=rulebook.word("other_initiative"),
        )

    def normal_title(self, title: str) -> str:
        """A title as an identity: folded, without quotation marks, spaces, the State's name and the 年 of ranges."""
        text = title if _PLAIN.fullmatch(title) else _NOISE.sub("", fold(title))
        if text.startswith(self.state) and len(text) > len(self.state) + 2:
            text = text.removeprefix(self.state)
        return self.range_year.sub("", text)

    def initiative_type(self, candidate: Candidate, name: str) -> str:
        """The type its head noun gives an initiative, else the one its name gives."""
        return candidate.type or classify(self.initiative_types, name) or self.other_initiative


@dataclass(frozen=True, slots=True)
class Linked:
    """The mentions in text order and the entities they denote, sorted by ref."""

    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]


def link(context: Context, rules: LinkRules, candidates: Sequence[Candidate], issuer: Issuer | None) -> Linked:
    """Give every candidate its entity. Two candidates of one key share the entity; surfaces become aliases.

    A candidate with several options makes a mention without a ref; all options become entities.
    """
    ordered = sorted(candidates, key=lambda c: (c.start, c.end))
    short = _short_forms(context, rules, ordered)
    source = context.report.text
    number = context.report.field("doc_number")
    own_number = _unspaced(fold(number.value)) if number else None
    entities: dict[str, Entity] = {}
    surfaces: dict[str, set[str]] = {}
    mentions: list[Mention] = []
    for candidate in ordered:
        if candidate.options:
            options = [replace(option, adcode=_gb(option.adcode)) for option in candidate.options]
            for option in options:
                entities.setdefault(option.ref, option)
            refs = tuple(option.ref for option in options)
            mentions.append(Mention(candidate.start, candidate.end, candidate.kind, candidate.rule, None, refs))
            continue
        entity = _entity(context, rules, short.get(candidate.start, candidate), issuer, own_number)
        if not _has_word(entity.name) or not _has_word(entity.key.partition("|")[0]):
            continue  # 《（试行）》: brackets and quotation marks alone name nothing; coverage lists them
        ref = entity.ref
        known = entities.get(ref)
        entities[ref] = entity if known is None else _joined(known, entity)
        surfaces.setdefault(ref, set()).add(_unspaced(source[candidate.start : candidate.end]))
        cited = rules.provision.regex.match(context.flat, candidate.end) if candidate.kind is Kind.REGULATION else None
        provision = Span(*rules.provision.span(cited)) if cited else None
        mentions.append(
            Mention(candidate.start, candidate.end, candidate.kind, candidate.rule, ref, provision=provision)
        )
    named = (
        _with_aliases(entity, tuple(sorted(surfaces[ref]))) if ref in surfaces else entity
        for ref, entity in sorted(entities.items())
    )
    return Linked(tuple(mentions), tuple(named))


def with_issuer(linked: Linked, issuer: Issuer | None) -> Linked:
    """The issuer is an entity even where the report never writes its name."""
    if issuer is None or any(e.ref == issuer.ref for e in linked.entities):
        return linked
    entity = Entity(Kind.DEPARTMENT, issuer.key, issuer.name, issuer.type, adcode=_gb(issuer.adcode))
    return Linked(linked.mentions, tuple(sorted((*linked.entities, entity), key=lambda e: e.ref)))


def places_within(entities: Sequence[Entity], gazetteer: Gazetteer) -> tuple[tuple[str, str], ...]:
    """The (inner, outer) refs of the report's places: each lies in the nearest named one around it, by the gazetteer.

    The whole country holds what no other place named does.
    """
    places = {entity.key: entity.ref for entity in entities if entity.kind is Kind.PLACE}
    found = []
    for code, ref in sorted(places.items()):
        around = gazetteer.around(code) if code != CENTRE and gazetteer.full_name(code) else ()
        outer = next((places[c] for c in (*around, CENTRE) if c in places), None) if around else None
        if outer is not None:
            found.append((ref, outer))
    return tuple(found)


def mention_figures(mentions: Sequence[Mention], observations: Sequence[Observation]) -> tuple[Mention, ...]:
    """Add the figures' own mentions, each denoting its observation."""
    figures = [Mention(o.span.start, o.span.end, Kind.INDICATOR, o.rule, o.ref) for o in observations]
    return tuple(sorted((*mentions, *figures), key=lambda m: (m.start, m.end, m.kind)))


def _has_word(name: str) -> bool:
    return name[:1].isalnum() or _WORD.search(name) is not None


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _with_aliases(entity: Entity, aliases: tuple[str, ...]) -> Entity:
    """`dataclasses.replace` for all entities of a report would take longer than everything else here."""
    return Entity(
        entity.kind,
        entity.key,
        entity.name,
        entity.type,
        aliases,
        entity.adcode,
        entity.official,
        entity.status,
        entity.doc_number,
    )


def _entity(
    context: Context, rules: LinkRules, candidate: Candidate, issuer: Issuer | None, own_number: str | None
) -> Entity:
    name = _unspaced(candidate.name)
    if candidate.kind is Kind.REGULATION:
        return _regulation(context, rules, candidate, name, issuer, own_number)
    if candidate.kind is Kind.INITIATIVE:
        return _initiative(rules, candidate, name, issuer)
    if candidate.kind is Kind.MEDIA_WORK:
        return Entity(Kind.MEDIA_WORK, rules.normal_title(name), name, candidate.type)
    return Entity(
        candidate.kind,
        candidate.key or fold(name),
        name,
        candidate.type,
        adcode=_gb(candidate.adcode),
        official=candidate.official,
    )


def _gb(code: str | None) -> str | None:
    """A code of GB/T 2260, None for a zone that has none."""
    return code if code and len(code) == 6 and code.isdigit() and code != CENTRE else None


def _regulation(
    context: Context, rules: LinkRules, candidate: Candidate, name: str, issuer: Issuer | None, own_number: str | None
) -> Entity:
    """A document: a national one by its title, one of the issuer by title and issuer; the report itself by its own."""
    if context.report.title and (
        candidate.rule == "report-title" or (own_number is not None and own_number == fold(name))
    ):
        return _own_report(context, rules, candidate)
    key = rules.normal_title(candidate.official or name)
    national = candidate.official is not None or candidate.type in rules.national_types
    adcode = None
    if not national and issuer is not None and issuer.adcode and not _names_area(rules, key, issuer):
        adcode = _gb(issuer.adcode)
        key = f"{key}|{issuer.key}"
    return Entity(
        Kind.REGULATION, key, name, candidate.type, adcode=adcode, official=candidate.official, status=candidate.status
    )


def _own_report(context: Context, rules: LinkRules, candidate: Candidate) -> Entity:
    """The report's own number and title denote the report as a document."""
    title, number = context.report.title, context.report.field("doc_number")
    doc_number = number.value if number else None
    return Entity(Kind.REGULATION, rules.normal_title(title), title, candidate.type, doc_number=doc_number)


def _names_area(rules: LinkRules, title: str, issuer: Issuer) -> bool:
    return rules.names_area.match(title) is not None or (bool(issuer.short) and title.startswith(issuer.short))


def _initiative(rules: LinkRules, candidate: Candidate, name: str, issuer: Issuer | None) -> Entity:
    """An initiative by its name and the issuer's area: the same name elsewhere is another one."""
    name = rules.et_cetera.sub("", name.replace('"', "“"))
    place = (issuer.adcode or issuer.key) if issuer else ""
    key = f"{rules.normal_title(name)}|{place}"
    return Entity(Kind.INITIATIVE, key, name, rules.initiative_type(candidate, name), adcode=_gb(place))


def _joined(known: Entity, entity: Entity) -> Entity:
    """One entity from two mentions: what the first one lacks comes from the second."""
    if known == entity:
        return known
    return replace(
        known,
        status=known.status or entity.status,
        official=known.official or entity.official,
        type=known.type or entity.type,
        doc_number=known.doc_number or entity.doc_number,
    )


def _short_forms(context: Context, rules: LinkRules, ordered: Sequence[Candidate]) -> Mapping[int, Candidate]:
    """`《甲条例》（以下简称《条例》）`: later 《条例》 of the same report mean the document it was said of.

    The keys are the places of the later mentions.
    """
    documents = [c for c in ordered if c.kind is Kind.REGULATION]
    introduced: list[tuple[int, str, Candidate]] = []
    for match in rules.short_form.finditer(context.text):
        document = next((c for c in reversed(documents) if c.end <= match.start()), None)
        if document is not None and match.start() - document.end <= _SHORT_REACH:
            introduced.append((match.start(), match["short"], document))
    result: dict[int, Candidate] = {}
    for candidate in documents if introduced else ():
        name = context.text[candidate.start : candidate.end].strip("《》")
        for at, short, document in introduced:
            if candidate.start > at and name == short:
                result[candidate.start] = document._replace(
                    start=candidate.start, end=candidate.end, rule=candidate.rule
                )
    return result
