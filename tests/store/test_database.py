"""Opening, creating and refusing of databases."""

from __future__ import annotations

import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from pv.errors import LockedError, NewerSchemaError, NoDatabaseError, StoreError
from pv.settings import Settings
from pv.store import database as database_module
from pv.store.database import Database, known_revisions, open_database, upgrade_database
from pv.store.dialect import sqlite_address, translate
from pv.store.filesystem import file_system, refuse_network
from pv.store.models import Source


def settings(path: Path) -> Settings:
    return Settings(f"sqlite:///{path}", busy_timeout=0.05)


def test_new_database_is_private_and_in_wal_mode(store: Database):
    path = Path(store.name)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("UPDATE sources SET kind = kind")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    assert modes == {"pv.sqlite": 0o600, "pv.sqlite-wal": 0o600, "pv.sqlite-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert store.created


def test_second_opening_creates_nothing(store: Database):
    again = open_database(settings(Path(store.name)))
    assert not again.created
    again.close()


def test_missing_database_is_not_made_by_a_query(tmp_path: Path):
    with pytest.raises(NoDatabaseError, match=r"no database at .*pv scan"):
        open_database(settings(tmp_path / "none.sqlite"))
    assert not (tmp_path / "none.sqlite").exists()


def test_reader_cannot_write(store: Database):
    reader = open_database(settings(Path(store.name)))
    with pytest.raises(StoreError, match="read-only"), reader.session() as session:
        session.add(Source(name="x", kind="folder"))
    reader.close()


def test_other_file_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "letter.txt"
    path.write_text("Madame Martin, 54 ans", encoding="utf-8")
    with pytest.raises(StoreError, match="not a database") as caught:
        open_database(settings(path), write=True, create=True)
    assert "Martin" not in str(caught.value)
    assert path.read_text(encoding="utf-8") == "Madame Martin, 54 ans"


def test_damaged_database_is_refused(tmp_path: Path):
    path = tmp_path / "pv.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(StoreError, match="not a database, or is damaged"):
        open_database(settings(path), write=True, create=True)


def test_somebody_elses_database_is_refused(tmp_path: Path):
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE invoices (id INTEGER)")
    other.close()
    with pytest.raises(StoreError, match="no database of pv"):
        open_database(settings(path), write=True, create=True)


def test_newer_schema_is_refused(store: Database):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for refused in (open_database, upgrade_database):
        with pytest.raises(NewerSchemaError, match=r"schema is 9999.*update pv"):
            refused(settings(Path(store.name)))


def test_locked_database_is_named(store: Database):
    holder = sqlite3.connect(store.name, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LockedError, match="locked by another process"):
        open_database(settings(Path(store.name)), write=True)
    reader = open_database(settings(Path(store.name)))
    reader.close()
    holder.close()


def test_folder_as_database_is_refused(tmp_path: Path):
    with pytest.raises(StoreError, match="is a folder"):
        open_database(settings(tmp_path))


def test_empty_file_that_becomes_a_database_becomes_private(tmp_path: Path):
    path = tmp_path / "pv.sqlite"
    path.touch(mode=0o644)
    open_database(settings(path), write=True, create=True).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_database_in_a_closed_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    for opening in (open_database, upgrade_database):
        with pytest.raises(StoreError, match=r"pv\.sqlite cannot be reached: Permission denied"):
            opening(settings(tmp_path / "pv.sqlite"))


def test_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"driver of postgresql\+psycopg is not installed: pip install psycopg"):
        open_database(Settings("postgresql+psycopg://user@host/name"))


@pytest.mark.parametrize("url", ["mysql://host/x", "nonsense://x", "sqlite:/", "::://"])
def test_unusable_url_is_refused(url: str):
    with pytest.raises(StoreError):
        open_database(Settings(url))


def test_password_stays_out_of_messages():
    name = database_module.display_name(database_module.parse_url("postgresql://me:secret@host/pv"))
    assert "secret" not in name


def test_driver_message_stays_out_of_errors():
    error = translate(sqlite3.OperationalError("near 'Madame Martin': syntax error"), "pv.sqlite")
    assert "Martin" not in str(error)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("attempt to write a readonly database", "read-only"),
        ("database or disk is full", "disk is full"),
        ("unable to open database file", "cannot be opened"),
    ],
)
def test_reasons_of_the_driver_are_translated(reason: str, message: str):
    assert message in str(translate(sqlite3.OperationalError(reason), "pv.sqlite"))


