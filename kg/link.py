"""From candidates to mentions and entities: which one is meant (ONTOLOGY.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.model import Entity, Kind, Mention, Observation
from kg.recognise.bodies import Issuer
from kg.recognise.context import Candidate, Context
from kg.text import fold

#: Stands for the whole country in keys; GB/T 2260 has no code for it.
_CENTRE = "000000"
_SPACES = re.compile(r"\s+")
_QUOTES = re.compile(r"[“”‘’\"']")
_TYPES = {
    "reform": "改革", "system": "制度", "mechanism": "机制", "model": "模式", "platform": "平台", "campaign": "专项行动",
    "pilot": "试点", "programme": "工程", "service": "服务", "training": "活动", "honour": "称号",
}  # fmt: skip
_MERGED_QUOTES = ("quoted", "weak")


@dataclass(frozen=True, slots=True)
class Linked:
    """The mentions in text order and the entities they denote, sorted by ref."""

    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]


def link(context: Context, candidates: Sequence[Candidate], issuer: Issuer | None) -> Linked:
    """Give every candidate its entity. Two candidates of one key share the entity; surfaces become aliases."""
    short = _short_forms(context, candidates)
    entities: dict[str, Entity] = {}
    mentions: list[Mention] = []
    for candidate in sorted(candidates, key=lambda c: (c.start, c.end)):
        if candidate.options:
            refs = []
            for option in candidate.options:
                entity = replace(option, adcode=_gb(option.adcode))
                entities.setdefault(entity.ref, entity)
                refs.append(entity.ref)
            mentions.append(Mention(candidate.start, candidate.end, candidate.kind, candidate.rule, None, tuple(refs)))
            continue
        surface = _SPACES.sub("", context.report.text[candidate.start : candidate.end])
        entity = _entity(context, short.get(candidate.start, candidate), issuer)
        known = entities.get(entity.ref)
        entities[entity.ref] = _joined(known, entity, surface)
        mentions.append(Mention(candidate.start, candidate.end, candidate.kind, candidate.rule, entity.ref))
    return Linked(tuple(mentions), tuple(sorted(entities.values(), key=lambda e: e.ref)))


def _entity(context: Context, candidate: Candidate, issuer: Issuer | None) -> Entity:
    name = _SPACES.sub("", candidate.name)
    if candidate.kind is Kind.REGULATION:
        return _regulation(context, candidate, name, issuer)
    if candidate.kind is Kind.INITIATIVE:
        return _initiative(candidate, name, issuer)
    if candidate.kind is Kind.MEDIA_WORK:
        return Entity(Kind.MEDIA_WORK, normal_title(name), name, candidate.type)
    return Entity(
        candidate.kind, candidate.key or fold(name), name, candidate.type, adcode=_gb(candidate.adcode),
        official=candidate.official,
    )  # fmt: skip


def _gb(code: str | None) -> str | None:
    """A code of GB/T 2260, None for a zone that has none."""
    return code if code and len(code) == 6 and code.isdigit() and code != _CENTRE else None


def normal_title(title: str) -> str:
    """A title as an identity: folded, without quotation marks, spaces, 中华人民共和国 and year ranges' dashes."""
    text = _QUOTES.sub("", _SPACES.sub("", fold(title))).replace("<", "").replace(">", "")
    if text.startswith("中华人民共和国") and len(text) > 9:
        text = text.removeprefix("中华人民共和国")
    return re.sub(r"年(?=-)|年(?=\)$)", "", text)


def _regulation(context: Context, candidate: Candidate, name: str, issuer: Issuer | None) -> Entity:
    own = _own_number(context, candidate, name)
    if own is not None:
        return own
    key = normal_title(candidate.official or name)
    national = candidate.official is not None or candidate.type in ("法律", "行政法规", "党内法规和文件", "部门规章")
    adcode = None
    if not national and issuer is not None and issuer.adcode and not _names_area(context, key, issuer):
        adcode = _gb(issuer.adcode)
        key = f"{key}|{issuer.key}"
    return Entity(
        Kind.REGULATION, key, name, candidate.type, adcode=adcode, official=candidate.official, status=candidate.status
    )


