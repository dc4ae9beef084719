"""Mentions and pairs as BRAT stand-off annotation, for review in an annotation tool.

Format: brat rapid annotation tool, "Standoff format" and "Annotation configuration". Offsets are characters of the text
beside the annotation; a mention over a line's end has one fragment a line, as the format asks for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.model import Assertion, DrugMention, EventMention, Link, Pair

_LINKS = {link: link.value.capitalize() for link in Link}
_SEVERITIES = ("mild", "moderate", "severe", "life-threatening")
CONFIGURATION = "\n".join(
    (
        "[entities]",
        "Drug",
        "Event",
        "",
        "[relations]",
        *(f"{name}\tArg1:Drug, Arg2:Event" for name in _LINKS.values()),
        "",
        "[events]",
        "",
        "[attributes]",
        f"Assertion\tArg:Event, Value:{'|'.join(Assertion)}",
        "Grade\tArg:Event, Value:1|2|3|4|5",
        f"Severity\tArg:Event, Value:{'|'.join(_SEVERITIES)}",
        "",
    )
)


@dataclass(frozen=True, slots=True)
class Annotated:
    """One report: the name of its files, its text, and what was found in it; a pair comes with its stable key."""

    name: str
    text: str
    drugs: Sequence[DrugMention]
    events: Sequence[EventMention]
    pairs: Sequence[tuple[str, Pair]]


def write_brat(folder: Path, reports: Iterable[Annotated]) -> int:
    """Fill a folder with the text and annotation of each report, and the configuration; give the number of reports."""
    _write(folder / "annotation.conf", CONFIGURATION)
    count = 0
    for report in reports:
        _write(folder / f"{report.name}.txt", report.text)
        _write(folder / f"{report.name}.ann", "".join(f"{line}\n" for line in annotation_lines(report)))
        count += 1
    return count


def _write(path: Path, text: str) -> None:
    with open(path, "x", encoding="utf-8", newline="", opener=_private) as handle:
        handle.write(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def annotation_lines(report: Annotated) -> Iterator[str]:
    """Yield the lines of the annotation: mentions with their attributes and notes, then the pairs as relations."""
    notes = _Numbered("#")
    attributes = _Numbered("A")
    ids: dict[tuple[str, int, int], str] = {}
    mentions: list[DrugMention | EventMention] = [*report.drugs, *report.events]
    for number, mention in enumerate(sorted(mentions, key=lambda m: (m.start, m.end)), 1):
        name, kind = f"T{number}", "Drug" if isinstance(mention, DrugMention) else "Event"
        ids[kind, mention.start, mention.end] = name
        yield _mention_line(name, kind, mention, report.text)
        if isinstance(mention, EventMention):
            yield from (attributes.line(f"{a} {name} {value}") for a, value in _attributes(mention))
        yield notes.line(f"AnnotatorNotes {name}\t{_note(mention)}")
    for number, (key, pair) in enumerate(report.pairs, 1):
        if ends := _nearest(pair, ids):
            yield f"R{number}\t{_LINKS[pair.link]} Arg1:{ends[0]} Arg2:{ends[1]}"
            told = (pair.certainty, f"rule {pair.rule}", f"confidence {pair.confidence:g}", f"pair {key}")
            yield notes.line(f"AnnotatorNotes R{number}\t{'; '.join(filter(None, told))}")


@dataclass(slots=True)
class _Numbered:
    """Lines with an id of one letter and a number that grows."""

    letter: str
    last: int = 0

    def line(self, rest: str) -> str:
        self.last += 1
        return f"{self.letter}{self.last}\t{rest}"


def _mention_line(name: str, kind: str, mention: DrugMention | EventMention, text: str) -> str:
    fragments = list(_fragments(text, mention.start, mention.end))
    places = ";".join(f"{start} {end}" for start, end in fragments)
    return f"{name}\t{kind} {places}\t{' '.join(text[start:end] for start, end in fragments)}"


def _fragments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\r\n]+", text[start:end]):
        yield start + match.start(), start + match.end()


def _attributes(event: EventMention) -> Iterator[tuple[str, str]]:
    yield "Assertion", event.assertion.value
    if event.grade is not None:
        yield "Grade", str(event.grade)
    if event.severity:
        yield "Severity", event.severity


def _note(mention: DrugMention | EventMention) -> str:
    if isinstance(mention, DrugMention):
        told = [mention.inn, f"ATC {mention.atc}" if mention.atc else "", "misspelt" if mention.misspelt else ""]
    else:
        told = [mention.label, f"CIM-10 {mention.cim10}" if mention.cim10 else "", mention.assertion_rule]
    return "; ".join(filter(None, told))


def _nearest(pair: Pair, ids: dict[tuple[str, int, int], str]) -> tuple[str, str] | None:
    """Give the drug and event mention of a pair that stand nearest to each other; None where they are no mentions."""
    ends = [
        (max(event[0] - drug[1], drug[0] - event[1]), ids["Drug", *drug], ids["Event", *event])
        for drug in pair.drug_spans
        for event in pair.event_spans
        if ("Drug", *drug) in ids and ("Event", *event) in ids
    ]
    return min(ends)[1:] if ends else None
