"""The check of the lexicons: every loader's complaint, then the tables against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pv.errors import LexiconError
from pv.lexicon.bdpm_brands import BrandWords
from pv.lexicon.bdpm_names import Corrections, Salts
from pv.lexicon.check_references import check_references, known_concepts
from pv.lexicon.check_tables import Problem, Table, check_shape, read_tables, rows_with
from pv.lexicon.check_terms import check_terms
from pv.lexicon.components import load_components
from pv.lexicon.knowledge import load_knowledge
from pv.lexicon.labs import COLUMNS as LAB_TABLES
from pv.lexicon.labs import load_labs
from pv.lexicon.lexicon import ASSERTION_CATEGORIES, COURSE_CATEGORIES, LINKING_CATEGORIES, SECTION_COLUMNS
from pv.lexicon.phrases import EVENTS, composed_phrases
from pv.lexicon.rules import load_rules
from pv.lexicon.table import load_macros, read_table
from pv.lexicon.terms import Macros, load_composed_terms, load_drug_terms, load_event_terms
from pv.lexicon.times import load_times
from pv.text.abbreviations import Abbreviations, load_abbreviations
from pv.text.ambiguity import load as load_ambiguity
from pv.text.identifier_tables import RULES as IDENTIFIERS
from pv.text.identifier_tables import WORDS as IDENTIFIER_WORDS
from pv.text.identifiers import check_identifier_rules
from pv.text.patient import load_patient_words
from pv.text.reporter import load_reporter_words
from pv.text.severity import load_grade_words

__all__ = ["Problem", "check"]

_PLACE = re.compile(r"(?P<file>[\w.-]+\.csv)(?:(?::|, line )(?P<line>\d+))?: (?P<reason>.*)", re.DOTALL)
# Mistakes that a loader and the whole check tell of in different words.
_REPEATED = re.compile(r"is empty|stands twice|unknown (?:concept|group)|holds no word")
_RULE = re.compile(r"rule (\S+?):? ")
Load = Callable[[], object]


def check(folder: Path) -> list[Problem]:
    """Give everything that is wrong with the tables of a folder, by file and line; nothing for sound ones."""
    tables = read_tables(folder)
    macros, found = _macros(folder)
    abbreviations, more = _abbreviations(folder)
    found += more
    composed = list(composed_phrases(tables, macros))
    concepts = known_concepts(tables, composed)
    loaders = _loaders(folder, tables, macros, concepts)
    for name in sorted(tables.keys() - {file for files in loaders for file in files}):
        found.append(Problem(name, 1, "no loader reads this table; remove it, or add its loader to the check"))
    for load in loaders.values():
        found += _complaint(load, tables)
    whole = [
        *check_shape(tables),
        *check_terms(tables, macros, composed, abbreviations),
        *check_references(tables, concepts),
    ]
    # A loader stops at its first mistake, which the whole check may have found as well.
    places = {(p.file, p.line) for p in whole}
    return sorted({*whole, *(p for p in found if (p.file, p.line) not in places or not _REPEATED.search(p.reason))})


def _macros(folder: Path) -> tuple[Macros, list[Problem]]:
    try:
        return load_macros(folder / "macros.csv"), []
    except LexiconError as error:
        return {}, [_problem(error, {})]


def _abbreviations(folder: Path) -> tuple[Abbreviations, list[Problem]]:
    try:
        return load_abbreviations(folder / "abbreviations.csv"), []
    except LexiconError as error:
        return Abbreviations({}, frozenset(), frozenset()), [_problem(error, {})]


def _loaders(
    folder: Path, tables: Mapping[str, Table], macros: Macros, concepts: frozenset[str]
) -> dict[tuple[str, ...], Load]:
    """Give each table's loader, by the names of the tables that it reads."""
    groups = frozenset(row["group"] for row in rows_with(tables, EVENTS, "group"))

    def each(name: str, load: Callable[[Path], object]) -> dict[tuple[str, ...], Load]:
        return {(name,): lambda: load(folder / name)}

    return {
        ("macros.csv",): list,
        ("abbreviations.csv",): list,
        **each("drugs.csv", lambda p: list(load_drug_terms(p, macros))),
        **each("drugs_bdpm.csv", lambda p: list(load_drug_terms(p, {}))),
        **each("events.csv", lambda p: list(load_event_terms(p, macros))),
        ("event_parts.csv", "event_compositions.csv"): lambda: list(load_composed_terms(folder, macros, {})),
        **each("assertion_rules.csv", lambda p: list(load_rules(p, ASSERTION_CATEGORIES, macros))),
        **each("course_rules.csv", lambda p: list(load_rules(p, COURSE_CATEGORIES, macros))),
        **each("linking_rules.csv", lambda p: list(load_rules(p, LINKING_CATEGORIES, macros))),
        **each("sections.csv", lambda p: list(read_table(p, SECTION_COLUMNS, SECTION_COLUMNS))),
        tuple(LAB_TABLES): lambda: load_labs(folder),
        ("time_words.csv", "time_patterns.csv"): lambda: load_times(folder),
        **each("drug_context.csv", load_ambiguity),
        **each("patient_words.csv", load_patient_words),
        **each("reporter_words.csv", load_reporter_words),
        **each("grades.csv", load_grade_words),
        ("indications.csv", "known_reactions.csv", "other_causes.csv"): lambda: load_knowledge(
            folder, concepts, groups
        ),
        **each("event_components.csv", lambda p: load_components(p, concepts)),
        (IDENTIFIER_WORDS, IDENTIFIERS): lambda: check_identifier_rules(folder),
        **each("salts.csv", Salts),
        **each("inn.csv", Corrections),
        **each("bdpm_words.csv", BrandWords),
        **each("ambiguous_names.csv", lambda p: _read(p, ("term", "match", "why", "source"))),
        **each("not_misspellings.csv", lambda p: _read(p, ("term", "why", "source"))),
    }


def _read(path: Path, columns: tuple[str, ...]) -> object:
    return list(read_table(path, columns, required=columns))


def _complaint(load: Load, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield the loader's error as a problem, nothing where it has none."""
    try:
        load()
    except LexiconError as error:
        yield _problem(error, tables)


def _problem(error: LexiconError, tables: Mapping[str, Table]) -> Problem:
    """Give file, line and reason from a loader's message; line 1 where it names none and no rule of the table."""
    match = _PLACE.match(str(error))
    if match is None:
        return Problem("lexicons", 1, str(error))
    file, reason = match["file"], match["reason"]
    return Problem(file, int(match["line"]) if match["line"] else _line_of_rule(reason, tables.get(file)), reason)


def _line_of_rule(reason: str, table: Table | None) -> int:
    """Give the line of the rule that a message names, 1 for none."""
    named = set(_RULE.findall(reason))
    return next((row.line for row in (table.rows if table else ()) if row.cells.get("id", "") in named), 1)
