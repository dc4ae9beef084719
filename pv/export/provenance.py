"""Where the rows of an export come from: the sheet by which a reader checks what the file is and is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pv.signals.signal import DISCLAIMER, Screening

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
    "pairs": ("pairs", "couples"),
    "new": ("pairs: new", "couples : nouveaux"),
    "changed": ("pairs: changed", "couples : modifiés"),
    "unchanged": ("pairs: unchanged", "couples : inchangés"),
    "withdrawn": ("pairs: withdrawn", "couples : retirés"),
    "made_by": ("pairs of detector {}, lexicons {}", "couples du détecteur {}, lexiques {}"),
    "note": ("note", "remarque"),
    "signals": ("signals: up to (UTC)", "signaux : jusqu'au (UTC)"),
    "no_signals": ("signals", "signaux"),
    "cases": ("signals: cases in all", "signaux : cas en tout"),
    "levels": ("signals: level", "signaux : niveau"),
    "min_n": ("signals: least number of cases", "signaux : nombre minimal de cas"),
    "rule": ("signals: rule {}", "signaux : règle {}"),
    "disclaimer": ("signals: note", "signaux : remarque"),
}
_NOTES = {
    "en": "Found by a program in the text of reports, for review by an assessor: nothing here decides on causality.",
    "fr": "Repéré par un programme dans le texte des comptes rendus, à vérifier par un évaluateur : "
    "rien ici n'est une décision d'imputabilité.",
}


_FRENCH_DISCLAIMER = (
    "Une disproportion de notification veut dire qu'un médicament et un événement sont notifiés ensemble dans plus de "
    "cas que leurs nombres respectifs ne le laissent attendre. Elle ne prouve pas que le médicament cause l'événement, "
    "ne donne pas la fréquence d'un effet et ne compare pas la sécurité de deux médicaments ; une association absente "
    "de la liste n'est pas sûre pour autant. Dire s'il s'agit d'un signal revient aux évaluateurs, à partir des cas."
)
_NO_SCREENING = ("no screening is kept; run `pv signals`", "aucun calcul conservé ; lancer `pv signals`")


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


def provenance_rows(found: Provenance, screening: Screening | None, language: str) -> Iterator[dict[str, object]]:
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
    yield from _screening_rows(screening, place)


def _screening_rows(screening: Screening | None, place: int) -> Iterator[dict[str, object]]:
    """Yield what the figures of the signals were counted from, and what they do not mean."""
    if screening is None:
        yield {"item": _LABELS["no_signals"][place], "value": _NO_SCREENING[place]}
        return
    question = screening.question
    items: list[tuple[str, object]] = [
        (_LABELS["signals"][place], screening.as_of.strftime("%Y-%m-%d %H:%M")),
        (_LABELS["cases"][place], screening.total),
        (_LABELS["levels"][place], f"{question.drug_level}, {question.event_level}"),
        (_LABELS["min_n"][place], question.min_n),
        *((_LABELS["rule"][place].format(name), told) for name, told in screening.rules.items()),
        (_LABELS["disclaimer"][place], (DISCLAIMER, _FRENCH_DISCLAIMER)[place]),
    ]
    for item, value in items:
        yield {"item": item, "value": value}
