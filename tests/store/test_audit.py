"""The audit trail: one row a change, and no way to change or delete one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from pv.batch.summary import Summary
from pv.errors import StoreError
from pv.sources.document import opaque_key
from pv.store.audit import Action, Change, record_changes
from pv.store.database import Database
from pv.store.models import Audit, ScanRun
from pv.store.runs import start_run

pytestmark = pytest.mark.both_databases

STATED = "pair: sunitinib > thrombopénie stated\n"


def trail(store: Database) -> list[tuple[str, str, int | None, int]]:
    with store.session() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id)).all()
        return [(r.report_key, r.action, r.version, r.run_id) for r in rows]


def test_each_change_is_recorded_with_its_run(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    write("a.txt", STATED)
    scan(write("b.txt", "raise"))
    scan(write("a.txt", STATED * 2))
    a, b = opaque_key("test", "a.txt"), opaque_key("test", "b.txt")
    assert trail(store) == [
        (a, "new", 1, 1), (b, "failed", None, 1), (a, "new_version", 2, 2), (b, "failed", None, 2),
    ]  # fmt: skip
    scan(write("b.txt", STATED))
    assert trail(store)[4:] == [(b, "new", 1, 3)]
    with store.session() as session:
        runs = {r.id: r for r in session.scalars(select(ScanRun))}
        assert all(runs[r.run_id].started <= r.at for r in session.scalars(select(Audit)))


def test_other_commands_record_what_they_do(store: Database):
    with store.session() as session:
        run = start_run(session, "forget")
        record_changes(session, run, [Change("0" * 12, Action.FORGOTTEN)])
        record_changes(session, run, [])
    assert trail(store) == [("0" * 12, "forgotten", None, 1)]


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
def test_the_trail_only_grows(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path], statement: str
):
    scan(write("a.txt", STATED))
    before = trail(store)
    with pytest.raises(StoreError), store.session() as session:
        session.connection().exec_driver_sql(statement)
    assert trail(store) == before
