"""The driver's side: reports from Parquet through the detector on the executors, into Parquet or a table over JDBC."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pv.detect import DETECTOR_VERSION
from pv.errors import ClusterError, UsageError
from pv.lexicon.fingerprint import lexicon_hash
from pv.lexicon.paths import lexicon_dir
from pv.model import Link
from pv.settings import MAX_BYTES, TIMEOUT
from pv.spark.rows import Made, Status, schema
from pv.spark.worker import Task, detect_frames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

ARCHIVE = "pv-lexicons"
# Rows that are in a Python process at once: reports are long, and findings longer.
_BATCH = "100"
# Pieces of the work for each core: a slow piece then does not keep the whole cluster waiting.
_PIECES = 4
# Files are readable by their owner alone, also where Spark was started before it was told this: their folder is closed.
_UMASK = "077"
_PRIVATE = 0o700
# PostgreSQL's driver must not quote the row that it stops at.
_POSTGRESQL = {
    "driver": "org.postgresql.Driver",
    "logServerErrorDetail": "false",
    "reWriteBatchedInserts": "true",
    "ApplicationName": "pv",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the input hold what; ``received`` may be none."""

    report: str = "id"
    text: str = "text"
    received: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, where to write, and how.

    ``output`` is a place for Parquet or a JDBC URL, then with ``table`` and ``properties`` (user, password ...).
    ``mode`` is Spark's: error, append or overwrite. ``pieces`` divides the work, by default by the number of cores.
    """

    source: str
    input: str
    output: str
    columns: Columns = field(default_factory=Columns)
    mode: str = "error"
    table: str = "pv_pairs"
    properties: Mapping[str, str] = field(default_factory=dict)
    lexicons: Path | None = None
    max_bytes: int = MAX_BYTES
    timeout: float = TIMEOUT
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of a job: reports read and failed, pairs by link."""

    reports: int
    failed: int
    pairs: Mapping[str, int]


@contextmanager
def spark_session(master: str | None = None) -> Iterator[SparkSession]:
    """Give a session, stopped at the end of the block; the master is spark-submit's unless one is named.

    Without either the cores of this machine do the work. Raises ClusterError where Spark cannot start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ClusterError('Spark is not installed: pip install "pv[spark]"') from error
    builder = SparkSession.builder.appName("pv spark-scan")
    if master is None and "PYSPARK_GATEWAY_PORT" not in os.environ:
        master = "local[*]"
    if master:
        builder = builder.master(master)
        if master.startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", _BATCH)
    builder = builder.config("spark.hadoop.fs.permissions.umask-mode", _UMASK)
    if not sys.stderr.isatty():
        builder = builder.config("spark.ui.showConsoleProgress", "false")
    with _told("Spark does not start: it needs Java 17 or newer (JAVA_HOME), and the master has to answer"):
        session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


def run(session: SparkSession, job: Job) -> Counts:
    """Do the job; give what came of it. Raises UsageError for columns that are not there, ClusterError for the rest."""
    from pyspark.sql import Observation

    with tempfile.TemporaryDirectory(prefix="pv-") as folder:
        version = _ship(session, job.lexicons or lexicon_dir(), Path(folder))
        task = Task(Made(job.source, DETECTOR_VERSION, version), job.max_bytes, ARCHIVE, job.timeout)
        with _told("the input cannot be read as Parquet; check the path and its permissions"):
            reports = _reports(session, job)
        found = reports.mapInPandas(partial(detect_frames, task), schema())
        seen = Observation("pv")
        with _told(
            "the job failed, and what it wrote is not complete; the driver's log says where: an executor that was lost "
            "(memory), an environment without pv, an output that is there already (--mode) or that cannot be written"
        ):
            _write(found.observe(seen, *_metrics()), job)
        counted = seen.get
    return Counts(counted["reports"], counted["failed"], {link.value: counted[link.value] for link in Link})


def _ship(session: SparkSession, lexicons: Path, folder: Path) -> str:
    """Give every executor the tables that this driver has; give their version."""
    archive = shutil.make_archive(str(folder / ARCHIVE), "zip", lexicons)
    session.sparkContext.addArchive(f"{archive}#{ARCHIVE}")
    return lexicon_hash(lexicons)


def _reports(session: SparkSession, job: Job) -> DataFrame:
    """Give the reports with the columns that the executors expect; text as bytes, whose decoding is theirs."""
    from pyspark.sql import functions as f

    frame = session.read.parquet(job.input)
    asked = [c for c in (job.columns.report, job.columns.text, job.columns.received) if c]
    if missing := [c for c in asked if c not in frame.columns]:
        raise UsageError(f"the input has no column {', '.join(missing)}; it has {', '.join(sorted(frame.columns))}")
    if dict(frame.dtypes)[job.columns.text] not in ("string", "binary"):
        raise UsageError(f"the column {job.columns.text} holds no text; name the one that does with --text")
    received = f.col(f"`{job.columns.received}`") if job.columns.received else f.lit(None)
    selected = frame.select(
        f.col(f"`{job.columns.report}`").cast("string").alias("report"),
        f.col(f"`{job.columns.text}`").cast("binary").alias("text"),
        received.cast("timestamp").alias("received"),
    )
    pieces = job.pieces or _PIECES * session.sparkContext.defaultParallelism
    return selected.repartition(pieces)


def _metrics() -> Iterator[Column]:
    from pyspark.sql import functions as f

    first = f.col("position") == 0
    yield f.count(f.when(first, 1)).alias("reports")
    yield f.count(f.when(f.col("status") == Status.FAILED.value, 1)).alias("failed")
    for link in Link:
        yield f.count(f.when(f.col("link") == link.value, 1)).alias(link.value)


def _write(frame: DataFrame, job: Job) -> None:
    writer = frame.write.mode(job.mode)
    if not job.output.startswith("jdbc:"):
        writer.parquet(job.output)
        here = Path(job.output.removeprefix("file://"))
        if here.is_dir():
            here.chmod(_PRIVATE)
        return
    usual = _POSTGRESQL if job.output.startswith("jdbc:postgresql:") else {}
    writer.format("jdbc").options(**{**usual, **job.properties, "url": job.output, "dbtable": job.table}).save()


@contextmanager
def _told(message: str) -> Iterator[None]:
    """Turn what Spark raises into a ClusterError: its own words may quote rows."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        detail = type(error).__name__
        with suppress(Exception):
            detail = str(error.getCondition() or detail) if isinstance(error, PySparkException) else detail
        raise ClusterError(f"{message} ({detail})") from None
