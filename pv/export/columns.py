"""The columns of the line listing, in the order in which an assessor reads, with the kind and the heading of each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; ``date`` is ISO 8601, cut to what is known, ``moment`` a UTC time stamp."""

    TEXT = "text"
    TEXTS = "texts"
    WHOLE = "whole"
    NUMBER = "number"
    TRUTH = "truth"
    DATE = "date"
    MOMENT = "moment"


# Others parse these names, which the columns of a user's MedDRA table may follow: a change is in CHANGELOG.md.
KINDS = {
    "status": Kind.TEXT,
    "report": Kind.TEXT,
    "received": Kind.MOMENT,
    "patient_age": Kind.NUMBER,
    "patient_sex": Kind.TEXT,
    "drug": Kind.TEXT,
    "atc": Kind.TEXT,
    "dose": Kind.TEXT,
    "route": Kind.TEXT,
    "indication": Kind.TEXT,
    "start": Kind.DATE,
    "event": Kind.TEXT,
    "cim10": Kind.TEXT,
    "grade": Kind.WHOLE,
    "onset": Kind.DATE,
    "days_to_onset": Kind.WHOLE,
    "link": Kind.TEXT,
    "certainty": Kind.TEXT,
    "current": Kind.TRUTH,
    "serious": Kind.TRUTH,
    "seriousness_criterion": Kind.TEXT,
    "action_taken": Kind.TEXT,
    "outcome": Kind.TEXT,
    "dechallenge": Kind.TEXT,
    "rechallenge": Kind.TEXT,
    "missing": Kind.TEXTS,
    "confidence": Kind.NUMBER,
    "evidence": Kind.TEXT,
    "rule": Kind.TEXT,
    "pair": Kind.TEXT,
    "detector_version": Kind.TEXT,
    "lexicon_version": Kind.TEXT,
}
COLUMNS = tuple(KINDS)
LANGUAGES = ("en", "fr")

_FRENCH = {
    "status": "statut",
    "report": "compte rendu",
    "received": "reçu le",
    "patient_age": "âge",
    "patient_sex": "sexe",
    "drug": "médicament",
    "atc": "code ATC",
    "dose": "posologie",
    "route": "voie",
    "indication": "indication",
    "start": "début du médicament",
    "event": "événement",
    "cim10": "code CIM-10",
    "grade": "grade",
    "onset": "début de l'événement",
    "days_to_onset": "délai (jours)",
    "link": "lien",
    "certainty": "certitude",
    "current": "actuel",
    "serious": "grave",
    "seriousness_criterion": "critère de gravité",
    "action_taken": "mesure prise",
    "outcome": "évolution",
    "dechallenge": "évolution à l'arrêt",
    "rechallenge": "réadministration",
    "missing": "à compléter",
    "confidence": "confiance",
    "evidence": "passage",
    "rule": "règle",
    "pair": "clé de la paire",
    "detector_version": "version du détecteur",
    "lexicon_version": "version des lexiques",
    "meddra_version": "version MedDRA",
}


def kind(column: str) -> Kind:
    """Give the kind of a column; one that follows those of the listing holds text."""
    return KINDS.get(column, Kind.TEXT)


def headings(columns: Sequence[str], language: str = "en") -> list[str]:
    """Give the headings of columns: their names, or French for people; a MedDRA level is named the same in both."""
    return [_FRENCH.get(c, c.upper()) for c in columns] if language == "fr" else list(columns)
