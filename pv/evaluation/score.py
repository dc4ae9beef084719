"""Scores predictions against gold files: drug mentions, events of pairs, pairs by link, and the pairs' attributes.

A gold record and a prediction are plain mappings, as their JSON files hold them. A predicted pair finds a gold pair
where one of its drug spans matches one of the gold drug's and one of its event spans one of the gold event's; each
gold pair is found once, and a second prediction of the same counts neither for nor against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pv.evaluation.counts import Count, interval, one_value, rarer, rate
from pv.evaluation.matching import Span, any_match, assign, spans_match, substances

Record = Mapping[str, Any]

ATTRIBUTES = ("certainty", "current", "latency_days", "dechallenge", "rechallenge", "serious")
TWO_VALUED = frozenset({"certainty", "current", "serious"})
HARD_NEGATIVE = frozenset({"denied", "treats"})
NOTHING: Record = {"drugs": (), "events": (), "pairs": ()}


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to count pairs: the links that are wanted, and those whose gold pairs count neither way."""

    name: str
    wanted: frozenset[str]
    neutral: frozenset[str]


STATED = Measure("pairs_stated", frozenset({"stated"}), frozenset({"temporal", "part"}))
REPORTABLE = Measure("pairs_reportable", frozenset({"stated", "temporal"}), frozenset({"part"}))


@dataclass(frozen=True, slots=True)
class PairMatch:
    """How the predicted pairs of one report meet its gold pairs; every number is an index.

    ``hits`` are (prediction, gold), ``alarms`` the denied and treating gold pairs that a prediction took for wanted.
    """

    hits: tuple[tuple[int, int], ...]
    false: tuple[int, ...]
    missed: tuple[int, ...]
    alarms: frozenset[int]

    @property
    def count(self) -> Count:
        """The numbers of hits, false and missed pairs."""
        return Count(len(self.hits), len(self.false), len(self.missed))


@dataclass(slots=True)
class Tally:
    """The sums over the reports seen so far."""

    drugs: Count = field(default_factory=Count)
    inns: Count = field(default_factory=Count)
    events: Count = field(default_factory=Count)
    assertions: Counter[tuple[Any, Any]] = field(default_factory=Counter)
    pairs: dict[str, list[Count]] = field(default_factory=lambda: {STATED.name: [], REPORTABLE.name: []})
    hard_negatives: int = 0
    alarms: int = 0
    attributes: dict[str, Counter[tuple[Any, Any]]] = field(default_factory=lambda: {a: Counter() for a in ATTRIBUTES})


def score(gold: Mapping[str, Record], predictions: Mapping[str, Record]) -> dict[str, Any]:
    """Give all measures over the reports of ``gold``; a report without prediction counts as one with nothing found.

    Both map a report's name to its record. Predictions for reports that are not in ``gold`` are ignored.
    """
    tally = Tally()
    for name, wanted in gold.items():
        given = predictions.get(name, NOTHING)
        _add_drugs(tally, wanted, given)
        _add_events(tally, wanted, given)
        _add_pairs(tally, wanted, given)
    return {
        "reports": len(gold),
        "absent": sum(name not in predictions for name in gold),
        "drugs": tally.drugs.measures(),
        "inn": _inn_measures(tally.inns),
        "events_in_pairs": _event_measures(tally.events),
        "assertion": _assertion_measures(tally.assertions),
        **{name: {**sum(rows, Count()).measures(), "f1_90": _interval(rows)} for name, rows in tally.pairs.items()},
        "hard_negatives": {"n": tally.hard_negatives, "false_alarms": tally.alarms},
        "attributes": {name: _attribute_measures(name, answers) for name, answers in tally.attributes.items()},
    }


def match_pairs(gold: Sequence[Record], given: Sequence[Record], measure: Measure) -> PairMatch:
    """Match predicted pairs with gold pairs, each with ``drug_spans``, ``event_spans`` and ``link``."""
    meets = [[j for j, wanted in enumerate(gold) if _same_spans(pair, wanted)] for pair in given]
    asked = [i for i, pair in enumerate(given) if pair["link"] in measure.wanted]
    open_ = [j for j, pair in enumerate(gold) if pair["link"] in measure.wanted]
    place = {j: k for k, j in enumerate(open_)}
    takers = assign([[place[j] for j in meets[i] if j in place] for i in asked], len(open_))
    hits = tuple((asked[who], open_[k]) for k, who in enumerate(takers) if who is not None)
    wrong = [i for i in asked if i not in {i for i, _ in hits}]
    harmless = measure.wanted | measure.neutral
    return PairMatch(
        hits,
        tuple(i for i in wrong if not any(gold[j]["link"] in harmless for j in meets[i])),
        tuple(open_[k] for k, who in enumerate(takers) if who is None),
        frozenset(j for i in wrong for j in meets[i] if gold[j]["link"] in HARD_NEGATIVE),
    )


