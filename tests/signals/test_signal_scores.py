"""Signals from counts: figures in their fields, order, minimum, the background that a small base borrows."""

from __future__ import annotations

from pathlib import Path

import pytest
from published import rows_of

from pv.errors import InputError
from pv.signals.background import Background, read_background
from pv.signals.contingency import Counts, Level, count_cases
from pv.signals.names import read_names
from pv.signals.rules import Lists
from pv.signals.score import score

HEADING = "drug,event,n,n_drug,n_event,total\n"


def counted(*cells: tuple[str, str, int]) -> Counts:
    """Give the counts of so many cases of each (drug, event), each case with one pair."""
    names = sorted({name for drug, event, _ in cells for name in (drug, event)})
    level = Level({i: (name,) for i, name in enumerate(names)})
    pairs = ((names.index(drug), names.index(event)) for drug, event, n in cells for _ in range(n))
    return count_cases(((case, drug, event, False) for case, (drug, event) in enumerate(pairs)), level, level)


# The table of "plain" in test_measures: 25, 75, 100, 9800.
PLAIN = counted(("d", "e", 25), ("d", "x", 75), ("o", "e", 100), ("o", "x", 9800))


def test_figures_stand_in_their_fields():
    signal = next(s for s in score(PLAIN, 3, Lists()).signals if (s.drug, s.event) == ("d", "e"))
    assert (signal.n, signal.n_drug, signal.n_event, signal.total, signal.expected) == (25, 100, 125, 10_000, 1.25)
    figures = (signal.prr, signal.prr025, signal.prr975, signal.ror, signal.ror025, signal.ror975, signal.chi2,
               signal.ic, signal.ic025, signal.ic975)  # fmt: skip
    assert figures == pytest.approx(
        (24.75, 16.732082, 36.610059, 32.666667, 19.939669, 53.516990, 442.347526, 3.865070, 3.244095, 4.374860),
        rel=1e-6,
    )
    assert (signal.ebgm, signal.eb05, signal.eb95, signal.rules, signal.recent) == (
        None,
        None,
        None,
        ("evans", "umc"),
        25,
    )


def test_highest_ic025_first_and_only_with_enough_cases():
    found = score(PLAIN, 80, Lists())
    assert [(s.drug, s.event, s.n) for s in found.signals] == [("o", "x", 9800), ("o", "e", 100)]
    assert found.signals[0].ic025 > found.signals[1].ic025  # type: ignore[operator]
    assert found.prior_problem == "the table has 4 combinations, a prior needs at least 50"


def test_zero_cells_leave_ratios_empty_with_a_flag():
    (only,) = score(counted(("d", "e", 4)), 1, Lists()).signals
    assert only.zero == ("b", "c", "d")
    assert (only.prr, only.ror, only.chi2) == (None, None, None)
    assert only.ic == pytest.approx(0)
    assert "zero cell b, c, d" in only.flags
    signals = {s.drug: s for s in score(counted(("d", "e", 4), ("f", "g", 9)), 1, Lists()).signals}
    assert (signals["d"].zero, signals["d"].prr, signals["d"].rules) == (("b", "c"), None, ("evans",))


def test_nothing_counted_gives_nothing():
    found = score(count_cases([], Level(), Level()), 1, Lists())
    assert (found.signals, found.prior) == ((), None)


def test_the_whole_of_caers_as_signals():
    """131 combinations of openEBGM's vignette 04 have EB05 above 2, with its prior or with ours."""
    rows = rows_of("openEBGM_caers.csv")
    names = sorted({r["var1"] for r in rows} | {r["var2"] for r in rows})
    number = {name: i for i, name in enumerate(names)}
    level = Level({i: (name,) for name, i in number.items()})
    pairs = ((int(r["id"]), number[r["var1"]], number[r["var2"]], False) for r in rows)
    found = score(count_cases(pairs, level, level), 1, Lists())
    assert len(found.signals) == 17_189
    assert sum("mgps" in s.rules for s in found.signals) == 131


def background(tmp_path: Path, rows: str, heading: str = HEADING) -> Background:
    path = tmp_path / "background.csv"
    path.write_text(heading + rows, encoding="utf-8")
    return read_background(path)


