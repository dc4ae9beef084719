"""The Detector as others call it: offsets, many reports, assertions of given spans, time expressions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_detector import real_detector

from pv.detect import Detector
from pv.model import Assertion, Detection, Link, Patient

REPORT = (
    "Madame N., 71 ans, est suivie pour un cancer du rein.\r\n\r\n"
    "Un traitement par Sunitinib a été débuté le 11 février 2015. Le 2 mars 2015, elle a présenté\r\n"
    "une coagulation intravasculaire disséminée secondaire au sunitinib. Pas de fièvre.\r\n"
)
WITHOUT_DRUGS = "Un homme de 40 ans a présenté une fracture du poignet après une chute de sa hauteur."


@pytest.fixture(scope="module")
def detector() -> Detector:
    return real_detector()


def span(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def test_drugs_events_and_pairs(detector: Detector):
    detection = detector.detect(REPORT, "r1")
    assert detection.report_id == "r1"
    assert [(REPORT[d.start : d.end], d.inn) for d in detection.drugs] == [
        ("Sunitinib", "sunitinib"),
        ("sunitinib", "sunitinib"),
    ]
    assert "coagulation intravasculaire disséminée" in [REPORT[e.start : e.end] for e in detection.events]
    assert detection.patient == Patient(71, "F")
    (pair,) = [p for p in detection.pairs if p.reportable]
    assert (pair.drug, pair.event) == ("sunitinib", "coagulation intravasculaire disséminée")
    assert pair.link is Link.STATED
    assert (pair.start, pair.onset, pair.latency_days) == ("2015-02-11", "2015-03-02", 19)


def test_a_pair_says_why(detector: Detector):
    (pair,) = [p for p in detector.detect(REPORT).pairs if p.reportable]
    assert pair.evidence == REPORT[pair.evidence_start : pair.evidence_end]
    assert "secondaire au sunitinib" in pair.evidence
    assert pair.rule
    assert pair.cue in pair.evidence
    assert pair.reasons


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\ufeff", ".", "\x00"])
def test_a_text_without_words(detector: Detector, text: str):
    assert detector.detect(text, "r") == Detection("r")
    assert detector.time_expressions(text) == []


def test_a_text_without_drugs(detector: Detector):
    detection = detector.detect(WITHOUT_DRUGS)
    assert detection.drugs == ()
    assert detection.pairs == ()
    assert detection.events


def test_a_drug_alone_makes_no_pair(detector: Detector):
    detection = detector.detect("Le sunitinib est poursuivi.")
    assert [d.inn for d in detection.drugs] == ["sunitinib"]
    assert detection.pairs == ()


def test_a_report_without_an_id(detector: Detector):
    assert detector.detect(REPORT).report_id is None


def test_many_reports_in_their_order(detector: Detector):
    texts = [("b", REPORT), ("a", ""), ("c", WITHOUT_DRUGS), ("b", REPORT)]
    assert list(detector.detect_many(iter(texts))) == [detector.detect(text, name) for name, text in texts]


def test_many_reports_are_read_as_they_are_asked_for(detector: Detector):
    def texts():
        yield "a", REPORT
        raise LookupError("the second was asked for")

    many = detector.detect_many(texts())
    assert next(many).report_id == "a"
    with pytest.raises(LookupError):
        next(many)


def test_one_report_does_not_change_the_next(detector: Detector):
    before = detector.detect(WITHOUT_DRUGS)
    detector.detect(REPORT)
    assert detector.detect(WITHOUT_DRUGS) == before


def test_assertions_in_the_order_of_the_spans(detector: Detector):
    text = "Pas de fièvre. Une toux est apparue.\nAntécédents familiaux :\nAsthme\n"
    spans = [span(text, words) for words in ("toux", "Asthme", "fièvre")]
    assert detector.assertions(text, spans) == [Assertion.PRESENT, Assertion.OTHER, Assertion.NEGATED]
    assert detector.assertions(text, []) == []


def test_assertions_of_words_that_no_term_knows(detector: Detector):
    text = "Absence de gloubite. Une gloubite est apparue."
    spans = [span(text, "gloubite"), (text.rindex("gloubite"), text.rindex("gloubite") + 8)]
    assert detector.assertions(text, spans) == [Assertion.NEGATED, Assertion.PRESENT]


def test_time_expressions(detector: Detector):
    text = "Débuté le 11 février 2015 pendant trois jours."
    found = [(text[t.start : t.end], t.kind, t.value) for t in detector.time_expressions(text)]
    assert ("date", "2015-02-11") in [(kind, value) for _, kind, value in found]
    assert ("duration", "P3D") in [(kind, value) for _, kind, value in found]
    assert all("11 février 2015" in words or "trois jours" in words for words, _, _ in found)


WORDS = st.sampled_from(
    [
        "sunitinib", "Taxol", "thrombopénie", "nausées grade 2", "pas de", "sous", "secondaire à", "arrêt du", "puis",
        "le 12/03/2020", "J15", "trois jours après", "Allergies :", "allergie à", "INR à 9", "œdème", "favorable", ".",
        "\n", "\r\n", ",", "!", "?", "le traitement", "ce médicament", "non imputable", "A\u0301", "😀", "\u00ad",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_offsets_are_in_bounds(text: str):
    detection = real_detector().detect(text)
    for mention in (*detection.drugs, *detection.events):
        assert 0 <= mention.start < mention.end <= len(text)
    drugs = {(d.start, d.end): d.inn for d in detection.drugs}
    events = {(e.start, e.end): e.label for e in detection.events}
    for pair in detection.pairs:
        assert 0 <= pair.evidence_start < pair.evidence_end <= len(text)
        assert text[pair.evidence_start : pair.evidence_end] == pair.evidence
        assert 0 <= pair.confidence <= 1
        assert pair.drug_spans
        assert {*pair.drug_spans} <= drugs.keys()
        assert {*pair.event_spans} <= events.keys()
        assert pair.event in {events[s] for s in pair.event_spans}
    keys = [(p.drug, p.event) for p in detection.pairs]
    assert len(keys) == len(set(keys))
    for found in (detection.drugs, detection.events):
        assert all(a.start <= b.start for a, b in pairwise(found))
