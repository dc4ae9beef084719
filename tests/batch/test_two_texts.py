"""Two texts under one id: the first is taken, the second is a failure until it is gone, however often it is offered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from pv.batch.summary import Summary
from pv.store.database import Database
from pv.store.models import Failure

STATED = "pair: sunitinib > thrombopénie stated\n"


def test_second_text_stays_a_failure_while_it_is_offered(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    write("x/a.txt", STATED)
    folder = write("y/a.txt", "autre")
    tries = []
    for _ in range(2):
        assert scan(folder / "x", folder / "y").failures == 1
        with store.session() as session:
            tries += session.scalars(select(Failure.tries)).all()
    assert tries == [1, 2]
    assert scan(folder / "x").unchanged == 1
    with store.session() as session:
        assert session.scalars(select(Failure)).all() == []
