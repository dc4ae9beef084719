"""Pseudonyms: stable under a key, as long as the name, and every span of drug and event where it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeDetector
from hypothesis import given
from hypothesis import strategies as st
from shared_detector import real_detector

from pv.keys import Key
from pv.lexicon.paths import lexicon_dir
from pv.text.identifier_tables import load_identifier_rules
from pv.text.identifiers import find_identifiers
from pv.text.pseudonyms import Pseudonymiser

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "reports").glob("*.txt"))
RULES = load_identifier_rules(lexicon_dir())
HIDING = Pseudonymiser(RULES, Key(bytes(32)))
# What stands in the examples by hand, as written there: patients, and doctors who are named with their title.
PEOPLE = """
Bastien ORVELLE Solveig TANCARVAL Ludivine Casterel Hortense Vaubrial Nino BREVAL Tiphaine Lormeau Éloi Amaury
Quesnoy Lazare Pontgibault GEORGETTE FAUCILLON Philippine Aumont Ysaline DUGARRIC Idriss KELBANI Clovis Marsanne Fulbert
Entraigues ACHILLE ROUVERAY Capucine VERNHET Gontran Salvage Gaspard NOIRMONT Bérengère COUSTAL Evrard LANGLADE
Télesphore JUMIEGES Radegonde PIERREFITTE Pierrefitte Sidonie Valcroze Hamelinec Roxane AUBÉRAC Armande LESTOCQ Anselme
Torcheville
"""
BIRTHS = ["14/08/1956", "02/10/2021", "05/01/2020", "30/05/1970"]


def test_pseudonym_is_stable_marked_and_as_long():
    one = HIDING.pseudonym("ORVELLE", "name")
    assert one == HIDING.pseudonym("Orvelle", "name") == HIDING.pseudonym("orvellé", "name")
    assert one == "_suhega"
    assert one != HIDING.pseudonym("ORVELLE", "birth")
    assert one != Pseudonymiser(RULES, Key(b"\1" * 32)).pseudonym("ORVELLE", "name")


def test_signs_of_a_number_stay_and_digits_do_not():
    hidden = HIDING.pseudonym("06 12.34-56 78", "phone")
    assert [c for c in hidden if not c.isalnum() and c != "_"] == [" ", ".", "-", " "]
    assert not any(c.isdigit() for c in hidden)
    assert hidden.replace(" ", "").replace(".", "").replace("-", "") == HIDING.pseudonym("0612345678", "phone")


@given(st.text(), st.sampled_from(["name", "birth", "phone"]))
def test_pseudonym_of_anything_is_as_long_and_has_its_signs(surface: str, kind: str):
    hidden = HIDING.pseudonym(surface, kind)
    assert len(hidden) == len(surface)
    for before, after in zip(surface, hidden, strict=True):
        assert after == before if not before.isalnum() else after == "_" or (after.isascii() and after.islower())


@given(st.lists(st.sampled_from(["Mme Roux", "née le 03/05/1960", "06 12 34 56 78", "nausées", "\n", "é", ", ", "œ"])))
def test_text_is_as_long_and_differs_in_identifiers_alone(parts: list[str]):
    text = " ".join(parts)
    changed, _ = HIDING.apply(text, FakeDetector().detect(text))
    found = find_identifiers(text, RULES)
    inside = {at for i in found for at in range(i.start, i.end)}
    assert len(changed) == len(text)
    assert all(a == b for at, (a, b) in enumerate(zip(text, changed, strict=True)) if at not in inside)
    assert all(text[i.start : i.end] not in changed for i in found)


def test_passage_cue_and_reasons_are_hidden_and_spans_fit():
    text = "Mme ROUX\npair: sunitinib > thrombopénie stated\n"
    detection = FakeDetector().detect(text)
    pair = replace(
        detection.pairs[0],
        evidence_start=0,
        evidence=text,
        evidence_end=len(text),
        cue="selon Mme ROUX",
        reasons=("délai : « ROUX, J3 »", "ROUXEL reste"),
        dose="50 mg",
    )
    changed, hidden = HIDING.apply(text, replace(detection, pairs=(pair,)))
    name = HIDING.pseudonym("ROUX", "name")
    after = hidden.pairs[0]
    assert changed == after.evidence == text.replace("ROUX", name)
    assert (after.cue, after.reasons, after.dose) == (
        f"selon Mme {name}",
        (f"délai : « {name}, J3 »", "ROUXEL reste"),
        "50 mg",
    )
    assert (after.drug_spans, after.event_spans) == (pair.drug_spans, pair.event_spans)
    assert after.evidence[slice(*after.drug_spans[0])] == "sunitinib"


def test_passage_that_is_no_slice_of_the_text_is_hidden_too():
    text = "Mme ROUX\npair: sunitinib > thrombopénie stated\n"
    detection = FakeDetector().detect(text)
    pair = replace(detection.pairs[0], evidence="[…] ROUX tousse")
    _, hidden = HIDING.apply(text, replace(detection, pairs=(pair,)))
    assert hidden.pairs[0].evidence == f"[…] {HIDING.pseudonym('ROUX', 'name')} tousse"


def test_text_without_identifiers_is_left_as_it_is():
    detection = FakeDetector().detect("pair: sunitinib > thrombopénie stated\n")
    assert HIDING.apply("pair: sunitinib > thrombopénie stated\n", detection)[1] is detection


def test_examples_hide_their_people_and_nothing_else():
    found = [
        (i.kind, text[i.start : i.end])
        for text in (p.read_text(encoding="utf-8") for p in EXAMPLES)
        for i in find_identifiers(text, RULES)
    ]
    assert [w for kind, w in found if kind == "name"] == PEOPLE.split()
    assert [w for kind, w in found if kind == "birth"] == BIRTHS
    assert {kind for kind, _ in found} == {"name", "birth"}


@pytest.mark.parametrize("path", EXAMPLES[:6], ids=lambda p: p.stem)
def test_detection_of_an_example_changes_in_its_passages_alone(path: Path):
    text = path.read_text(encoding="utf-8")
    detection = real_detector().detect(text)
    changed, hidden = HIDING.apply(text, detection)
    assert (hidden.drugs, hidden.events) == (detection.drugs, detection.events)
    for before, after in zip(detection.pairs, hidden.pairs, strict=True):
        assert replace(after, evidence=before.evidence) == before
        assert after.evidence == changed[after.evidence_start : after.evidence_end]
    for mention in (*detection.drugs, *detection.events):
        assert changed[mention.start : mention.end] == text[mention.start : mention.end]
