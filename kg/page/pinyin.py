"""How Chinese characters are read, for the search box: 司法局 is found by `sifaju` and by `sfj`.

The table beside this module was made from the character readings of pypinyin 0.55 (MIT), without tones, `ü` as `v`.
All readings of a character are kept (长: chang, zhang), so that names of bodies and places with several readings are
found by any of them; the search matches syllable by syllable.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def readings(texts: Iterable[str]) -> dict[str, str]:
    """Return the readings of every Chinese character of `texts`, separated by blanks, sorted by character.

    >>> readings(["长治市"])
    {'市': 'fu shi', '治': 'chi zhi', '长': 'chang zhang'}
    """
    table = _table()
    characters = sorted({character for text in texts for character in text})
    return {character: table[character] for character in characters if character in table}


@cache
def _table() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    text = (files("kg") / "page" / "pinyin.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        syllable, _, characters = line.partition("\t")
        for character in characters:
            found.setdefault(character, []).append(syllable)
    return {character: " ".join(syllables) for character, syllables in found.items()}
