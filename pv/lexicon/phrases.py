"""Every phrase of the lexicons with the row that it comes from, for those who must say where a term stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pv.errors import LexiconError
from pv.lexicon.check_tables import Table, rows_with
from pv.lexicon.composition import Composition, Part, compose
from pv.lexicon.table import Row
from pv.lexicon.terms import Macros, Words, fold_phrase

# Tables of rules and titles, with the column that holds their phrases.
RULE_TABLES = {
    "assertion_rules.csv": "pattern",
    "course_rules.csv": "pattern",
    "linking_rules.csv": "pattern",
    "sections.csv": "titles",
}
CURATED, IMPORTED, EVENTS, COMPOSITIONS = "drugs.csv", "drugs_bdpm.csv", "events.csv", "event_compositions.csv"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A literal phrase, its folded words, whether only its spelling counts, and its row."""

    text: str
    words: Words
    exact: bool
    row: Row

    @property
    def key(self) -> tuple[Words, str | None]:
        """Give what two phrases that find the same have in common."""
        return self.words, self.text if self.exact else None


def phrases_in(row: Row, column: str, macros: Macros, *, exact: bool = False) -> Iterator[Phrase]:
    """Yield the phrases of a cell, ``=`` before one asking for its spelling."""
    for phrase in _literal(row, column, macros):
        text = phrase.removeprefix("=")
        yield Phrase(text, fold_phrase(text), exact or text != phrase, row)


def _literal(row: Row, column: str, macros: Macros) -> list[str]:
    """Give the phrases of a cell as text; a cell that cannot be read has none: its loader tells of it."""
    try:
        return row.phrases(column, macros)
    except LexiconError:
        return []


def drug_phrases(tables: Mapping[str, Table], macros: Macros, table: str) -> Iterator[Phrase]:
    """Yield the phrases of one drug table."""
    known = macros if table == CURATED else {}
    for row in rows_with(tables, table, "term", "inn", "kind", "match"):
        yield from phrases_in(row, "term", known, exact=row["match"].startswith("case"))


def event_phrases(tables: Mapping[str, Table], macros: Macros) -> Iterator[Phrase]:
    """Yield the phrases of the event table, each concept's label first."""
    for row in rows_with(tables, EVENTS, "id", "label", "terms", "match"):
        yield Phrase(row["label"], fold_phrase(row["label"]), exact=False, row=row)
        yield from phrases_in(row, "terms", macros, exact=row["match"] == "case")


def rule_phrases(tables: Mapping[str, Table], macros: Macros, table: str) -> Iterator[Phrase]:
    """Yield the phrases of a table of rules or titles; in these ``=`` is a sign as any other."""
    column = RULE_TABLES[table]
    for row in rows_with(tables, table, "id", "category", column):
        for phrase in _literal(row, column, macros):
            yield Phrase(phrase, fold_phrase(phrase), exact=False, row=row)


def composed_phrases(tables: Mapping[str, Table], macros: Macros) -> Iterator[tuple[Phrase, str]]:
    """Yield the phrases that compositions make, each with its concept's label; none where a rule is broken."""
    columns = ("id", "pattern", "label", "cim10", "group", "important", "example")
    rules = {row["id"]: row for row in rows_with(tables, COMPOSITIONS, *columns)}
    compositions = [Composition(*(row[c] for c in columns)) for row in rules.values()]
    try:
        for term in compose(compositions, _parts(tables), macros):
            yield Phrase(term.phrase, fold_phrase(term.phrase), exact=False, row=rules[term.rule]), term.label
    except ValueError:
        return


def _parts(tables: Mapping[str, Table]) -> Iterable[Part]:
    columns = ("set", "label", "phrase", "of", "cim10", "group", "important")
    for row in rows_with(tables, "event_parts.csv", *columns):
        name, label, phrase, of, cim10, group, important = (row[c] for c in columns)
        yield Part(name, label, phrase, of, cim10, group, important == "yes")


def holds(words: Words, inner: Words) -> bool:
    """Tell whether a phrase holds another as neighbouring words."""
    return any(words[i : i + len(inner)] == inner for i in range(len(words) - len(inner) + 1))
