"""Nullified reports are kept and marked and out of everything else; forgotten ones are gone from the file's bytes."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from fakes import FakeDetector
from postgresql_server import TEMPLATE, Server
from sqlalchemy import func, inspect, select, text

from pv.errors import KeyFileError, LockedError, UsageError
from pv.keys import Key
from pv.settings import Settings
from pv.sources.document import opaque_key
from pv.store.database import Database, open_database
from pv.store.details import find_reports
from pv.store.models import (
    Base,
    Erasure,
    Export,
    ExportedPair,
    Failure,
    PairRow,
    Report,
    ReportText,
    ReportVersion,
    ScanRun,
    Source,
    Tombstone,
)
from pv.store.queries import Wanted, events_of, find_drugs, listing
from pv.store.repository import save_versions
from pv.store.rows import Finding, Provenance, Received
from pv.store.scrub import scrub
from pv.store.status import find_problems, read_status
from pv.store.vocabulary import Vocabulary
from pv.store.withdrawal import forget, nullify
from pv.store.withheld import settle_key, withheld

pytestmark = pytest.mark.both_databases
KEY = Key(bytes(32))
OTHER = Key(b"\1" * 32)
BODY = "pair: sunitinib > thrombopénie stated\npair: paclitaxel > nausées temporal\n"


def save(store: Database, name: str, body: str = BODY, *, patient: str | None = None, source: str = "wards") -> None:
    """Store a report with its text; the patient is one of the source's ids."""
    now = datetime.now(UTC)
    with store.session() as session:
        known = session.scalar(select(Report.id).where(Report.key == opaque_key(source, name)))
        run = ScanRun(started=now, finished=now, program_version="1", new=int(not known), new_versions=int(bool(known)))
        session.add(run)
        session.flush()
        digest = hashlib.sha256(body.encode()).hexdigest()
        patient_key = KEY.patient(patient) if patient else None
        received = Received(
            source,
            "folder",
            name,
            opaque_key(source, name),
            now,
            digest,
            len(body),
            "utf-8",
            False,
            patient_key,
            body,
        )
        finding = Finding(received, FakeDetector().detect(body))
        save_versions(session, Vocabulary(), [finding], Provenance(run.id, now, "1", "x"))


@pytest.fixture
def keep(store: Database) -> Callable[..., None]:
    return partial(save, store)


def counts(store: Database) -> dict[str, int]:
    with store.session() as session:
        tables = Base.metadata.tables
        return {n: session.scalar(select(func.count()).select_from(t)) or 0 for n, t in tables.items()}


def linked(store: Database) -> dict[str, int]:
    with store.session() as session:
        drugs = find_drugs(session, ["sunitinib", "paclitaxel"], [])
        return {a.name: a.reports for a in events_of(session, drugs, Wanted(0.0, everything=True))}


def test_nullified_report_is_out_of_queries_exports_counts_and_view(store: Database, keep: Callable[..., None]):
    keep("a.txt")
    keep("b.txt")
    before = counts(store)
    with store.session() as session:
        assert nullify(session, "a.txt", " saisi deux fois ", None) == 2
    assert linked(store) == {"thrombopénie": 1, "nausées": 1}
    with store.session() as session:
        assert {r["report"] for r in listing(session, Wanted(0.0, everything=True))} == {"b.txt"}
        assert set(session.scalars(text("SELECT report FROM reportable_pairs"))) == {"b.txt"}
        status = read_status(session, 0.5, 3)
        assert (status.reports, status.nullified, status.reportable) == (1, 1, 2)
        assert find_problems(session) == []
        report = session.scalars(select(Report).where(Report.name == "a.txt")).one()
        assert report.nullified_reason == "saisi deux fois"
        assert report.nullified is not None
    assert counts(store) == before | {"audit": 1, "scan_runs": 3}


