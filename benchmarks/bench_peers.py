"""Measure the whole detection beside EDS-NLP, medSpaCy and spaCy's tokenizer, on the same reports in the same run.

usage: python benchmarks/bench_peers.py [--rounds N] [--write] [--reports FOLDER]

Each program runs in a process of its own, the peers in environments of their own below benchmarks/.envs, which are made
where they are missing. The processes take turns, one at a time; what is given is the median of the rounds, in seconds
of the processor, so that what else the machine does counts as little as it can. The reports are those of examples/ and,
where it is there, of ../shared/eval/texts. With --write the tables replace those of README.md and docs/speed.md.
Nothing of a report is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench_tables import AGAIN, Report, growth_table, replace_block, speed_table

HERE = Path(__file__).parent
ROOT = HERE.parent
ENVIRONMENTS = HERE / ".envs"
PEERS = ("edsnlp", "medspacy")
PROGRAMS = ("pv", *PEERS, "tokenizer")
# So many characters at least are read in a round: the examples are read several times over.
LEAST = 200_000
LENGTHS = (1_000, 3_000, 10_000, 30_000, 100_000, 1_000_000)
# A program is not asked for a length at which a round is bound to take longer than this (seconds).
LONGEST = 100.0
EVENT_TERMS = 100


def environment(peer: str) -> Path:
    """Give the interpreter of a peer's environment, which is made where it is missing."""
    folder, pins = ENVIRONMENTS / peer, HERE / f"requirements-{peer}.txt"
    python = folder / "bin" / "python"
    done = folder / ".installed"
    if not done.exists() or done.stat().st_mtime < pins.stat().st_mtime:
        print(f"installing {peer} into {folder.relative_to(ROOT)} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", pins]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        done.touch()
    return python


class Worker:
    """A program that reads reports in a process of its own, one corpus at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.loaded: dict[str, Any] = self._answer()

    def seconds(self, corpus: str, *, cold: bool = False) -> float:
        """Give the processor's seconds of reading a corpus; a ``cold`` program is loaded anew, which does not count."""
        stdin = self._process.stdin
        if stdin is None:
            raise RuntimeError("the process was started without a standard input")
        stdin.write(f"{corpus}{' cold' if cold else ''}\n")
        stdin.flush()
        return float(self._answer()["seconds"])

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"a program ended early: exit code {self._process.wait()}; its errors are above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def started(program: str, corpora: Path) -> Iterator[Worker]:
    """Start a program on one core."""
    python = environment(program) if program in PEERS else Path(sys.executable)
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [python, HERE / "bench_worker.py", program, corpora]
    log = subprocess.DEVNULL if program in PEERS else None
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **single}
    ) as process:
        try:
            yield Worker(process)
        finally:
            process.kill()


def measured(workers: Mapping[str, Worker], corpus: str, rounds: int) -> dict[str, float]:
    """Give the median seconds of each program on a corpus; they take turns, after a round that warms the caches."""
    times: dict[str, list[float]] = {name: [] for name in workers}
    for turn in range(rounds + 1):
        for name, worker in workers.items():
            seconds = worker.seconds(corpus)
            if turn:
                times[name].append(seconds)
    return {name: statistics.median(own) for name, own in times.items()}


def grown(workers: Mapping[str, Worker], corpora: Mapping[str, Sequence[str]]) -> dict[str, dict[int, float]]:
    """Give the characters a second of each program for one report of each length, of ours also for one that repeats."""
    speeds: dict[str, dict[int, float]] = {name: {} for name in workers}
    for name, worker in workers.items():
        expected = 0.0
        for length in LENGTHS:
            characters = sum(map(len, corpora[str(length)]))
            if expected > LONGEST:
                break
            seconds = statistics.median(worker.seconds(str(length)) for _ in range(3 if expected < 10 else 1))
            speeds[name][length] = characters / seconds
            # A program that is quadratic in the length takes a hundred times as long for ten times the text.
            expected = seconds * (LENGTHS[min(LENGTHS.index(length) + 1, len(LENGTHS) - 1)] / length) ** 2
    for length in LENGTHS:
        corpus = f"{AGAIN}-{length}"
        seconds = statistics.median(workers["pv"].seconds(corpus) for _ in range(3))
        speeds.setdefault(AGAIN, {})[length] = sum(map(len, corpora[corpus])) / seconds
    return speeds


