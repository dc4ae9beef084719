"""Linking, case by case: the marked French passages of cases.csv, one test a row.

``{sunitinib}`` marks a drug, ``[thrombopénie]`` an event, ``\\n`` a line break; the marks go before detection.
``expected`` lists ``drug>event=link`` by the forms as marked, separated by semicolons, or is ``none``. Links:

- ``stated``, ``temporal``: a reportable pair with that link; ``reportable``: either of the two;
- ``/past`` may follow any of these, ``/hedged`` the first; without them the pair is to be current, asserted if stated;
- ``treats``, ``denied``: not reportable; ``denied!``: moreover there, with the link denied;
- ``free``: may be reported or not (a sign beside its diagnosis, a class beside its member).

A reportable pair that no entry covers fails the row, and so does a marked mention that was not detected.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pv.detect import Detector
from pv.model import REPORTABLE_LINKS, Certainty, Link, Pair
from pv.settings import CONFIDENCE_THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = Path(__file__).with_name("cases.csv")
# Passages that the rules do not read yet. Each must fail: one that begins to pass moves to the table of cases.
GAPS = Path(__file__).with_name("known_gaps.csv")
COLUMNS = ["id", "construction", "text", "expected"]
WANTED = {
    "stated": {Link.STATED},
    "temporal": {Link.TEMPORAL},
    "reportable": {Link.STATED, Link.TEMPORAL},
}
UNWANTED = {"treats", "denied", "denied!"}
FREE = "free"
FLAGS = {"stated": {"hedged", "past"}, "temporal": {"past"}, "reportable": {"past"}}
_MARK = re.compile(r"\{(?P<drug>[^{}\[\]]+)\}|\[(?P<event>[^{}\[\]]+)\]")
_ENTRY = re.compile(r"(?P<drug>[^>=;]+)>(?P<event>[^>=;]+)=(?P<link>[a-z]+!?)(?P<flags>(?:/[a-z]+)*)")

Span = tuple[int, int]


@dataclass(frozen=True)
class Expectation:
    """One entry of the column ``expected``."""

    drug: str
    event: str
    link: str
    flags: frozenset[str]

    def __str__(self) -> str:
        return f"{self.drug}>{self.event}={'/'.join([self.link, *sorted(self.flags)])}"


@dataclass(frozen=True)
class Case:
    """One row, its marks taken out: the spans of each drug and event, by the form as marked."""

    id: str
    text: str
    drugs: dict[str, list[Span]]
    events: dict[str, list[Span]]
    expected: tuple[Expectation, ...]

    def covers(self, expectation: Expectation, pair: Pair) -> bool:
        drugs, events = self.drugs[expectation.drug], self.events[expectation.event]
        return meet(pair.drug_spans, drugs) and meet(pair.event_spans, events)


def same(a: Span, b: Span) -> bool:
    """Say whether two spans mark one mention: half of the shorter is shared, the longer at most four times as long."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    short, long = sorted((a[1] - a[0], b[1] - b[0]))
    return shared > 0 and shared * 2 >= short and long <= 4 * short


def meet(some: Sequence[Span], others: Sequence[Span]) -> bool:
    return any(same(a, b) for a in some for b in others)


def unmark(marked: str) -> tuple[str, dict[str, list[Span]], dict[str, list[Span]]]:
    """Give the text without its marks, and the spans of the drugs and of the events in it."""
    drugs: dict[str, list[Span]] = {}
    events: dict[str, list[Span]] = {}
    text, last = "", 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        form = mark["drug"] or mark["event"]
        (drugs if mark["drug"] else events).setdefault(form, []).append((len(text), len(text) + len(form)))
        text, last = text + form, mark.end()
    text += marked[last:]
    if set(text) & set("{}[]"):
        raise ValueError("unpaired or nested mark")
    if not drugs or not events:
        raise ValueError("a row marks at least one drug and one event")
    return text, drugs, events


def parse_expectation(entry: str) -> Expectation:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(f"not drug>event=link: {entry!r}")
    link, flags = match["link"], match["flags"].split("/")[1:]
    if link not in {*WANTED, *UNWANTED, FREE}:
        raise ValueError(f"unknown link: {entry!r}")
    if len(set(flags)) != len(flags) or not set(flags) <= FLAGS.get(link, set()):
        raise ValueError(f"flags that do not fit the link: {entry!r}")
    return Expectation(match["drug"], match["event"], link, frozenset(flags))


