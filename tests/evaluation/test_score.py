"""The scorer, by small worked cases, and against the scorer that the annotated reports come with."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pv.evaluation.counts import Count, interval, rarer
from pv.evaluation.matching import assign, spans_match, substances
from pv.evaluation.score import same_value, score

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "eval" / "score.py"
GOLD = ROOT / "examples" / "gold"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 10), (0, 10), True),
        ((0, 10), (10, 20), False),
        ((0, 10), (5, 15), True),  # half of both
        ((0, 10), (6, 16), False),  # four of ten
        ((0, 5), (0, 20), True),  # four times as long
        ((0, 5), (0, 21), False),  # longer than that
        ((3, 5), (4, 9), True),  # half of the shorter
    ],
)
def test_spans_match(one: tuple[int, int], other: tuple[int, int], expected: bool):
    assert spans_match(one, other) is expected
    assert spans_match(other, one) is expected


def test_assignment_gives_way_where_another_item_is_left():
    assert assign([[0, 1], [0]], 2) == [1, 0]
    assert assign([[0], [0]], 1) == [0]
    assert assign([], 2) == [None, None]


@pytest.mark.parametrize(
    ("inn", "expected"),
    [
        ("Énoxaparine", {"enoxaparine"}),
        ("amoxicilline/acide clavulanique", {"amoxicilline", "acide clavulanique"}),
        ("cotrimoxazole", {"sulfamethoxazole", "trimethoprime"}),
        ("", set()),
    ],
)
def test_substances(inn: str, expected: set[str]):
    assert substances(inn) == expected


@pytest.mark.parametrize(
    ("wanted", "given", "right"),
    [(0, 1, True), (0, 2, False), (40, 44, True), (40, 45, False), (14, 15, True), (14, None, False)],
)
def test_delay_is_right_to_the_day_or_a_tenth(wanted: int, given: int | None, right: bool):
    assert same_value("latency_days", wanted, given) is right


def test_other_attributes_are_right_when_equal():
    assert same_value("dechallenge", "positive", "positive")
    assert not same_value("dechallenge", "positive", "none")


def test_interval_of_a_perfect_score_is_a_point():
    assert interval([Count(2, 0, 0), Count(1, 0, 0)]) == [1.0, 1.0]


def test_interval_spans_the_score():
    low, high = interval([Count(1, 0, 0), Count(0, 1, 1), Count(3, 1, 0), Count(0, 0, 2)])
    assert low < Count(4, 2, 3).f1 < high


def gold(link: str = "stated", **attributes: Any) -> dict[str, Any]:
    """One drug at 0-10, one event at 20-30 and 50-60, one pair."""
    return {
        "drugs": [{"id": "D1", "inn": "sunitinib", "kind": "substance", "spans": [[0, 10]]}],
        "events": [{"id": "E1", "label": "x", "spans": [[20, 30, "present"], [50, 60, "negated"]]}],
        "pairs": [{"drug": "D1", "event": "E1", "link": link, **attributes}],
    }


def pair(link: str = "stated", drug: tuple[int, int] = (0, 10), event: tuple[int, int] = (20, 30), **more: Any) -> Any:
    return {"drug_spans": [drug], "event_spans": [event], "link": link, **more}


def predicted(*pairs: Any, drugs: Any = (), events: Any = ()) -> dict[str, Any]:
    return {"drugs": drugs, "events": events, "pairs": pairs}


def counts(measures: dict[str, Any]) -> tuple[int, int, int]:
    return measures["tp"], measures["fp"], measures["fn"]


# What a prediction makes of one gold pair: hits, false and missed as stated, then as reportable, then alarms.
CASES = {
    "found": ("stated", [pair()], (1, 0, 0), (1, 0, 0), 0),
    "found by its second mention": ("stated", [pair(event=(50, 60))], (1, 0, 0), (1, 0, 0), 0),
    "found twice": ("stated", [pair(), pair(event=(50, 60))], (1, 0, 0), (1, 0, 0), 0),
    "missed": ("stated", [], (0, 0, 1), (0, 0, 1), 0),
    "elsewhere": ("stated", [pair(event=(70, 80))], (0, 1, 1), (0, 1, 1), 0),
    "stated taken for temporal": ("stated", [pair("temporal")], (0, 0, 1), (1, 0, 0), 0),
    "temporal taken for stated": ("temporal", [pair()], (0, 0, 0), (1, 0, 0), 0),
    "sign taken for stated": ("part", [pair()], (0, 0, 0), (0, 0, 0), 0),
    "sign left out": ("part", [], (0, 0, 0), (0, 0, 0), 0),
    "denied found": ("denied", [pair("denied")], (0, 0, 0), (0, 0, 0), 0),
    "denied taken for stated": ("denied", [pair()], (0, 1, 0), (0, 1, 0), 1),
    "treated taken for temporal twice": (
        "treats", [pair("temporal"), pair("temporal", event=(50, 60))], (0, 0, 0), (0, 2, 0), 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("link", "pairs", "stated", "reportable", "alarms"), CASES.values(), ids=CASES.keys())
def test_pairs(link: str, pairs: list[Any], stated: Any, reportable: Any, alarms: int):
    result = score({"r": gold(link)}, {"r": predicted(*pairs)})
    assert counts(result["pairs_stated"]) == stated
    assert counts(result["pairs_reportable"]) == reportable
    assert result["hard_negatives"] == {"n": link in ("denied", "treats"), "false_alarms": alarms}


def test_a_prediction_that_finds_a_pair_is_no_alarm_for_another_on_the_same_spans():
    record = gold()
    record["events"].append({"id": "E2", "label": "y", "spans": [[22, 28, "present"]]})
    record["pairs"].append({"drug": "D1", "event": "E2", "link": "denied"})
    result = score({"r": record}, {"r": predicted(pair())})
    assert counts(result["pairs_stated"]) == (1, 0, 0)
    assert result["hard_negatives"] == {"n": 1, "false_alarms": 0}


def test_mentions():
    given = predicted(
        drugs=[
            {"start": 1, "end": 10, "inn": "SUNITINIB"},
            {"start": 0, "end": 6, "inn": "sorafénib"},  # on a span that is taken: neither way
            {"start": 90, "end": 99, "inn": "sorafénib"},
        ],
        events=[{"start": 20, "end": 30, "assertion": "negated"}, {"start": 50, "end": 60, "assertion": "negated"}],
    )
    result = score({"r": gold()}, {"r": given})
    assert counts(result["drugs"]) == (1, 1, 0)
    assert result["drugs"]["precision"] == 0.5
    assert result["inn"] == {"accuracy": 1.0, "n": 1}
    assert result["events_in_pairs"] == {"recall": 1.0, "n": 2}
    assert result["assertion"]["accuracy"] == 0.5
    assert counts(result["assertion"]["negated"]) == (1, 1, 0)


def test_attributes_count_on_pairs_found_only():
    wanted = {"a": gold(serious=True, latency_days=30, dechallenge=None), "b": gold(serious=False), "c": gold()}
    given = {
        "a": predicted(pair(serious=False, latency_days=33, dechallenge="positive")),
        "b": predicted(pair(serious=False)),
    }
    attributes = score(wanted, given)["attributes"]
    assert attributes["latency_days"] == {"accuracy": 1.0, "n": 1, "left_null": 1.0}
    assert attributes["dechallenge"] == {"accuracy": None, "n": 0, "left_null": 0.5}
    assert attributes["serious"]["accuracy"] == 0.5
    assert attributes["serious"]["rarer"]["value"] is True
    assert counts(attributes["serious"]["rarer"]) == (0, 0, 1)
    assert attributes["certainty"]["rarer"] is None


def test_rarer_value():
    answers: Counter[Any] = Counter({(True, True): 5, (True, False): 1, (False, False): 2, (False, True): 1})
    measures = rarer(answers)
    assert measures is not None
    assert (measures["value"], *counts(measures)) == (False, 2, 1, 1)


def test_a_report_without_prediction_is_absent_and_all_missed():
    result = score({"a": gold(), "b": gold()}, {"b": predicted(pair()), "unknown": predicted(pair())})
    assert (result["reports"], result["absent"]) == (2, 1)
    assert counts(result["pairs_stated"]) == (1, 0, 1)


def test_nothing_to_score():
    result = score({}, {})
    assert result["reports"] == 0
    assert result["pairs_stated"]["f1_90"] == [0.0, 0.0]
    assert result["drugs"]["f1"] == 0.0


LINKS = ["stated", "temporal", "part", "denied", "treats"]


def disturbed(record: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """A prediction that goes wrong in every way: mentions dropped, moved and added, links and attributes changed."""

    def moved(span: list[Any]) -> list[int]:
        start, end = span[0] + draw.choice([-9, -2, 0, 0, 0, 3]), span[1] + draw.choice([-2, 0, 0, 0, 25])
        return [max(0, start), max(start + 1, end)]

    def kept(items: list[Any]) -> list[Any]:
        return [item for item in items if draw.random() < 0.85]

    drugs = [(d["id"], moved(s), d["inn"]) for d in kept(record["drugs"]) for s in kept(d["spans"])]
    events = [(e["id"], moved(s), s[2]) for e in kept(record["events"]) for s in kept(e["spans"])]
    pairs = []
    for _ in range(len(record["pairs"])):
        source = dict(draw.choice(record["pairs"]))
        source["drug_spans"] = [s for d, s, _ in drugs if d == source["drug"]]
        source["event_spans"] = [s for e, s, _ in events if e == source["event"]]
        source["link"] = draw.choice([source["link"], source["link"], draw.choice(LINKS)])
        source["serious"] = draw.choice([source["serious"], not source["serious"]])
        source["latency_days"] = draw.choice([None, source["latency_days"], (source["latency_days"] or 0) + 2])
        source["certainty"] = draw.choice([None, "asserted", "hedged", source["certainty"]])
        pairs.append(source)
    return {
        "report": record["report"],
        "drugs": [{"start": a, "end": b, "inn": draw.choice([inn, "inconnu"])} for _, (a, b), inn in drugs],
        "events": [
            {"start": a, "end": b, "assertion": draw.choice([x, "present", "negated"])} for _, (a, b), x in events
        ],
        "pairs": pairs,
    }


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the annotated reports' own scorer is not beside this repository")
@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_the_scorer_of_the_annotated_reports(seed: int, tmp_path: Path):
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(GOLD.glob("*.json"))]
    wanted = {record["report"]: record for record in records}
    draw = random.Random(seed)
    given = {name: disturbed(record, draw) for name, record in wanted.items() if draw.random() < 0.9}
    lines = tmp_path / "predictions.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in given.values()), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(REFERENCE), str(GOLD), str(lines), "--json"],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    result = score(wanted, given)
    assert result == json.loads(done.stdout)
    assert 0 < result["pairs_stated"]["f1"] < 1
    assert result["hard_negatives"]["false_alarms"] > 0
