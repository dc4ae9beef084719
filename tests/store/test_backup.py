"""Backups: sound while others write, private, whole or not at all, and never over something else."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from postgresql_server import TEMPLATE, Server
from sqlalchemy import make_url, text

from pv.errors import NewerSchemaError, NoDatabaseError, OutputError, StoreError
from pv.settings import Settings
from pv.store import backup
from pv.store.backup import back_up
from pv.store.database import Database, open_database
from pv.store.status import find_problems

STATED = "pair: sunitinib > thrombopénie stated\n"


def settings(store: Database) -> Settings:
    return Settings(f"sqlite:///{store.name}")


def test_backup_holds_what_the_database_holds(
    store: Database, scan: Callable[..., object], write: Callable[..., Path], tmp_path: Path
):
    scan(write("a.txt", STATED))
    target = tmp_path / "backup.sqlite"
    size = back_up(settings(store), target)
    assert size == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup.sqlite", "reports", "store"]
    with closing(sqlite3.connect(store.name)) as one, closing(sqlite3.connect(target)) as two:
        assert list(one.iterdump()) == list(two.iterdump())
    copy = open_database(Settings(f"sqlite:///{target}"), write=True)
    with copy.session() as session:
        assert find_problems(session) == []
    copy.close()


def test_backup_amid_writes_is_one_moment_of_the_database(store: Database, tmp_path: Path):
    """Each write adds as many rows to one table as to the other, and moves pages: a copy of two moments would show."""
    with closing(sqlite3.connect(store.name)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 5")
    ready, stop = threading.Event(), threading.Event()

    def keep_writing() -> None:
        with closing(sqlite3.connect(store.name, isolation_level=None)) as writer:
            writer.execute("PRAGMA wal_autocheckpoint = 5")
            number = 0
            while not stop.is_set():
                writer.execute("BEGIN IMMEDIATE")
                for _ in range(20):
                    number += 1
                    writer.execute("INSERT INTO sources VALUES (?, ?, 'folder')", (number, f"{number}" * 30))
                    writer.execute("INSERT INTO drugs VALUES (?, ?, 'substance', '')", (number, f"{number}" * 30))
                writer.execute("COMMIT")
                ready.set()

    thread = threading.Thread(target=keep_writing)
    thread.start()
    try:
        assert ready.wait(10)
        seen = []
        for i in range(5):
            target = tmp_path / f"{i}.sqlite"
            back_up(settings(store), target)
            with closing(sqlite3.connect(target)) as copy:
                counts = [copy.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("sources", "drugs")]
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert counts[0] == counts[1]
            assert counts[0] % 20 == 0
            seen.append(counts[0])
    finally:
        stop.set()
        thread.join()
    assert seen == sorted(seen)
    assert seen[0] > 0


def test_older_backup_is_replaced_only_by_a_sound_one(store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "backup.sqlite"
    back_up(settings(store), target)
    before = target.read_bytes()
    monkeypatch.setattr(backup, "_problems", lambda _: ["row missing"])
    with pytest.raises(OutputError, match=r"copy is not sound \(row missing\); run `pv db check`"):
        back_up(settings(store), target)
    assert target.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup.sqlite", "store"]
    monkeypatch.undo()
    back_up(settings(store), target)


def test_damage_is_seen_in_the_copy(store: Database, tmp_path: Path):
    with closing(sqlite3.connect(store.name)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO reports (id, source_id, name, key) VALUES (1, 77, 'x', 'y')")
        connection.commit()
    with pytest.raises(OutputError, match="rows point at nothing"):
        back_up(settings(store), tmp_path / "backup.sqlite")
    assert not (tmp_path / "backup.sqlite").exists()


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_the_database_itself_is_never_the_target(store: Database, suffix: str):
    with pytest.raises(OutputError, match="is the database itself"):
        back_up(settings(store), Path(store.name + suffix))


def test_other_files_folders_and_missing_folders_are_refused(store: Database, tmp_path: Path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Madame", encoding="utf-8")
    with pytest.raises(OutputError, match="is there and no backup"):
        back_up(settings(store), letter)
    assert letter.read_text(encoding="utf-8") == "Madame"
    with pytest.raises(OutputError, match="no regular file"):
        back_up(settings(store), tmp_path)
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        back_up(settings(store), tmp_path / "none" / "b.sqlite")


def test_older_schema_is_backed_up_before_its_upgrade_and_a_newer_one_refused(store: Database, tmp_path: Path):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    back_up(settings(store), tmp_path / "b.sqlite")
    with closing(sqlite3.connect(tmp_path / "b.sqlite")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchemaError):
        back_up(settings(store), tmp_path / "b.sqlite")


def test_missing_database_makes_no_backup(tmp_path: Path):
    with pytest.raises(NoDatabaseError):
        back_up(Settings(f"sqlite:///{tmp_path}/none.sqlite"), tmp_path / "b.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_server_without_its_client_programs_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("pv.store.backup.shutil.which", lambda _: None)
    with pytest.raises(StoreError, match="pg_dump is not on this machine"):
        backup._dump_server(backup.parse_url("postgresql+psycopg://me:secret@host/pv"), tmp_path / "x")


def test_dump_of_a_server_can_be_put_back(postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(postgresql.programs), prepend=os.pathsep)
    url, empty = postgresql.new_database(template=TEMPLATE), postgresql.new_database()
    postgresql.execute("INSERT INTO sources (name, kind) VALUES ('wards', 'folder')", database=name_in(url))
    target = tmp_path / "backup.dump"
    assert back_up(Settings(url), target) == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    subprocess.run(
        ["pg_restore", "--host", str(postgresql.folder), "--port", str(postgresql.port), "--username", "pv", "--dbname",
         name_in(empty), str(target)], check=True,
    )  # fmt: skip
    restored = open_database(Settings(empty))
    with restored.session() as session:
        assert session.scalars(text("SELECT name FROM sources")).all() == ["wards"]
        assert find_problems(session) == []
    restored.close()
    # An older dump may be replaced too, and a server that says no leaves it there.
    before = target.read_bytes()
    with pytest.raises(StoreError, match="pg_dump failed: "):
        backup._whole_or_not_at_all(target, lambda draft: backup._run(["pg_dump", "--dbname=none"], {**os.environ}))
    assert target.read_bytes() == before


def name_in(url: str) -> str:
    return str(make_url(url).database)


def test_password_goes_to_the_client_in_its_environment_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    calls = []
    monkeypatch.setattr("pv.store.backup.shutil.which", lambda name: name)
    monkeypatch.setattr(backup, "_run", lambda arguments, environment: calls.append((arguments, environment)))
    backup._dump_server(backup.parse_url("postgresql+psycopg://me:secret@host:5433/pv"), tmp_path / "x")
    (dump, environment), (restore, _) = calls
    assert "secret" not in " ".join([*dump, *restore])
    assert [environment[n] for n in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")] == [
        "host", "5433", "me", "secret", "pv",
    ]  # fmt: skip
