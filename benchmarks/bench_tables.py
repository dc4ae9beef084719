"""What the benchmark measured, as the Markdown tables of README.md and docs/speed.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Ours on one report that repeats itself: a long story of one patient rather than many patients in one.
AGAIN = "again"
NAMES = {
    "pv": "pv, everything",
    "edsnlp": "EDS-NLP",
    "medspacy": "medSpaCy, French",
    "tokenizer": "spaCy's tokenizer",
    AGAIN: "pv, one report repeated",
}
PEERS = ("edsnlp", "medspacy")


@dataclass(frozen=True, slots=True)
class Report:
    """One run: seconds of the processor by corpus and program, what loading cost, and how the speed grows.

    ``lengths`` holds characters a second by program and length of report, ``terms`` the seconds on the last corpus with
    the lexicons as they are and larger, ``cold`` those of a tokenizer that met no word before.
    """

    date: str
    machine: str
    rounds: int
    characters: Mapping[str, int]
    reports: Mapping[str, int]
    seconds: Mapping[str, Mapping[str, float]]
    cold: float
    loaded: Mapping[str, Mapping[str, Any]]
    lengths: Mapping[str, Mapping[int, float]]
    terms: Mapping[str, float]


def rows(cells: Sequence[Sequence[str]]) -> str:
    """Give a Markdown table, its first row the heading."""
    heading, *body = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([heading, "|" + "---|" * len(cells[0]), *body])


def speed_table(report: Report) -> str:
    """Give the speeds of all programs on the last corpus, and how many times the peers' is ours on each corpus."""
    *_, corpus = report.seconds
    seconds, characters = report.seconds[corpus], report.characters[corpus]
    cells = [["one core", "characters/s", "reports/s", "pv is faster by", "first report after (s)", "peak memory (MB)"]]
    for name, taken in seconds.items():
        loaded = report.loaded[name]
        speed, rate = f"{characters / taken:,.0f}", f"{report.reports[corpus] / taken:,.0f}"
        ratio = f"{taken / seconds['pv']:.1f}" if name in PEERS else ""
        cells.append([NAMES[name], speed, rate, ratio, f"{loaded['load']:.1f}", f"{loaded['memory']:.0f}"])
    cells.append(["the same, words not met before", f"{characters / report.cold:,.0f}", "", "", "", ""])
    return f"{rows(cells)}\n\n{_conditions(report)}"


def _conditions(report: Report) -> str:
    versions = {k: v for loaded in report.loaded.values() for k, v in loaded["versions"].items() if k != "spacy"}
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    spacy = ", ".join(f"{v['versions']['spacy']} ({NAMES[k]})" for k, v in report.loaded.items())
    ratios = "; ".join(
        f"{report.reports[corpus]} of `{corpus}`: " + ", ".join(f"{s[p] / s['pv']:.1f} × {NAMES[p]}" for p in PEERS)
        for corpus, s in report.seconds.items()
    )
    return (
        f"{report.date}, {report.machine}; Python {report.loaded['pv']['python']}, {told}; spaCy {spacy}. Medians of "
        f"{report.rounds} rounds in seconds of the processor, warm caches. By reports: {ratios}."
    )


def growth_table(report: Report) -> str:
    """Give how the speed depends on the length of one report and on the number of terms."""
    lengths = sorted({length for own in report.lengths.values() for length in own})
    cells = [["characters/s for one report of", *(f"{n // 1000:,} kB" for n in lengths)]]
    for name, own in report.lengths.items():
        cells.append([NAMES[name], *(f"{own[n]:,.0f}" if n in own else "too slow" for n in lengths)])
    *_, corpus = report.seconds
    speeds = {name: report.characters[corpus] / taken for name, taken in report.terms.items()}
    by_terms = [
        ["number of terms", "as it is", "3 times", "10 times"],
        ["characters/s", *(f"{speed:,.0f}" for speed in speeds.values())],
        ["of the speed as it is", *(f"{speed / speeds['pv']:.0%}" for speed in speeds.values())],
    ]
    return f"{rows(cells)}\n\n{rows(by_terms)}\n\n{_conditions(report)}"


def replace_block(path: Path, name: str, content: str) -> None:
    """Put content between the marks of that name in a page; raises ValueError where the page has none."""
    page = path.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- {name} -->\n)(?:.*?\n)?(<!-- /{name} -->)", re.DOTALL)
    if not block.search(page):
        raise ValueError(f"{path.name}: there is no place marked <!-- {name} --> … <!-- /{name} -->")
    path.write_text(block.sub(lambda m: f"{m[1]}{content}\n{m[2]}", page), encoding="utf-8")