def _own_number(context: Context, candidate: Candidate, name: str) -> Entity | None:
    """The report's own number and title denote the report as a document."""
    report = context.report
    number = report.field("doc_number")
    title = report.title
    if not title:
        return None
    own = bool(number and _SPACES.sub("", fold(number.value)) == _SPACES.sub("", fold(name)))
    if own or candidate.rule == "report-title":
        key = normal_title(title)
        return Entity(Kind.REGULATION, key, title, "公文", doc_number=number.value if number else None)
    return None


def _names_area(context: Context, title: str, issuer: Issuer) -> bool:
    return bool(re.match(r"[\u4e00-\u9fff]{2,8}?(?:省|市|自治区|区|县|州|盟|旗)", title)) or (
        bool(issuer.short) and title.startswith(issuer.short)
    )


def _initiative(candidate: Candidate, name: str, issuer: Issuer | None) -> Entity:
    name = re.sub(r"等(?=[\u4e00-\u9fff]{2,8}$)", "", name.replace('"', "“"))
    key = normal_title(name)
    place = issuer.adcode or issuer.key if issuer else ""
    return Entity(Kind.INITIATIVE, f"{key}|{place}", name, _initiative_type(candidate, name), adcode=_gb(place))


def _initiative_type(candidate: Candidate, name: str) -> str:
    kind = candidate.type or ""
    if kind in _TYPES:
        return _TYPES[kind]
    if any(word in name for word in ("审计", "检查", "整治", "排查", "治理", "调查", "普查", "监测", "攻坚")):
        return "专项行动"
    return next((label for label in ("改革", "试点", "平台", "制度", "机制", "活动", "服务", "工程") if label in name), "其他")


def _joined(known: Entity | None, entity: Entity, surface: str) -> Entity:
    """One entity from two mentions: every surface is an alias; the longer information stays."""
    base = known or entity
    aliases = {*base.aliases, *entity.aliases, surface}
    return replace(
        base,
        aliases=tuple(sorted(aliases)),
        status=base.status or entity.status,
        official=base.official or entity.official,
        type=base.type or entity.type,
        doc_number=base.doc_number or entity.doc_number,
    )


_SHORT = re.compile(r"[(](?:以下|下文)?(?:统一)?简称[:为]?(?P<open>[《“]?)(?P<short>[^()《》“”,;。]{2,20})[》”]?[)]")


def _short_forms(context: Context, candidates: Sequence[Candidate]) -> dict[int, Candidate]:
    """`《甲条例》（以下简称《条例》）`: later 《条例》 of the same report mean the document it was said of."""
    introduced: list[tuple[int, str, Candidate]] = []
    ordered = [c for c in sorted(candidates, key=lambda c: c.start) if c.kind is Kind.REGULATION]
    for match in _SHORT.finditer(context.text):
        before: Iterable[Candidate] = (c for c in reversed(ordered) if c.end <= match.start())
        document = next(iter(before), None)
        if document is not None and match.start() - document.end <= 30:
            introduced.append((match.start(), match["short"], document))
    result: dict[int, Candidate] = {}
    for candidate in ordered:
        name = context.text[candidate.start : candidate.end].strip("《》")
        for at, short, document in introduced:
            if candidate.start > at and name == short:
                result[candidate.start] = replace(
                    document, start=candidate.start, end=candidate.end, rule=candidate.rule
                )
    return result


def with_issuer(linked: Linked, issuer: Issuer | None) -> Linked:
    """The issuer is an entity even where the report never writes its name."""
    if issuer is None or any(e.ref == issuer.ref for e in linked.entities):
        return linked
    entity = Entity(Kind.DEPARTMENT, issuer.key, issuer.name, issuer.type, adcode=_gb(issuer.adcode))
    return Linked(linked.mentions, tuple(sorted((*linked.entities, entity), key=lambda e: e.ref)))


def mention_figures(mentions: Sequence[Mention], observations: Sequence[Observation]) -> tuple[Mention, ...]:
    """Add the figures' own mentions, each denoting its observation."""
    figures = [Mention(o.span.start, o.span.end, Kind.INDICATOR, o.rule, o.ref) for o in observations]
    return tuple(sorted((*mentions, *figures), key=lambda m: (m.start, m.end, m.kind)))
