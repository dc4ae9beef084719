"""The lexicons as a whole: every table of one folder, loaded and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.components import load_components
from pv.lexicon.knowledge import Knowledge, load_knowledge
from pv.lexicon.labs import LabTables, load_labs
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.rules import ContextRule, load_rules
from pv.lexicon.table import load_macros, read_table
from pv.lexicon.terms import (
    DrugEntry,
    EventConcept,
    Macros,
    Term,
    Words,
    fold_phrase,
    load_composed_terms,
    load_drug_terms,
    load_event_terms,
)
from pv.lexicon.times import TimeTables, load_times
from pv.text.abbreviations import Abbreviations, load_abbreviations
from pv.text.ambiguity import AmbiguityRules
from pv.text.ambiguity import load as load_ambiguity
from pv.text.folding import fold
from pv.text.patient import PatientWords, load_patient_words
from pv.text.reporter import load_reporter_words
from pv.text.severity import GradeWords, load_grade_words

ASSERTION_CATEGORIES = frozenset({"negated", "hypothetical", "historical", "other", "present", "terminate", "pseudo"})
LINKING_CATEGORIES = frozenset(
    {
        "event_drug",
        "drug_event",
        "toxicity",
        "effects",
        "nominal",
        "post",
        "under",
        "on",
        "after",
        "weak_context",
        "poorly_tolerated",
        "stop",
        "reason",
        "induced",
        "iatrogenic",
        "tolerance",
        "allergy",
        "event_treated",
        "given",
        "drug_for",
        "not_cause",
        "deny",
        "other_cause",
        "hedge",
        "join",
        "break",
        "rechallenge_positive",
        "drug_anaphor",
        "regimen_anaphor",
        "open_participle",
        "culprit",
        "role",
        "between",
        "occurred_under",
        "replace",
        "deny_before",
        "by",
        "procedure",
        "retraction",
        "last_drug",
        "comma",
        "begun",
        "with",
        "other_agent",
        "course_of",
        "improving",
        "before",
        "patient_under",
        "restart",
        "relapse",
        "suspect",
        "either",
        "because",
        "negation",
        "information",
        "event_anaphor",
        "leads_to",
        "blamed_maybe",
        "may_cause",
        "role_hedged",
        "purpose",
        "during",
        "at_first",
        "blamed",
        "cause_is",
        "copula",
        "pseudo",
    }
)
NOT_MISSPELLING_COLUMNS = ("term", "why", "source")
COURSE_CATEGORIES = frozenset(
    {
        "start",
        "since",
        "gone",
        "whole",
        "analyte",
        "postpone",
        "despite",
        "relative",
        "cure",
        "origin",
        "stop",
        "reduce",
        "increase",
        "continue",
        "restart",
        "anaphor",
        "unreal",
        "same_day",
        "onset",
        "recovered",
        "recovering",
        "not_recovered",
        "worsened",
        "no_recurrence",
        "recurrence",
        "rechallenge_positive",
        "rechallenge_negative",
        "death",
        "life_threatening",
        "hospitalised",
        "day_hospital",
        "prolonged_stay",
        "sequelae",
        "disability",
        "congenital",
        "route",
    }
)
SECTION_COLUMNS = ("id", "category", "extent", "titles", "source", "example")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the detector knows, as loaded from one folder."""

    drugs: tuple[Term[DrugEntry], ...]
    events: tuple[Term[EventConcept], ...]
    concepts: Mapping[str, EventConcept]
    assertion: tuple[ContextRule, ...]
    linking: tuple[ContextRule, ...]
    course: tuple[ContextRule, ...]
    titles: tuple[tuple[Words, str], ...]
    extents: Mapping[str, str]
    labs: LabTables
    times: TimeTables
    ambiguity: AmbiguityRules
    abbreviations: Abbreviations
    patient: PatientWords
    reporter: re.Pattern[str]
    grades: GradeWords
    knowledge: Knowledge
    components: Mapping[str, frozenset[str]]
    not_misspellings: frozenset[str]


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Load the lexicons of a folder, by default those that come with the program.

    Raises LexiconError with file, line and reason for the first mistake.
    """
    folder = folder or lexicon_dir()
    macros = load_macros(folder / "macros.csv")
    events = _load_events(folder, macros)
    concepts = {term.entry.concept: term.entry for term in events}
    titles, extents = _load_titles(folder / "sections.csv", macros)
    return Lexicon(
        drugs=_load_drugs(folder, macros),
        events=events,
        concepts=concepts,
        assertion=tuple(load_rules(folder / "assertion_rules.csv", ASSERTION_CATEGORIES, macros)),
        linking=tuple(load_rules(folder / "linking_rules.csv", LINKING_CATEGORIES, macros)),
        course=tuple(load_rules(folder / "course_rules.csv", COURSE_CATEGORIES, macros)),
        titles=titles,
        extents=extents,
        labs=load_labs(folder),
        times=load_times(folder),
        ambiguity=load_ambiguity(folder / "drug_context.csv"),
        abbreviations=load_abbreviations(folder / "abbreviations.csv"),
        patient=load_patient_words(folder / "patient_words.csv"),
        reporter=load_reporter_words(folder / "reporter_words.csv"),
        grades=load_grade_words(folder / "grades.csv"),
        knowledge=load_knowledge(folder, frozenset(concepts), frozenset(c.group for c in concepts.values())),
        not_misspellings=_load_not_misspellings(folder / "not_misspellings.csv"),
        components=load_components(folder / "event_components.csv", frozenset(concepts)),
    )


def _load_drugs(folder: Path, macros: Macros) -> tuple[Term[DrugEntry], ...]:
    """Give the terms of both drug tables; where they share a phrase the curated row wins."""
    curated = tuple(load_drug_terms(folder / "drugs.csv", macros))
    known = {term.words for term in curated}
    imported = (term for term in load_drug_terms(folder / "drugs_bdpm.csv", {}) if term.words not in known)
    return (*curated, *imported)


def _load_events(folder: Path, macros: Macros) -> tuple[Term[EventConcept], ...]:
    """Give the listed terms, then the composed ones; where they share a phrase the listed one wins."""
    listed = tuple(load_event_terms(folder / "events.csv", macros))
    known: dict[Words, EventConcept] = {}
    for term in listed:
        known.setdefault(term.words, term.entry)
    composed = load_composed_terms(folder, macros, known)
    return (*listed, *(term for term in composed if term.words not in known))


def _load_titles(path: Path, macros: Macros) -> tuple[tuple[tuple[Words, str], ...], dict[str, str]]:
    """Give the section titles with their category, and how far a heading of each category reaches."""
    titles: dict[Words, str] = {}
    extents: dict[str, str] = {}
    for row in read_table(path, SECTION_COLUMNS, required=SECTION_COLUMNS):
        extents[row["category"]] = row.choice("extent", ("section", "paragraph", "line"))
        for phrase in row.phrases("titles", macros):
            titles.setdefault(fold_phrase(phrase), row["category"])
    return tuple(titles.items()), extents


def _load_not_misspellings(path: Path) -> frozenset[str]:
    """Give the folded words that only look like a slip in a drug's name."""
    return frozenset(fold(row["term"]) for row in read_table(path, NOT_MISSPELLING_COLUMNS, required=("term", "why")))
