"""What the last runs brought: which runs, which pairs are new, changed, unchanged or withdrawn, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pv.batch.summary import Summary
from pv.store.database import Database
from pv.store.models import PairRow, ScanRun
from pv.store.night import Counts, Night, Novelty, find_night, night_counts, night_pairs, withdrawn_pairs
from pv.store.withdrawal import nullify

pytestmark = pytest.mark.both_databases

Scan = Callable[..., Summary]
Write = Callable[..., Path]
LIMIT = 100


@pytest.fixture
def night(scan: Scan, write: Write) -> Callable[[dict[str, str]], None]:
    """Write reports and scan them."""

    def call(reports: dict[str, str]) -> None:
        for name, text in reports.items():
            folder = write(name, text)
        scan(folder)

    return call


Do = Callable[[dict[str, str]], None]


def brought(store: Database, threshold: float = 0.5, most: int = LIMIT) -> list[tuple[str, str]]:
    """Give event and novelty of the pairs that the last runs brought, in their order."""
    with store.session() as session:
        found = night_pairs(session, find_night(session), threshold, most)
        labels = {(row.key, row.version_id): row.event.label for row in session.scalars(select(PairRow))}
        return [(labels[p.key, p.version_id], p.novelty.value) for p in found]


def withdrawn(store: Database) -> list[tuple[str, str | None, bool]]:
    with store.session() as session:
        found = withdrawn_pairs(session, find_night(session), 0.5, LIMIT)
        return [(p.event, p.link, p.doubtful) for p in found]


def counts(store: Database) -> Counts:
    with store.session() as session:
        return night_counts(session, find_night(session), 0.5)


def test_nothing_in_an_empty_database(store: Database):
    with store.session() as session:
        night = find_night(session)
        assert night == Night(1)
        assert night_pairs(session, night, 0.5, LIMIT) == []
        assert withdrawn_pairs(session, night, 0.5, LIMIT) == []
        assert night_counts(session, night, 0.5) == Counts()


def test_the_first_run_brings_everything_as_new(store: Database, night: Do):
    night({"a.txt": "pair: sunitinib > fièvre stated\npair: sunitinib > toux denied\npair: a > b part\n"})
    assert brought(store) == [("fièvre", "new")]
    assert counts(store).by_novelty == {Novelty.NEW: 1}


def test_order_is_by_seriousness_then_novelty_then_link_then_confidence(store: Database, night: Do):
    night({"a.txt": "pair: a > changed stated serious=hospitalisation\n"})
    night({
        "a.txt": "pair: a > changed stated serious=hospitalisation outcome=recovered\n",
        "b.txt": "pair: a > plain temporal\npair: a > stated stated confidence=0.6\npair: a > surer stated\n"
                 "pair: a > unnamed stated serious=yes\npair: a > admitted stated serious=hospitalisation\n"
                 "pair: a > important stated serious=medically_important\npair: a > death temporal serious=death\n",
    })  # fmt: skip
    assert brought(store) == [
        ("death", "new"),
        ("admitted", "new"),
        ("changed", "changed"),
        ("important", "new"),
        ("unnamed", "new"),
        ("surer", "new"),
        ("stated", "new"),
        ("plain", "new"),
    ]
    assert brought(store, most=2) == [("death", "new"), ("admitted", "new")]
    assert counts(store) == Counts({Novelty.NEW: 7, Novelty.CHANGED: 1}, serious=5)
    assert counts(store).told == 8


def test_a_pair_is_compared_with_the_version_before_the_runs(store: Database, night: Do):
    night(
        {"a.txt": "pair: a > same stated\npair: a > other stated\npair: a > gone stated\npair: a > unlisted denied\n"}
    )
    night({"a.txt": "pair: a > same stated\npair: a > other stated outcome=fatal\npair: a > unlisted stated\n"})
    assert sorted(brought(store)) == [("other", "changed"), ("unlisted", "new")]
    assert counts(store) == Counts({Novelty.NEW: 1, Novelty.CHANGED: 1, Novelty.UNCHANGED: 1}, withdrawn=1)


def test_another_passage_alone_is_a_change(store: Database, night: Do):
    night({"a.txt": "pair: a > b stated\n"})
    # Of the fake's extras, this one is in the passage and nowhere else.
    night({"a.txt": "pair: a > b stated note=x\n"})
    assert brought(store) == [("b", "changed")]


def test_withdrawn_pairs_say_what_they_are_now(store: Database, night: Do):
    night({"a.txt": "".join(f"pair: a > {e} stated\n" for e in ("gone", "denied", "doubted", "feared", "kept"))})
    night({
        "a.txt": "pair: a > denied denied\npair: a > doubted stated confidence=0.2\n"
                 "pair: a > feared stated assertion=hypothetical\npair: a > kept stated\n",
    })  # fmt: skip
    assert withdrawn(store) == [
        ("denied", "denied", False),
        ("doubted", "stated", True),
        ("feared", "stated", False),
        ("gone", None, False),
    ]


def test_a_report_that_its_source_withdrew_is_told_until_the_next_run_is_over(store: Database, night: Do):
    night({"a.txt": "pair: a > b stated\npair: a > c denied\n", "d.txt": "pair: a > e stated\n"})
    with store.session() as session:
        nullify(session, "a.txt", "entered twice", None)
        found = withdrawn_pairs(session, find_night(session), 0.5, LIMIT)
        assert [(p.report, p.event, p.nullified) for p in found] == [("a.txt", "b", True)]
    assert brought(store) == [("e", "new")]
    # Between two runs, it is for the page after the second.
    night({"d.txt": "pair: a > e stated\npair: a > f stated\n"})
    assert withdrawn(store) == [("b", None, False)]
    assert counts(store).withdrawn == 1
    night({"d.txt": "pair: a > g stated\n"})
    assert withdrawn(store) == [("e", None, False), ("f", None, False)]


def test_doubtful_pairs_come_on_request(store: Database, night: Do):
    night({"a.txt": "pair: a > b stated confidence=0.2\n"})
    assert brought(store) == []
    assert brought(store, threshold=0.0) == [("b", "new")]


def test_two_versions_since_then_are_compared_with_the_one_before(store: Database, night: Do):
    night({"a.txt": "pair: a > b stated\n"})
    age(store, days=3)
    night({"a.txt": "pair: a > c stated\n"})
    night({"a.txt": "pair: a > b stated\npair: a > d stated\n"})
    since = datetime.now(UTC) - timedelta(days=1)
    with store.session() as session:
        found = find_night(session, since)
        assert [r.new_versions for r in found.runs] == [1, 1]
        assert night_counts(session, found, 0.5) == Counts({Novelty.NEW: 1, Novelty.UNCHANGED: 1})
    # By itself, the page tells of the last run alone.
    assert sorted(brought(store)) == [("b", "new"), ("d", "new")]
    assert withdrawn(store) == [("c", None, False)]


def test_a_run_without_anything_leads_to_the_last_day_with_something(store: Database, night: Do):
    night({"old.txt": "pair: a > old stated\n"})
    age(store, days=5)
    night({"a.txt": "pair: a > b stated\n"})
    night({"c.txt": "pair: a > d stated\n"})
    age(store, days=2)
    night({"a.txt": "pair: a > b stated\n"})
    assert sorted(brought(store)) == [("b", "new"), ("d", "new")]
    with store.session() as session:
        assert [r.read for r in find_night(session).runs] == [1, 1, 0]


def test_a_run_that_was_killed_is_told_with_what_it_brought(store: Database, night: Do):
    night({"a.txt": "pair: a > b stated\n"})
    night({"c.txt": "pair: a > d stated\n"})
    with store.session() as session:
        session.execute(update(ScanRun).where(ScanRun.id == 2).values(finished=None, exit_code=None))
    assert sorted(brought(store)) == [("b", "new"), ("d", "new")]


def test_no_run_since_then(store: Database, night: Do):
    night({"a.txt": "pair: a > b stated\n", "bad.txt": "raise"})
    with store.session() as session:
        found = find_night(session, datetime.now(UTC) + timedelta(days=1))
        assert (found.runs, found.waiting) == ((), 1)
        assert night_pairs(session, found, 0.5, LIMIT) == []


def age(store: Database, days: int) -> None:
    """Let every run that has been be so many days older."""
    with store.session() as session:
        for run in session.scalars(select(ScanRun)):
            run.started -= timedelta(days=days)
