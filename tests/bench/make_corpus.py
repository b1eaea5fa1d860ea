"""Any number of reports out of a few: texts recombined, issuers, years and figures varied, the same for the same seed.

Run it from the project's root::

    python tests/bench/make_corpus.py 1000 FOLDER --seed 6 ../shared/corpus/*.txt

Each report takes one text, gives it to another county (its own name is replaced), another year and other
figures, and shuffles the sentences of each paragraph. Nothing of it is true; it is as long and as dense as real
ones, which is what a benchmark needs. Reports lie in folders by province and year.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

_SENTENCE = re.compile(r"[^。\n]*[。\n]|[^。\n]+")
_NUMBER = re.compile(r"(?<![\d.年〔(（第])\d{2,6}(?=[件个项家人次名份起亩公万亿元])")
_YEAR = re.compile(r"(?<!\d)20[012]\d(?=年)")
_OWN = re.compile(r"__(?P<place>[^_]+)__(?P<year>\d{4})__")


def counties() -> list[tuple[str, str]]:
    """Return province and full name of every county that stands today, in the order of their codes."""
    rows = [line.split("\t") for line in (ROOT / "kg/data/places.tsv").read_text(encoding="utf-8").splitlines()]
    current = {row[0]: row[1] for row in rows if len(row) > 4 and row[4] == "current"}
    return [
        (current[code[:2] + "0000"], f"{current.get(code[:4] + '00', '')}{name}")
        for code, name in sorted(current.items())
        if not code.endswith("00") and code[:2] + "0000" in current
    ]


def report(text: str, own: str, issuer: str, year: int, chance: random.Random) -> str:
    """Return a text given to another issuer and year, with other figures and shuffled sentences."""
    if own:
        text = text.replace(own, issuer)
    shift = year - max((int(found) for found in _YEAR.findall(text)), default=year)
    text = _YEAR.sub(lambda match: str(int(match.group()) + shift), text)
    text = _NUMBER.sub(lambda match: str(max(10, int(int(match.group()) * chance.uniform(0.5, 1.5)))), text)
    lines = []
    for line in text.split("\n"):
        sentences = _SENTENCE.findall(line)
        if len(sentences) > 3:
            middle = sentences[1:-1]
            chance.shuffle(middle)
            sentences[1:-1] = middle
        lines.append("".join(sentences))
    return "\n".join(lines)


def make(number: int, folder: Path, sources: Sequence[Path], seed: int) -> int:
    """Write the reports; return their bytes."""
    chance = random.Random(seed)
    places = counties()
    texts = []
    for path in sorted(sources):
        found = _OWN.search(path.name)
        texts.append((path.read_text(encoding="utf-8"), found["place"] if found else ""))
    total = 0
    for index in range(number):
        text, own = texts[index % len(texts)]
        province, issuer = chance.choice(places)
        year = chance.randrange(2012, 2026)
        place = folder / province / str(year)
        place.mkdir(parents=True, exist_ok=True)
        data = report(text, own, issuer, year, chance).encode()
        (place / f"{issuer}{year}-{index:06d}.txt").write_bytes(data)
        total += len(data)
    return total


def main() -> None:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=6)
    arguments = parser.parse_args()
    total = make(arguments.number, arguments.folder, arguments.sources, arguments.seed)
    print(f"{arguments.number} reports, {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
