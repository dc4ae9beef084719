"""Which reportable pairs were found wrongly, and which were missed: what to look at when a score is low."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pv.evaluation.score import NOTHING, REPORTABLE, Record, gold_pairs, match_pairs


@dataclass(frozen=True, slots=True)
class WrongPair:
    """A pair found wrongly, or missed, with the first span of its drug and of its event."""

    report: str
    link: str
    drug: str
    event: str
    drug_span: tuple[int, int]
    event_span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Errors:
    """The reportable pairs that no gold pair answers to, and the gold pairs that were not found, by report."""

    false: tuple[WrongPair, ...]
    missed: tuple[WrongPair, ...]

    def first(self, number: int) -> dict[str, list[dict[str, Any]]]:
        """Give the first so many of each kind as plain records."""
        return {
            "false": [asdict(wrong) for wrong in self.false[:number]],
            "missed": [asdict(wrong) for wrong in self.missed[:number]],
        }


def find_errors(gold: Mapping[str, Record], predictions: Mapping[str, Record]) -> Errors:
    """Give the false and missed reportable pairs of all reports, matched as ``score`` matches them."""
    false: list[WrongPair] = []
    missed: list[WrongPair] = []
    for name, record in gold.items():
        given = predictions.get(name, NOTHING)["pairs"]
        wanted = gold_pairs(record)
        drugs = {drug["id"]: drug["inn"] for drug in record["drugs"]}
        events = {event["id"]: event["label"] for event in record["events"]}
        match = match_pairs(wanted, given, REPORTABLE)
        false += [_wrong(name, given[i], given[i]["drug"], given[i]["event"]) for i in match.false]
        missed += [_wrong(name, wanted[j], drugs[wanted[j]["drug"]], events[wanted[j]["event"]]) for j in match.missed]
    return Errors(tuple(false), tuple(missed))


def _wrong(report: str, pair: Record, drug: str, event: str) -> WrongPair:
    drug_start, drug_end = pair["drug_spans"][0]
    event_start, event_end = pair["event_spans"][0]
    return WrongPair(report, pair["link"], drug, event, (drug_start, drug_end), (event_start, event_end))
