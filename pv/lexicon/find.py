"""What a phrase is to the lexicons, and why: drug, event, section title, rule, laboratory value, misspelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.check_tables import Table, read_tables, rows_with
from pv.lexicon.names import bare, nearest
from pv.lexicon.phrases import (
    CURATED,
    IMPORTED,
    RULE_TABLES,
    Phrase,
    composed_phrases,
    drug_phrases,
    event_phrases,
    holds,
    phrases_in,
    rule_phrases,
)
from pv.lexicon.table import Row, load_macros
from pv.lexicon.terms import Macros, Words, fold_phrase
from pv.text.misspelling import MisspellingIndex

# Rules that merely hold the phrase among others: more than these tell nobody anything.
MOST_RULES = 10
_LAB_NAMES = ("names", "names_with_unit", "low_words", "high_words")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a phrase is: of which kind, what it says, the term that matched, and where that stands."""

    kind: str
    says: str
    term: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that a phrase is, and the names most like it where it is nothing."""

    meanings: tuple[Meaning, ...]
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """The tables of one folder with their phrases."""

    tables: Mapping[str, Table]
    macros: Macros
    drugs: tuple[Phrase, ...]
    events: tuple[tuple[Phrase, str], ...]
    rules: tuple[Phrase, ...]


def find(asked: str, folder: Path) -> Answer:
    """Tell what a phrase is to the tables of a folder. Raises LexiconError where macros.csv is broken."""
    known = _load(folder)
    words = fold_phrase(asked)
    meanings = [
        *_drugs(words, known),
        *_events(words, known),
        *_laboratory(words, known),
        *_rules(words, known),
    ]
    if not any(m.kind == "drug" for m in meanings):
        meanings += _misspelling(words, known)
    if meanings:
        return Answer(tuple(meanings))
    return Answer((), tuple(nearest(asked, _names(known))))


def _load(folder: Path) -> _Known:
    tables, macros = read_tables(folder), load_macros(folder / "macros.csv")
    listed = [(p, p.row["label"]) for p in event_phrases(tables, macros)]
    seen = {p.words for p, _ in listed}
    composed = [(p, label) for p, label in composed_phrases(tables, macros) if p.words not in seen]
    return _Known(
        tables,
        macros,
        tuple(p for name in (CURATED, IMPORTED) for p in drug_phrases(tables, macros, name)),
        (*listed, *composed),
        tuple(p for name in RULE_TABLES for p in rule_phrases(tables, macros, name)),
    )


def _meaning(kind: str, says: Iterable[str], phrase: Phrase) -> Meaning:
    text = f"{phrase.text} (as spelt)" if phrase.exact else phrase.text
    return Meaning(kind, ", ".join(filter(None, says)), text, phrase.row.file, phrase.row.line)


def _by_row(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Give the first phrase of each row."""
    found: dict[tuple[str, int], Phrase] = {}
    for phrase in phrases:
        found.setdefault((phrase.row.file, phrase.row.line), phrase)
    return list(found.values())


def _drugs(words: Words, known: _Known) -> Iterator[Meaning]:
    """Yield the drugs, the curated ones first: they hide the imported ones of the same letters."""
    found = _by_row(p for p in known.drugs if p.words == words)
    curated = next((p.row for p in found if p.row.file == CURATED), None)
    for phrase in found:
        row = phrase.row
        hidden = f"hidden by {CURATED}:{curated.line}" if curated and row.file == IMPORTED else ""
        watched = "additional monitoring" if row.cells.get("monitored") == "yes" else ""
        context = "only where the words around say so" if "drug_context" in row["match"] else ""
        parts = row.cells.get("substances", "").replace("/", " + ") if row["kind"] == "protocol" else ""
        says = (row["inn"], row["kind"], parts, row.cells.get("atc") or "no ATC", row.cells.get("status", ""))
        yield _meaning("drug", (*says, watched, context, _source(row), hidden), phrase)


def _events(words: Words, known: _Known) -> Iterator[Meaning]:
    labels = {id(phrase): label for phrase, label in known.events if phrase.words == words}
    for phrase in _by_row(p for p, _ in known.events if id(p) in labels):
        row = phrase.row
        code = row.cells.get("cim10", "")
        composed = f"composed by rule {row['id']}" if "pattern" in row.cells else ""
        important = "medically important" if row.cells.get("important") == "yes" else ""
        kind = row.cells.get("kind", "")
        group = row.cells.get("group", "")
        said = (f"CIM-10 {code}" if code and not code.startswith("[") else "", "" if group.startswith("[") else group)
        yield _meaning(
            "event",
            (labels[id(phrase)], *said, important, "" if kind == "event" else kind, composed, _source(row)),
            phrase,
        )


def _source(row: Row) -> str:
    return f"source {row.cells.get('source', '')}"


def _laboratory(words: Words, known: _Known) -> Iterator[Meaning]:
    for row in rows_with(known.tables, "labs.csv", "label", "low_event", "high_event", *_LAB_NAMES):
        for column in _LAB_NAMES:
            for phrase in phrases_in(row, column, {}):
                if phrase.words == words:
                    sides = (
                        f"{side} value: {row[f'{side}_event']}" for side in ("low", "high") if row[f"{side}_event"]
                    )
                    yield _meaning("laboratory value", (row["label"], *sides, _source(row)), phrase)


def _rules(words: Words, known: _Known) -> Iterator[Meaning]:
    """Yield the rules with this phrase, then some of those that hold it with other words."""
    same = _by_row(p for p in known.rules if p.words == words)
    places = {(p.row.file, p.row.line) for p in same}
    others = (p for p in known.rules if (p.row.file, p.row.line) not in places)
    wider = _by_row(p for p in others if words and holds(p.words, words))
    for phrase in (*same, *wider[:MOST_RULES]):
        kind = phrase.row.file.removesuffix(".csv").removesuffix("s").replace("_", " ")
        kind = "section title" if kind == "section" else kind
        yield _meaning(kind, (f"{phrase.row['id']}: {phrase.row['category']}", _source(phrase.row)), phrase)


def _misspelling(words: Words, known: _Known) -> Iterator[Meaning]:
    """Yield the drug that one slip of the pen makes a word into, as the detector would read it."""
    if len(words) != 1:
        return
    names = {p.words[0]: p for p in reversed(known.drugs) if len(p.words) == 1 and not p.exact}
    phrases = (*known.drugs, *(p for p, _ in known.events), *known.rules)
    listed = (row["term"] for row in rows_with(known.tables, "not_misspellings.csv", "term"))
    vocabulary = {w for p in phrases for w in p.words} | {
        t if t.startswith("-") else "".join(fold_phrase(t)) for t in listed
    }
    if name := MisspellingIndex(names, vocabulary).lookup(words[0]):
        yield _meaning("misspelling", (f"one edit from {names[name].text}", names[name].row["inn"]), names[name])


def _names(known: _Known) -> Iterator[str]:
    yield from (bare(p.row["inn"]) for p in known.drugs)
    yield from (p.text for p in known.drugs)
    yield from (p.text for p, _ in known.events)
