"""Coverage of the market, measured with detectors that are known to be good, poor or wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pv.lexicon.bdpm import import_bdpm
from pv.lexicon.coverage import Share, coverage
from pv.lexicon.terms import Words, fold_phrase

PRODUCTS = (
    ("1", "NEPHROSAN 12,5 mg, gélule", "Procédure centralisée", "Commercialisée", "Oui"),
    ("2", "DUOTENSYL, comprimé", "Procédure nationale", "Commercialisée", "Non"),
    ("3", "VIEUXFLOR, comprimé", "Procédure nationale", "Non commercialisée", "Oui"),
    ("4", "STORINAL, granules", "Enreg homéo (Proc. Nat.)", "Commercialisée", "Non"),
    ("5", "RAMIPRIL TEVA 5 mg, comprimé", "Procédure nationale", "Commercialisée", "Non"),
)
PARTS = (
    ("1", "a", "SUNITINIB (MALATE DE)", "SA"),
    ("2", "b", "RAMIPRIL", "SA"),
    ("2", "c", "HYDROCHLOROTHIAZIDE", "SA"),
    ("3", "d", "NOMIFENSINE", "SA"),
    ("4", "e", "BELLADONNA", "SA"),
    ("5", "b", "RAMIPRIL", "SA"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    products = [(c, n, "", "", "", p, m, "", "", "", "LABO", w) for c, n, p, m, w in PRODUCTS]
    parts = [(c, "", code, name, "", "", nature) for c, code, name, nature in PARTS]
    for file, rows in (("CIS_bdpm.txt", products), ("CIS_COMPO_bdpm.txt", parts)):
        (tmp_path / file).write_text("".join("\t".join(r) + "\n" for r in rows), encoding="utf-8")
    return tmp_path


def longest_match(folder: Path) -> Callable[[str], set[str]]:
    terms: dict[Words, str] = {fold_phrase(row.term): row.inn for row in import_bdpm([folder])}

    def find(sentence: str) -> set[str]:
        words, found, i = fold_phrase(sentence), set(), 0
        while i < len(words):
            size = next((n for n in range(len(words) - i, 0, -1) if words[i : i + n] in terms), 0)
            if size:
                found.add(terms[words[i : i + size]])
            i += size or 1
        return found

    return find


def test_everything_marketed_is_found_by_the_table(folder: Path) -> None:
    result = coverage(folder, longest_match(folder))
    assert (result.substances.total, result.brands.total, result.monitored.total) == (3, 2, 1)
    assert (result.substances.ratio, result.brands.ratio, result.monitored.ratio) == (1.0, 1.0, 1.0)


def test_what_is_not_found_is_listed(folder: Path) -> None:
    result = coverage(folder, lambda sentence: {"sunitinib"} if "NEPHROSAN" in sentence else set())
    assert [m.name for m in result.brands.missed] == ["DUOTENSYL"]
    assert result.brands.ratio == 0.5
    assert result.monitored.ratio == 1.0
    assert [m.name for m in result.substances.missed] == ["hydrochlorothiazide", "malate de sunitinib", "ramipril"]


def test_the_wrong_inn_is_a_miss_that_says_what_was_found(folder: Path) -> None:
    result = coverage(folder, lambda _: {"aspirine"})
    assert result.monitored.found == 0
    missed = result.monitored.missed[0]
    assert (missed.expected, missed.found) == (("sunitinib",), ("aspirine",))


def test_a_combination_may_be_found_by_its_parts_but_not_by_one(folder: Path) -> None:
    parts = {"ramipril", "hydrochlorothiazide", "sunitinib"}
    assert coverage(folder, lambda _: parts).brands.ratio == 1.0
    assert [m.name for m in coverage(folder, lambda _: parts - {"ramipril"}).brands.missed] == ["DUOTENSYL"]


def test_nothing_to_find_is_all_found() -> None:
    assert Share(0, ()).ratio == 1.0
