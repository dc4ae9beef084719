"""The curated drug table: every cell expands, no phrase stands for two drugs, codes and names have the right shape."""

import csv
import re
from collections import defaultdict

import pytest

from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import load_macros
from pv.lexicon.terms import DrugEntry, Term, fold_phrase, load_drug_terms
from pv.model import DrugKind
from pv.text.folding import strip_accents

MACROS = load_macros(lexicon_dir() / "macros.csv")
TERMS = list(load_drug_terms(lexicon_dir() / "drugs.csv", MACROS))
IMPORTED = list(load_drug_terms(lexicon_dir() / "drugs_bdpm.csv", {}))
ATC = re.compile(r"[A-DGHJLMNPRSV](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
BY_PHRASE: dict[tuple[str, ...], list[Term[DrugEntry]]] = defaultdict(list)
for _term in TERMS:
    BY_PHRASE[_term.words].append(_term)


def entries(phrase: str) -> list[DrugEntry]:
    return [t.entry for t in BY_PHRASE.get(fold_phrase(phrase), []) if t.exact in (None, phrase)]


def inns(kind: DrugKind) -> set[str]:
    return {t.entry.inn for t in TERMS if t.entry.kind is kind}


def test_no_phrase_stands_for_two_drugs() -> None:
    twice = {
        " ".join(w): {t.entry.inn for t in ts} for w, ts in BY_PHRASE.items() if len({t.entry.inn for t in ts}) > 1
    }
    assert not twice


def test_codes_have_the_shape_of_atc() -> None:
    wrong = {(t.entry.inn, t.entry.atc) for t in TERMS if not all(map(ATC.fullmatch, t.entry.atc.split()))}
    assert not wrong


def test_only_classes_have_several_codes() -> None:
    assert not {t.entry.inn for t in TERMS if " " in t.entry.atc and t.entry.kind is not DrugKind.CLASS}


def test_one_drug_has_one_code() -> None:
    codes = defaultdict(set)
    for term in TERMS:
        codes[term.entry.inn].add(term.entry.atc)
    assert not {inn: found for inn, found in codes.items() if len(found) > 1}


def test_protocols_consist_of_known_substances() -> None:
    known = {t.entry.inn for t in (*TERMS, *IMPORTED) if t.entry.kind is DrugKind.SUBSTANCE}
    for term in TERMS:
        if term.entry.kind is DrugKind.PROTOCOL:
            assert term.entry.substances, term.entry.inn
            assert set(term.entry.substances) <= known, term.entry.inn


def test_combinations_list_their_substances() -> None:
    for term in TERMS:
        if term.entry.kind is DrugKind.SUBSTANCE and "/" in term.entry.inn:
            assert term.entry.substances == tuple(term.entry.inn.split("/"))
            assert list(term.entry.substances) == sorted(term.entry.substances), term.entry.inn


def test_names_are_lower_case() -> None:
    assert not {t.entry.inn for t in TERMS if t.entry.inn != t.entry.inn.lower()}


def test_breadth() -> None:
    assert len(inns(DrugKind.CLASS)) >= 250
    assert len(inns(DrugKind.PROTOCOL)) >= 80
    with (lexicon_dir() / "drugs.csv").open(encoding="utf-8", newline="") as file:
        assert len({r["inn"] for r in csv.DictReader(file) if r["status"] == "withdrawn"}) >= 80


def test_short_abbreviations_ask_for_capitals_or_context() -> None:
    loose = {
        t.words for t in TERMS if len(t.words) == 1 and len(t.words[0]) <= 3 and not (t.exact or t.entry.by_context)
    }
    # No French word, unit or sign is spelt like these, in whatever case.
    assert loose <= {("aod",), ("kcl",), ("tpa",)}


@pytest.mark.parametrize(
    ("phrase", "inn"),
    [
        ("5-FU", "fluorouracile"),
        ("5FU", "fluorouracile"),
        ("MTX", "méthotrexate"),
        ("G-CSF", "class:g-csf"),
        ("EPO", "époétine"),
        ("IgIV", "immunoglobuline humaine normale"),
        ("Clexane", None),
        ("acétaminophène", "paracétamol"),
        ("mediator", "benfluorex"),
        ("Vioxx", "rofécoxib"),
        ("Di-Antalvic", "dextropropoxyphène/paracétamol"),
        ("pergolide", "pergolide"),
        ("AVK", "class:antivitamine k"),
        ("antivitamines K", "class:antivitamine k"),
        ("AINS", "class:ains"),
        ("anti-inflammatoires non stéroïdiens", "class:ains"),
        ("IEC", "class:inhibiteur de l'enzyme de conversion"),
        ("ARA2", "class:antagoniste des récepteurs de l'angiotensine ii"),
        ("bêta-bloquants", "class:bêtabloquant"),
        ("inhibiteurs de tyrosine kinase", "class:inhibiteur de tyrosine kinase"),
        ("anti-TNF alpha", "class:anti-tnf"),
        ("anti-PD-1", "class:anti-pd1"),
        ("corticothérapie", "class:corticothérapie"),
        ("RHZE", "protocol:rhze"),
        ("quadrithérapie antituberculeuse", "protocol:rhze"),
        ("FEC 100", "protocol:fec"),
        ("mFOLFOX6", "protocol:folfox"),
        ("R-CHOP", "protocol:r-chop"),
        ("GEMOX", "protocol:gemox"),
        ("bortézomib", None),
    ],
)
def test_known_names(phrase: str, inn: str | None) -> None:
    found = {e.inn for e in entries(phrase)}
    if inn is None:  # left to the imported table, or listed in both
        found |= {t.entry.inn for t in IMPORTED if t.words == fold_phrase(phrase)}
        assert found
    else:
        assert found == {inn}


@pytest.mark.parametrize(
    "name", ["IPP", "AZA", "CTX", "calcium", "fer", "zinc", "vitamine D", "insuline", "EP", "EC", "AC"]
)
def test_ambiguous_names_need_context(name: str) -> None:
    assert entries(name)
    assert all(e.by_context for e in entries(name))


def test_terms_are_written_as_they_match() -> None:
    assert not [t.words for t in TERMS if any(w != strip_accents(w) for w in t.words)]
