"""What a pair still lacks to be a valid and assessable case report, so that the centre knows what to ask for.

A case report is valid with an identifiable reporter, an identifiable patient, a suspected drug and a suspected reaction
(EMA, Guideline on good pharmacovigilance practices, Module VI, VI.B.2; ICH E2D, 4.1). Dates and outcome are what
an assessment of causality then asks for first. Pure functions; that a gap is found decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pv.model import Assertion, DrugKind, Pair, Patient

_OCCURRED = frozenset({Assertion.PRESENT.value, Assertion.HISTORICAL.value})


class Gap(StrEnum):
    """Something that the report does not tell, in the order in which a centre asks for it."""

    REPORTER = "reporter"
    PATIENT = "patient"
    DRUG = "drug"
    REACTION = "reaction"
    START = "start date"
    ONSET = "onset date"
    OUTCOME = "outcome"


# Without one of these there is no valid case report.
MINIMUM = frozenset({Gap.REPORTER, Gap.PATIENT, Gap.DRUG, Gap.REACTION})


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a pair and its report, as a database row or a detection gives it.

    ``reporter`` is whether a health professional is named, None where nobody looked; ``patient_key`` whether the source
    gave an identity of the patient; ``generic`` and ``special`` are those of the event (see EventMention).
    """

    reporter: bool | None = None
    patient_age: float | None = None
    patient_sex: str | None = None
    patient_key: bool = False
    drug_kind: str = DrugKind.SUBSTANCE.value
    assertions: Sequence[str] = ()
    generic: bool = False
    special: bool = False
    start: str | None = None
    onset: str | None = None
    outcome: str | None = None


def told_by(
    pair: Pair, patient: Patient, *, reporter: bool | None, generic: bool = False, special: bool = False
) -> Told:
    """Give what is known of a pair as it was detected, with what its report says of patient and reporter."""
    return Told(
        reporter=reporter,
        patient_age=patient.age,
        patient_sex=patient.sex,
        drug_kind=pair.drug_kind.value,
        assertions=[a.value for a in pair.assertions],
        generic=generic,
        special=special,
        start=pair.start,
        onset=pair.onset,
        outcome=pair.outcome and pair.outcome.value,
    )


def gaps(told: Told) -> tuple[Gap, ...]:
    """Give what is still to be asked for, in the order of Gap; a date known in part (2015-02) counts as told.

    A patient is identifiable by age, sex or an identity from the source; a class is no drug yet, and a word for harm
    that does not say which, or an exposure without harm, is no reaction yet.
    """
    missing = {
        Gap.REPORTER: not told.reporter,
        Gap.PATIENT: told.patient_age is None and not told.patient_sex and not told.patient_key,
        Gap.DRUG: told.drug_kind == DrugKind.CLASS,
        Gap.REACTION: told.generic or told.special or not _OCCURRED & set(told.assertions),
        Gap.START: not told.start,
        Gap.ONSET: not told.onset,
        Gap.OUTCOME: not told.outcome,
    }
    return tuple(gap for gap in Gap if missing[gap])


def valid(missing: Sequence[Gap]) -> bool:
    """Say whether the four things are there without which a case report is not valid."""
    return not MINIMUM & set(missing)
