"""The terms of the lexicons against each other: conflicts, doubles, and terms that can never match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pv.lexicon.check_tables import Problem, Table, problem, rows_with, shown
from pv.lexicon.phrases import (
    CURATED,
    EVENTS,
    IMPORTED,
    RULE_TABLES,
    Phrase,
    drug_phrases,
    event_phrases,
    holds,
    phrases_in,
    rule_phrases,
)
from pv.lexicon.table import Row
from pv.lexicon.terms import Macros, Words, fold_phrase
from pv.text.abbreviations import Abbreviations
from pv.text.sentences import split_sentences
from pv.text.tokens import tokenize

# Only where one of these stands can a phrase be cut by the end of a sentence.
_STOPS = re.compile(r"[.!?;:•…]")
# An example marks what it is about: ``<fièvre|negated>``.
_MARK = re.compile(r"<([^<>|]+)(?:\|[^<>]*)?>")
_BEFORE, _AFTER = "Le patient a reçu ", " pendant trois jours."


def check_terms(
    tables: Mapping[str, Table],
    macros: Macros,
    composed: Sequence[tuple[Phrase, str]],
    abbreviations: Abbreviations,
) -> Iterator[Problem]:
    """Yield what is wrong with the terms of drugs, events, rules and titles; ``composed`` are phrase and label."""
    curated, imported = (list(drug_phrases(tables, macros, name)) for name in (CURATED, IMPORTED))
    events = list(event_phrases(tables, macros))
    rules = {name: list(rule_phrases(tables, macros, name)) for name in RULE_TABLES}
    for group in (curated, imported, events, [p for p, _ in composed]):
        yield from _unmatchable(group, abbreviations, signs=False)
    for group in rules.values():
        yield from _unmatchable(group, abbreviations, signs=True)
    yield from _conflicts(curated, lambda row: row["inn"])
    yield from _conflicts(imported, lambda row: row["inn"])
    yield from _conflicts(events, lambda row: row["id"])
    yield from _conflicts(rules["sections.csv"], lambda row: row["id"])
    yield from _idle_alternatives(tables, macros)
    yield from _named_twice([*curated, *imported], [*events, *(p for p, _ in composed)])
    yield from _examples(rules, composed)


def _unmatchable(phrases: Iterable[Phrase], abbreviations: Abbreviations, *, signs: bool) -> Iterator[Problem]:
    """Yield the phrases without a word (unless signs alone will do), spelt beyond their words, or cut in the middle."""
    cut: dict[tuple[tuple[Words, str | None], int], Phrase] = {}
    whole: set[tuple[tuple[Words, str | None], int]] = set()
    for phrase in phrases:
        if not signs and not any(c.isalnum() for c in phrase.text):
            yield problem(phrase.row, f"{phrase.text!r} holds no word")
        elif phrase.exact and not _is_whole(phrase.text):
            yield problem(phrase.row, f"the spelling {phrase.text!r} begins or ends outside a word and can never match")
        elif _STOPS.search(phrase.text) and not _stays_whole(phrase.text, abbreviations):
            cut.setdefault((phrase.key, phrase.row.line), phrase)
            continue
        whole.add((phrase.key, phrase.row.line))
    for place, phrase in cut.items():
        # The same words with another joint between them may well stay whole.
        if place not in whole:
            yield problem(phrase.row, f"{shown(phrase.text)} is cut by the end of a sentence and can never match")


def _is_whole(text: str) -> bool:
    spans = tokenize(text)
    return bool(spans) and spans[0][0] == 0 and spans[-1][1] == len(text)


def _stays_whole(text: str, abbreviations: Abbreviations) -> bool:
    start, end = len(_BEFORE), len(_BEFORE) + len(text)
    sentences = split_sentences(_BEFORE + text + _AFTER, abbreviations)
    return any(s.start <= start and end <= s.end for s in sentences)


def _conflicts(phrases: Iterable[Phrase], names: Callable[[Row], str]) -> Iterator[Problem]:
    """Yield the phrases that stand in two rows, whether these name the same thing or not."""
    first: dict[tuple[Words, str | None], Phrase] = {}
    told: set[tuple[Words, int]] = set()
    for phrase in phrases:
        other = first.setdefault(phrase.key, phrase)
        if other.row.line == phrase.row.line or (phrase.words, phrase.row.line) in told:
            continue
        told.add((phrase.words, phrase.row.line))
        one, two = names(other.row), names(phrase.row)
        what = f"also, as line {other.row.line} says" if one == two else f"and {one} in line {other.row.line}"
        yield problem(phrase.row, f"{shown(phrase.text)} is {two} {what}")


def _idle_alternatives(tables: Mapping[str, Table], macros: Macros) -> Iterator[Problem]:
    """Yield the alternatives of a cell all of whose phrases the ones before them have named."""
    for name, column, label in ((CURATED, "term", ""), (EVENTS, "terms", "label")):
        for row in rows_with(tables, name, column, "match", *filter(None, [label])):
            named: set[tuple[Words, str | None]] = {(fold_phrase(row[label]), None)} if label else set()
            for alternative in _alternatives(row[column]):
                part = Row(row.file, row.line, {column: alternative})
                keys = {p.key for p in phrases_in(part, column, macros, exact=row["match"].startswith("case"))}
                if keys and keys <= named:
                    yield problem(row, f"column {column}: {shown(alternative)} is named already in this row")
                named |= keys


def _alternatives(cell: str) -> Iterator[str]:
    """Yield what stands between the bars of a cell that are outside brackets."""
    depth, start = 0, 0
    for i, char in enumerate(cell):
        depth += (char in "{(") - (char in "})")
        if char == "|" and depth == 0:
            yield cell[start:i]
            start = i + 1
    yield cell[start:]


def _named_twice(drugs: Iterable[Phrase], events: Iterable[Phrase]) -> Iterator[Problem]:
    """Yield the event phrases that are drug phrases whatever stands around them: these would hide the event."""
    always: dict[Words, list[Phrase]] = {}
    for drug in drugs:
        if "drug_context" not in drug.row["match"]:
            always.setdefault(drug.words, []).append(drug)
    for event in events:
        for drug in always.get(event.words, ()):
            if not drug.exact or (event.exact and drug.text == event.text):
                at = f"{drug.row['inn']} in {drug.row.file}:{drug.row.line}"
                yield problem(event.row, f"{shown(event.text)} is an event and the drug {at}")
                break


def _examples(rules: Mapping[str, list[Phrase]], composed: Iterable[tuple[Phrase, str]]) -> Iterator[Problem]:
    """Yield the rules none of whose phrases stands in their example."""
    for phrases in (*rules.values(), [phrase for phrase, _ in composed]):
        by_row: dict[int, list[Phrase]] = {}
        for phrase in phrases:
            by_row.setdefault(phrase.row.line, []).append(phrase)
        for own in by_row.values():
            row = own[0].row
            words = fold_phrase(_MARK.sub(r"\1", row.cells.get("example", "")))
            if words and not any(holds(words, phrase.words) for phrase in own):
                yield problem(row, f"rule {row['id']}: its example {shown(row['example'])} holds none of its phrases")