def test_a_small_base_borrows_a_background(tmp_path: Path):
    """The drug's cases are ours, all others the background's: 4 of 10 against (50 - 5) of (1000 - 20)."""
    table = background(tmp_path, "Médoc,E,5,20,50,1000\nother,E,45,980,50,1000\nother,x,900,980,910,1000\n")
    found = score(counted(("medoc", "e", 4), ("medoc", "x", 3), ("medoc", "y", 3)), 3, Lists(), table)
    signals = {s.event: s for s in found.signals}
    s = signals["e"]
    assert (s.n, s.n_drug, s.n_event, s.total) == (4, 10, 49, 990)
    assert s.prr == pytest.approx((4 / 10) / (45 / 980))
    assert s.expected == pytest.approx(10 * 49 / 990)
    # Nobody knows how often y is reported elsewhere: it is left out, not taken for unheard-of.
    assert (set(signals), found.incomparable) == ({"e", "x"}, 1)


def test_the_prior_is_that_of_the_background(tmp_path: Path):
    rows = rows_of("openEBGM_caers_expected.csv")
    lines = (f'"{r["var1"]}","{r["var2"]}",{r["a"]},{r["n_drug"]},{r["n_event"]},{r["N"]}\n' for r in rows)
    table = background(tmp_path, "".join(lines))
    found = score(counted(("new", "IMMOBILE", 3)), 3, Lists(), table)
    assert found.prior is not None
    assert found.prior.nll == pytest.approx(4162.456, abs=5e-4)
    assert found.signals[0].eb05 is not None
    assert found.signals[0].rules == ("evans", "umc", "mgps", "mhra")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "the table has no row"),
        ("a,b,x,1,1,1\n", r"background.csv:2: column n: a whole number"),
        ("a,b,-1,1,1,1\n", "a whole number"),
        ("a,b\n", "column n: a whole number"),
        ("a,b,3,2,5,9\n", "no set of 9 cases"),
        ("a,b,1,8,8,10\n", "no set of 10 cases"),
        (",b,1,1,1,1\n", "has no name"),
        ("a,b,1,2,2,9\nÀ,B,1,2,2,9\n", r":3: the combination stands twice"),
        ("a,b,1,2,2,9\na,c,1,3,2,9\n", r":3: n_drug, n_event or total is not that of the rows before"),
        ("a,b,1,2,2,9\nc,d,1,2,2,8\n", r":3: n_drug, n_event or total"),
    ],
)
def test_a_broken_background_is_refused(tmp_path: Path, rows: str, message: str):
    with pytest.raises(InputError, match=message):
        background(tmp_path, rows)


def test_a_background_as_a_spreadsheet_saves_it(tmp_path: Path):
    found = background(tmp_path, "a;b;1;2;2;9\r\n", "\ufeffdrug;event;n;n_drug;n_event;total\r\n")
    assert (found.total, found.joint) == (9, {("a", "b"): 1})
    with pytest.raises(InputError, match="no column n_drug, total"):
        background(tmp_path, "a,b,1,2\n", "drug,event,n,n_event\n")
    with pytest.raises(InputError, match="cannot be read"):
        read_background(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"drug,\xe9")
    with pytest.raises(InputError, match="UTF-8"):
        read_background(tmp_path / "latin.csv")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anémie\nÉruption\n", {"anemie", "eruption"}),
        ("PT Code;PT Name;SOC\n1;Anémie;Sang\n2;;Peau\n", {"anemie"}),
        ("substance\nSunitinib\n", {"sunitinib"}),
    ],
)
def test_lists_of_names(tmp_path: Path, text: str, names: set[str]):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8-sig")
    assert read_names(path) == names


@pytest.mark.parametrize("text", ["", "\n\n", "pt\n", "pt\n \n"])
def test_an_empty_list_is_refused(tmp_path: Path, text: str):
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="empty"):
        read_names(tmp_path / "list.csv")


def test_the_list_of_important_events_takes_terms_of_meddra():
    lists = Lists(frozenset({"sang de lune"}), frozenset({"suni"}), {"thrombopénie": ("Sang de lune",)})
    assert lists.names_event("thrombopénie")
    assert not lists.names_event("vertige")
    assert lists.names_drug("pacli/Suni")
    assert not lists.names_drug("sunitinib")
