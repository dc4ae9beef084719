"""A detector that finds what a test writes into a report, so that storage and commands are tested in milliseconds.

A line ``pair: DRUG > EVENT LINK`` makes a pair; ``raise`` makes the detector fail at the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pv.model import (
    Assertion,
    Certainty,
    Challenge,
    Detection,
    DrugKind,
    DrugMention,
    EventMention,
    Link,
    Outcome,
    Pair,
    Patient,
    Seriousness,
)

ATC = {"sunitinib": "L01EX01", "paclitaxel": "L01CD01", "class:ains": "M01A"}
CIM10 = {"thrombopénie": "D69.6", "coagulation intravasculaire disséminée": "D65"}
_PAIR = re.compile(r"^pair: (?P<drug>.+?) > (?P<event>.+?) (?P<link>\w+)(?P<extra>( \w+=\S+)*)$", re.MULTILINE)


class FakeDetector:
    """Stands in for ``pv.detect.Detector``; ``calls`` counts the texts it was given."""

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, text: str, report_id: str | None = None) -> Detection:
        self.calls += 1
        if "raise" in text:
            raise RuntimeError(f"quoting the report: {text}")
        pairs = tuple(_pair(m, text) for m in _PAIR.finditer(text))
        return Detection(
            report_id,
            drugs=tuple(_drug(p) for p in pairs),
            events=tuple(_event(p) for p in pairs),
            pairs=pairs,
            patient=Patient(65.0, "F"),
        )

    def detect_many(self, texts: Iterable[tuple[str, str]]) -> Iterator[Detection]:
        for report_id, text in texts:
            yield self.detect(text, report_id)


def _pair(match: re.Match[str], text: str) -> Pair:
    extra = dict(item.split("=") for item in match["extra"].split())
    drug, event, link = match["drug"], match["event"], Link(match["link"])
    return Pair(
        drug=drug,
        event=event,
        drug_spans=(match.span("drug"),),
        event_spans=(match.span("event"),),
        link=link,
        rule="fake.rule",
        evidence_start=match.start(),
        evidence_end=match.end(),
        evidence=text[match.start() : match.end()],
        cue=">",
        certainty=Certainty(extra.get("certainty", "asserted")) if link is Link.STATED else None,
        current=extra.get("current") != "no",
        confidence=float(extra.get("confidence", 0.9)),
        start="2024-01-05",
        onset="2024-01",
        latency_days=int(extra["days"]) if "days" in extra else None,
        serious="serious" in extra,
        seriousness=Seriousness(extra["serious"].replace("_", " ")) if extra.get("serious", "yes") != "yes" else None,
        outcome=Outcome(extra["outcome"].replace("_", " ")) if "outcome" in extra else None,
        dechallenge=Challenge(extra["dechallenge"]) if "dechallenge" in extra else None,
        atc=ATC.get(drug, ""),
        drug_kind=DrugKind.CLASS if drug.startswith("class:") else DrugKind.SUBSTANCE,
        cim10=CIM10.get(event, ""),
        concept=event.replace(" ", "_"),
        assertions=(Assertion(extra.get("assertion", "present")),),
        reasons=("the fake says so",),
    )


def _drug(pair: Pair) -> DrugMention:
    return DrugMention(*pair.drug_spans[0], pair.drug, pair.drug_kind, pair.atc)


def _event(pair: Pair) -> EventMention:
    return EventMention(*pair.event_spans[0], pair.concept, pair.event, pair.cim10, assertion=pair.assertions[0])
