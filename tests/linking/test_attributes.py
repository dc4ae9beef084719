"""Seriousness, treatment and certainty of a pair: marked passages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from marked_pairs import pair_of, rows
from shared_detector import real_detector

from pv.model import Certainty, Link, Pair

STAY = "Monsieur X est hospitalisé dans le service de médecine du 12/05/2021 au 20/05/2021."
DAY = "Monsieur X est hospitalisé en hôpital de jour le 12/05/2021."

# Passage | criterion; a dash where the event is not serious. STAY and DAY stand for the top of a report.
PASSAGES = Path(__file__).with_name("seriousness.csv")


@pytest.mark.parametrize(("passage", "criterion"), rows(PASSAGES, "passage criterion"))
def test_seriousness(passage: str, criterion: str) -> None:
    pair = pair_of(passage.replace("STAY", STAY).replace("DAY", DAY))
    assert (pair.seriousness or "-") == criterion, pair.reasons
    assert pair.serious is (criterion != "-")


@pytest.mark.parametrize(
    ("passage", "dose"),
    [
        ("[Éruption] sous {lamotrigine} 50 mg matin et soir.", "50 mg"),
        ("[Éruption] sous {sunitinib} 37,5 mg/jour.", "37,5 mg/jour"),
        ("[Hématome] sous {énoxaparine} (4000 UI par jour).", "4000 UI"),
        ("[Fièvre] sous {trastuzumab} 6 mg/kg.", "6 mg/kg"),
        ("[Éruption] sous {lamotrigine} et lévothyroxine 50 mg.", None),
        ("[Éruption] sous {lamotrigine}, plaquettes à 50 G/L.", None),
    ],
)
def test_dose(passage: str, dose: str | None) -> None:
    assert pair_of(passage).dose == dose


@pytest.mark.parametrize(
    ("passage", "route"),
    [
        ("[Éruption] sous {méthotrexate} par voie orale.", "voie orale"),
        ("[Phlébite] sous {amiodarone} IV.", "IV"),
        ("[Éruption] sous {méthotrexate} et ceftriaxone IV.", None),
        ("[Éruption] sous {méthotrexate}.", None),
    ],
)
def test_route(passage: str, route: str | None) -> None:
    assert pair_of(passage).route == route


def test_certainty_is_of_stated_pairs_only() -> None:
    passage = "[Éruption] sous {lamotrigine}."
    assert pair_of(passage).certainty is Certainty.ASSERTED
    assert pair_of(passage, Link.TEMPORAL).certainty is None


@pytest.mark.parametrize(
    ("passage", "current"),
    [
        ("[Éruption] sous {lamotrigine}.", True),
        ("Antécédents : [éruption] sous {lamotrigine}.", False),
        ("Allergies : {amoxicilline} ([urticaire]).", False),
        ("Conclusion : [éruption] sous {lamotrigine}.", True),
        ("Consultation du 9/09/2021 // {Sunitinib} de mars à août 2020, arrêté pour [asthénie].", False),
        ("Consultation du 9/09/2021 // {Sunitinib} reçu de 2018 à 2019, arrêté pour [asthénie].", False),
        ("Consultation du 9/09/2021 // {Sunitinib} débuté en mars 2020, arrêté le 2/09/2021 pour [asthénie].", True),
        ("Consultation du 9/09/2021 // [Asthénie] sous {sunitinib}, débuté en mars 2020.", True),
    ],
)
def test_current(passage: str, current: bool) -> None:
    assert pair_of(passage).current is current


@pytest.mark.parametrize(
    ("passage", "indication"),
    [
        ("Polyarthrite rhumatoïde traitée par {méthotrexate}. [Cytolyse hépatique] secondaire au méthotrexate.",
         "polyarthrite rhumatoïde"),
        ("{Méthotrexate} (12,5 mg par semaine) pour une polyarthrite rhumatoïde. [Cytolyse] due au méthotrexate.",
         "polyarthrite rhumatoïde"),
        ("{Méthotrexate} arrêté pour une [cytolyse hépatique].", None),
        ("Patient sous {méthotrexate} adressé pour une polyarthrite rhumatoïde. [Cytolyse] due au méthotrexate.", None),
    ],
)  # fmt: skip
def test_indication(passage: str, indication: str | None) -> None:
    found = real_detector().detect(re.sub(r"[{}\[\]]", "", passage))
    pair = next(p for p in found.pairs if p.drug == "méthotrexate" and p.link is Link.STATED)
    assert pair.indication == indication


def test_other_causes_that_the_text_names() -> None:
    blamed = "[Insuffisance rénale] secondaire à une déshydratation et à la prise de {kétoprofène}."
    assert pair_of(blamed).alternatives == ("déshydratation",)
    assert pair_of("[Hépatite] sous {isoniazide}, d'origine virale possible.").alternatives == ("d'origine virale",)
    assert pair_of("[Hépatite] sous {isoniazide}.").alternatives == ()


def test_links_without_an_event_that_occurred_have_no_course() -> None:
    pair = pair_of("[Éruption] trois jours après l'introduction de la {lamotrigine}.", Link.DENIED)
    assert (pair.start, pair.onset, pair.latency_days, pair.dechallenge) == (None, None, None, None)


def sign_before(between: str) -> tuple[str, Pair]:
    text = f"Ce jour, fièvre. {between}\nDRESS secondaire à l'allopurinol.\nAu revoir."
    (pair,) = (p for p in real_detector().detect(text).pairs if p.link is Link.PART and p.event == "fièvre")
    return text, pair


def test_a_passage_goes_from_the_sign_to_the_diagnosis() -> None:
    text, pair = sign_before("Examen normal. " * 200)
    assert pair.evidence == text[text.index("fièvre") : text.index("Au revoir")].strip()


@pytest.mark.parametrize("filler", ["Examen normal. ", "examen normal et "])
def test_a_passage_too_long_to_be_read_is_what_is_told_of_the_event(filler: str) -> None:
    text, pair = sign_before(filler * 1_000)
    assert pair.evidence == text[pair.evidence_start : pair.evidence_end]
    assert "fièvre" in pair.evidence
    assert len(pair.evidence) < 5_000
    ((start, end),) = pair.drug_spans
    assert text[start:end] == "allopurinol"