def parse(row: dict[str, str]) -> Case:
    """Read one row; a ValueError says what is wrong with it."""
    if None in row or not all(value and value == value.strip() for value in row.values()):
        raise ValueError(f"empty, missing or padded cell: {row}")
    text, drugs, events = unmark(row["text"].replace("\\n", "\n"))
    expected = () if row["expected"] == "none" else tuple(parse_expectation(e) for e in row["expected"].split(";"))
    for e in expected:
        if e.drug not in drugs or e.event not in events:
            raise ValueError(f"not marked in the text: {e}")
    if len({(e.drug, e.event) for e in expected}) != len(expected):
        raise ValueError("a pair stands twice")
    if expected and all(e.link == FREE for e in expected):
        raise ValueError("a row of free pairs cannot fail")
    return Case(row["id"], text, drugs, events, expected)


def load(table: Path = TABLE) -> list[Case]:
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        cases = [parse(row) for row in reader]
    if reader.fieldnames != COLUMNS:
        raise ValueError(f"columns: {reader.fieldnames}")
    return cases


def complaints(case: Case, pairs: Sequence[Pair]) -> list[str]:
    """Say in what the pairs found differ from those expected."""
    found = []
    covered: list[Pair] = []
    for expectation in case.expected:
        meant = [p for p in pairs if case.covers(expectation, p)]
        reportable = [p for p in meant if p.reportable]
        covered += reportable
        if expectation.link in WANTED:
            found += [] if any(fits(p, expectation) for p in reportable) else [f"missing: {expectation}{show(meant)}"]
        elif expectation.link in UNWANTED:
            found += [f"reported: {expectation}{show(reportable)}"] if reportable else []
        if expectation.link == "denied!" and not any(p.link is Link.DENIED for p in meant):
            found.append(f"not denied: {expectation}{show(meant)}")
    unexpected = [p for p in pairs if p.reportable and p not in covered]
    return found + [f"unexpected:{show([p])}" for p in unexpected]


def fits(pair: Pair, expectation: Expectation) -> bool:
    hedged = pair.certainty is Certainty.HEDGED
    return (
        pair.link in WANTED[expectation.link]
        and (expectation.link != "stated" or hedged == ("hedged" in expectation.flags))
        and pair.current == ("past" not in expectation.flags)
    )


def show(pairs: Sequence[Pair]) -> str:
    return "".join(
        f" [found {p.drug}>{p.event} {p.link} {p.certainty or ''} {'current' if p.current else 'past'} {p.rule}]"
        for p in pairs
    )


CASES = load()


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The real detector, in place of the fake one that tests of storage share."""
    return Detector()


def differences(detector: Detector, case: Case) -> list[str]:
    """Say in what the detection of a case, as it is shown by default, differs from what is expected."""
    detection = detector.detect(case.text)
    drugs = [(m.start, m.end) for m in detection.drugs]
    events = [(m.start, m.end) for m in detection.events]
    unseen = [
        f"not detected: {form}"
        for marked, found in ((case.drugs, drugs), (case.events, events))
        for form, spans in marked.items()
        if not all(meet([span], found) for span in spans)
    ]
    shown = [p for p in detection.pairs if p.link not in REPORTABLE_LINKS or p.confidence >= CONFIDENCE_THRESHOLD]
    return unseen + complaints(case, shown)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(detector: Detector, case: Case) -> None:
    wrong = differences(detector, case)
    if wrong:
        pytest.fail("\n".join([case.text, *wrong]), pytrace=False)


@pytest.mark.parametrize("case", load(GAPS), ids=lambda case: case.id)
@pytest.mark.xfail(strict=True, reason="a construction that the rules do not read yet")
def test_known_gap(detector: Detector, case: Case) -> None:
    assert not differences(detector, case)


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(case.id for case in [*CASES, *load(GAPS)]).items() if count > 1] == []


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("[toux] sous {énalapril", "none", "unpaired"),
        ("[toux sous {énalapril}]", "none", "unpaired"),
        ("toux sous {énalapril}", "none", "at least one"),
        ("[toux] sous {énalapril}", "", "empty"),
        ("[toux] sous {énalapril}", "énalapril>rash=stated", "not marked"),
        ("[toux] sous {énalapril}", "énalapril>toux", "not drug"),
        ("[toux] sous {énalapril}", "énalapril>toux=caused", "unknown link"),
        ("[toux] sous {énalapril}", "énalapril>toux=stated/perhaps", "flags"),
        ("[toux] sous {énalapril}", "énalapril>toux=denied/hedged", "flags"),
        ("[toux] sous {énalapril}", "énalapril>toux=temporal/hedged", "flags"),
        ("[toux] sous {énalapril}", "énalapril>toux=free", "cannot fail"),
        ("[toux] sous {énalapril}", "énalapril>toux=stated;énalapril>toux=temporal", "stands twice"),
        ("[toux] sous {énalapril}", "none;énalapril>toux=stated", "not drug"),
        (" [toux] sous {énalapril}", "none", "padded"),
    ],
)
def test_a_broken_row_is_refused(text: str, expected: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse({"id": "x", "construction": "x", "text": text, "expected": expected})
