"""Measure the batch: reports a second with 1 and 2 jobs, memory by number of reports, seconds to skip unchanged ones.

usage: python benchmarks/bench_scan.py [--speed N] [--rounds N] [--memory N ...] [--skip N]

Reports are made from templates with drugs and events of the lexicons, in a temporary folder. Every figure is that of
`pv scan` as a user calls it, loading of the detector included. Runs with 1 and 2 jobs take turns. Memory is the peak of
each process (Linux only). For the unchanged reports a stand-in for the detector fills the database, since skipping does
not depend on what was found. Nothing of a report is printed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pv.batch.detector import Versioned
from pv.batch.loading import current_versions
from pv.batch.scan import Scan
from pv.batch.workers import Inline
from pv.lexicon.paths import lexicon_dir
from pv.model import Detection
from pv.settings import Settings
from pv.sources.offer import offered
from pv.sources.options import SourceOptions
from pv.store.database import open_database

PARTS = (
    "Motif d'hospitalisation : {event} chez un patient de {age} ans.",
    "Antécédents : {other}, sans traitement particulier. Pas d'allergie connue.",
    "Traitement à l'entrée : {drug} depuis le {day}/03/2024, {second} au long cours.",
    "Histoire de la maladie : le {day}/04/2024, le patient présente {event}, sans fièvre ni {other}.",
    "L'examen clinique retrouve une tension à 13/8, un abdomen souple, un état général conservé.",
    "Le bilan biologique montre une hémoglobine à {lab} g/dL, une créatinine à 85 µmol/L, des plaquettes à 210 G/L.",
    "Devant ce tableau, {event} est attribué au traitement par {drug}, qui est arrêté le {day}/05/2024.",
    "L'évolution est favorable en {age} jours après l'arrêt de {drug}. {second} est poursuivi à la même dose.",
    "Une origine infectieuse a été écartée : les hémocultures et la sérologie sont revenues négatives.",
    "Conclusion : {event} imputable à {drug}. Surveillance par le médecin traitant, consultation dans trois mois.",
)


def column(table: str, name: str, wanted: Callable[[dict[str, str]], bool]) -> list[str]:
    with (lexicon_dir() / table).open(encoding="utf-8", newline="") as handle:
        return sorted({row[name] for row in csv.DictReader(handle) if wanted(row)})


def write_reports(folder: Path, number: int, paragraphs: int = 2) -> int:
    """Write so many reports; give the number of their characters."""
    rng = random.Random(20240101)
    drugs = column("drugs.csv", "inn", lambda row: ":" not in row["inn"])
    events = column("events.csv", "label", lambda row: bool(row["label"]))
    characters = 0
    for i in range(number):
        where = folder / f"{i // 1000:03}"
        where.mkdir(parents=True, exist_ok=True)
        lines = [f"Compte rendu n° {i}"]
        for _ in range(paragraphs):
            drug, second = rng.sample(drugs, 2)
            event, other = rng.sample(events, 2)
            value = f"{rng.uniform(6, 16):.1f}".replace(".", ",")
            words = {"drug": drug, "second": second, "event": event, "other": other, "lab": value,
                     "age": rng.randint(5, 95), "day": f"{rng.randint(1, 28):02}"}  # fmt: skip
            lines += [part.format(**words) for part in PARTS]
        text = "\n".join(lines)
        characters += len(text)
        (where / f"{i:06}.txt").write_text(text, encoding="utf-8")
    return characters


def peak(pid: int) -> float:
    """Give the most memory that a process has held so far, in MB; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def children(pid: int) -> list[int]:
    try:
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    except OSError:
        return []


