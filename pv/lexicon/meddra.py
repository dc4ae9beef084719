"""MedDRA, for those who have a licence: reading of a French distribution, and which of its terms our events are.

A distribution is a folder of ``.asc`` files without header, fields parted by ``$``, layouts as in the MedDRA
Distribution File Format Document. None of its terms is part of this project.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TextIO

from pv.errors import LexiconError
from pv.lexicon.downloads import read_download
from pv.lexicon.table import load_macros, read_table
from pv.lexicon.terms import EventConcept, Term, Words, fold_phrase, load_composed_terms, load_event_terms

RELEASE, LLT, PT, HIERARCHY = "meddra_release.asc", "llt.asc", "pt.asc", "mdhier.asc"
# The fields that are read, counted from 0, end at these.
_LEAST_FIELDS = {RELEASE: 1, LLT: 3, PT: 2, HIERARCHY: 12}
_CURRENT, _PT_OF_LLT = 9, 2


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Where a preferred term stands: its name and the names of its primary HLT, HLGT and SOC."""

    pt: str
    hlt: str
    hlgt: str
    soc: str


@dataclass(frozen=True, slots=True)
class LowLevelTerm:
    """One LLT: its code, its name, the code of its PT, and whether MedDRA still recommends it."""

    code: str
    name: str
    pt_code: str
    current: bool


@dataclass(frozen=True, slots=True)
class Distribution:
    """A MedDRA release: the LLT of each folded name, and the place of each PT by code."""

    version: str
    language: str
    llts: Mapping[Words, LowLevelTerm]
    hierarchy: Mapping[str, Hierarchy]


@dataclass(frozen=True, slots=True)
class MeddraTerm:
    """One row of the user's table: an event concept and its place in MedDRA."""

    concept: str
    llt_code: str
    llt: str
    pt_code: str
    pt: str
    hlt: str
    hlgt: str
    soc: str
    version: str


COLUMNS = tuple(field.name for field in fields(MeddraTerm))


@dataclass(frozen=True, slots=True)
class Mapped:
    """The outcome of a mapping: the rows, how many came by their label, and the labels that MedDRA has not."""

    rows: tuple[MeddraTerm, ...]
    by_label: int
    missed: tuple[str, ...]


def read_distribution(folder: Path) -> Distribution:
    """Read a distribution, whose files may lie one folder below. Raises LexiconError with file and line."""
    files = {path.name.lower(): path for path in sorted((*folder.glob("*/*.asc"), *folder.glob("*.asc")))}
    for name in (LLT, PT, HIERARCHY):
        if name not in files:
            raise LexiconError(f"{folder}: no {name} in it; give the folder of a MedDRA distribution's .asc files")
    release = next(_records(files[RELEASE]), (1, ["", ""]))[1] if RELEASE in files else ["", ""]
    names = {record[0]: record[1] for _, record in _records(files[PT])}
    return Distribution(
        version=release[0],
        language=release[1] if len(release) > 1 else "",
        llts=_low_level_terms(files[LLT], names),
        hierarchy=_hierarchy(files[HIERARCHY], names),
    )


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the fields of each line; UTF-8, else Windows-1252."""
    least = _LEAST_FIELDS[path.name.lower()]
    for number, line in enumerate(read_download(path).split("\n"), 1):
        if line.strip():
            record = [field.strip() for field in line.split("$")]
            if len(record) < least or not record[0]:
                raise LexiconError(
                    f"{path}:{number}: {len(record)} fields, the first not empty, at least {least} expected"
                )
            yield number, record


def _low_level_terms(path: Path, names: Mapping[str, str]) -> dict[Words, LowLevelTerm]:
    """Give the LLT of each folded name; of several a current one, then the one that is its own PT, then the first."""
    found: dict[Words, LowLevelTerm] = {}
    for number, record in _records(path):
        if record[_PT_OF_LLT] not in names:
            raise LexiconError(f"{path}:{number}: the PT {record[_PT_OF_LLT]!r} is not in {PT}")
        current = record[_CURRENT].upper() != "N" if len(record) > _CURRENT else True
        term = LowLevelTerm(record[0], record[1], record[_PT_OF_LLT], current)
        words = fold_phrase(term.name)
        if words and (words not in found or _rank(term) < _rank(found[words])):
            found[words] = term
    return found


def _rank(term: LowLevelTerm) -> tuple[bool, bool]:
    return not term.current, term.code != term.pt_code


def _hierarchy(path: Path, names: Mapping[str, str]) -> dict[str, Hierarchy]:
    """Give each PT's place by its primary path (primary_soc_fg Y), else by the first one."""
    found: dict[str, Hierarchy] = {}
    for _, record in _records(path):
        pt, primary = record[0], record[11].upper() == "Y"
        if primary or pt not in found:
            found[pt] = Hierarchy(names.get(pt, record[4]), *record[5:8])
    return found


