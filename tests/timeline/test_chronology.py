"""Start, onset and delay of a pair: marked passages, and arithmetic with partial dates."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked_pairs import pair_of, rows

from pv.timeline.calendar import days_between, not_after, shift

# Passage | start | onset | delay in days; a dash where a careful reader cannot tell.
PASSAGES = Path(__file__).with_name("chronology.csv")


def date(cell: str) -> str | None:
    return None if cell == "-" else cell


@pytest.mark.parametrize(("passage", "start", "onset", "delay"), rows(PASSAGES, "passage start onset delay"))
def test_chronology(passage: str, start: str, onset: str, delay: str) -> None:
    pair = pair_of(passage)
    wanted = (date(start), date(onset), None if delay == "-" else int(delay))
    assert (pair.start, pair.onset, pair.latency_days) == wanted, pair.reasons


def test_the_delay_is_given_with_its_words() -> None:
    reasons = pair_of("[Éruption] trois jours après l'introduction de la {lamotrigine}.").reasons
    assert any("trois jours après" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2020-02-28", "2020-03-01", 2),
        ("2021-02-28", "2021-03-01", 1),
        ("2020-03-01", "2020-02-28", -2),
        ("2019-11", "2020-02", 90),
        ("2019", "2020", None),
        ("2019-11", "2019-11-12", None),
        ("2019-02-30", "2019-03-01", None),
        (None, "2019-03-01", None),
    ],
)
def test_days_between(start: str | None, end: str | None, days: int | None) -> None:
    assert days_between(start, end) == days


@pytest.mark.parametrize(
    ("day", "days", "shifted"),
    [("2020-02-28", 2, "2020-03-01"), ("2021-01-01", -1, "2020-12-31"), ("2020-02", 2, None), ("9999-12-31", 1, None)],
)
def test_shift(day: str, days: int, shifted: str | None) -> None:
    assert shift(day, days) == shifted


@pytest.mark.parametrize(
    ("a", "b", "possible"),
    [
        ("2020-03-01", "2020-03", True),
        ("2020-03", "2020-03-01", True),
        ("2020-04", "2020-03-31", False),
        ("2020", "2020-01-01", True),
        ("2021", "2020-12-31", False),
    ],
)
def test_not_after(a: str, b: str, possible: bool) -> None:
    assert not_after(a, b) is possible