def scan(folder: Path, database: Path, jobs: int) -> dict[str, float]:
    """Run `pv scan`; give its counts, the seconds on the wall, and the peaks of the writer and the largest worker."""
    summary = database.with_suffix(".json")
    command = [sys.executable, "-m", "pv.cli", "scan", str(folder), "--source", "bench", "--db", str(database),
               "--jobs", str(jobs), "--summary", str(summary)]  # fmt: skip
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    writer, workers = 0.0, 0.0
    while process.poll() is None:
        writer = max(writer, peak(process.pid))
        workers = max([workers, *(peak(child) for child in children(process.pid))])
        time.sleep(0.2)
    seconds = time.perf_counter() - start
    told = json.loads(summary.read_text(encoding="utf-8"))
    if told["exit_code"]:
        sys.exit(f"pv scan ended with exit code {told['exit_code']}: {told.get('error', 'reports failed')}")
    return {**told, "wall": seconds, "writer": writer, "workers": workers}


def measure_speed(folder: Path, number: int, rounds: int) -> None:
    reports = folder / "speed"
    characters = write_reports(reports, number)
    print(f"speed: {number} new reports, {characters / number:.0f} characters each, {rounds} rounds taking turns")
    walls: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(rounds):
        for jobs, own in walls.items():
            own.append(scan(reports, folder / f"speed{turn}-{jobs}" / "pv.sqlite", jobs)["wall"])
    for jobs, own in walls.items():
        each = ", ".join(f"{w:.1f}" for w in own)
        print(f"  {jobs} jobs: {number / statistics.median(own):.0f} reports/s (median; seconds: {each})")
    ratios = [one / two for one, two in zip(walls[1], walls[2], strict=True)]
    print(
        f"  2 jobs against 1: {statistics.median(ratios):.2f} times (median; {', '.join(f'{r:.2f}' for r in ratios)})"
    )


def measure_memory(folder: Path, numbers: Iterable[int]) -> None:
    print("memory: peak of the process that writes, and of the largest worker, 2 jobs")
    for number in numbers:
        reports = folder / f"memory{number}"
        write_reports(reports, number)
        told = scan(reports, folder / f"database{number}" / "pv.sqlite", 2)
        speed = number / told["wall"]
        print(f"  {number} reports: {told['writer']:.0f} MB, {told['workers']:.0f} MB ({speed:.0f} reports/s)")


class Nothing:
    """Stands in for the detector: finds nothing, at once."""

    def detect(self, text: str, report_id: str | None = None) -> Detection:  # noqa: ARG002
        """Find nothing."""
        return Detection(report_id)

    def detect_many(self, texts: Iterable[tuple[str, str]]) -> Iterator[Detection]:
        """Find nothing in any."""
        return (self.detect(text, name) for name, text in texts)


def measure_skipping(folder: Path, number: int) -> None:
    reports, path = folder / "skip", folder / "skipped" / "pv.sqlite"
    write_reports(reports, number)
    versions = current_versions()
    workers = Inline(lambda: Versioned(Nothing(), versions.detector, versions.lexicon))
    database = open_database(Settings(f"sqlite:///{path}"), write=True, create=True)
    Scan(database, workers, versions).run(offered(SourceOptions((reports,), "bench")))
    database.close()
    walls = []
    for _ in range(3):
        told = scan(reports, path, 1)
        if told["unchanged"] != number:
            sys.exit(f"{told['unchanged']} of {number} reports were unchanged")
        walls.append(told["wall"])
    each = ", ".join(f"{w:.1f}" for w in walls)
    print(f"unchanged: {number} reports are skipped in {statistics.median(walls):.1f} s (median; {each}); "
          f"peak {told['writer']:.0f} MB")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=int, default=4000, help="new reports a round; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, nargs="*", default=[1000, 20000])
    parser.add_argument("--skip", type=int, default=100_000, help="unchanged reports; 0 leaves it out")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} before the start")
    with tempfile.TemporaryDirectory(prefix="bench-scan-") as name:
        folder = Path(name)
        if options.speed:
            measure_speed(folder, options.speed, options.rounds)
        if options.memory:
            measure_memory(folder, options.memory)
        if options.skip:
            measure_skipping(folder, options.skip)


if __name__ == "__main__":
    main()
