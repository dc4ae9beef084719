"""How fast reports go into SQLite, into PostgreSQL, and through Spark: reports a second, on this machine.

    python benchmarks/bench_servers.py [--reports 2000] [--skip 100000] [--database postgresql+psycopg://user@host/empty]
        [--master 'local[2]']

The example reports, over and over, each copy with a line of its own. *Writing* stores what was detected before, so that
it shows the database alone; *scan* and *spark-scan* are whole commands, whose first seconds load the detector. The
processor seconds, of all that a command starts, tell more than the clock where others use the machine too.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pv.detect import DETECTOR_VERSION, Detector
from pv.lexicon.fingerprint import lexicon_hash
from pv.model import Detection
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.repository import save_each
from pv.store.rows import Finding, Provenance, Received
from pv.store.runs import start_run
from pv.store.vocabulary import Vocabulary


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock, and of processors."""

    clock: float
    processor: float


EXAMPLES = sorted((Path(__file__).parents[1] / "examples" / "reports").glob("*.txt"))
GROUP = 50


def copies(count: int) -> dict[str, str]:
    texts = [path.read_text(encoding="utf-8") for path in EXAMPLES]
    return {f"{i:07}.txt": f"{texts[i % len(texts)]}\n\nDossier {i}.\n" for i in range(count)}


def received(name: str, source: str, text: str) -> Received:
    key = hashlib.sha256(name.encode()).hexdigest()[:12]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Received(source, "folder", name, key, datetime.now(UTC), sha256, len(text), "utf-8", encoding_assumed=False)


def write(url: str, source: str, texts: dict[str, str], detections: Sequence[Detection]) -> Taken:
    """Store reports with findings that go round; give the seconds it took."""
    database = open_database(Settings(url), write=True, create=True)
    now = datetime.now(UTC)
    with database.session() as session:
        run = start_run(session, "scan")
    made_by = Provenance(run.id, now, DETECTOR_VERSION, lexicon_hash())
    vocabulary = Vocabulary()
    found = [
        Finding(received(name, source, text), detections[i % len(detections)])
        for i, (name, text) in enumerate(texts.items())
    ]
    began, before = time.perf_counter(), spent()
    for start in range(0, len(found), GROUP):
        with database.session() as session:
            save_each(session, vocabulary, found[start : start + GROUP], made_by)
    taken = Taken(time.perf_counter() - began, spent() - before)
    database.close()
    return taken


def spent() -> float:
    """Give the processor seconds of this process."""
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def spent_below(root: int, seen: dict[int, float]) -> None:
    """Note the processor seconds of a process and of all below it; Linux only, elsewhere nothing is noted."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        parents[pid], seconds[pid] = int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    for pid in parents:
        above = pid
        while above != root and above in parents:
            above = parents[above]
        if above == root:
            seen[pid] = max(seen.get(pid, 0), seconds[pid])


def timed(*arguments: object) -> Taken:
    """Run a command of pv; give the seconds it took."""
    began = time.perf_counter()
    seen: dict[int, float] = {}
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "pv.cli", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            spent_below(process.pid, seen)
            time.sleep(0.1)
        if process.returncode:
            said.seek(0)
            sys.exit(said.read().decode()[-3000:])
    return Taken(time.perf_counter() - began, sum(seen.values()))


def show(what: str, count: int, taken: Taken) -> None:
    clock, processor = taken.clock, taken.processor
    print(
        f"{what:34} {clock:7.1f} s {count / clock:8.1f} reports/s   processor {processor:7.1f} s "
        f"{count / processor:8.1f} reports/s",
        flush=True,
    )


def bench_database(name: str, url: str, place: Path, texts: dict[str, str], detections: Sequence[Detection]) -> None:
    folder = folder_of(texts, place / "reports")
    show(f"{name}: writing", len(texts), write(url, "writing", texts, detections))
    show(f"{name}: pv scan, all new", len(texts), timed("scan", folder, "--db", url))
    show(f"{name}: pv scan, none new", len(texts), timed("scan", folder, "--db", url))


def bench_skipping(name: str, url: str, place: Path, count: int) -> None:
    """Time a scan of many reports that are all stored with the same text; nothing was found in them."""
    texts = copies(count)
    write(url, "skipping", texts, [Detection(None)])
    taken = timed("scan", folder_of(texts, place / "unchanged"), "--source", "skipping", "--db", url)
    show(f"{name}: pv scan, {count} unchanged", count, taken)


def folder_of(texts: dict[str, str], folder: Path) -> Path:
    if not folder.exists():
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def bench_spark(master: str, texts: dict[str, str], place: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"id": list(texts), "text": list(texts.values())}), place / "reports.parquet")
    taken = timed("spark-scan", "--master", master, "--input", place / "reports.parquet", "--output", place / "pairs")
    show(f"Spark {master}: pv spark-scan", len(texts), taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--skip", type=int, default=0, help="unchanged reports to skip")
    parser.add_argument("--database", help="URL of an empty PostgreSQL database")
    parser.add_argument("--master", action="append", default=[], help="Spark's master; may be repeated")
    options = parser.parse_args()
    texts = copies(options.reports)
    detector = Detector()
    detections = [detector.detect(text) for text in list(texts.values())[: len(EXAMPLES)]]
    characters = sum(map(len, texts.values())) / len(texts)
    print(f"{options.reports} reports of {characters:,.0f} characters, {len(EXAMPLES)} different ones")
    with tempfile.TemporaryDirectory(prefix="pv-bench-") as temporary:
        place = Path(temporary)
        for name, url in (("SQLite", f"sqlite:///{place}/bench.sqlite"), ("PostgreSQL", options.database)):
            if url:
                bench_database(name, url, place, texts, detections)
            if url and options.skip:
                bench_skipping(name, url, place, options.skip)
        for master in options.master:
            own = place / f"spark-{options.master.index(master)}"
            own.mkdir()
            bench_spark(master, texts, own)


if __name__ == "__main__":
    main()
