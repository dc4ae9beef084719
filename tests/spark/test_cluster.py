"""The job as spark-submit runs it, on a cluster of two executors with a process each: the pairs of ``pv scan``.

Starting Java and loading the detector takes most of a minute, so that there is one test for each kind of output.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import Result
from postgresql_server import Server
from sqlalchemy import make_url

import pv.cli
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.queries import Wanted, listing

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "reports").glob("*.txt"))
MASTER = "local-cluster[2,1,1024]"
# Debian's libpostgresql-jdbc-java.
DRIVER = Path("/usr/share/java/postgresql.jar")
SECRET = "Madame Introuvable"
SAME = ("pair", "report", "drug", "drug_kind", "event", "link", "certainty", "current", "part_of",
        "start", "onset", "days_to_onset", "action_taken", "outcome", "dechallenge", "rechallenge", "serious",
        "seriousness_criterion", "grade", "dose", "route", "indication", "confidence", "evidence", "rule",
        "patient_age", "patient_sex")  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home of Spark whose executors write their logs below it: links to what pip has installed."""
    pyspark = pytest.importorskip("pyspark", reason="Spark is not installed (extra spark)")
    pytest.importorskip("pyarrow", reason="pyarrow does not work here", exc_type=ImportError)
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java, which Spark needs (Debian: apt-get install openjdk-17-jre-headless)")
    home = tmp_path / "spark"
    home.mkdir()
    for path in Path(pyspark.__file__).parent.iterdir():
        (home / path.name).symlink_to(path)
    (home / "work").unlink(missing_ok=True)
    return home


def submit(home: Path, *arguments: object, master: str = MASTER) -> subprocess.CompletedProcess[str]:
    """Run the job as a user submits it, on a cluster of its own."""
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_LOCAL_DIRS": str(home), "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
    }  # fmt: skip
    job = Path(pv.cli.__file__).parent / "spark_submit.py"
    command = [home / "bin" / "spark-submit", "--master", master, "--conf", "spark.ui.enabled=false",
               "--jars", DRIVER if DRIVER.exists() else "", job, *arguments]  # fmt: skip
    return subprocess.run(
        [str(c) for c in command], env=environment, cwd=home.parent, capture_output=True, text=True, encoding="utf-8",
        check=False, timeout=500,
    )  # fmt: skip


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Write the example reports as Parquet, with three that fail and a folder of the same texts."""
    import pyarrow as pa
    from pyarrow import parquet

    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES}
    bad = {"none.txt": None, "long.txt": f"{SECRET} " * 50_000, "empty.txt": " "}
    every = texts | bad
    days = [datetime(2024, 1, 1 + i, 12, tzinfo=UTC) for i in range(len(every))]
    table = pa.table({"dossier": list(every), "texte": list(every.values()), "jour": days})
    parquet.write_table(table, tmp_path / "reports.parquet")
    return tmp_path / "reports.parquet"


def scanned(pv: Callable[..., Result], tmp_path: Path) -> list[dict[str, Any]]:
    """Give the pairs that ``pv scan`` finds in the example reports."""
    assert pv("scan", EXAMPLES[0].parent, "--source", "wards", "--db", "scanned.sqlite").code == 0
    database = open_database(Settings(f"sqlite:///{tmp_path}/scanned.sqlite"))
    with database.session() as session:
        found = [{c: row[c] for c in SAME} for row in listing(session, Wanted(0, everything=True))]
    database.close()
    return sorted(found, key=lambda row: row["pair"])


def test_the_cluster_finds_the_pairs_of_the_scan(
    pv: Callable[..., Result], home: Path, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from pyarrow import parquet
    from shared_detector import real_detector

    from pv.batch.detector import Versioned
    from pv.cli import common

    out = tmp_path / "pairs"
    columns = ["--id", "dossier", "--text", "texte", "--date", "jour", "--source", "wards", "--max-megabytes", "0.1"]
    done = submit(home, "--input", reports, "--output", out, *columns, "--pieces", 6)
    assert done.returncode == 3, done.stderr[-4000:]
    monkeypatch.setattr(common, "load_detector", lambda: Versioned(real_detector(), "1", "ab" * 32))
    expected = scanned(pv, tmp_path)
    rows = parquet.read_table(out).to_pylist()
    found = sorted((r for r in rows if r["status"] == "pair"), key=lambda r: r["pair"])
    assert [{c: r[c] for c in SAME} for r in found] == expected
    assert len(expected) > 200
    failed = {r["report"]: r["reason"] for r in rows if r["status"] == "failed"}
    assert failed == {
        "none.txt": "empty: no text in it",
        "empty.txt": "empty: no text in it",
        "long.txt": "950,000 bytes, more than the 100,000 allowed; see --max-megabytes",
    }
    assert {r["report"] for r in rows} == set(failed) | {p.name for p in EXAMPLES}
    assert done.stdout.splitlines()[0] == f"reports: {len(EXAMPLES)} read, 3 failed"
    links = [sum(r["link"] == link for r in expected) for link in ("stated", "temporal", "part", "denied", "treats")]
    assert done.stdout.splitlines()[1] == "pairs: stated {}, temporal {}, part {}, denied {}, treats {}".format(*links)
    logs = [path.read_text(encoding="utf-8") for path in home.glob("work/*/*/std*")]
    # Two executors, with an output and an error log each; neither they nor the driver quote a report.
    assert len(logs) == 4
    for log in (*logs, done.stderr):
        assert not [r for r in expected if r["evidence"] in log]
        assert SECRET not in log
    assert stat.S_IMODE(out.stat().st_mode) == 0o700


def test_pairs_go_into_a_table_over_jdbc(home: Path, postgresql: Server, tmp_path: Path):
    import pyarrow as pa
    from pyarrow import parquet

    if not DRIVER.exists():
        pytest.skip("no JDBC driver of PostgreSQL (Debian: apt-get install libpostgresql-jdbc-java)")
    text = "Thrombopénie sous sunitinib, imputée au sunitinib.\0"
    table = pa.table({"id": [1, 2], "text": [text.encode(), None]})
    parquet.write_table(table, tmp_path / "two.parquet")
    (tmp_path / "jdbc.conf").write_text(f"# who\nuser=pv\npassword = {postgresql.password}\n", encoding="utf-8")
    name = str(make_url(postgresql.new_database()).database)
    done = submit(
        home, "--input", tmp_path / "two.parquet", "--output", f"jdbc:postgresql://127.0.0.1:{postgresql.port}/{name}",
        "--properties", tmp_path / "jdbc.conf", "--table", "paires", "--pieces", 1, master="local[1]",
    )  # fmt: skip
    assert done.returncode == 3, done.stderr[-4000:]
    assert done.stdout.splitlines()[0] == "reports: 1 read, 1 failed"
    assert postgresql.password not in done.stdout + done.stderr
    asked = "SELECT report, status, reason, drug, event, link, reportable, confidence > 0.5 FROM paires ORDER BY report"
    with psycopg.connect(host=str(postgresql.folder), port=postgresql.port, user="pv", dbname=name) as connection:
        assert connection.execute(asked).fetchall() == [
            ("1", "pair", None, "sunitinib", "thrombopénie", "stated", True, True),
            ("2", "failed", "empty: no text in it", None, None, None, None, None),
        ]
