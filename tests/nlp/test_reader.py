"""From text to Reading: mentions between square brackets (events) and braces (drugs), their assertions and units."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_detector import real_detector

from pv.lexicon.lexicon import Lexicon
from pv.lexicon.terms import Term
from pv.model import Assertion
from pv.nlp.reader import Reader
from pv.text.folding import fold, strip_accents
from pv.text.tokens import tokenize

_MARK = re.compile(r"[\[\]{}]")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return real_detector()._reader


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return real_detector()._lexicon


def unmark(marked: str) -> tuple[str, list[str], list[str]]:
    """Give the text without marks, the drugs and the events in it; raises where nothing or a mark alone is there."""
    assert marked.count("[") == marked.count("]")
    assert marked.count("{") == marked.count("}")
    return _MARK.sub("", marked), re.findall(r"\{([^{}]+)\}", marked), re.findall(r"\[([^\[\]]+)\]", marked)


WRAPPED = """\
Le patient, suivi pour un diabète ancien, a présenté une [coagulation intravasculaire
disséminée] qui a été traitée dans le service de réanimation pendant une semaine."""
MARKED = [
    "[Thrombopénie] sous {sunitinib}.",
    WRAPPED,
    "[COAGULATION INTRAVASCULAIRE DISSÉMINÉE] sous {SUNITINIB}.",
    "Prise de {5-FU}, puis {5FU} et {5 FU}.",
    "[Œdème de Quincke] après {amoxicilline}.",
    "[Oedeme de Quincke] après {amoxicilline}.",
    "Un traitement par {sunitinib} et {paclitaxel} a été débuté.",
    "Une allergie au latex n'est pas connue, une [rectorragie] non plus.",
    "Le service ouvre lundi.",
]


@pytest.mark.parametrize("marked", MARKED)
def test_mentions(reader: Reader, marked: str):
    text, drugs, events = unmark(marked)
    reading = reader.read(text)
    assert [text[d.start : d.end] for d in reading.drugs] == drugs
    assert set(events) <= {text[e.start : e.end] for e in reading.events}


@pytest.mark.parametrize(("text", "misspelt"), [("Prise de carbamazipine.", True), ("Prise de carbamazépine.", False)])
def test_a_misspelt_name_is_found_and_marked(reader: Reader, text: str, misspelt: bool):
    (drug,) = reader.read(text).drugs
    assert (drug.inn, drug.misspelt) == ("carbamazépine", misspelt)


def test_a_term_does_not_run_over_the_end_of_a_sentence(reader: Reader):
    joined = reader.read("Il existe une insuffisance rénale.")
    apart = reader.read("Il existe une insuffisance\n\nRénale, la fonction est normale.")
    assert "insuffisance rénale" in {e.label for e in joined.events}
    assert "insuffisance rénale" not in {e.label for e in apart.events}


def test_a_laboratory_value_is_an_event(reader: Reader):
    text = "Plaquettes à 12 G/L."
    (event,) = reader.read(text).events
    assert event.concept == "thrombopenie"
    assert event.grade == 4
    assert "12" in text[event.start : event.end]


def test_a_grade_in_the_text_is_kept(reader: Reader):
    (event,) = reader.read("Le patient a eu des nausées de grade 3.").events
    assert (event.grade, event.grade_source) == (3, "texte")


def test_words_are_the_folded_tokens(reader: Reader):
    reading = reader.read("L'Œdème, sévère.")
    assert list(reading.words) == ["l", "oedeme", ",", "severe", "."]


def test_the_patient_is_read(reader: Reader):
    patient = reader.read("Madame N., 71 ans.").patient
    assert (patient.age, patient.sex) == (71, "F")


@pytest.mark.parametrize(
    ("text", "mention", "assertion"),
    [
        ("Le patient a présenté une thrombopénie.", "thrombopénie", Assertion.PRESENT),
        ("Pas de thrombopénie.", "thrombopénie", Assertion.NEGATED),
        ("Pas de fièvre. Une thrombopénie est apparue.", "thrombopénie", Assertion.PRESENT),
        ("Antécédents :\nThrombopénie\n", "Thrombopénie", Assertion.HISTORICAL),
        ("Antécédents familiaux :\nThrombopénie\n", "Thrombopénie", Assertion.OTHER),
    ],
)
def test_assertion_with_its_rule(reader: Reader, text: str, mention: str, assertion: Assertion):
    (event,) = [e for e in reader.read(text).events if text[e.start : e.end] == mention]
    assert event.assertion == assertion
    assert bool(event.assertion_rule) == (assertion is not Assertion.PRESENT)


def test_the_same_decision_for_a_span_that_is_given(reader: Reader):
    text = "Pas de thrombopénie. Une fièvre est apparue."
    spans = [(text.index("fièvre"), text.index("fièvre") + 6), (7, 19)]
    assert [d.assertion for d in reader.assertions(text, spans)] == [Assertion.PRESENT, Assertion.NEGATED]


def sample(terms: tuple[Term, ...], number: int, *, by_context: bool = False) -> list[Term]:
    """Give some terms that stand for one thing only and are matched in any spelling, always the same."""
    free = [
        t
        for t in terms
        if t.exact is None and len("".join(t.words)) > 3 and by_context == getattr(t.entry, "by_context", False)
    ]
    return random.Random(7).sample(free, number)


RESPELL = {
    "folded": str,
    "capitals": str.upper,
    "non-breaking blanks": lambda t: t.replace(" ", "\u00a0"),
    "hyphens": lambda t: re.sub(r"(?<=\w) (?=\w)", "-", t),
}


@pytest.mark.parametrize("respell", RESPELL.values(), ids=RESPELL)
def test_terms_of_the_lexicon_are_found_in_a_sentence(reader: Reader, lexicon: Lexicon, respell):
    missed = []
    for terms, found_in in ((lexicon.drugs, "drugs"), (lexicon.events, "events")):
        for term in sample(terms, 60):
            spelt = respell(" ".join(term.words))
            text = f"Compte rendu : {spelt} (noté ce jour)."
            start = text.index(spelt)
            reading = reader.read(text)
            mentions = [*getattr(reading, found_in), *reading.drugs]
            if not any(m.start <= start and start + len(spelt) <= m.end for m in mentions):
                missed.append(spelt)
    assert missed == []


PIECES = st.sampled_from(
    [
        "sunitinib", "THROMBOPÉNIE", "nausées", "pas de", "œdème", "ﬁèvre", "5-FU", "Plaquettes à 12 G/L", "grade 2",
        "secondaire à", "Antécédents :", "Mme N., 71 ans", "le 12/03/2020", "arrêt de", ".", "\n", "\r\n\n", "\t", "…",
        "12", "mg/m²", "\u00ad", "e\u0301", "\u200b", "'", "-", "😀", "\ufeff", "(", "?",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25).map(" ".join))
def test_offsets_are_in_bounds_and_in_order(text: str):
    reading = real_detector()._reader.read(text)
    assert list(reading.words) == [fold(text[a:b]) for a, b in tokenize(text)]
    for found in (reading.drugs, reading.events, reading.cues, reading.course, reading.times, reading.sentences):
        assert all(0 <= f.start < f.end <= len(text) for f in found)
        assert [f.start for f in found] == sorted(f.start for f in found)
    for drug in reading.drugs:
        assert drug.start in reading.starts
        assert drug.end in reading.ends
    assert all(strip_accents(text[e.start : e.end]).strip() for e in reading.events)
