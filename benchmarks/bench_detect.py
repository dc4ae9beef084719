"""Time the whole detection of reports on one core, and each stage of it, beside spaCy's French tokenizer alone.

usage: python benchmarks/bench_detect.py [FOLDER] [--rounds N]

FOLDER holds reports as .txt files; without it the reports of examples/ are read. All figures are medians, with a warm
cache, in seconds of the processor. Each stage runs over all reports by itself: they add up to less than the whole.
Nothing of a report is printed.
"""

# The stages are no interface: they are looked at from inside.
# ruff: noqa: SLF001

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "examples" / "reports"
# So many characters at least are read in a round: the examples are read several times over.
LEAST = 200_000


def texts_of(folder: Path) -> list[str]:
    texts = [path.read_bytes().decode("utf-8") for path in sorted(folder.rglob("*.txt"))]
    if not texts:
        sys.exit(f"no .txt file below {folder}: give a folder of reports")
    return texts * -(-LEAST // sum(map(len, texts)))


def peak_memory() -> float:
    """Give the most memory that the process has held so far, in MB (Linux counts in kB, macOS in bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def median_seconds(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Give the median seconds of the processor of each work; they take turns, so that a busy machine hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            start = time.process_time()
            work()
            if turn:  # the first warms the caches
                times[name].append(time.process_time() - start)
    return {name: statistics.median(own) for name, own in times.items()}


def stages(detector: Any, texts: Sequence[str]) -> dict[str, Callable[[], list[Any]]]:
    """Give each stage of reading and linking as a function of no arguments, over all texts.

    What a stage takes from those before it is worked out here, so that a stage is timed alone.
    """
    from pv.text.folding import fold
    from pv.text.lab_values import find_lab_values
    from pv.text.patient import find_patient
    from pv.text.sections import resolve_sections
    from pv.text.sentences import split_sentences
    from pv.text.tokens import split_text, split_tokens

    reader, lexicon = detector._reader, detector._lexicon
    words = [list(map(fold, split_tokens(split_text(text))[2])) for text in texts]
    laid_out = [reader._lay_out(text) for text in texts]
    readings = [reader.read(text) for text in texts]
    spans = [
        [layout.token_range(e.start, e.end) for e in reading.events]
        for (layout, _), reading in zip(laid_out, readings, strict=True)
    ]
    return {
        "tokens, folded": lambda: [list(map(fold, split_tokens(split_text(text))[2])) for text in texts],
        "match": lambda: [reader._matcher(own) for own in words],
        "sentences": lambda: [split_sentences(text, lexicon.abbreviations) for text in texts],
        "sections": lambda: [
            resolve_sections(layout.text, layout.tokens, found.titles, lexicon.extents) for layout, found in laid_out
        ],
        "patient": lambda: [find_patient(text, lexicon.patient) for text in texts],
        "labs": lambda: [
            find_lab_values(layout.text, layout.tokens, lexicon.labs, folded=layout.words) for layout, _ in laid_out
        ],
        "assertion": lambda: [
            reader._assert(layout, found.assertion, own) for (layout, found), own in zip(laid_out, spans, strict=True)
        ],
        "times": lambda: [detector.time_expressions(text) for text in texts],
        "linking": lambda: [detector._linker.link(reading) for reading in readings],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=EXAMPLES)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    texts = texts_of(options.folder)
    characters = sum(map(len, texts))

    start = time.perf_counter()
    from pv.detect import Detector

    imported = time.perf_counter()
    detector = Detector()
    built = time.perf_counter()
    detector.detect(texts[0])
    first, memory = time.perf_counter(), peak_memory()

    import spacy

    tokenizer = spacy.blank("fr").tokenizer
    packages = ", ".join(f"{name} {version(name)}" for name in ("spacy", "medspacy"))
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"Python {platform.python_version()}, {packages}, {platform.machine()}, {os.cpu_count()} cores, load {load}")
    print(f"{len(texts)} reports, {characters} characters; medians of {options.rounds} rounds, one process")
    print(f"imports {imported - start:.2f} s, lexicons {built - imported:.2f} s, first report {first - built:.3f} s")
    print(f"peak memory after the first report {memory:.0f} MB")

    works: dict[str, Callable[[], object]] = {
        "whole detection": lambda: [detector.detect(text) for text in texts],
        "spaCy's French tokenizer alone": lambda: [tokenizer(text) for text in texts],
        **{f"  {name}": work for name, work in stages(detector, texts).items()},
    }
    rows = median_seconds(works, options.rounds)
    print(f"{'':32}{'characters/s':>14}{'reports/s':>11}{'ms/report':>11}{'of the whole':>14}")
    whole = rows["whole detection"]
    for name, seconds in rows.items():
        print(
            f"{name:32}{characters / seconds:14,.0f}{len(texts) / seconds:11,.0f}"
            f"{seconds / len(texts) * 1000:11.2f}{seconds / whole:14.0%}"
        )


if __name__ == "__main__":
    main()