def test_nullified_report_says_so_when_asked_for(store: Database, keep: Callable[..., None]):
    keep("a.txt")
    with store.session() as session:
        pair = session.scalars(select(PairRow.key)).first()
        nullify(session, opaque_key("wards", "a.txt"), "doublon", None)
    for asked in ("a.txt", opaque_key("wards", "a.txt"), pair):
        with store.session() as session, pytest.raises(UsageError, match=r"was nullified on \d{4}-\d\d-\d\d: doublon"):
            find_reports(session, str(asked))
    with store.session() as session, pytest.raises(UsageError, match="is nullified since"):
        nullify(session, "a.txt", "again", None)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_nullification_needs_a_reason_of_bounded_length(store: Database, keep: Callable[..., None], reason: str):
    keep("a.txt")
    with store.session() as session, pytest.raises(UsageError, match="--reason takes 1 to 500"):
        nullify(session, "a.txt", reason, None)
    assert linked(store) == {"thrombopénie": 1, "nausées": 1}


def test_what_is_withheld_stays_out_of_the_next_scan(store: Database, keep: Callable[..., None]):
    for name, patient in (("a", None), ("b", None), ("c", "P1"), ("d", "P2")):
        keep(name, patient=patient)
    offered = [("a", None), ("b", None), ("c", "P1"), ("d", "P2"), ("new of P1", " P1 "), ("new", "P3")]
    with store.session() as session:
        assert withheld(session, "wards", offered, KEY) == set()
        nullify(session, "a", "withdrawn", None)
        forget(session, ["b"], KEY)
        forget(session, ["P1"], KEY)
    with store.session() as session:
        assert withheld(session, "wards", offered, KEY) == {"a", "b", "c", "new of P1"}
        assert withheld(session, "elsewhere", offered, KEY) == {"c", "new of P1"}
        assert withheld(session, "wards", [("a", None), ("b", None)], None) == {"a"}


def test_nullified_and_then_forgotten_stays_out(store: Database, keep: Callable[..., None]):
    keep("a")
    with store.session() as session:
        nullify(session, "a", "withdrawn", KEY)
        assert session.scalars(select(Tombstone.why)).all() == ["nullified"]
        forget(session, ["a"], KEY)
        assert session.scalars(select(Tombstone.why)).all() == ["forgotten"]
        assert withheld(session, "wards", [("a", None)], KEY) == {"a"}
        assert find_problems(session) == []


def test_forgotten_patient_takes_every_version_of_every_report_along(store: Database, keep: Callable[..., None]):
    keep("a", patient="P1")
    keep("a", BODY + "later", patient="P1")
    keep("b", patient="P1", source="other")
    keep("c", patient="P2")
    with store.session() as session:
        erased = forget(session, ["P1"], KEY)
    assert (erased.reports, erased.versions, erased.pairs) == (2, 3, 6)
    after = counts(store)
    assert (after["reports"], after["report_versions"], after["pairs"], after["texts"]) == (1, 1, 2, 1)
    assert (after["evidence"], after["drug_mentions"], after["event_mentions"]) == (2, 2, 2)
    with store.session() as session:
        assert session.scalars(select(Report.name)).all() == ["c"]
        assert find_problems(session) == []
        assert read_status(session, 0.5, 3).forgotten == 2


def test_report_that_only_failed_is_forgotten(store: Database):
    with store.session() as session:
        run = ScanRun(started=datetime.now(UTC), program_version="1")
        source = Source(name="wards", kind="folder")
        session.add_all([run, source])
        session.flush()
        key = opaque_key("wards", name := "DURAND.txt")
        runs = {"first_run_id": run.id, "last_run_id": run.id}
        session.add(Failure(source_id=source.id, name=name, key=key, reason="empty", tries=1, **runs))
    with store.session() as session:
        assert forget(session, ["DURAND.txt"], KEY).failures == 1
    assert counts(store)["failures"] == 0


