"""Codes of the right shape, and names of one table that must stand in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pv.lexicon.check_tables import Problem, Table, problem, rows_with
from pv.lexicon.composition import concept_id
from pv.lexicon.phrases import CURATED, EVENTS, IMPORTED, Phrase
from pv.lexicon.table import Row
from pv.lexicon.terms import fold_phrase

_ATC = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
_CIM10 = re.compile(r"[A-Z]\d\d(\.\d{1,2})?")
_SLOT = re.compile(r"\[[a-z_]+\]")
_STATUS = ("", "marketed", "withdrawn")
# Cells that hold ids of event concepts, separated by white space.
_CONCEPT_CELLS = (
    ("labs.csv", "low_event"),
    ("labs.csv", "high_event"),
    ("indications.csv", "concepts"),
    ("known_reactions.csv", "concepts"),
    ("event_components.csv", "diagnosis"),
    ("event_components.csv", "signs"),
)


def check_references(tables: Mapping[str, Table], concepts: frozenset[str]) -> Iterator[Problem]:
    """Yield codes of the wrong shape, and names that no table knows; ``concepts`` are the ids of all events."""
    yield from _codes(tables)
    yield from _concepts(tables, concepts)
    yield from _groups(tables)
    yield from _drugs(tables)


def known_concepts(tables: Mapping[str, Table], composed: Iterable[tuple[Phrase, str]]) -> frozenset[str]:
    """Give the ids of the listed concepts, and of the composed ones: phrases, each with its concept's label."""
    listed = rows_with(tables, EVENTS, "id", "label")
    by_label = {fold_phrase(row["label"]) for row in listed}
    labels = {label for _, label in composed}
    made = (concept_id(label) for label in labels if fold_phrase(label) not in by_label)
    return frozenset(row["id"] for row in listed) | frozenset(made)


def _codes(tables: Mapping[str, Table]) -> Iterator[Problem]:
    for table in tables.values():
        for row in table.rows if "atc" in table.columns else ():
            for code in row["atc"].split():
                if not _ATC.fullmatch(code):
                    yield problem(row, f"column atc: {code!r} has not the shape of an ATC code, such as B01 or C07AB02")
        for row in table.rows if "cim10" in table.columns else ():
            code = row["cim10"]
            if code and not _CIM10.fullmatch(code) and not _SLOT.fullmatch(code):
                yield problem(row, f"column cim10: {code!r} has not the shape of a CIM-10 code, such as D69 or D69.6")


def _concepts(tables: Mapping[str, Table], concepts: frozenset[str]) -> Iterator[Problem]:
    for name, column in _CONCEPT_CELLS:
        for row in rows_with(tables, name, column):
            for concept in row[column].split():
                if concept not in concepts:
                    yield problem(row, f"column {column}: no event has the id {concept!r}")


def _groups(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield the organ classes that no listed event has: more likely a slip than a new class."""
    known = {row["group"] for row in rows_with(tables, EVENTS, "group")}
    for name, column in (
        ("event_compositions.csv", "group"),
        ("event_parts.csv", "group"),
        ("indications.csv", "groups"),
        ("known_reactions.csv", "groups"),
    ):
        for row in rows_with(tables, name, column):
            for group in filter(None, row[column].split("|")):
                if group not in known and not _SLOT.fullmatch(group):
                    yield problem(row, f"column {column}: no event of {EVENTS} has the group {group!r}")


def _drugs(tables: Mapping[str, Table]) -> Iterator[Problem]:
    columns = ("inn", "kind", "substances", "status")
    rows = [row for name in (CURATED, IMPORTED) for row in rows_with(tables, name, *columns)]
    inns = {row["inn"] for row in rows}
    for row in rows:
        if row["inn"] != row["inn"].lower():
            yield problem(row, f"column inn: {row['inn']!r} is not in lower case")
        if row["status"] not in _STATUS:
            yield problem(row, f"column status: {row['status']!r} is not one of (empty), marketed, withdrawn")
        yield from _substances(row, inns)


def _substances(row: Row, inns: set[str]) -> Iterator[Problem]:
    """Yield the parts of a protocol or curated combination that are no INN, and cells that disagree."""
    if row["kind"] == "substance" and row["substances"] != (row["inn"] if "/" in row["inn"] else ""):
        yield problem(row, f"column substances: {row['substances']!r} is not what inn says, {row['inn']!r}")
    if row.file == CURATED:
        for substance in filter(None, row["substances"].split("/")):
            if substance not in inns:
                yield problem(row, f"column substances: no row of a drug table has the INN {substance!r}")
