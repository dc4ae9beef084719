"""The words of the product as plain values: mentions, cues, time expressions, pairs, detections.

Every offset is a character offset, ``[start, end)``, into the report's text as it was given. Standard library only.
What is made by the hundred in every report is a named tuple, which costs less to make than a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Assertion(StrEnum):
    """What the text says of an event mention."""

    PRESENT = "present"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    OTHER = "other"


class Link(StrEnum):
    """How a report relates a drug to an event."""

    STATED = "stated"
    TEMPORAL = "temporal"
    PART = "part"
    DENIED = "denied"
    TREATS = "treats"


REPORTABLE_LINKS = frozenset({Link.STATED, Link.TEMPORAL})


class Certainty(StrEnum):
    """How firmly the author states a cause."""

    ASSERTED = "asserted"
    HEDGED = "hedged"


class DrugKind(StrEnum):
    """What a drug term names."""

    SUBSTANCE = "substance"
    CLASS = "class"
    PROTOCOL = "protocol"


class Challenge(StrEnum):
    """The result of stopping (dechallenge) or giving again (rechallenge)."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NONE = "none"


class Seriousness(StrEnum):
    """The E2B(R3) criterion, E.i.3.2a-f, that makes an event serious."""

    DEATH = "death"
    LIFE_THREATENING = "life-threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL_ANOMALY = "congenital anomaly"
    MEDICALLY_IMPORTANT = "medically important"


class ActionTaken(StrEnum):
    """What was done with the drug (E2B(R3) G.k.8)."""

    STOPPED = "stopped"
    REDUCED = "reduced"
    INCREASED = "increased"
    CONTINUED = "continued"


class Outcome(StrEnum):
    """What became of the event (E2B(R3) E.i.7)."""

    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not recovered"
    SEQUELAE = "recovered with sequelae"
    FATAL = "fatal"


class Sentence(NamedTuple):
    """One sentence, list item, table row or heading line of the text."""

    start: int
    end: int


class Section(NamedTuple):
    """A part of a report under one heading; ``category`` is ``body`` where there is none.

    ``start`` is where the heading begins (or the body), ``body_start`` where what follows the heading begins.
    """

    category: str
    start: int
    body_start: int
    end: int


@dataclass(frozen=True, slots=True)
class DrugMention:
    """A span that names a medicinal product.

    ``inn`` is the French INN in lower case, substances of a combination joined by ``/``; ``class:NAME`` for a class and
    ``protocol:NAME`` for a protocol. ``atc`` holds an ATC code, for a class the ATC prefixes of its members, separated
    by a space, and is empty where none is known. ``substances`` are the INNs of a combination or a protocol.
    """

    start: int
    end: int
    inn: str
    kind: DrugKind
    atc: str = ""
    substances: tuple[str, ...] = ()
    misspelt: bool = False


@dataclass(frozen=True, slots=True)
class EventMention:
    """A span that names a clinical event, or an abnormal laboratory value.

    ``concept`` is the row id in the event lexicon, ``label`` its French preferred label. ``assertion_rule`` is the id
    of the rule that decided the assertion, empty for the default (present). ``grade`` is a CTCAE grade (1 to 5) or
    None, ``grade_source`` says where it comes from: the text, or a CTCAE version. ``severity`` is what a word tells
    ("sévère"): mild, moderate, severe or life-threatening, else empty. ``generic`` marks a word for harm that does not
    say which ("effet indésirable"), ``special`` a special situation without harm of its own ("surdosage").
    """

    start: int
    end: int
    concept: str
    label: str
    cim10: str = ""
    group: str = ""
    important: bool = False
    assertion: Assertion = Assertion.PRESENT
    assertion_rule: str = ""
    grade: int | None = None
    grade_source: str = ""
    severity: str = ""
    generic: bool = False
    special: bool = False


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A span that says when, how long or how often.

    ``kind`` is date, relative, duration or frequency. ``value`` is an ISO 8601 date cut to what is known
    (``2015-02-11``, ``2015-02``, ``2015``) or an ISO 8601 duration (``P3D``), empty where it cannot be worked out.
    ``anchor`` says what a relative value counts from (``document``, ``event``, ``cycle``, ``admission`` ...).
    """

    start: int
    end: int
    kind: str
    value: str = ""
    anchor: str = ""


class Cue(NamedTuple):
    """A phrase that matched a linking rule: a stated cause, a treatment, a denial, a stop.

    It stands at tokens [first, last) of the report.
    """

    start: int
    end: int
    rule: str
    category: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A drug and an event of one report, how the report relates them, and why the program says so.

    Dates are ISO 8601, cut to what is known; ``latency_days`` counts whole days from the start of exposure to onset.
    ``reasons`` are sentences for the assessor, in the order in which the decision was made.
    """

    drug: str
    event: str
    drug_spans: tuple[tuple[int, int], ...]
    event_spans: tuple[tuple[int, int], ...]
    link: Link
    rule: str
    evidence_start: int
    evidence_end: int
    evidence: str
    cue: str = ""
    certainty: Certainty | None = None
    current: bool = True
    confidence: float = 0.5
    start: str | None = None
    onset: str | None = None
    latency_days: int | None = None
    dechallenge: Challenge | None = None
    rechallenge: Challenge | None = None
    serious: bool = False
    seriousness: Seriousness | None = None
    grade: int | None = None
    action_taken: ActionTaken | None = None
    outcome: Outcome | None = None
    dose: str | None = None
    route: str | None = None
    indication: str | None = None
    part_of: str | None = None
    atc: str = ""
    drug_kind: DrugKind = DrugKind.SUBSTANCE
    cim10: str = ""
    concept: str = ""
    assertions: tuple[Assertion, ...] = ()
    alternatives: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def reportable(self) -> bool:
        """Stated or temporal, with at least one present or historical mention of the event."""
        occurred = any(a in (Assertion.PRESENT, Assertion.HISTORICAL) for a in self.assertions)
        return self.link in REPORTABLE_LINKS and occurred


@dataclass(frozen=True, slots=True)
class Patient:
    """What the report says of the patient: age in years and sex (``F`` or ``M``), each None where it says nothing."""

    age: float | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """All that was found in one report; ``reporter`` says whether it names a health professional, who can be asked."""

    report_id: str | None
    drugs: tuple[DrugMention, ...] = ()
    events: tuple[EventMention, ...] = ()
    pairs: tuple[Pair, ...] = ()
    patient: Patient = field(default_factory=Patient)
    reporter: bool = False