def test_what_recipients_were_given_outlives_the_report_without_it(store: Database, keep: Callable[..., None]):
    keep("a")
    with store.session() as session:
        pair = session.scalars(select(PairRow)).first()
        assert pair is not None
        export = Export(recipient="CRPV", started=datetime.now(UTC), form="csv", program_version="1")
        session.add(export)
        session.flush()
        given = ExportedPair(
            recipient="CRPV",
            key=pair.key,
            digest="d",
            link="stated",
            listed=True,
            withdrawn=False,
            report_id=pair.report_id,
            drug_id=pair.drug_id,
            event_id=pair.event_id,
            first_export_id=export.id,
            export_id=export.id,
        )
        session.add(given)
    with store.session() as session:
        forget(session, ["a"], KEY)
    with store.session() as session:
        assert session.scalars(select(ExportedPair.report_id)).one() is None


def test_ambiguous_and_unknown_names_are_refused(store: Database, keep: Callable[..., None]):
    keep("a", source="one")
    keep("a", source="two", patient="a")
    before = counts(store)
    for kind, why in ((None, "patient and the name of a report"), ("report", "2 sources have a report of this name")):
        with store.session() as session, pytest.raises(UsageError, match=why):
            forget(session, ["a"], KEY, kind=kind)
    with store.session() as session, pytest.raises(UsageError, match="no report of this name or key"):
        forget(session, ["unknown"], KEY)
    with store.session() as session, pytest.raises(UsageError, match="no report of this name or key"):
        nullify(session, "unknown", "why", None)
    assert {**counts(store), "secret_keys": 0} == {**before, "secret_keys": 0}
    with store.session() as session:
        assert forget(session, [opaque_key("one", "a")], KEY).reports == 1
        assert forget(session, ["a"], KEY, kind="patient").reports == 1


def test_one_unknown_name_erases_nothing(store: Database, keep: Callable[..., None]):
    keep("a")
    with pytest.raises(UsageError), store.session() as session:
        forget(session, ["a", "unknown"], KEY)
    assert (counts(store)["reports"], counts(store)["tombstones"]) == (1, 0)


def test_patient_without_reports_is_kept_out_where_it_is_said_to_be_one(store: Database):
    with store.session() as session:
        assert forget(session, ["P9"], KEY, kind="patient").reports == 0
        assert withheld(session, "wards", [("x", "P9")], KEY) == {"x"}


def test_another_key_is_detected(store: Database, keep: Callable[..., None]):
    keep("a")
    with store.session() as session:
        settle_key(session, KEY)
        settle_key(session, KEY)
    for use in (
        lambda s: settle_key(s, OTHER),
        lambda s: forget(s, ["a"], OTHER),
        lambda s: nullify(s, "a", "x", OTHER),
    ):
        with store.session() as session, pytest.raises(KeyFileError, match="was written under the key"):
            use(session)
    assert counts(store)["reports"] == 1


def test_no_key_is_refused_once_something_stays_out_under_one(store: Database, keep: Callable[..., None]):
    keep("a")
    with store.session() as session:
        settle_key(session, None)
        forget(session, ["a"], KEY)
    with store.session() as session, pytest.raises(KeyFileError, match="stay out of this database under its key"):
        settle_key(session, None)


@pytest.mark.sqlite_only
def test_erased_text_is_gone_from_the_bytes_of_every_file(store: Database, keep: Callable[..., None]):
    secrets = [f"Zyxwvut{i:03}" for i in range(40)]
    for i, secret in enumerate(secrets):
        keep(f"{secret}.txt", f"{BODY}{secret} {'lorem ipsum ' * (i * 25)}", patient=f"IPP{i:03}")
    kept = "Abcdefghijk"
    keep(f"{kept}.txt", BODY + kept)
    folder = Path(store.name).parent
    held = b"".join(p.read_bytes() for p in folder.iterdir())
    assert all(s.encode() in held for s in (*secrets, kept))
    with store.session() as session:
        forget(session, [*(f"{s}.txt" for s in secrets[::2]), *(f"IPP{i:03}" for i in range(1, 40, 2))], KEY)
    scrub(store)
    files = sorted(folder.iterdir())
    assert "pv.sqlite-wal" in {p.name for p in files}
    left = b"".join(p.read_bytes() for p in files)
    assert [s for s in secrets if s.encode() in left] == []
    assert b"lorem ipsum" not in left
    assert kept.encode() in left
    assert KEY.patient("IPP001").encode() not in left
    with store.session() as session:
        assert find_problems(session) == []
        assert session.scalars(select(Erasure.reports)).all() == [40]


