"""One batch at a time on a database; the second says so, and nothing stays locked behind a process that ended."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pv.errors import LockedError, StoreError
from pv.settings import Settings
from pv.store.database import Database, open_database
from pv.store.lock import batch_lock

HOLDER = """
import sys
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.lock import batch_lock
with batch_lock(open_database(Settings(sys.argv[1]), write=True)):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_batch_of_another_process_is_refused(store: Database):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, f"sqlite:///{store.name}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match="another batch is at work on"), batch_lock(store):
            raise AssertionError("two batches")
        holder.kill()
        holder.wait()
    with batch_lock(store):
        pass


def test_second_batch_of_this_process_is_refused(store: Database):
    again = open_database(Settings(f"sqlite:///{store.name}"), write=True)
    with batch_lock(store), pytest.raises(LockedError), batch_lock(again):
        raise AssertionError("two batches")
    with batch_lock(again):
        pass
    again.close()


def test_lock_is_private_and_hinders_no_query(store: Database):
    with batch_lock(store):
        path = Path(f"{store.name}.lock")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        reader = open_database(Settings(f"sqlite:///{store.name}"))
        with reader.session() as session:
            session.connection()
        reader.close()


def test_lock_that_cannot_be_made(store: Database):
    Path(f"{store.name}.lock").mkdir()
    with pytest.raises(StoreError, match="cannot be locked against a second batch"), batch_lock(store):
        raise AssertionError("no lock")


@pytest.mark.parametrize("replace", [False, True])
def test_database_that_is_gone_is_not_written_to(store: Database, replace: bool):
    path = Path(store.name)
    path.rename(path.with_name("old.sqlite"))
    if replace:
        path.touch()
    with pytest.raises(StoreError, match="moved, deleted or replaced"), batch_lock(store):
        raise AssertionError("gone")
