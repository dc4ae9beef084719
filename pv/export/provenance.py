"""Where the rows of an export come from: the sheet by which a reader checks what the file is and is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

HEADINGS = {"en": ("item", "value"), "fr": ("élément", "valeur")}
_LABELS = {
    "program": ("program", "programme"),
    "database": ("database", "base de données"),
    "number": ("export number", "numéro d'export"),
    "unrecorded": ("not recorded", "non enregistré"),
    "recipient": ("recipient", "destinataire"),
    "written": ("written (UTC)", "écrit le (UTC)"),
    "links": ("links", "liens"),
    "drug": ("drug asked for", "médicament demandé"),
    "event": ("event asked for", "événement demandé"),
    "since": ("received since", "reçus depuis le"),
    "threshold": ("least confidence", "confiance minimale"),
    "only_new": ("only what is new to the recipient", "seulement ce qui est nouveau pour le destinataire"),
    "meddra": ("MedDRA version", "version MedDRA"),
    "pairs": ("pairs", "paires"),
    "new": ("pairs: new", "paires : nouvelles"),
    "changed": ("pairs: changed", "paires : modifiées"),
    "unchanged": ("pairs: unchanged", "paires : inchangées"),
    "withdrawn": ("pairs: withdrawn", "paires : retirées"),
    "made_by": ("pairs of detector {}, lexicons {}", "paires du détecteur {}, lexiques {}"),
    "note": ("note", "remarque"),
}
_NOTES = {
    "en": "Found by a program in the text of reports, for review by an assessor: nothing here decides on causality.",
    "fr": "Repéré par un programme dans le texte des comptes rendus, à vérifier par un évaluateur : "
    "rien ici n'est une décision d'imputabilité.",
}


@dataclass(slots=True)
class Provenance:
    """What is known of an export: who wrote it from what, which pairs were asked for, and what came of it.

    ``number`` is None where the export is not recorded. The counters fill while the rows are written.
    """

    program: str
    database: str
    number: int | None
    recipient: str
    written: datetime
    links: Sequence[str]
    threshold: float
    only_new: bool
    drug: str | None = None
    event: str | None = None
    since: datetime | None = None
    meddra: str = ""
    statuses: Counter[str] = field(default_factory=Counter)
    made_by: Counter[tuple[str, str]] = field(default_factory=Counter)


def provenance_rows(found: Provenance, language: str) -> Iterator[dict[str, object]]:
    """Yield one row an item, with the columns ``item`` and ``value``; what was not asked for is left out."""
    place = 1 if language == "fr" else 0
    items: list[tuple[str, object]] = [
        ("program", found.program),
        ("database", found.database),
        ("number", _LABELS["unrecorded"][place] if found.number is None else found.number),
        ("recipient", found.recipient),
        ("written", found.written.strftime("%Y-%m-%d %H:%M:%S")),
        ("links", ", ".join(found.links)),
        ("drug", found.drug),
        ("event", found.event),
        ("since", found.since and found.since.date().isoformat()),
        ("threshold", found.threshold),
        ("only_new", found.only_new),
        ("meddra", found.meddra),
        ("pairs", found.statuses.total()),
        *((status, found.statuses[status]) for status in ("new", "changed", "unchanged", "withdrawn")),
    ]
    for name, value in items:
        if value not in (None, ""):
            yield {"item": _LABELS[name][place], "value": value}
    for versions, count in sorted(found.made_by.items()):
        yield {"item": _LABELS["made_by"][place].format(*versions), "value": count}
    yield {"item": _LABELS["note"][place], "value": _NOTES[language]}
