"""Reads gold files, and says where one does not hold together with its report's text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pv.errors import InputError

Record = Mapping[str, Any]


def read_gold(folder: Path) -> dict[str, dict[str, Any]]:
    """Give the gold records of a folder's .json files, by the report's path, in the order of the files' names.

    Raises InputError where there are none, where a file is no gold record, and where two speak of the same report.
    """
    records: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            report = str(record["report"])
            complete = all(isinstance(record[key], list) for key in ("drugs", "events", "pairs"))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path.name}: not a gold file ({type(error).__name__}): annotate it again") from None
        if not complete:
            raise InputError(f"{path.name}: drugs, events and pairs must be lists: annotate it again")
        if report in records:
            raise InputError(f"{path.name}: a second gold file for the same report: remove one of them")
        records[report] = record
    if not records:
        raise InputError(f"{folder}: no gold file (.json) there: name the folder that holds them")
    return records


def problems(record: Record, text: str) -> Iterator[str]:
    """Yield what is wrong with a gold record for this text; no message holds a word of it."""
    if hashlib.sha256(text.encode()).hexdigest() != record["sha256"]:
        yield "the text is not the one that was annotated (sha256)"
    for kind in ("drugs", "events"):
        for item in record[kind]:
            if not item["spans"]:
                yield f"{item['id']}: no mention"
            if any(not 0 <= span[0] < span[1] <= len(text) for span in item["spans"]):
                yield f"{item['id']}: a mention is empty or outside the text"
    yield from _pair_problems(record, _flat(text))


def _pair_problems(record: Record, text: str) -> Iterator[str]:
    drugs = {drug["id"] for drug in record["drugs"]}
    events = {event["id"] for event in record["events"]}
    seen: set[tuple[str, str]] = set()
    for pair in record["pairs"]:
        key = (pair["drug"], pair["event"])
        name = "-".join(key)
        if pair["drug"] not in drugs or pair["event"] not in events:
            yield f"{name}: unknown drug or event"
        if key in seen:
            yield f"{name}: listed twice"
        if not pair["evidence"] or _flat(pair["evidence"]) not in text:
            yield f"{name}: the evidence is not a passage of the text"
        seen.add(key)
    for event in sorted(events - {event for _, event in seen}):
        yield f"{event}: in no pair"


def _flat(text: str) -> str:
    """Give the text with its line breaks and runs of blanks as single blanks: evidence runs over lines."""
    return re.sub(r"\s+", " ", text)
