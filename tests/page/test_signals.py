"""The signals on the page: which combinations in which order, what is noted of them, the pictures, and what is told."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Result
from outline import Outline, outline

from pv.page.figures import Picture, forest, trend
from pv.page.signals import MOST_DRAWN, MOST_ROWS, Signals, read_signals
from pv.page.words import load_words
from pv.signals.signal import DISCLAIMER, Question, Screening, Signal, TrendPoint
from pv.store.database import Database
from pv.store.signal_runs import keep_screening

Pv = Callable[..., Result]
FRENCH = load_words("fr")
SVG = "{http://www.w3.org/2000/svg}"
PLAIN = Signal("sunitinib", "fièvre", 5, 10, 20, 400, 0.5, ic=2.0, ic025=0.5, ic975=3.0, rules=("umc",))


def screening(*signals: Signal, year: int = 2026, question: Question | None = None) -> Screening:
    moment = datetime(year, 1, 1, tzinfo=UTC)
    rules = {"umc": "IC025 > 0"}
    return Screening(question or Question(), moment, moment, 400, 90, signals, prior_problem="too few", rules=rules)


def shown(store: Database, *screenings: Screening) -> Signals:
    with store.session() as session:
        for one in screenings:
            keep_screening(session, one, "0")
    with store.session() as session:
        found = read_signals(session, FRENCH)
    assert found is not None
    return found


def drawing(picture: Picture) -> ElementTree.Element:
    head, _, content = picture.address.partition(",")
    assert head == "data:image/svg+xml;base64"
    return ElementTree.fromstring(base64.b64decode(content))


def texts(picture: Picture) -> list[str]:
    return ["".join(text.itertext()).strip() for text in drawing(picture).iter(f"{SVG}text")]


def point(year: int, ic: float | None) -> TrendPoint:
    low, high = (None, None) if ic is None else (ic - 1, ic + 1)
    return TrendPoint(datetime(year, 1, 1, tzinfo=UTC), 3, 1.0, None, None, None, ic, low, high, None, None, None)


def test_those_that_meet_a_rule_come_first(store: Database):
    unmet = replace(PLAIN, event="vertige", ic025=0.9, rules=())
    lower = replace(PLAIN, event="rash", ic025=0.1)
    found = shown(store, screening(PLAIN, unmet, lower))
    assert [row.signal.event for row in found.rows] == ["fièvre", "rash", "vertige"]
    assert found.met == 2


def test_table_and_plot_are_bounded(store: Database):
    many = [replace(PLAIN, event=f"e{i:03}") for i in range(MOST_ROWS + 5)]
    found = shown(store, screening(*many))
    assert (len(found.rows), found.met) == (MOST_ROWS, MOST_ROWS + 5)
    assert found.forest is not None
    assert sum("sunitinib" in text for text in texts(found.forest)) == MOST_DRAWN


@pytest.mark.parametrize(
    ("signal", "notes"),
    [
        (PLAIN, ()),
        (replace(PLAIN, new=True, newly_met=("umc",)), ("nouvelle",)),
        (replace(PLAIN, new=False, newly_met=("umc",)), ("règle nouvellement remplie : umc",)),
        (replace(PLAIN, recent=3), ("en hausse : 3 cas en 12 mois",)),
        (replace(PLAIN, recent=2, zero=("b", "c")), ("case vide du tableau 2×2 : b, c",)),
    ],
)
def test_notes(store: Database, signal: Signal, notes: tuple[str, ...]):
    assert shown(store, screening(signal)).rows[0].notes == notes


def test_trend_is_that_of_the_same_question(store: Database):
    other = Question(min_n=1)
    found = shown(
        store, screening(PLAIN, year=2024), screening(PLAIN, year=2025, question=other), screening(PLAIN, year=2026)
    )
    picture = found.rows[0].trend
    assert picture is not None
    assert picture.words == "IC de 2,0 (1er janvier 2024) à 2,0 (1er janvier 2026), 2 calculs"
    assert shown(store, screening(PLAIN, year=2027, question=Question(min_n=2))).rows[0].trend is None


def test_a_trend_wants_two_known_points():
    assert trend([], FRENCH) is None
    assert trend([point(2025, 1.0), point(2026, None)], FRENCH) is None
    assert trend([point(2025, 1.0), point(2026, -1.5)], FRENCH) is not None


def test_forest_plot_labels_are_text_and_never_formulas():
    hostile = replace(PLAIN, drug="a$b", event="</text><script>alert('$')</script>")
    picture = forest([hostile, replace(PLAIN, ic=None)], FRENCH)
    assert "a$b – </text><script>alert('$')</script> (5)" in texts(picture)
    assert "2,00 [0,50 ; 3,00]" in texts(picture)
    assert not [*drawing(picture).iter(f"{SVG}script")]
    assert picture.words.startswith("Graphique en forêt de l'IC pour 2 combinaisons")


def test_the_same_numbers_give_the_same_picture():
    assert forest([PLAIN], FRENCH) == forest([PLAIN], FRENCH)


def test_what_the_page_says_of_signals_is_what_the_command_says():
    assert load_words("en")("signals.disclaimer") == DISCLAIMER


def page(pv: Pv, tmp_path: Path, *options: object) -> Outline:
    assert pv("report", "--out", "page.html", *options).code == 0
    return outline(tmp_path / "page.html")


def test_without_a_screening_the_page_says_how_to_get_one(pv: Pv, write: Callable[..., Path], tmp_path: Path):
    pv("scan", write("a.txt", "pair: sunitinib > fièvre stated\n"))
    assert "Aucun calcul conservé : lancez « pv signals »" in page(pv, tmp_path).text
    pv("signals")
    assert "Aucune combinaison n'atteint 3 cas." in page(pv, tmp_path).text


def test_the_table_has_the_figures_of_the_command(pv: Pv, write: Callable[..., Path], tmp_path: Path):
    for i in range(4):
        write(f"a{i}.txt", "pair: sunitinib > fièvre stated\n")
    write("b.txt", "pair: paclitaxel > vertige stated\n")
    pv("scan", write("c.txt", "pair: paclitaxel > rash stated\n"))
    pv("signals")
    found = page(pv, tmp_path)
    # 4 cases of 6 have both, no other has either: two cells are empty, and only the IC is defined.
    assert "Parmi 6 cas (patient × médicament × événement) et 3 combinaisons, celles d'au moins 3 cas" in found.text
    row = "sunitinib fièvre 4 2,67 0,51 [−1,23 ; 1,59] non défini non défini en hausse : 4 cas en 12 mois ; case vide"
    assert row in found.text
    assert "Pas d'EBGM :" in found.text
    assert len(found.of("img")) == 1
    assert all(image["alt"] for image in found.of("img"))
    english = page(pv, tmp_path, "--lang", "en")
    assert "sunitinib fièvre 4 2.67 0.51 [−1.23 ; 1.59] undefined" in english.text
    assert DISCLAIMER in english.text
