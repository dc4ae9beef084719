"""The terms of the lexicons: which phrases name which drug or event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pv.errors import LexiconError
from pv.lexicon.composition import compose, load_compositions, load_parts
from pv.lexicon.table import Row, read_table
from pv.model import DrugKind
from pv.text.folding import fold
from pv.text.tokens import tokenize

DRUG_COLUMNS = ("term", "inn", "kind", "atc", "substances", "status", "monitored", "match", "source")
EVENT_COLUMNS = ("id", "label", "terms", "cim10", "group", "important", "kind", "match", "source")

Words = tuple[str, ...]
Macros = dict[str, tuple[str, ...]]
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class DrugEntry:
    """What a drug term stands for; ``by_context`` where only the words around it say that it is a drug."""

    inn: str
    kind: DrugKind
    atc: str
    substances: tuple[str, ...]
    monitored: bool
    by_context: bool = False


@dataclass(frozen=True, slots=True)
class EventConcept:
    """One clinical concept of the event lexicon.

    ``special`` marks a special situation without harm of its own, ``generic`` a word for harm that does not say which
    ("effet indésirable").
    """

    concept: str
    label: str
    cim10: str
    group: str
    important: bool
    special: bool = False
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Term(Generic[Entry]):
    """A phrase as folded words, what it names, and its exact spelling where only that one counts."""

    words: Words
    entry: Entry
    exact: str | None = None


def fold_phrase(phrase: str) -> Words:
    """Give the folded words of a phrase, as they are compared with those of a report."""
    return tuple(fold(phrase[a:b]) for a, b in tokenize(phrase))


def _terms_of(row: Row, column: str, entry: Entry, macros: Macros, *, exact: bool = False) -> Iterator[Term[Entry]]:
    """Yield a term for each phrase of a cell; ``=`` before a phrase, or exact, asks for its spelling as written."""
    for phrase in row.phrases(column, macros):
        as_written = exact or phrase.startswith("=")
        phrase = phrase.removeprefix("=")  # noqa: PLW2901
        words = fold_phrase(phrase)
        if not words:
            raise row.error(f"column {column}: {phrase!r} holds no word and can never match")
        yield Term(words, entry, phrase if as_written else None)


def load_drug_terms(path: Path, macros: Macros) -> Iterator[Term[DrugEntry]]:
    """Yield the terms of one drug table, curated or imported."""
    for row in read_table(path, DRUG_COLUMNS, required=("term", "inn", "kind", "source")):
        kind = DrugKind(row.choice("kind", [k.value for k in DrugKind]))
        if (kind is DrugKind.SUBSTANCE) == (":" in row["inn"]):
            raise row.error(f"column inn: {row['inn']!r} does not go with kind {kind}")
        match = row.choice("match", ("", "case", "drug_context", "case drug_context"))
        entry = DrugEntry(
            inn=row["inn"],
            kind=kind,
            atc=row["atc"],
            substances=tuple(s for s in row["substances"].split("/") if s),
            monitored=row.flag("monitored"),
            by_context="drug_context" in match,
        )
        yield from _terms_of(row, "term", entry, macros, exact=match.startswith("case"))


def load_event_terms(path: Path, macros: Macros) -> Iterator[Term[EventConcept]]:
    """Yield the terms of the event table; a concept's label is one of them."""
    for row in read_table(path, EVENT_COLUMNS, required=("id", "label", "group", "source")):
        kind = row.choice("kind", ("event", "special", "generic"))
        concept = EventConcept(
            concept=row["id"],
            label=row["label"],
            cim10=row["cim10"],
            group=row["group"],
            important=row.flag("important"),
            special=kind == "special",
            generic=kind == "generic",
        )
        yield Term(fold_phrase(row["label"]), concept)
        if row["terms"]:
            yield from _terms_of(row, "terms", concept, macros, exact=row["match"] == "case")


def load_composed_terms(
    folder: Path, macros: Macros, listed: Mapping[Words, EventConcept]
) -> Iterator[Term[EventConcept]]:
    """Yield the terms that compositions make of parts.

    A composed label that is a term of a listed concept (``listed``, by phrase) stands for that concept.
    """
    made: dict[str, EventConcept] = {concept.concept: concept for concept in listed.values()}
    parts = load_parts(folder / "event_parts.csv")
    try:
        for term in compose(load_compositions(folder / "event_compositions.csv"), parts, macros):
            concept = listed.get(fold_phrase(term.label)) or made.get(term.concept_id)
            if concept is None:
                concept = EventConcept(term.concept_id, term.label, term.cim10, term.group, term.important)
                made[term.concept_id] = concept
            yield Term(fold_phrase(term.phrase), concept)
    except ValueError as error:
        raise LexiconError(f"event_compositions.csv: {error}") from error
