"""A detection as one JSON object, the interface of ``pv detect --format jsonl``."""

from __future__ import annotations

import json
from dataclasses import fields

from pv.model import Detection, DrugMention, EventMention, Pair


def detection_json(report: str, detection: Detection, pairs: list[Pair]) -> str:
    """Give the line for one report: its drugs, events and these of its pairs; offsets count characters."""
    return json.dumps(
        {
            "report": report,
            "patient": {"age": detection.patient.age, "sex": detection.patient.sex},
            "drugs": [_plain(m) for m in detection.drugs],
            "events": [_plain(m) for m in detection.events],
            "pairs": [_plain(p) for p in pairs],
        },
        ensure_ascii=False,
    )


def _plain(value: DrugMention | EventMention | Pair) -> dict[str, object]:
    return {f.name: getattr(value, f.name) for f in fields(value)}
