"""Screenings of a database: what counts as a case, what is kept, what is new and rising, and the trend."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql

from pv.batch.summary import Summary
from pv.lexicon.meddra import MeddraTerm
from pv.screening import Given, compared, screen, year_before
from pv.signals.rules import Lists
from pv.signals.signal import Question, Screening, Signal
from pv.store.database import Database
from pv.store.models import Report, ReportVersion
from pv.store.signal_counts import Counted, counted_statement
from pv.store.signal_models import SignalCombination, SignalFigure
from pv.store.signal_runs import Previous, keep_screening, last_screening, previous_screening, trend

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 6, 1, tzinfo=UTC)
QUESTION = Question(min_n=1)
A = "pair: sunitinib > thrombopénie stated\n"
B = "pair: paclitaxel > vertige temporal\n"
Fill = Callable[..., None]


@pytest.fixture
def fill(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]) -> Fill:
    """Store reports: name to (text, patient's key or None, day received)."""

    def call(**reports: tuple[str, str | None, str]) -> None:
        for name, (text, _, _) in reports.items():
            scan(write(f"{name}.txt", text))
        with store.session() as session:
            for name, (_, patient, day) in reports.items():
                of_report = select(Report.id).where(Report.name == f"{name}.txt").scalar_subquery()
                session.execute(
                    update(ReportVersion)
                    .where(ReportVersion.report_id == of_report, ReportVersion.latest)
                    .values(patient_key=patient, received=datetime.fromisoformat(day).replace(tzinfo=UTC))
                )

    return call


def screened(
    store: Database, question: Question = QUESTION, as_of: datetime = NOW, given: Given | None = None
) -> Screening:
    with store.session() as session:
        return screen(session, question, as_of, as_of, given or Given())


def counts(screening: Screening) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {(s.drug, s.event): (s.n, s.n_drug, s.n_event) for s in screening.signals}


def test_letters_of_one_patient_are_one_case(store: Database, fill: Fill):
    fill(a=(A, "p", "2025-01-01"), b=(A, "p", "2025-02-01"), c=(A, None, "2025-03-01"), d=(B, "q", "2025-03-01"))
    found = screened(store)
    assert (found.total, found.combinations) == (3, 2)
    assert counts(found) == {("sunitinib", "thrombopénie"): (2, 2, 2), ("paclitaxel", "vertige"): (1, 1, 1)}
    assert [(s.atc, s.cim10) for s in found.signals if s.drug == "sunitinib"] == [("L01EX01", "D69.6")]


def test_what_does_not_count(store: Database, fill: Fill):
    fill(
        a=(A, None, "2025-01-01"),
        b=("pair: sunitinib > vertige denied\n", None, "2025-01-01"),
        c=("pair: sunitinib > vertige part\n", None, "2025-01-01"),
        d=("pair: sunitinib > vertige stated assertion=negated\n", None, "2025-01-01"),
        e=("pair: sunitinib > vertige stated confidence=0.4\n", None, "2025-01-01"),
        f=("pair: sunitinib > vertige stated current=no\n", None, "2025-01-01"),
        g=(B, None, "2026-06-01"),
    )
    assert counts(screened(store)) == {("sunitinib", "thrombopénie"): (1, 1, 1)}
    with_doubtful = screened(store, dataclasses.replace(QUESTION, threshold=0.0))
    assert counts(with_doubtful)[("sunitinib", "vertige")] == (1, 2, 1)
    with_past = screened(store, dataclasses.replace(QUESTION, past=True))
    assert counts(with_past)[("sunitinib", "vertige")] == (1, 2, 1)


def test_superseded_versions_do_not_count(store: Database, fill: Fill):
    fill(a=(A, None, "2025-01-01"))
    fill(a=(B, None, "2025-01-02"))
    assert counts(screened(store)) == {("paclitaxel", "vertige"): (1, 1, 1)}


def test_stated_only_and_period(store: Database, fill: Fill):
    fill(a=(A, None, "2024-01-01"), b=(A, None, "2025-01-01"), c=(B, None, "2025-01-01"))
    assert set(counts(screened(store, dataclasses.replace(QUESTION, stated_only=True)))) == {
        ("sunitinib", "thrombopénie")
    }
    since = screened(store, dataclasses.replace(QUESTION, since="2025-01-01"))
    assert counts(since)[("sunitinib", "thrombopénie")] == (1, 1, 1)
    until = screened(store, as_of=datetime(2025, 1, 1, tzinfo=UTC))
    assert counts(until) == {("sunitinib", "thrombopénie"): (1, 1, 1)}


def test_levels(store: Database, fill: Fill):
    fill(
        a=(A, None, "2025-01-01"),
        b=("pair: paclitaxel > thrombopénie stated\n", None, "2025-01-01"),
        c=(B, None, "2025-01-01"),
    )
    by_class = screened(store, dataclasses.replace(QUESTION, drug_level="atc2"))
    assert counts(by_class) == {("L01", "thrombopénie"): (2, 3, 2), ("L01", "vertige"): (1, 3, 1)}
    term = MeddraTerm("thrombopénie", "1", "l", "2", "Sang de lune", "h", "g", "Astres", "99.1")
    given = Given(meddra={"thrombopénie": term}, lists=Lists(frozenset({"sang de lune"})))
    by_term = screened(store, dataclasses.replace(QUESTION, event_level="soc"), given=given)
    assert set(counts(by_term)) == {("sunitinib", "Astres"), ("paclitaxel", "Astres")}
    assert (by_term.left_out, by_term.total) == ((0, 1, 0), 2)
    assert screened(store, given=given).rules.keys() == {"evans", "ema", "umc"}


def test_recent_counts_cases_first_received_in_the_last_year(store: Database, fill: Fill):
    fill(
        a=(A, "old", "2025-05-31"),
        b=(A, "old", "2026-01-01"),
        c=(A, "new", "2025-06-01"),
        d=(A, None, "2026-05-31"),
        e=(A, "p", "2026-05-31"),
    )
    (found,) = screened(store).signals
    assert (found.n, found.recent, found.rising) == (4, 3, True)


def test_year_before():
    assert year_before(datetime(2024, 2, 29, 5, tzinfo=UTC)) == datetime(2023, 2, 28, 5, tzinfo=UTC)
    assert year_before(NOW) == datetime(2025, 6, 1, tzinfo=UTC)


def keep(store: Database, screening: Screening) -> None:
    with store.session() as session:
        keep_screening(session, screening, "1.2.3")


def test_kept_screening_comes_back_as_it_was(store: Database, fill: Fill):
    fill(a=(A, None, "2025-01-01"), b=(A + B, None, "2025-01-01"), c=(B, None, "2025-01-01"))
    found = screened(store)
    keep(store, found)
    with store.session() as session:
        assert last_screening(session) == last_screening(session, QUESTION) == found
        assert last_screening(session, Question()) is None
    again = screened(store, as_of=NOW + timedelta(days=1))
    assert again.previous == NOW
    assert {(s.new, s.newly_met) for s in again.signals} == {(False, ())}


def test_new_since_the_last_run_of_the_same_question(store: Database, fill: Fill):
    fill(a=(A, None, "2025-01-01"))
    assert [s.new for s in screened(store).signals] == [None]
    keep(store, screened(store))
    fill(b=(B, None, "2026-06-01"))
    later = screened(store, as_of=NOW + timedelta(days=1))
    assert {(s.drug, s.new) for s in later.signals} == {("sunitinib", False), ("paclitaxel", True)}
    # Another question, and a run that ends before the kept one, have nothing to be compared with.
    assert screened(store, dataclasses.replace(QUESTION, past=True)).previous is None
    assert screened(store, as_of=NOW - timedelta(days=1)).previous is None


SIGNAL = Signal("d", "e", 3, 5, 5, 100, 0.25, rules=("umc", "ema"))


@pytest.mark.parametrize(
    ("judged", "met", "newly"),
    [({"umc", "ema"}, ("umc",), ("ema",)), ({"umc"}, ("umc",), ()), ({"umc"}, (), ("umc",)), ({"ema"}, None, ("ema",))],
)
def test_newly_met_rules_were_judged_before(judged: set[str], met: tuple[str, ...] | None, newly: tuple[str, ...]):
    before = Previous(NOW, frozenset(judged), {} if met is None else {("d", "e"): met})
    found = compared(SIGNAL, before)
    assert (found.new, found.newly_met) == (met is None, newly)


def test_trend_has_a_point_for_each_run_that_has_the_combination(store: Database, fill: Fill):
    days = [NOW + timedelta(days=d) for d in range(4)]
    keep(store, screened(store, as_of=days[0]))
    fill(a=(A, None, "2025-01-01"), b=(B, None, "2025-01-01"))
    keep(store, screened(store, as_of=days[1]))
    keep(store, screened(store, dataclasses.replace(QUESTION, past=True), days[1]))
    fill(c=(A, None, days[2].date().isoformat()))
    keep(store, screened(store, as_of=days[2]))
    keep(store, screened(store, as_of=days[3]))
    # A second look at one moment replaces the first in the trend, and nothing in the database.
    keep(store, screened(store, as_of=days[3]))
    with store.session() as session:
        points = trend(session, "sunitinib", "thrombopénie", QUESTION)
        assert session.scalar(select(func.count()).select_from(SignalCombination)) == 2
        assert session.scalar(select(func.count()).select_from(SignalFigure)) == 10
        assert trend(session, "sunitinib", "thrombopénie") == ()
        assert previous_screening(session, QUESTION, days[3]).as_of == days[3]  # type: ignore[union-attr]
    assert [(p.as_of, p.n) for p in points] == [(days[1], 1), (days[2], 1), (days[3], 2)]
    assert points[-1].ic025 == screened(store, as_of=days[3]).signals[0].ic025


def test_statement_compiles_for_postgresql():
    counted = Counted(NOW, NOW, stated_only=True, since=NOW)
    assert "received <" in str(counted_statement(counted).compile(dialect=postgresql.dialect()))