def test_network_file_system_is_refused(tmp_path: Path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/net nfs4 rw 0 0\n", encoding="utf-8")
    assert file_system(tmp_path / "pv.sqlite", mounts) == "ext4"
    refuse_network(tmp_path / "pv.sqlite", mounts)
    with pytest.raises(StoreError, match=r"network file system \(nfs4\)"):
        refuse_network(tmp_path / "net" / "pv.sqlite", mounts)
    assert file_system(tmp_path, tmp_path / "no such table") is None


def test_address_of_a_file_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a?b.sqlite"
    monkeypatch.setattr("pv.store.dialect.os.access", lambda *_: False)
    assert sqlite_address(path, write=False).endswith("a%3Fb.sqlite?mode=ro&immutable=1")
    path.with_name(path.name + "-wal").touch()
    assert sqlite_address(path, write=False).endswith("?mode=ro")


def test_old_schema_is_upgraded_on_request_only(store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    newer = tmp_path / "db"
    before, after = _copy_with_next_revision(newer)
    monkeypatch.setattr(database_module, "migration_dir", lambda: newer)
    monkeypatch.setattr("pv.store.migrations.migration_dir", lambda: newer)
    with pytest.raises(StoreError, match=rf"older schema {before}.*pv db upgrade"):
        open_database(settings(Path(store.name)))
    store.close()
    assert upgrade_database(settings(Path(store.name))) == (before, after)
    assert upgrade_database(settings(Path(store.name))) == (after, after)
    open_database(settings(Path(store.name))).close()


def test_migration_that_fails_leaves_the_old_schema(store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    newer = tmp_path / "db"
    before, _ = _copy_with_next_revision(newer, then="op.execute('SELECT nonsense FROM nowhere')")
    monkeypatch.setattr(database_module, "migration_dir", lambda: newer)
    monkeypatch.setattr("pv.store.migrations.migration_dir", lambda: newer)
    store.close()
    with pytest.raises(StoreError):
        upgrade_database(settings(Path(store.name)))
    with sqlite3.connect(store.name) as connection:
        tables = {r[0] for r in connection.execute("SELECT name FROM sqlite_master")}
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]
    connection.close()
    assert "added" not in tables


def _copy_with_next_revision(target: Path, then: str = "pass") -> tuple[str, str]:
    """Copy the migrations, with one more that fails where told to; give the newest revision before and after."""
    before = known_revisions()[-1]
    after = f"{int(before) + 1:04}"
    source = database_module.migration_dir()
    for path in [*source.glob("*.py"), *source.glob("versions/*.py"), *source.glob("views/*.sql")]:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (target / "versions" / f"{after}_more.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '{after}'\ndown_revision = '{before}'\n"
        f"def upgrade():\n    op.create_table('added', sa.Column('id', sa.Integer()))\n    {then}\n",
        encoding="utf-8",
    )
    return before, after


def test_data_of_the_first_schema_survives_the_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, first = tmp_path / "old.sqlite", tmp_path / "db"
    source = database_module.migration_dir()
    for name in ("env.py", "versions/0001_initial.py", "views/reportable_pairs_1.sql"):
        (first / name).parent.mkdir(parents=True, exist_ok=True)
        (first / name).write_bytes((source / name).read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(database_module, "migration_dir", lambda: first)
        patch.setattr("pv.store.migrations.migration_dir", lambda: first)
        open_database(settings(path), write=True, create=True).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO events VALUES (1, 'fièvre', 'fievre', 'R50', '', 0, 0, 0)")
        connection.execute("INSERT INTO sources VALUES (1, 's', 'folder')")
        connection.execute("INSERT INTO reports VALUES (1, 1, 'a.txt', 'abababababab')")
        connection.execute(
            "INSERT INTO scan_runs (id, started, program_version, new, new_versions, unchanged, failed, pairs)"
            " VALUES (1, '2024-01-01', '0', 1, 0, 0, 0, 0)"
        )
        connection.execute(
            "INSERT INTO report_versions (id, report_id, number, latest, run_id, sha256, characters, encoding,"
            " encoding_assumed, received, scanned, detector_version, lexicon_hash)"
            " VALUES (1, 1, 1, 1, 1, 'ab', 4, 'utf-8', 0, '2024-01-01', '2024-01-01', '0', '0')"
        )
        connection.execute("INSERT INTO event_mentions VALUES (1, 1, 1, 0, 4, 'present', '', NULL, '')")
    connection.close()
    assert upgrade_database(settings(path)) == ("0001", known_revisions()[-1])
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT severity FROM event_mentions").fetchall() == [("",)]
        assert connection.execute("SELECT reporter FROM report_versions").fetchall() == [(None,)]
    connection.close()


def test_revisions_are_numbered_without_gaps():
    revisions = known_revisions()
    assert revisions == [f"{i:04}" for i in range(1, len(revisions) + 1)]
