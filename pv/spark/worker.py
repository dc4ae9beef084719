"""What runs in the executors: reports in, rows out; a report that fails is a row, and no error holds its text."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

from pv.errors import ClusterError, InputError, TooLargeError, UnreadableError
from pv.model import Detection
from pv.settings import TIMEOUT
from pv.spark.rows import COLUMNS, SCHEMA, Made, failed_row, found_rows
from pv.text.decoding import decode

if TYPE_CHECKING:
    from pandas import DataFrame

Detect = Callable[[str, str], Detection]
# How pandas holds a column so that a missing value stays missing and Arrow takes it as it is.
_PANDAS = {"string": "object", "int": "Int32", "double": "Float64", "boolean": "boolean", "timestamp": "object"}


@dataclass(frozen=True, slots=True)
class Task:
    """What an executor is told: what goes into each row, the bound on a report, and where the tables travel.

    ``lexicons`` is the name of the archive among the files of the job; ``timeout`` is in seconds a report.
    """

    made: Made
    max_bytes: int
    lexicons: str
    timeout: float = TIMEOUT


@cache
def load_detector(folder: Path, detector_version: str, lexicon_version: str) -> Detect:
    """Build the detector, once in each process; raises ClusterError where it would not be the driver's own."""
    from pv.detect import DETECTOR_VERSION, Detector
    from pv.lexicon.fingerprint import lexicon_hash

    if detector_version != DETECTOR_VERSION:
        raise ClusterError(
            f"an executor has pv {DETECTOR_VERSION}, the driver {detector_version}; give the job one environment "
            "(--archives)"
        )
    if lexicon_hash(folder) != lexicon_version:
        raise ClusterError("the tables that reached an executor are not those of the driver; start the job again")
    return Detector(folder).detect


def shipped_folder(name: str) -> Path:
    """Give where Spark has unpacked an archive of the job on this machine."""
    from pyspark import SparkFiles

    return Path(SparkFiles.get(name))


def detect_frames(task: Task, frames: Iterator[DataFrame]) -> Iterator[DataFrame]:
    """Yield the rows of each frame of reports, whose columns are report, text (as bytes) and received.

    This is what mapInPandas calls; an error of it fails the job, so it has none that a report could cause.
    """
    from pandas import isna

    detect = load_detector(shipped_folder(task.lexicons), task.made.detector_version, task.made.lexicon_version)
    for frame in frames:
        rows = []
        for report, text, received in zip(frame["report"], frame["text"], frame["received"], strict=True):
            when = None if isna(received) else received
            rows += [row | {"received": when} for row in report_rows(task, detect, report, text)]
        yield _frame(rows)


def report_rows(task: Task, detect: Detect, report: str | None, text: bytes | None) -> list[dict[str, Any]]:
    """Give the rows of one report."""
    if not report:
        return [failed_row("", "no id in this row", task.made)]
    try:
        with time_limit(task.timeout):
            return list(found_rows(report, detect(read(text, task.max_bytes), report), task.made))
    except InputError as error:
        return [failed_row(report, str(error), task.made)]
    except Exception as error:  # noqa: BLE001 - whatever a report does to the detector, the others go on
        return [failed_row(report, f"the detector stopped at it ({type(error).__name__})", task.made)]


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooLargeError in the block where it takes longer; without limit where no alarm can be set (Windows)."""
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise TooLargeError(f"took longer than the {seconds:g} seconds allowed; see --timeout")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read(text: bytes | None, max_bytes: int) -> str:
    """Give the text of a report; raises InputError for none, too much, or what is no text."""
    if text is None or not text.strip():
        raise UnreadableError("empty: no text in it")
    if len(text) > max_bytes:
        raise TooLargeError(f"{len(text):,} bytes, more than the {max_bytes:,} allowed; see --max-megabytes")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return decode(text).text


def _frame(rows: list[dict[str, Any]]) -> DataFrame:
    import pandas as pd

    columns = {name: pd.Series([row[name] for row in rows], dtype=_PANDAS[kind]) for name, kind, _ in SCHEMA}
    return pd.DataFrame(columns, columns=list(COLUMNS))
