"""Mentions as rows of the table NOTE_NLP of the OMOP common data model 5.4.

Columns and lengths: OHDSI, CommonDataModel, OMOP_CDMv5.4_Field_Level. Concepts are 0, since the vocabularies are the
user's: INN, ATC, label and CIM-10 stand in ``term_modifiers``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from pv.export.cells import cell
from pv.model import Assertion, DrugMention, EventMention, Pair

COLUMNS = ("note_nlp_id", "note_id", "section_concept_id", "snippet", "offset", "lexical_variant",
           "note_nlp_concept_id", "note_nlp_source_concept_id", "nlp_system", "nlp_date", "nlp_datetime", "term_exists",
           "term_temporal", "term_modifiers")  # fmt: skip
_SNIPPET = _VARIANT = _SYSTEM = 250
_MODIFIERS = 2_000
# Characters of the snippet before the mention.
_BEFORE = 100
_OCCURRED = {Assertion.PRESENT: "present", Assertion.HISTORICAL: "past"}


@dataclass(frozen=True, slots=True)
class Note:
    """One report: the number and key of its text, the text, when and by what it was read, and what was found in it."""

    note_id: int
    key: str
    text: str
    scanned: datetime
    system: str
    drugs: Sequence[DrugMention]
    events: Sequence[EventMention]
    pairs: Sequence[tuple[str, Pair]]


def write_note_nlp(handle: TextIO, notes: Iterable[Note]) -> int:
    """Write the rows as CSV with commas, as loaders of the model take it; give the number of reports."""
    writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
    writer.writeheader()
    number = count = 0
    for count, note in enumerate(notes, 1):  # noqa: B007 - the last count is the result
        for row in note_nlp_rows(note):
            number += 1
            writer.writerow({"note_nlp_id": number} | {c: cell(v) for c, v in row.items()})
    return count


def note_nlp_rows(note: Note) -> Iterator[dict[str, object]]:
    """Yield the rows of one report, in the order of its text, without their number."""
    mentions: list[DrugMention | EventMention] = [*note.drugs, *note.events]
    for mention in sorted(mentions, key=lambda m: (m.start, m.end)):
        if isinstance(mention, DrugMention):
            exists, temporal, told = True, "", _drug_modifiers(mention)
        else:
            exists, temporal = mention.assertion in _OCCURRED, _OCCURRED.get(mention.assertion, "")
            told = _event_modifiers(mention, note.pairs)
        first = max(0, mention.start - _BEFORE)
        yield {
            "note_id": note.note_id,
            "section_concept_id": 0,
            "snippet": _on_one_line(note.text[first : first + _SNIPPET]),
            "offset": str(mention.start),
            "lexical_variant": note.text[mention.start : mention.end][:_VARIANT],
            "note_nlp_concept_id": 0,
            "note_nlp_source_concept_id": 0,
            "nlp_system": note.system[:_SYSTEM],
            "nlp_date": note.scanned.date().isoformat(),
            "nlp_datetime": note.scanned.strftime("%Y-%m-%d %H:%M:%S"),
            "term_exists": "Y" if exists else "N",
            "term_temporal": temporal,
            "term_modifiers": _modifiers([*told, ("report", note.key)]),
        }


def _drug_modifiers(drug: DrugMention) -> list[tuple[str, object]]:
    return [("domain", "drug"), ("inn", drug.inn), ("atc", drug.atc), ("kind", drug.kind.value)]


def _event_modifiers(event: EventMention, pairs: Sequence[tuple[str, Pair]]) -> list[tuple[str, object]]:
    own = ((key, p) for key, p in pairs if (event.start, event.end) in p.event_spans)
    return [
        ("domain", "condition"),
        ("label", event.label),
        ("cim10", event.cim10),
        ("assertion", event.assertion.value),
        ("grade", event.grade),
        ("severity", event.severity),
        *(("pair", f"{key} {p.link} {p.drug}") for key, p in own),
    ]


def _modifiers(told: Iterable[tuple[str, object]]) -> str:
    """Give ``name=value`` for what is known, as many as there is room for."""
    text = ""
    for name, value in told:
        part = f"{'; ' if text else ''}{name}={value}"
        if value not in (None, "") and len(text) + len(part) <= _MODIFIERS:
            text += part
    return text


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
