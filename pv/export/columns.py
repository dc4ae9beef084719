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
# The figures of a kept screening, as `pv signals --format csv` prints them.
SIGNAL_KINDS = {
    **dict.fromkeys(("drug", "atc", "event", "cim10"), Kind.TEXT),
    "n": Kind.WHOLE,
    "expected": Kind.NUMBER,
    **dict.fromkeys(("n_drug", "n_event", "total"), Kind.WHOLE),
    **dict.fromkeys(
        ("prr", "prr025", "prr975", "ror", "ror025", "ror975", "chi2", "ic", "ic025", "ic975", "ebgm", "eb05", "eb95"),
        Kind.NUMBER,
    ),
    "zero": Kind.TEXTS,
    "recent": Kind.WHOLE,
    "rising": Kind.TRUTH,
    **dict.fromkeys(("rules", "unjudged"), Kind.TEXTS),
    "new": Kind.TRUTH,
    "newly_met": Kind.TEXTS,
}
SIGNAL_COLUMNS = tuple(SIGNAL_KINDS)
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
    "pair": "clé du couple",
    "detector_version": "version du détecteur",
    "lexicon_version": "version des lexiques",
    "meddra_version": "version MedDRA",
}
_FRENCH_OF_SIGNALS = {
    "n": "cas",
    "expected": "cas attendus",
    "n_drug": "cas du médicament",
    "n_event": "cas de l'événement",
    "total": "cas en tout",
    "chi2": "khi-deux (Yates)",
    "zero": "cellules vides",
    "recent": "nouveaux cas en 12 mois",
    "rising": "en hausse",
    "rules": "règles remplies",
    "unjudged": "règles non jugées",
    "new": "nouveau",
    "newly_met": "règles nouvellement remplies",
}


def kind(column: str) -> Kind:
    """Give the kind of a column; one that follows those of the listing holds text."""
    return KINDS.get(column, Kind.TEXT)


def headings(columns: Sequence[str], language: str = "en") -> list[str]:
    """Give the headings of columns: their names, or French for people; a MedDRA level is named the same in both."""
    return [_FRENCH.get(c, c.upper()) for c in columns] if language == "fr" else list(columns)


def signal_headings(language: str = "en") -> list[str]:
    """Give the headings of the figures; a measure is named the same in both languages."""
    french = _FRENCH | _FRENCH_OF_SIGNALS
    return [french.get(c, c.upper()) for c in SIGNAL_COLUMNS] if language == "fr" else list(SIGNAL_COLUMNS)
