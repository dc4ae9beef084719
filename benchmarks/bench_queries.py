"""Time the queries on a database of a million pairs, as whole processes and as statements alone, and `pv signals`.

usage: python benchmarks/bench_queries.py [FILE] [--pairs N]

FILE is built where it does not exist (a minute or two, about 1 GB) and kept. All of its content is made up at random.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pv.lexicon.names import DRUG_TABLES
from pv.lexicon.paths import lexicon_dir
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.queries import Wanted, drugs_of, events_of, find_drugs, find_events

LINKS = ("stated", "temporal", "part", "denied", "treats")
COMMANDS = (
    ("events", "sunitinib"),
    ("events", "sutent", "--format", "json"),
    ("events", "L01"),
    ("drugs", "D69"),
    ("drugs", "thrombopénie"),
    ("--help",),
)
SIGNALS = (
    ("signals", "--format", "json", "--no-keep"),
    ("signals", "--format", "json", "--min-n", "1"),
    ("signals", "--format", "json"),
    ("signals", "--format", "json", "--no-keep", "--drug-level", "atc3"),
)


def drugs_of_lexicon() -> list[tuple[str, str]]:
    """Give 2,000 INNs with an ATC code, the most frequent first; sunitinib is the tenth."""
    found: dict[str, str] = {}
    for path in sorted(lexicon_dir().glob(DRUG_TABLES)):
        with path.open(encoding="utf-8", newline="") as handle:
            found |= {r["inn"]: r["atc"] for r in csv.DictReader(handle) if r["kind"] == "substance" and r["atc"]}
    others = sorted(
        (d for d in found.items() if d[0] != "sunitinib"), key=lambda d: hashlib.sha256(d[0].encode()).digest()
    )
    return [*others[:9], ("sunitinib", found["sunitinib"]), *others[9:1999]]


def build(path: Path, pairs: int) -> None:
    """Fill a new database with so many pairs, four a report, drugs and events by Zipf's law."""
    open_database(Settings(f"sqlite:///{path}"), write=True, create=True).close()
    rng = random.Random(0)
    drugs = drugs_of_lexicon()
    events = [("thrombopénie", "D69.6"), *((f"event {i}", f"{chr(65 + i % 26)}{i % 100:02}") for i in range(1, 1500))]
    db = sqlite3.connect(path)
    db.execute("INSERT INTO sources (id, name, kind) VALUES (1, 'bench', 'folder')")
    db.execute(*_whole_row(db, "scan_runs", {"id": 1, "started": "2024-01-01 00:00:00", "program_version": "0"}))
    db.executemany("INSERT INTO drugs (id, inn, kind, atc) VALUES (?, ?, 'substance', ?)",
                   ((i, *d) for i, d in enumerate(drugs, 1)))  # fmt: skip
    codes = {(c, i) for i, (_, atc) in enumerate(drugs, 1) for c in atc.split()}
    db.executemany("INSERT INTO drug_codes VALUES (?, ?)", sorted(codes))
    db.executemany("INSERT INTO events (id, label, concept, cim10, event_group, important, generic, special)"
                   " VALUES (?, ?, ?, ?, '', 0, 0, 0)",
                   ((i, label, f"c{i}", code) for i, (label, code) in enumerate(events, 1)))  # fmt: skip
    db.executemany("INSERT INTO event_codes VALUES (?, ?)",
                   ((code.replace(".", ""), i) for i, (_, code) in enumerate(events, 1)))  # fmt: skip
    reports = pairs // 4
    db.executemany(
        "INSERT INTO reports (id, source_id, name, key) VALUES (?, 1, ?, ?)",
        ((i, f"r{i}.txt", f"{i:012x}") for i in range(1, reports + 1)),
    )
    db.executemany(
        "INSERT INTO report_versions (id, report_id, number, latest, run_id, sha256, characters, encoding,"
        " encoding_assumed, received, scanned, detector_version, lexicon_hash, patient_age, patient_sex, patient_key)"
        " VALUES (?, ?, 1, 1, 1, ?, 4000, 'utf-8', 0, ?, '2024-01-01 00:00:00', '0', '0', 60, 'F', ?)",
        # Half of the reports tell their patient, who has three letters.
        (
            (i, i, f"{i:064x}", f"20{20 + i % 7}-01-01 00:00:00.000000", f"{i // 6:064x}" if i % 2 else None)
            for i in range(1, reports + 1)
        ),
    )
    drug_weights = [1 / (i + 1) for i in range(len(drugs))]
    event_weights = [1 / (i + 1) for i in range(len(events))]
    chosen: dict[tuple[int, int, int], None] = {}
    # Each drug is reported with each event more or less often than chance would have it, a few far more often: without
    # such spread, EBGM has no prior.
    for drug, events_of_drug in _profiles(rng, pairs, drug_weights, event_weights):
        for event in events_of_drug:
            chosen[rng.randint(1, reports), drug, event] = None
    columns = [r[1] for r in db.execute("PRAGMA table_info(pairs)")]
    rows = (_pair(rng, columns, i, sides) for i, sides in enumerate(chosen, 1))
    db.executemany(f"INSERT INTO pairs VALUES ({','.join('?' * len(columns))})", rows)
    passage = "Passage de compte rendu inventé, de la longueur d'une phrase ordinaire, sous ce traitement." * 2
    db.executemany("INSERT INTO evidence VALUES (?, 0, 0, 180, ?, '', 'r', '[[0, 9]]', '[[20, 32]]', '[]')",
                   ((i, passage) for i in range(1, pairs + 1)))  # fmt: skip
    db.commit()
    db.close()