def gold_pairs(record: Record) -> list[dict[str, Any]]:
    """Give a gold record's pairs with the spans of their drug and event beside the ids."""
    drugs = {drug["id"]: _spans(drug["spans"]) for drug in record["drugs"]}
    events = {event["id"]: _spans(event["spans"]) for event in record["events"]}
    return [{**p, "drug_spans": drugs[p["drug"]], "event_spans": events[p["event"]]} for p in record["pairs"]]


def same_value(name: str, wanted: object, given: object) -> bool:
    """Say whether an attribute is right; a delay is, to the day (J1 counted or not) or to a tenth of it."""
    if name == "latency_days" and isinstance(wanted, (int, float)) and isinstance(given, (int, float)):
        return abs(given - wanted) <= max(1, wanted / 10)
    return given == wanted


def _add_drugs(tally: Tally, gold: Record, given: Record) -> None:
    wanted = sorted((span, drug["inn"]) for drug in gold["drugs"] for span in _spans(drug["spans"]))
    found = [((drug["start"], drug["end"]), drug.get("inn") or "") for drug in given["drugs"]]
    count, takers = _match_mentions([span for span, _ in wanted], [span for span, _ in found])
    tally.drugs += count
    for (_, inn), who in zip(wanted, takers, strict=True):
        # Classes and protocols go by many names: only those of substances can be right or wrong.
        if who is not None and ":" not in inn:
            right = bool(substances(inn) & substances(found[who][1]))
            tally.inns += Count(hits=right, missed=not right)


def _add_events(tally: Tally, gold: Record, given: Record) -> None:
    wanted = [((start, end), assertion) for event in gold["events"] for start, end, assertion in event["spans"]]
    found = [((event["start"], event["end"]), event.get("assertion")) for event in given["events"]]
    count, takers = _match_mentions([span for span, _ in wanted], [span for span, _ in found])
    tally.events += count
    for (_, assertion), who in zip(wanted, takers, strict=True):
        if who is not None:
            tally.assertions[(assertion, found[who][1])] += 1


def _add_pairs(tally: Tally, gold: Record, given: Record) -> None:
    wanted = gold_pairs(gold)
    found = [
        {**pair, "drug_spans": _spans(pair["drug_spans"]), "event_spans": _spans(pair["event_spans"])}
        for pair in given["pairs"]
    ]
    tally.pairs[STATED.name].append(match_pairs(wanted, found, STATED).count)
    reportable = match_pairs(wanted, found, REPORTABLE)
    tally.pairs[REPORTABLE.name].append(reportable.count)
    tally.hard_negatives += sum(pair["link"] in HARD_NEGATIVE for pair in wanted)
    tally.alarms += len(reportable.alarms)
    for i, j in reportable.hits:
        for name in ATTRIBUTES:
            tally.attributes[name][(wanted[j].get(name), found[i].get(name))] += 1


def _match_mentions(wanted: Sequence[Span], found: Sequence[Span]) -> tuple[Count, list[int | None]]:
    """Match mentions one to one; a further mention on a span that was wanted is not counted as false."""
    choices = [[j for j, span in enumerate(wanted) if spans_match(one, span)] for one in found]
    takers = assign(choices, len(wanted))
    hits = sum(who is not None for who in takers)
    return Count(hits, sum(not options for options in choices), len(wanted) - hits), takers


def _same_spans(pair: Record, other: Record) -> bool:
    return any_match(pair["drug_spans"], other["drug_spans"]) and any_match(pair["event_spans"], other["event_spans"])


def _spans(values: Sequence[Sequence[Any]]) -> list[Span]:
    return [(value[0], value[1]) for value in values]


def _interval(rows: Sequence[Count]) -> list[float]:
    return interval(rows) if rows else [0.0, 0.0]


def _inn_measures(count: Count) -> dict[str, Any]:
    number = count.hits + count.missed
    return {"accuracy": rate(count.hits, number), "n": number}


def _event_measures(count: Count) -> dict[str, Any]:
    number = count.hits + count.missed
    return {"recall": rate(count.hits, number) or 0.0, "n": number}


def _assertion_measures(answers: Counter[tuple[Any, Any]]) -> dict[str, Any]:
    right = sum(number for (wanted, given), number in answers.items() if wanted == given)
    return {"accuracy": rate(right, answers.total()) or 0.0, "negated": one_value(answers, "negated").measures()}


def _attribute_measures(name: str, answers: Counter[tuple[Any, Any]]) -> dict[str, Any]:
    told = Counter({key: number for key, number in answers.items() if key[0] is not None})
    untold = Counter({key: number for key, number in answers.items() if key[0] is None})
    right = sum(number for (wanted, given), number in told.items() if same_value(name, wanted, given))
    measures = {
        "accuracy": rate(right, told.total()),
        "n": told.total(),
        "left_null": rate(untold[(None, None)], untold.total()),
    }
    return {**measures, "rarer": rarer(told)} if name in TWO_VALUED else measures
