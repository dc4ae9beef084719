"""The questions: what they count, what they leave out, and that they read indexes and no table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql, sqlite

from pv.batch.summary import Summary
from pv.store.database import Database
from pv.store.models import PairRow
from pv.store.queries import (
    Wanted,
    drugs_of,
    events_of,
    find_drugs,
    find_events,
    listing,
    listing_statement,
    reports_statement,
    tally_statement,
)

pytestmark = pytest.mark.both_databases

DEFAULT = Wanted(0.5)
ALL = Wanted(0.5, everything=True)


@pytest.fixture
def filled(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]) -> Database:
    write(
        "1.txt", "pair: sunitinib > thrombopénie stated days=10 dechallenge=positive\npair: sunitinib > fièvre treats\n"
    )
    write("2.txt", "pair: sunitinib > thrombopénie stated days=3 certainty=hedged\n")
    write("3.txt", "pair: sunitinib > thrombopénie temporal days=30 confidence=0.2\n")
    write("4.txt", "pair: sunitinib > thrombopénie stated assertion=negated\n")
    write("5.txt", "pair: sunitinib > thrombopénie part days=4\npair: paclitaxel > thrombopénie temporal\n")
    scan(write("6.txt", "pair: sunitinib/paclitaxel > hématome temporal\npair: class:ains > ulcère stated\n"))
    return store


def test_counts_of_a_drug(filled: Database):
    with filled.session() as session:
        drugs = find_drugs(session, ["sunitinib"], [])
        found = {a.name: a for a in events_of(session, drugs, DEFAULT)}
    assert set(drugs.values()) == {"sunitinib", "sunitinib/paclitaxel"}
    assert list(found) == ["thrombopénie", "hématome"]
    a = found["thrombopénie"]
    assert (a.code, a.reports, a.asserted, a.hedged, a.temporal, a.part) == ("D69.6", 3, 1, 1, 0, 1)
    assert (a.onset_known, a.onset_median, a.onset_min, a.onset_max) == (3, 4.0, 3, 10)
    assert (a.dechallenge_positive, a.dechallenge_negative, a.of) == (1, 0, ("sunitinib",))


def test_all_brings_doubtful_pairs_and_other_links(filled: Database):
    with filled.session() as session:
        found = {a.name: a for a in events_of(session, find_drugs(session, ["sunitinib"], []), ALL)}
    assert set(found) == {"thrombopénie", "hématome", "fièvre"}
    assert (found["thrombopénie"].asserted, found["thrombopénie"].temporal, found["fièvre"].treats) == (2, 1, 1)
    assert found["fièvre"].reports == 0


def test_report_with_two_drugs_of_a_class_counts_once(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    scan(write("1.txt", "pair: sunitinib > thrombopénie stated\npair: paclitaxel > thrombopénie stated\n"))
    with store.session() as session:
        found = events_of(session, find_drugs(session, [], ["L01"]), DEFAULT)
    assert [(a.reports, a.asserted, a.of) for a in found] == [(1, 2, ("paclitaxel", "sunitinib"))]


@pytest.mark.parametrize(
    ("inns", "prefixes", "found"),
    [
        (["sunitinib"], [], {"sunitinib", "sunitinib/paclitaxel"}),
        ([], ["L01E"], {"sunitinib"}),
        ([], ["L01"], {"sunitinib", "paclitaxel"}),
        ([], ["M01"], {"class:ains"}),
        ([], ["L02"], set()),
        (["%"], [], set()),
        (["suni"], [], set()),
    ],
)
def test_drugs_are_found_by_name_and_code(filled: Database, inns: list[str], prefixes: list[str], found: set[str]):
    with filled.session() as session:
        assert set(find_drugs(session, inns, prefixes).values()) == found


def test_events_are_found_by_label_concept_and_code(filled: Database):
    with filled.session() as session:
        for asked in ((["thrombopénie"], [], []), ([], ["thrombopénie"], []), ([], [], ["D69"]), ([], [], ["D696"])):
            assert list(find_events(session, *asked).values()) == ["thrombopénie"]
        assert find_events(session, [], [], ["D7"]) == {}


def test_drugs_of_an_event(filled: Database):
    with filled.session() as session:
        found = drugs_of(session, find_events(session, ["thrombopénie"], [], []), DEFAULT)
    assert [(a.name, a.code, a.asserted, a.temporal) for a in found] == [
        ("sunitinib", "L01EX01", 1, 0),
        ("paclitaxel", "L01CD01", 0, 1),
    ]


def test_superseded_versions_do_not_count(filled: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    scan(write("1.txt", "plus rien"))
    with filled.session() as session:
        found = {a.name: a for a in events_of(session, find_drugs(session, ["sunitinib"], []), DEFAULT)}
        rows = list(listing(session, DEFAULT))
    assert (found["thrombopénie"].asserted, found["thrombopénie"].dechallenge_positive) == (0, 0)
    assert "1.txt" not in {r["report"] for r in rows}


def test_listing_by_link_and_day(filled: Database):
    with filled.session() as session:
        assert [r["report"] for r in listing(session, Wanted(0.5, links=("stated",)))] == ["1.txt", "2.txt", "6.txt"]
        assert list(listing(session, Wanted(0.5, since=datetime(2999, 1, 1, tzinfo=UTC)))) == []
        assert len(list(listing(session, ALL))) == 9


def plan(store: Database, statement: Select[*tuple[object, ...]]) -> list[str]:
    sql = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with store.engine.connect() as connection:
        return [r[3] for r in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("side", "index"), [("drug_id", "ix_pairs_drug"), ("event_id", "ix_pairs_event")])
@pytest.mark.parametrize("wanted", [DEFAULT, ALL])
def test_counts_read_one_index_and_no_table(filled: Database, side: str, index: str, wanted: Wanted):
    near = getattr(PairRow, side)
    assert plan(filled, tally_statement(near, [1], wanted)) == [
        f"SEARCH pairs USING COVERING INDEX {index} ({side}=? AND latest=?)"
    ]
    reports = plan(filled, reports_statement(near, [1, 2], wanted))
    assert reports[0] == f"SEARCH pairs USING COVERING INDEX {index} ({side}=? AND latest=?)"


@pytest.mark.sqlite_only
def test_listing_of_a_drug_scans_no_table(filled: Database):
    steps = plan(filled, listing_statement(DEFAULT, drugs=[1]))
    assert not [s for s in steps if s.startswith("SCAN")]
    assert any("ix_pairs_drug" in s for s in steps)


def test_statements_compile_for_postgresql():
    for statement in (tally_statement(PairRow.drug_id, [1], DEFAULT), listing_statement(ALL, drugs=[1], events=[2])):
        sql = str(statement.compile(dialect=postgresql.dialect()))
        assert "group_concat" not in sql