def _whole_row(db: sqlite3.Connection, table: str, known: dict[str, object]) -> tuple[str, list[object]]:
    """Give the statement for one row of a table, with 0 in the columns that are not known and may not be empty."""
    needed = {r[1]: 0 for r in db.execute(f"PRAGMA table_info({table})") if r[3] and r[4] is None}
    row = needed | known
    return f"INSERT INTO {table} ({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values())


def _profiles(
    rng: random.Random, pairs: int, drug_weights: list[float], event_weights: list[float]
) -> Iterator[tuple[int, list[int]]]:
    """Yield each drug with the events of its pairs, so many in all or a few less."""
    events = range(1, len(event_weights) + 1)
    for drug, weight in enumerate(drug_weights, 1):
        own = [w * rng.gammavariate(2, 8 if rng.random() < 0.02 else 0.5) for w in event_weights]
        yield drug, rng.choices(events, own, k=round(pairs * weight / sum(drug_weights)))


def _pair(rng: random.Random, columns: list[str], i: int, sides: tuple[int, int, int]) -> tuple[object, ...]:
    report, drug, event = sides
    link = rng.choices(LINKS, (30, 30, 10, 10, 20))[0]
    row: dict[str, object] = dict.fromkeys(columns)
    row |= {"id": i, "key": f"{i:016x}", "report_id": report, "version_id": report, "latest": 1, "drug_id": drug,
            "event_id": event, "link": link, "reportable": link in LINKS[:2], "current": 1, "serious": 0, "rule": "r",
            "certainty": rng.choice(("asserted", "hedged")) if link == "stated" else None,
            "confidence": rng.randrange(20, 100) / 100, "assertions": '["present"]', "alternatives": "[]",
            "latency_days": rng.choice((None, rng.randrange(90))),
            "dechallenge": rng.choice((None, "positive", "negative", "none"))}  # fmt: skip
    return tuple(row.values())


def timed_statements(url: str) -> None:
    """Print the seconds of the library calls alone, in a process that has everything imported."""
    store = open_database(Settings(url))
    wanted = Wanted(0.5)
    worst = drugs_of_lexicon()[0][0]
    with store.session() as session:
        for name, find, query in (
            ("events sunitinib", lambda: find_drugs(session, ["sunitinib"], []), events_of),
            ("events, worst drug", lambda: find_drugs(session, [worst], []), events_of),
            ("events L01", lambda: find_drugs(session, [], ["L01"]), events_of),
            ("drugs thrombopénie", lambda: find_events(session, ["thrombopénie"], [], []), drugs_of),
        ):
            times = []
            for _ in range(5):
                start = time.perf_counter()
                found = query(session, find(), wanted)
                times.append(time.perf_counter() - start)
            pairs = sum(a.asserted + a.hedged + a.temporal + a.part for a in found)
            print(f"query {name:24} {statistics.median(times) * 1000:8.1f} ms  {len(found)} rows, {pairs} linked pairs")


def measured(arguments: list[str]) -> tuple[float, float]:
    """Run pv with these arguments; give its seconds and the megabytes that it held at most."""
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "pv.cli", *arguments], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"pv {' '.join(arguments)} ended with exit code {process.returncode}")
    # Kilobytes on Linux, bytes on macOS.
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return time.perf_counter() - start, usage.ru_maxrss / unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=Path("bench.sqlite"))
    parser.add_argument("--pairs", type=int, default=1_000_000)
    options = parser.parse_args()
    if not options.file.exists():
        start = time.perf_counter()
        build(options.file, options.pairs)
        print(
            f"built {options.file} ({options.file.stat().st_size / 1e6:.0f} MB) in {time.perf_counter() - start:.0f} s"
        )
    url = f"sqlite:///{options.file}"
    timed_statements(url)
    for command in COMMANDS:
        arguments = [*command] if command[0].startswith("-") else [*command, "--db", url]
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "pv.cli", *arguments], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        print(f"process pv {' '.join(command):32} {statistics.median(times):6.2f} s (worst of 5: {max(times):.2f})")
    for command in SIGNALS:
        seconds, megabytes = measured([*command, "--db", url])
        print(f"process pv {' '.join(command):60} {seconds:6.2f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
