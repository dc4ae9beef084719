"""Time the reading of sources, without the detector, and show that memory does not grow with the number of reports.

usage: python benchmarks/bench_sources.py [--reports N ...]

Each source is made in a temporary folder from one example report, and read in a process of its own, whose largest
memory is shown.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from pv.sources.offer import offered
from pv.sources.options import SourceOptions

REPORT = Path(__file__).parents[1] / "examples" / "reports" / "01_lettre_sortie_cardiologie.txt"


def make_folder(path: Path, texts: list[str]) -> None:
    for i, text in enumerate(texts):
        (path / str(i % 50)).mkdir(parents=True, exist_ok=True)
        (path / str(i % 50) / f"{i}.txt").write_text(text, encoding="utf-8")


def make_csv(path: Path, texts: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(texts))


def make_jsonl(path: Path, texts: list[str]) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.writelines(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(texts))


def make_parquet(path: Path, texts: list[str]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"id": list(range(len(texts))), "text": texts}), path, row_group_size=1_000)


def make_zip(path: Path, texts: list[str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, text in enumerate(texts):
            archive.writestr(f"{i}.txt", text)


SOURCES: dict[str, Callable[[Path, list[str]], None]] = {
    "folder": make_folder,
    "reports.csv": make_csv,
    "reports.jsonl": make_jsonl,
    "reports.parquet": make_parquet,
    "reports.zip": make_zip,
}


def read(path: Path) -> None:
    """Read a source to its end and print what it took."""
    began = time.perf_counter()
    options = SourceOptions((path,))
    count = sum(1 for document in offered(options) if document.load(options.max_bytes).text)
    seconds = time.perf_counter() - began
    # Linux: the peak of this program alone; getrusage counts what the process that started it had before.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    memory = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(f"{path.name:16} {count:7,} reports {seconds:7.2f} s {count / seconds:9,.0f} a second {memory:5} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000, 20_000])
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read(arguments.read)
        return
    text = REPORT.read_text(encoding="utf-8")
    for name, make in SOURCES.items():
        for number in arguments.reports:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / name
                make(path, [f"{text}\n{i}" for i in range(number)])
                subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)


if __name__ == "__main__":
    main()
