"""Misspelt drug names: what is found, and above all what is not."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.lexicon.paths import lexicon_dir
from pv.lexicon.terms import fold_phrase
from pv.text.folding import fold
from pv.text.misspelling import SHORTEST, MisspellingIndex

NAMES = (
    "carbamazepine",
    "amoxicilline",
    "oxcarbazepine",
    "vesicare",
    "pancreatine",
    "digoxine",
    "prednisone",
    "prednisolone",
)


@pytest.fixture(scope="module")
def shipped() -> MisspellingIndex:
    names: set[str] = set()
    words: set[str] = set()
    with (lexicon_dir() / "drugs_bdpm.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            folded = fold_phrase(row["term"].split("|")[0].removeprefix("="))
            words.update(folded)
            if len(folded) == 1 and not row["match"]:
                names.add(folded[0])
    with (lexicon_dir() / "not_misspellings.csv").open(encoding="utf-8", newline="") as handle:
        words.update(fold(row["term"]) for row in csv.DictReader(handle))
    return MisspellingIndex(names, words)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("carbamazipine", "carbamazepine"),
        ("amoxiciline", "amoxicilline"),
        ("amoxicillline", "amoxicilline"),
        ("carbamzaepine", "carbamazepine"),
        ("digoxin", "digoxine"),
        ("carbamazepine", None),
        ("karbamazepine", None),
        ("carbamazipina", None),
        ("prednisone", None),
        ("vesicale", "vesicare"),
    ],
)
def test_lookup(word: str, name: str | None) -> None:
    assert MisspellingIndex(NAMES).lookup(word) == name


def test_a_word_between_two_names_is_neither() -> None:
    assert MisspellingIndex(("cefotiame", "cefotiape")).lookup("cefotiane") is None


def test_a_word_of_the_vocabulary_is_correct() -> None:
    assert MisspellingIndex(NAMES, ["vesicale"]).lookup("vesicale") is None


def test_an_ending_of_french_words_is_no_slip() -> None:
    index = MisspellingIndex((*NAMES, "cerebrale"), ["-ale"])
    assert index.lookup("vesicale") is None
    assert index.lookup("cerebralle") == "cerebrale"


def test_short_names_are_known_but_never_meant() -> None:
    index = MisspellingIndex(("taxol", "carbamazepine"))
    assert index.lookup("taxoll") is None
    assert index.lookup("taxol") is None


@given(st.sampled_from(NAMES), st.data())
def test_every_single_slip_after_the_first_letter_is_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    kind = data.draw(st.sampled_from(("insert", "delete", "substitute", "swap")))
    slips = {
        "insert": name[:at] + letter + name[at:],
        "delete": name[:at] + name[at + 1 :],
        "substitute": name[:at] + letter + name[at + 1 :],
        "swap": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    }
    word = slips[kind]
    assert MisspellingIndex([name]).lookup(word) == (None if word == name or len(word) < SHORTEST - 1 else name)


@pytest.mark.parametrize(
    ("word", "name"),
    [("carbamazipine", "carbamazepine"), ("amoxiciline", "amoxicilline"), ("metotrexate", "methotrexate")],
)
def test_slips_in_shipped_names(shipped: MisspellingIndex, word: str, name: str) -> None:
    assert shipped.lookup(word) == name


@pytest.mark.parametrize(
    "word",
    [
        "méningite",
        "pancréatite",
        "vésicale",
        "corticale",
        "cortical",
        "prochaine",
        "prostate",
        "réactive",
        "prévenir",
        "morphinique",
        "hépatique",
        "prednisone",
        "digitoxine",
        "créatinine",
        "thyroglobuline",
        "concert",
        "cérébrale",
        "médicale",
        "bactérie",
        "aspiration",
    ],
)
def test_french_words_are_no_slips(shipped: MisspellingIndex, word: str) -> None:
    assert shipped.lookup(fold(word)) is None
