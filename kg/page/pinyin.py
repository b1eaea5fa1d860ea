"""How Chinese characters are read, for the search box: 司法局 is found by `sifaju` and by `sfj`.

The table beside this module was made from the character readings of pypinyin 0.55 (MIT), without tones, `ü` as `v`.
All readings of a character are kept (长: chang, zhang), so that names of bodies and places with several readings are
found by any of them; the search matches syllable by syllable. A page holds what its own characters need, by syllable,
which takes half the room of a list by character.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def readings(texts: Iterable[str]) -> dict[str, str]:
    """Return each syllable with the characters of `texts` that can be read so, both sorted: nothing that is not there.

    >>> readings(["长治市"])
    {'chang': '长', 'chi': '治', 'fu': '市', 'shi': '市', 'zhang': '长', 'zhi': '治'}
    """
    there: set[str] = set().union(*texts)
    found = ((syllable, "".join(c for c in characters if c in there)) for syllable, characters in _table())
    return {syllable: characters for syllable, characters in found if characters}


@cache
def _table() -> tuple[tuple[str, str], ...]:
    text = (files("kg") / "page" / "pinyin.tsv").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in text.splitlines()[1:])
    return tuple((syllable, characters) for syllable, _, characters in rows)