def load_events(folder: Path) -> list[Term[EventConcept]]:
    """Give the listed and the composed terms of a folder's events. Raises LexiconError with file, line and reason."""
    macros = load_macros(folder / "macros.csv")
    listed = list(load_event_terms(folder / "events.csv", macros))
    return [*listed, *load_composed_terms(folder, macros, {term.words: term.entry for term in listed})]


def map_events(events: Iterable[Term[EventConcept]], meddra: Distribution) -> Mapped:
    """Give the LLT of each concept: of its label, else of the first of its terms that MedDRA has, word for word.

    Terms of which only the spelling counts are abbreviations and are left out.
    """
    concepts: dict[str, EventConcept] = {}
    terms: dict[str, list[Words]] = {}
    for term in events:
        concepts.setdefault(term.entry.concept, term.entry)
        if term.exact is None:
            terms.setdefault(term.entry.concept, []).append(term.words)
    rows, missed, by_label = [], [], 0
    for concept in concepts.values():
        label = fold_phrase(concept.label)
        words = next((w for w in (label, *terms.get(concept.concept, ())) if w in meddra.llts), None)
        if words is None:
            missed.append(concept.label)
            continue
        by_label += words == label
        rows.append(_row(concept, meddra.llts[words], meddra))
    return Mapped(tuple(sorted(rows, key=lambda r: r.concept)), by_label, tuple(sorted(missed)))


def _row(concept: EventConcept, llt: LowLevelTerm, meddra: Distribution) -> MeddraTerm:
    place = meddra.hierarchy.get(llt.pt_code)
    if place is None:
        raise LexiconError(f"{HIERARCHY}: the PT {llt.pt_code} of {LLT} is not in it; is the distribution complete?")
    return MeddraTerm(
        concept.concept, llt.code, llt.name, llt.pt_code, place.pt, place.hlt, place.hlgt, place.soc, meddra.version
    )


def write_map(rows: Iterable[MeddraTerm], handle: TextIO) -> None:
    """Write the table, UTF-8 CSV with a header."""
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in rows)


def concepts_named(terms: Mapping[str, MeddraTerm], asked: str) -> list[str]:
    """Give the concepts of a table whose LLT or PT is this name, compared as folded words."""
    words = fold_phrase(asked)
    return [c for c, term in terms.items() if words and words in (fold_phrase(term.llt), fold_phrase(term.pt))]


def load_meddra_map(path: Path) -> dict[str, MeddraTerm]:
    """Give the MedDRA term of each event concept from a table that ``pv lexicon import-meddra`` wrote.

    Raises LexiconError with file, line and reason.
    """
    found: dict[str, MeddraTerm] = {}
    for row in read_table(path, COLUMNS, required=("concept", "llt_code", "llt", "pt_code", "pt", "soc")):
        if row["concept"] in found:
            raise row.error(f"the concept {row['concept']} stands twice")
        found[row["concept"]] = MeddraTerm(*(row[column] for column in COLUMNS))
    return found
