"""Whether words before a head noun make a name of their own.

`证明事项告知承诺制` is one, `各项工作机制` is none. What counts is how specific the modifier is, what governs it, and
whether it is a phrase or a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.recognise.context import Clause, Context
from kg.recognise.heads import Head
from kg.rulebook import Rulebook

_LONG_NOUN = 4  # characters of a head noun that makes a name of a short modifier
_SHORTEST, _LONGEST = 4, 44  # characters of a name, head included
_BEHIND_QUOTATION = re.compile("”[\u4e00-\u9fff]{0,4}$")
_QUOTED_LIST = re.compile("”等[\u4e00-\u9fff]{0,4}$")
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True)
class NameRules:
    """The lists of initiatives.yaml about modifiers and what governs them."""

    generic: re.Pattern[str]
    vague: re.Pattern[str]
    vague_end: re.Pattern[str]
    slogan: re.Pattern[str]
    no_name: re.Pattern[str]
    problem: re.Pattern[str]
    predicate: re.Pattern[str]
    listed_end: re.Pattern[str]
    strict_verbs: frozenset[str]
    loose_verbs: frozenset[str]
    joined_verbs: frozenset[str]
    alone: frozenset[str]
    long_heads: frozenset[str]
    sum_heads: frozenset[str]
    name_adverb: re.Pattern[str]
    noun_like: frozenset[str]
    reform_verbs: frozenset[str]
    manner_form: re.Pattern[str]
    whole_quotation: re.Pattern[str]  # has its own head inside

    @classmethod
    def of(cls, rulebook: Rulebook) -> NameRules:
        """Compile the lists once."""
        alt, words = rulebook.alternation, rulebook.words
        return cls(
            generic=re.compile(alt("generic", "adverb", "scope")),
            vague=re.compile(alt("vague", "scope")),
            vague_end=re.compile(rf"{alt('vague')}$"),
            slogan=re.compile(alt("slogan")),
            no_name=rulebook.union("no-name"),
            problem=re.compile(alt("problem")),
            predicate=re.compile(rf"(?:{alt('adverb')})*{alt('predicate', 'launch')}"),
            listed_end=re.compile(rf"{alt('listed_end')}$"),
            strict_verbs=frozenset(words("launch_strict")),
            loose_verbs=frozenset(words("launch_loose")),
            joined_verbs=frozenset(words("launch_joined")),
            alone=frozenset(words("head_alone")),
            long_heads=frozenset(words("head_long")),
            sum_heads=frozenset(words("head_sum")),
            whole_quotation=re.compile(rf"[\u4e00-\u9fff]{{4}}{alt('head_inside')}”$"),
            manner_form=re.compile(rf"{alt('manner_form')}$"),
            reform_verbs=frozenset(words("reform_verb")),
            noun_like=frozenset(words("noun_like_verb")),
            name_adverb=re.compile(alt("name_adverb")),
        )

    def specific(self, modifier: str) -> bool:
        """Whether a modifier is specific enough to make a name: quoted, Latin, two content characters or six in all."""
        if "“" in modifier or _LATIN.search(modifier):
            return True
        return len(self.generic.sub("", modifier)) >= 2 or len(self.vague.sub("", modifier)) >= 6


def accepted(
    context: Context,
    rules: NameRules,
    clause: Clause,
    start: int,
    head: Head,
    governed: str,
    preposition: bool,
    heading: bool,
) -> bool:
    """Whether ``start`` to the end of `head` is the name of an initiative.

    `governed` is the launch verb before it, `preposition` says that a preposition stands there instead, `heading` that
    the clause is a heading, where weak heads name nothing.
    """
    modifier = context.flat[start : head.start]
    noun = context.flat[head.start : head.end]
    if noun in rules.alone and governed:
        return True
    if not _well_formed(context, rules, start, head, modifier, noun):
        return False
    manner = governed and len(noun) >= _LONG_NOUN and rules.name_adverb.fullmatch(modifier)  # 建立|分级审核制度
    if not (manner or rules.specific(modifier)):
        return False
    if rules.no_name.search(context.flat, start, head.end):
        return False
    if "的" in modifier and not rules.specific(modifier[: modifier.rindex("的")]):
        return False
    if governed in rules.joined_verbs and head.kind in ("programme", "weak"):
        return False
    if not governed and rules.problem.search(context.flat, clause.start, clause.end):
        return False
    quoted = "“" in modifier
    content = rules.vague.sub("", modifier)
    if not quoted and (len(content) + len(noun) < 5 or (noun in rules.long_heads and len(content) < 4)):
        return False
    if head.kind == "quoted":
        if not quoted or _BEHIND_QUOTATION.search(modifier) is None:
            return False
        return rules.whole_quotation.search(context.text, start, head.start) is None  # “某审批管理系统”|办理
    if head.kind == "weak":
        return quoted or (not heading and _run(context, rules, clause, start, head, governed, modifier, len(content)))
    if governed or quoted or preposition:
        return True
    long = len(content) >= 3 or (len(content) == 2 and len(noun) >= _LONG_NOUN)  # 育儿|补贴政策
    return head.kind not in ("model", "training") and long and not _is_sentence(context, rules, start, head.start)


def _well_formed(context: Context, rules: NameRules, start: int, head: Head, modifier: str, noun: str) -> bool:
    """Whether the modifier has the form of one: no slogan, no quantity, nothing that ends where a name cannot."""
    quoted = "“" in modifier
    if not _SHORTEST <= head.end - start <= _LONGEST or not modifier.strip():
        return False
    if modifier.count("“") != modifier.count("”") or modifier.count("(") != modifier.count(")"):
        return False
    if modifier.endswith("等") and noun in rules.sum_heads and not _QUOTED_LIST.search(modifier):
        return False
    if modifier.endswith("的") and head.kind not in ("system", "mechanism", "model", "platform"):
        return False
    if head.kind in ("weak", "reform") and _verb_before(context, rules, start, head.start):
        return False
    if quoted:
        return True
    if head.kind == "weak":
        if modifier[-1] in context.lexicon.joiners or rules.vague_end.search(modifier):
            return False
        if "的" in modifier and not context.lexicon.frame.match(context.flat, start):
            return False
    if head.kind != "training" and rules.slogan.search(modifier):
        return False
    return not context.lexicon.counted.found(modifier)


def _run(
    context: Context,
    rules: NameRules,
    clause: Clause,
    start: int,
    head: Head,
    governed: str,
    modifier: str,
    content: int,
) -> bool:
    """Whether a weak head was run: behind a strict verb, behind a loose one if long, or before a predicate."""
    if governed in rules.strict_verbs:
        return content >= 4 or (content == 3 and rules.manner_form.search(modifier) is not None)  # 调研式|培训
    if governed in rules.loose_verbs:
        return content >= 6
    return (
        start == clause.start
        and "、" not in modifier
        and content >= 4
        and rules.predicate.match(context.text, head.end) is not None
    )


def _is_sentence(context: Context, rules: NameRules, start: int, at: int) -> bool:
    """Whether `start:at` is a sentence: it opens with a verb or holds an adverb (`群众只需要跑一趟|窗口`)."""
    words = context.words
    first = context.flat[start : words.end_of(start)]
    if words.tag_at(start) == "v" and words.end_of(start) < at and first != "“" and first not in rules.noun_like:
        return True
    return any(words.tag_at(i) in ("d", "r") for i in range(start + 1, at))


def _verb_before(context: Context, rules: NameRules, start: int, at: int) -> bool:
    """Whether a launch verb stands right before the head and after the name's beginning: `以法治方式深化|改革`."""
    items = context.items_in(start, at)
    if not items or items[-1].end != at or items[-1].start <= start or "launch" not in items[-1].lists:
        return False
    verb = context.text[items[-1].start : items[-1].end]
    return verb in rules.reform_verbs or not context.words.tag_at(items[-1].start).startswith("vn")
