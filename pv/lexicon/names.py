"""What a user's name for a drug or an event stands for, read from the lexicons without loading them whole.

A query must answer at once, so that the tables are searched as text first, and only the rows that may match are parsed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pv.lexicon.expansion import expand
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import load_macros
from pv.text.folding import fold, strip_accents
from pv.text.tokens import tokenize

DRUG_TABLES = "drugs*.csv"
EVENT_TABLES = "events*.csv"
_ATC = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
_CIM10 = re.compile(r"[A-Z]\d\d(\.?[0-9A-Z+]{1,4})?")
# Letters at a word's beginning or end: found in few rows, and few enough that no bracket of the notation parts both.
_STEM = 4


@dataclass(frozen=True, slots=True)
class DrugName:
    """The names and ATC prefixes under which the database may hold a drug that the user named."""

    asked: str
    inns: tuple[str, ...] = ()
    atc_prefixes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the lexicons know the name, or it has the form of an ATC code."""
        return bool(self.inns or self.atc_prefixes)


@dataclass(frozen=True, slots=True)
class EventName:
    """The labels, concepts and CIM-10 prefixes under which the database may hold an event that the user named."""

    asked: str
    labels: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    cim10_prefixes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the lexicons know the name, or it has the form of a CIM-10 code."""
        return bool(self.labels or self.concepts or self.cim10_prefixes)


def same(phrase: str) -> str:
    """Give the form under which two names are compared: folded words, one space between them."""
    return " ".join(fold(phrase[a:b]) for a, b in tokenize(phrase))


def resolve_drug(asked: str, folder: Path | None = None) -> DrugName:
    """Give what a drug name stands for: an ATC prefix, an INN, a brand, a class (its members too) or a protocol."""
    code = asked.strip().upper()
    if _ATC.fullmatch(code) and (len(code) > 1 or asked.strip().isupper()):
        return DrugName(asked, atc_prefixes=(code,))
    inns: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    wanted = same(bare(asked))
    for row in _matching(folder or lexicon_dir(), DRUG_TABLES, wanted, ("term",), ("inn",)):
        inns[row["inn"]] = None
        if row["kind"] == "class":
            prefixes |= dict.fromkeys(row["atc"].split())
    return DrugName(asked, tuple(inns), tuple(prefixes))


def resolve_event(asked: str, folder: Path | None = None) -> EventName:
    """Give what an event name stands for: a CIM-10 prefix, or the concepts with this id, label or synonym."""
    code = asked.strip().upper()
    if _CIM10.fullmatch(code):
        return EventName(asked, cim10_prefixes=(code.replace(".", ""),))
    labels: dict[str, None] = {}
    concepts: dict[str, None] = {}
    for row in _matching(folder or lexicon_dir(), EVENT_TABLES, same(asked), ("terms",), ("label", "id")):
        labels[row["label"]] = None
        concepts[row["id"]] = None
    return EventName(asked, tuple(labels), tuple(concepts))


def _matching(
    folder: Path, pattern: str, wanted: str, noted: tuple[str, ...], plain: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    """Yield the rows one of whose names is the wanted one.

    Cells of the noted columns are in the notation of terms, those of the plain ones are names as they stand.
    """
    if not wanted:
        return
    word = max(wanted.split(), key=len)
    macros: dict[str, tuple[str, ...]] | None = None
    for row in _candidates(folder, pattern, word):
        if any(same(bare(row.get(c, ""))) == wanted for c in plain):
            yield row
            continue
        for column in noted:
            cell = row.get(column, "")
            if macros is None and "<" in cell:
                macros = load_macros(folder / "macros.csv")
            if wanted in {same(p.removeprefix("=")) for p in _phrases(cell, macros or {})}:
                yield row
                break


def bare(name: str) -> str:
    """Give a class's or protocol's name without the prefix that tells its kind."""
    return re.sub(r"^(class|protocol):", "", name)


def _phrases(cell: str, macros: dict[str, tuple[str, ...]]) -> list[str]:
    try:
        return expand(cell, macros)
    except ValueError:
        # The check of the lexicons tells of it, with file and line; a query has no use for it.
        return []


def _candidates(folder: Path, pattern: str, word: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the tables in whose line the word begins or ends somewhere."""
    search = re.compile("|".join(dict.fromkeys(map(_as_written, (word[:_STEM], word[-_STEM:])))), re.IGNORECASE)
    for path in sorted(folder.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        header = next(csv.reader([text.partition("\n")[0]]), [])
        for cells in csv.reader(_lines_with(text, search)):
            yield dict(zip(header, map(str.strip, cells), strict=False))


def _lines_with(text: str, search: re.Pattern[str]) -> Iterator[str]:
    at = text.find("\n") + 1
    while found := search.search(text, at):
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        yield text[text.rfind("\n", 0, found.start()) + 1 : end]
        at = end


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Give the letters of Latin-1 and œ by the plain letters that they fold to."""
    letters: dict[str, str] = {}
    for char in [*map(chr, range(0xC0, 0x100)), "œ"]:
        if char.isalpha():
            letters[strip_accents(char)] = letters.get(strip_accents(char), "") + char
    return letters


def _as_written(folded: str) -> str:
    """Give a pattern for every spelling, accents and ligatures included, that folds to these letters."""
    pattern = ""
    for piece in re.findall("oe|ae|.", folded):
        spellings = [re.escape(piece), *_spellings().get(piece, "")]
        if len(piece) > 1:
            spellings[0] = _as_written(piece[0]) + _as_written(piece[1])
        pattern += f"(?:{'|'.join(spellings)})" if len(piece) > 1 else f"[{''.join(spellings)}]"
    return pattern


def all_names(folder: Path, pattern: str, columns: Iterable[str]) -> Iterator[str]:
    """Yield every name in these columns, terms in the notation left out; for suggestions."""
    columns = tuple(columns)
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                for column in columns:
                    for name in (row.get(column) or "").split("|"):
                        if name and not re.search(r"[{}()<>=]", name):
                            yield bare(name)


def nearest(asked: str, names: Iterable[str], limit: int = 5) -> list[str]:
    """Give the names most like the one asked for, best first, at most so many."""
    from rapidfuzz import fuzz, process

    choices = {n: strip_accents(n) for n in dict.fromkeys(names)}
    found = process.extract(strip_accents(asked), choices, scorer=fuzz.ratio, limit=limit, score_cutoff=60)
    return [name for _, _, name in found]


def similar_drugs(asked: str, stored: Iterable[str] = (), folder: Path | None = None) -> list[str]:
    """Give the drug names of the lexicons and the database that are most like this one."""
    return nearest(asked, [*map(bare, stored), *all_names(folder or lexicon_dir(), DRUG_TABLES, ("inn", "term"))])


def similar_events(asked: str, stored: Iterable[str] = (), folder: Path | None = None) -> list[str]:
    """Give the event names of the lexicons and the database that are most like this one."""
    return nearest(asked, [*stored, *all_names(folder or lexicon_dir(), EVENT_TABLES, ("label", "terms"))])
