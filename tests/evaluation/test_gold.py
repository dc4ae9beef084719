"""Gold files: read as they are, and checked against their text."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pv.errors import InputError
from pv.evaluation.gold import problems, read_gold

TEXT = "Prurit sous\nrituximab."
RECORD: dict[str, Any] = {
    "report": "a.txt",
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "drugs": [{"id": "D1", "inn": "rituximab", "kind": "substance", "spans": [[12, 21]]}],
    "events": [{"id": "E1", "label": "prurit", "spans": [[0, 6, "present"]]}],
    "pairs": [{"drug": "D1", "event": "E1", "link": "stated", "evidence": "Prurit sous rituximab."}],
}


def test_a_sound_record_has_no_problem():
    assert list(problems(RECORD, TEXT)) == []


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "other text": (lambda r: r.update(sha256="0" * 64), "sha256"),
    "no mention": (lambda r: r["drugs"][0].update(spans=[]), "D1: no mention"),
    "empty mention": (lambda r: r["events"][0].update(spans=[[3, 3, "present"]]), "E1: a mention is empty"),
    "outside": (lambda r: r["drugs"][0].update(spans=[[12, 99]]), "D1: a mention is empty or outside"),
    "unknown id": (lambda r: r["pairs"][0].update(drug="D2"), "D2-E1: unknown"),
    "twice": (lambda r: r["pairs"].append(r["pairs"][0]), "D1-E1: listed twice"),
    "evidence": (lambda r: r["pairs"][0].update(evidence="Prurit avant"), "D1-E1: the evidence"),
    "no evidence": (lambda r: r["pairs"][0].update(evidence=None), "D1-E1: the evidence"),
    "idle event": (lambda r: r["pairs"].clear(), "E1: in no pair"),
}


@pytest.mark.parametrize(("spoil", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_told(spoil: Callable[[dict[str, Any]], object], message: str):
    record = copy.deepcopy(RECORD)
    spoil(record)
    assert [found for found in problems(record, TEXT) if message in found]


def test_reading(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps(RECORD), encoding="utf-8")
    assert read_gold(tmp_path) == {"a.txt": RECORD}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("b.json", "{", "b.json: not a gold file"),
        ("b.json", "[]", "b.json: not a gold file"),
        ("b.json", '{"report": "b.txt"}', "b.json: not a gold file"),
        ("b.json", json.dumps({**RECORD, "report": "b.txt", "pairs": {}}), "b.json: drugs, events and pairs"),
        ("b.json", json.dumps(RECORD), "b.json: a second gold file"),
    ],
)
def test_what_is_no_gold_file_is_refused(tmp_path: Path, name: str, content: str, message: str):
    (tmp_path / "a.json").write_text(json.dumps(RECORD), encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_gold(tmp_path)


def test_a_folder_without_gold_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no gold file"):
        read_gold(tmp_path)
