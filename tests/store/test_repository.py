"""Storing of reports: identity, versions, keys, failures, and that what comes out is what went in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from pv.batch.limits import GROUP
from pv.batch.summary import Summary
from pv.model import Link, Pair
from pv.store.database import Database
from pv.store.models import (
    Drug,
    DrugCode,
    DrugMentionRow,
    Event,
    EventMentionRow,
    Evidence,
    Failure,
    PairRow,
    ReportVersion,
    UTCDateTime,
)
from pv.store.rows import distinct
from pv.store.vocabulary import split_codes

pytestmark = pytest.mark.both_databases

STATED = "pair: sunitinib > thrombopénie stated days=3 certainty=hedged dechallenge=positive\n"


def count(store: Database, model: type) -> int:
    with store.session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_pair_comes_back_with_all_its_fields(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    scan(write("a.txt", STATED))
    with store.session() as session:
        pair = session.scalars(select(PairRow)).one()
        version = session.scalars(select(ReportVersion)).one()
        evidence = session.scalars(select(Evidence)).one()
        assert (pair.drug.inn, pair.drug.atc, pair.event.label, pair.event.cim10) == (
            "sunitinib",
            "L01EX01",
            "thrombopénie",
            "D69.6",
        )
        assert (pair.link, pair.certainty, pair.latency_days, pair.dechallenge) == ("stated", "hedged", 3, "positive")
        assert (pair.reportable, pair.latest, pair.start, pair.onset) == (True, True, "2024-01-05", "2024-01")
        assert pair.assertions == ["present"]
        assert evidence.passage == STATED.strip()
        assert (evidence.drug_spans, evidence.event_spans) == ([[6, 15]], [[18, 30]])
        assert (evidence.cue, evidence.rule, evidence.reasons) == (">", "fake.rule", ["the fake says so"])
        assert (version.patient_age, version.patient_sex) == (65.0, "F")
        assert (version.detector_version, version.lexicon_hash) == ("1.2.3", "ab" * 32)
        assert (version.encoding, version.encoding_assumed, version.characters) == ("utf-8", False, len(STATED))
        assert version.received.tzinfo is UTC


def test_new_text_supersedes_and_the_old_is_kept(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    scan(write("a.txt", STATED))
    with store.session() as session:
        key = session.scalars(select(PairRow.key)).one()
    summary = scan(write("a.txt", STATED + "pair: paclitaxel > thrombopénie denied\n"))
    assert (summary.new, summary.new_versions) == (0, 1)
    with store.session() as session:
        versions = session.scalars(select(ReportVersion).order_by(ReportVersion.number)).all()
        assert [(v.number, v.latest) for v in versions] == [(1, False), (2, True)]
        assert versions[1].supersedes_id == versions[0].id
        keys = session.execute(select(PairRow.key, PairRow.latest).where(PairRow.key == key)).all()
        assert sorted(latest for _, latest in keys) == [False, True]
        view = session.connection().exec_driver_sql("SELECT key FROM reportable_pairs").scalars().all()
        assert view == [key]


def test_text_that_comes_back_is_a_version_of_its_own(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    for text in ("un", "deux", "un"):
        scan(write("a.txt", text))
    with store.session() as session:
        assert list(session.scalars(select(ReportVersion.latest).order_by(ReportVersion.number))) == [
            False,
            False,
            True,
        ]


def test_one_pair_a_drug_and_event_the_strongest(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    scan(write("a.txt", "pair: sunitinib > thrombopénie denied\n" + STATED))
    with store.session() as session:
        assert session.scalars(select(PairRow.link)).one() == "stated"


@pytest.mark.parametrize(
    ("first", "second"), [((Link.TREATS, 0.9), (Link.PART, 0.1)), ((Link.STATED, 0.4), (Link.STATED, 0.8))]
)
def test_distinct_does_not_depend_on_order(first: tuple[Link, float], second: tuple[Link, float]):
    pairs = [Pair("a", "b", (), (), link, "r", 0, 0, "", confidence=confidence) for link, confidence in (first, second)]
    assert distinct(pairs) == distinct(pairs[::-1]) == [pairs[1]]


def test_names_are_stored_once(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    write("a.txt", STATED)
    scan(write("b.txt", STATED))
    assert (count(store, Drug), count(store, Event), count(store, DrugCode)) == (1, 1, 1)
    assert (count(store, DrugMentionRow), count(store, EventMentionRow), count(store, PairRow)) == (2, 2, 2)


def test_event_that_did_not_occur_is_not_reportable(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    scan(write("a.txt", "pair: sunitinib > thrombopénie stated assertion=hypothetical\n"))
    with store.session() as session:
        assert session.scalars(select(PairRow.reportable)).one() is False


def test_failure_is_counted_and_goes_when_the_report_is_taken(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    folder = write("a.txt", "raise")
    for _ in range(2):
        assert scan(folder).exit_code == 1
    with store.session() as session:
        failure = session.scalars(select(Failure)).one()
        assert (failure.name, failure.tries, failure.last_run_id - failure.first_run_id) == ("a.txt", 2, 1)
        assert failure.reason == "the detector stopped at it (RuntimeError)"
    assert scan(write("a.txt", STATED)).exit_code == 0
    assert count(store, Failure) == 0


def test_time_stamps_are_utc():
    stamp = UTCDateTime()
    paris = datetime(2024, 7, 1, 2, 0, tzinfo=timezone(timedelta(hours=2)))

    class SQLite:
        name = "sqlite"

    bound = stamp.process_bind_param(paris, SQLite())  # type: ignore[arg-type]
    assert bound == datetime(2024, 7, 1, 0, 0)  # noqa: DTZ001
    assert stamp.process_result_value(bound, SQLite()) == paris  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without a zone"):
        stamp.process_bind_param(datetime(2024, 7, 1), SQLite())  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "codes"),
    [("", set()), ("D69.6", {"D696"}), ("B01AA B01AE", {"B01AA", "B01AE"}), ("d65|D68.8", {"D65", "D688"})],
)
def test_codes_of_a_cell(cell: str, codes: set[str]):
    assert split_codes(cell) == codes


def statements(store: Database, work: Callable[[], object]) -> int:
    """Give how often the database is asked while something runs."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_group_takes_as_many_statements_as_one_report(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    one = statements(store, lambda: scan(write("1.txt", STATED)))
    for i in range(GROUP):
        folder = write(f"many/{i}.txt", f"{STATED}pair: paclitaxel > fièvre {i} temporal\n")
    assert statements(store, lambda: scan(folder / "many", source="many")) <= one
    for i in range(GROUP):
        folder = write(f"many/{i}.txt", f"{STATED}deuxième texte {i}\n")
    # Two more: the former versions and their pairs are marked.
    assert statements(store, lambda: scan(folder / "many", source="many")) <= one + 2
    assert (count(store, ReportVersion), count(store, PairRow)) == (1 + 2 * GROUP, 1 + 3 * GROUP)