def texts_of(folder: Path) -> list[str]:
    texts = [path.read_bytes().decode("utf-8") for path in sorted(folder.rglob("*.txt"))]
    if not texts:
        sys.exit(f"no .txt file below {folder}: give a folder of reports")
    return texts


def of_length(texts: Sequence[str], length: int) -> list[str]:
    """Give reports of one length, made of the given ones in a row: as many as fill a tenth of the longest, or one."""
    whole = "\n\n".join(texts)
    whole *= -(-max(LENGTHS) // len(whole))
    count = max(1, max(LENGTHS) // 10 // length)
    return [whole[i * length : (i + 1) * length] for i in range(count)]


def event_terms() -> list[str]:
    """Give the labels of the first events of the table: the terms that the peers look for."""
    import csv

    with (ROOT / "lexicons" / "events.csv").open(encoding="utf-8", newline="") as handle:
        labels = dict.fromkeys(row["label"] for row in csv.DictReader(handle))
    return list(islice(labels, EVENT_TERMS))


def corpora_of(folders: Iterable[Path]) -> dict[str, list[str]]:
    """Give the texts of each corpus: the folders by name, and reports of each length made of the last folder's."""
    corpora: dict[str, list[str]] = {"terms": event_terms()}
    for folder in folders:
        texts = texts_of(folder)
        corpora.setdefault("first", texts[:1])
        corpora[folder.name] = texts * -(-LEAST // sum(map(len, texts)))
        corpora |= {str(length): of_length(texts, length) for length in LENGTHS}
        longest = max(texts, key=len)
        corpora |= {f"{AGAIN}-{length}": of_length([longest], length) for length in LENGTHS}
    return corpora


def machine() -> str:
    """Give what of the machine bears on speed; nothing that tells which one it is."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores of which one is used"


def run(folders: Sequence[Path], rounds: int) -> Report:
    """Measure everything."""
    corpora = corpora_of(folders)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "corpora.json"
        path.write_text(json.dumps(corpora), encoding="utf-8")
        workers = {name: stack.enter_context(started(name, path)) for name in PROGRAMS}
        cold = statistics.median(workers["tokenizer"].seconds(folders[-1].name, cold=True) for _ in range(rounds))
        speeds = {f.name: measured(workers, f.name, rounds) for f in folders}
        lengths = grown(workers, corpora)
        loaded = {name: worker.loaded for name, worker in workers.items()}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "corpora.json"
        path.write_text(json.dumps(corpora), encoding="utf-8")
        sizes = {name: stack.enter_context(started(name, path)) for name in ("pv", "pv-3x", "pv-10x")}
        terms = measured(sizes, folders[-1].name, rounds)
    return Report(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        rounds=rounds,
        characters={f.name: sum(map(len, corpora[f.name])) for f in folders},
        reports={f.name: len(corpora[f.name]) for f in folders},
        seconds=speeds,
        cold=cold,
        loaded=loaded,
        lengths=lengths,
        terms=terms,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, default=ROOT.parent / "shared" / "eval" / "texts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md and docs/speed.md")
    options = parser.parse_args()
    others = [options.reports] if options.reports.is_dir() else []
    report = run([ROOT / "examples" / "reports", *others], options.rounds)
    tables = {ROOT / "README.md": speed_table(report), ROOT / "docs" / "speed.md": growth_table(report)}
    for path, table in tables.items():
        print(table)
        if options.write:
            replace_block(path, "speed", table)


if __name__ == "__main__":
    main()