@pytest.mark.sqlite_only
def test_rows_that_are_only_deleted_are_still_in_the_bytes(store: Database, keep: Callable[..., None]):
    """What the test above would not notice without the rewriting: it is needed."""
    keep("a", BODY + "Zyxwvut" * 100)
    with store.session() as session:
        forget(session, ["a"], KEY)
    assert b"Zyxwvut" in b"".join(p.read_bytes() for p in Path(store.name).parent.iterdir())


def test_erased_text_is_gone_from_the_tables_of_a_server(postgresql: Server):
    url = postgresql.new_database(template=TEMPLATE)
    store = open_database(Settings(url), write=True)
    secret, kept = "Zyxwvut" * 40, "Abcdefg" * 40
    save(store, "a", BODY + secret)
    save(store, "b", BODY + kept)
    with store.session() as session:
        forget(session, ["a"], KEY)
    files = postgresql.folder / "data" / "base"
    postgresql.execute("CHECKPOINT")
    assert secret.encode() in b"".join(p.read_bytes() for p in files.rglob("*") if p.is_file())
    scrub(store)
    store.close()
    postgresql.execute("CHECKPOINT")
    left = b"".join(p.read_bytes() for p in files.rglob("*") if p.is_file())
    assert secret.encode() not in left
    assert kept.encode() in left


@pytest.mark.sqlite_only
def test_scrubbing_beside_a_reader_says_that_the_log_is_left(store: Database, keep: Callable[..., None]):
    keep("a")
    impatient = open_database(Settings(f"sqlite:///{store.name}", busy_timeout=0.05), write=True)
    reader = sqlite3.connect(store.name, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM pairs").fetchone()
    with pytest.raises(LockedError, match=r"log could not be emptied.*pv db vacuum"):
        scrub(impatient)
    reader.close()
    scrub(impatient)
    impatient.close()


def test_every_table_with_rows_of_reports_is_erased_from(store: Database, keep: Callable[..., None]):
    """A table added later must not keep what was erased: its foreign key says what happens to its rows."""
    keep("a")
    with store.session() as session:
        forget(session, ["a"], KEY)
    after = {name for name, n in counts(store).items() if n}
    stay = {
        "sources",
        "scan_runs",
        "drugs",
        "drug_codes",
        "events",
        "event_codes",
        "secret_keys",
        "tombstones",
        "erasures",
    }
    assert after - stay <= {"audit"}
    assert {"texts", "evidence"} <= set(inspect(store.engine).get_table_names())


def test_check_tells_of_versions_that_no_run_and_no_erasure_explains(store: Database, keep: Callable[..., None]):
    keep("a")
    keep("b")
    with store.session() as session:
        session.execute(text("DELETE FROM report_versions WHERE id = 1"))
        session.execute(text("DELETE FROM reports WHERE id = 1"))
        assert find_problems(session) == ["1 versions that runs recorded are gone, but only 0 were erased on request"]
        session.rollback()
    with store.session() as session:
        session.execute(text("UPDATE scan_runs SET new = 0 WHERE id = 2"))
        assert find_problems(session) == ["run 2 recorded 0 new versions, but 1 are stored"]


def test_kept_text_goes_with_its_version(store: Database, keep: Callable[..., None]):
    keep("a")
    keep("a", BODY + "neu")
    with store.session() as session:
        rows = session.execute(
            select(ReportVersion.number, ReportText.text).join(ReportText).order_by(ReportVersion.id)
        )
        assert [tuple(r) for r in rows] == [(1, BODY), (2, BODY + "neu")]
        assert find_reports(session, "a")[0].text == BODY + "neu"
