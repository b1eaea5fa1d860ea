"""What nearly matched, and why it did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from kg.coverage import REASONS
from kg.explain.rules import KINDS, rule_of
from kg.extract import Extractor
from kg.model import Extraction, Kind, Mention, Span
from kg.recognise import marked
from kg.recognise.context import Clause, Context
from kg.recognise.names import left_edge
from kg.relate.templates import Masked, mask, matches
from kg.rulebook import Rulebook


def near_misses(extraction: Extraction, extractor: Extractor, end: int) -> Iterator[dict[str, Any]]:
    """Yield what the rules nearly saw in a text that ends at `end`, each with the reason why it is not told."""
    context = marked(extraction.report, extraction.sections, extraction.sentences, extractor.recognisers)
    vetoed = list(_vetoed(context, extraction, extractor))
    yield from vetoed
    explained = [Span(miss["start"], miss["end"]) for miss in vetoed]
    yield from _without_object(context, extraction, extractor.rulebook, explained)
    yield from _bare_heads(context, extraction, extractor)
    for mention in extraction.mentions:
        if mention.kind is Kind.MEDIA_WORK:
            why = "前后的词说明它是节目、作品,不是文件"
            yield _miss("title", context, mention.span, why, **rule_of(extractor.rulebook, mention.rule))
    for item in extraction.left_out:
        if item.span.end <= end:
            zh, en = REASONS.get(item.reason, (item.reason, item.reason))
            yield _miss(item.what, context, item.span, zh, reason=item.reason, reason_en=en)


def _miss(what: str, context: Context, span: Span, why: str, **more: str) -> dict[str, Any]:
    text = context.report.text[span.start : span.end]
    return {"what": what, "start": span.start, "end": span.end, "text": text, "why": why, **more}


def _vetoed(context: Context, extraction: Extraction, extractor: Extractor) -> Iterator[dict[str, Any]]:
    """Yield matches of templates that a word of their `unless` undoes."""
    for masked in _masked(context, extraction):
        for compiled in extractor.relations.templates:
            template = compiled.template
            if not template.unless:
                continue
            kept = {(m.start, m.end) for m in matches(compiled, masked)}
            free = replace(compiled, template=replace(template, unless=()))
            for match in matches(free, masked):
                place = (match.start, match.end)
                if place in kept:
                    continue
                words = [
                    word
                    for word in template.unless
                    if place
                    not in {
                        (m.start, m.end)
                        for m in matches(replace(compiled, template=replace(template, unless=(word,))), masked)
                    }
                ]
                span = Span(masked.source(match.start), masked.source(match.end))
                why = f"句式 {template.id}({template.template})因 unless 词“{'、'.join(words)}”不成立"
                yield _miss("unless", context, span, why, **rule_of(extractor.rulebook, template.id))


def _masked(context: Context, extraction: Extraction) -> Iterator[Masked]:
    """Yield the masked sentences as `kg.relate` sees them: outermost mentions with an entity, no figures."""
    outer = _outermost([m for m in extraction.mentions if m.ref is not None and m.kind is not Kind.INDICATOR])
    for sentence in extraction.sentences:
        inside = [m for m in outer if sentence.start <= m.start and m.end <= sentence.end]
        if inside:
            yield mask(context.text, sentence.start, sentence.end, inside)


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _without_object(
    context: Context, extraction: Extraction, book: Rulebook, explained: Sequence[Span]
) -> Iterator[dict[str, Any]]:
    """Yield verbs of relations in clauses that say nothing: no name of the wanted class stands behind them."""
    wanted: dict[str, set[str]] = {}
    for template in book.templates:
        for key in book.lists:
            if f"${key}…{{object:" in template.template:
                kind = template.template.partition("{object:")[2].partition("}")[0]
                for word in book.lists[key]:
                    wanted.setdefault(word, set()).add(kind)
    verbs = sorted(wanted, key=lambda word: (-len(word), word))
    said = [*explained, *(span for statement in extraction.statements for span in statement.evidence)]
    for clause in context.clauses:
        span = Span(clause.start, clause.end)
        if any(span.overlaps(other) for other in said):
            continue
        at = clause.start
        while at < clause.end:
            verb = next((w for w in verbs if context.flat.startswith(w, at, clause.end)), "")
            if verb and _is_word(context, at, len(verb), extraction.mentions):
                kinds = "、".join(sorted(KINDS[Kind(kind)] for kind in wanted[verb]))
                here = Span(at, at + len(verb))
                yield _miss("no-object", context, here, f"“{verb}”之后没有认出{kinds}的名称")
                at += len(verb)
            else:
                at += 1


def _is_word(context: Context, at: int, length: int, mentions: Sequence[Mention]) -> bool:
    if not (context.words.boundary(at) and context.words.boundary(at + length)):
        return False
    return not any(m.start < at + length and at < m.end for m in mentions)


def _bare_heads(context: Context, extraction: Extraction, extractor: Extractor) -> Iterator[dict[str, Any]]:
    """Yield head nouns of initiatives that made no name, with the condition that fails."""
    rules = extractor.recognisers.initiatives
    taken = [mention.span for mention in extraction.mentions]
    for number, start, end in rules.heads.find_matches_as_indexes(context.flat):
        span, clause = Span(start, end), context.clause_at(start)
        if clause is None or any(span.overlaps(other) for other in taken):
            continue
        if not (context.words.boundary(start) and context.words.boundary(end)):
            continue
        item = context.item_at(start)
        if item is not None and "launch" in item.lists and item.end >= end:
            continue  # a verb here
        if rules.head_kinds[number] == "quoted" and context.text[start - 1 : start] != "”":
            continue  # 办理, 登记: common words, names only behind a quotation
        why = _why_no_name(context, extractor, clause, span, rules.head_kinds[number])
        yield _miss("head", context, span, why, file="kg/rules/initiatives.yaml")


def _why_no_name(context: Context, extractor: Extractor, clause: Clause, head: Span, kind: str) -> str:
    rules = extractor.recognisers.initiatives
    after = rules.not_after.match(context.text, head.end)
    if after:
        return f"其后紧接“{after.group()}”(head_not_after),是更长的词"
    edge = left_edge(context, clause.start, head.start)
    modifier = context.text[edge.start : head.start]
    if not modifier.strip():
        skipped = context.text[edge.verb_start + len(edge.verb) : edge.start] if edge.verb else modifier
        return f"修饰语“{skipped}”只是泛指,不成名称" if skipped.strip() else "中心词之前没有修饰语"
    if len(rules.generic.sub("", modifier)) < 2:
        return f"修饰语“{modifier}”只是泛指(generic、adverb、scope),不成名称"
    if kind == "quoted" and "”" not in modifier:
        return f"“{context.text[head.start : head.end]}”(head_quoted)之前须是带引号的名称"
    if not edge.verb:
        return f"之前没有起动词(launch),修饰语“{modifier}”不足以自成名称"
    if kind == "weak":
        return f"较弱的中心词(head_weak):“{edge.verb}”之后的修饰语“{modifier}”不够长、不够具体"
    return f"修饰语“{modifier}”不合名称的形式"
