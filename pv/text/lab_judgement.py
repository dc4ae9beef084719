"""What a value means: direction, CTCAE grade and event, for the patient's sex and age or the range in the text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pv.text.lab_quantities import MULTIPLE, Quantity
from pv.text.lab_walk import Scan, Walk, grade_after, range_after

if TYPE_CHECKING:
    from pv.lexicon.lab_tables import Analyte, Threshold

FROM_TEXT = "text"
# Where the report does not tell the age, the bounds of this age in years hold.
_ADULT = 40.0


class LabValue(NamedTuple):
    """One value of the text; ``start`` and ``end`` cover the analyte and its value.

    ``value`` is in the canonical ``unit`` of the analyte, or a multiple of the upper limit of normal where the unit is
    ``xN``; None where the text only has a word for it (effondrée). ``direction`` is low, high or normal, ``concept``
    the event that it makes, '' where normal. ``grade_source`` names the CTCAE version, or is ``text``.
    """

    start: int
    end: int
    analyte: str
    value: float | None
    unit: str
    comparator: str
    direction: str
    grade: int | None
    grade_source: str
    concept: str


@dataclass(frozen=True, slots=True)
class Patient:
    """Sex (F or M) and age in years, each None where unknown."""

    sex: str | None
    age: float | None


class Limits(NamedTuple):
    """The reference bounds that hold for one value, None where there is none."""

    lower: float | None
    upper: float | None


@lru_cache(maxsize=2048)
def limits(analyte: Analyte, sex: str | None, age: float | None) -> Limits:
    """Give the reference bounds for a patient; where the sex is unknown the widest, where the age is, an adult's."""
    years = _ADULT if age is None else age
    rows = [b for b in analyte.bounds if b.age_from <= years < b.age_to and (not b.sex or sex is None or b.sex == sex)]
    lowers = [b.lower for b in rows if b.lower is not None]
    uppers = [b.upper for b in rows if b.upper is not None]
    return Limits(min(lowers, default=None), max(uppers, default=None))


def direction_of(quantity: Quantity, comparator: str, bounds: Limits) -> str:
    """Give low, high or normal; a value known only to lie beyond a number is abnormal only if all such values are."""
    value = quantity.value
    lower, upper = (None, 1.0) if quantity.unit == MULTIPLE else (bounds.lower, bounds.upper)
    below, above = comparator in ("<", "≤"), comparator in (">", "≥")
    if lower is not None and not above and (value < lower or (comparator == "<" and value == lower)):
        return "low"
    if upper is not None and not below and (value > upper or (comparator == ">" and value == upper)):
        return "high"
    return "normal"


def grade_of(
    analyte: Analyte, quantity: Quantity, comparator: str, direction: str, bounds: Limits
) -> tuple[int | None, str]:
    """Give the highest CTCAE grade whose threshold the value passes, and its source; (None, '') where none applies."""
    for threshold in analyte.thresholds:
        if threshold.direction == direction:
            bound = _bound(threshold, quantity, bounds)
            if bound is not None and _passes(quantity.value, comparator, threshold.operator, bound):
                return threshold.grade, threshold.source
    return None, ""


def _bound(threshold: Threshold, quantity: Quantity, bounds: Limits) -> float | None:
    if quantity.unit == MULTIPLE:
        return threshold.bound if threshold.basis == "ULN" else None
    if threshold.basis == "value":
        return threshold.bound
    limit = bounds.lower if threshold.basis == "LLN" else bounds.upper
    return None if limit is None else limit * threshold.bound


def _passes(value: float, comparator: str, operator: str, bound: float) -> bool:
    # Conversion of units leaves a rest in the last binary digit.
    if abs(value - bound) <= 1e-9 * max(abs(bound), 1.0):
        return operator.endswith("=") or comparator == operator
    return value < bound if operator.startswith("<") else value > bound


def judge_word(analyte: Analyte, start: int, walk: Walk) -> LabValue:
    """Give the value of a word such as ``effondrée``."""
    concept = analyte.event(walk.direction)
    return LabValue(start, walk.word_end, analyte.id, None, analyte.unit, "", walk.direction, None, "", concept)


def judge(
    scan: Scan, analyte: Analyte, start: int, quantity: Quantity, *, walk: Walk, implied: str, patient: Patient
) -> LabValue:
    """Give direction, grade and event of a quantity; a range and a grade written in the text win over the tables."""
    after = range_after(scan, quantity.end)
    written = walk.range or (after[0] if after else None)
    if written and quantity.unit != MULTIPLE:
        bounds = Limits(*(None if b is None else b * quantity.factor for b in written))
    else:
        bounds = limits(analyte, patient.sex, patient.age)
    direction = direction_of(quantity, walk.comparator, bounds)
    said = implied or (walk.direction if walk.direction in {"low", "high"} and direction == "normal" else "")
    grade, source = None, ""
    if said in ("", direction):
        grade, source = grade_of(analyte, quantity, walk.comparator, direction, bounds)
    direction = said or direction
    concept = analyte.event(direction)
    if not concept:
        direction, grade, source = "normal", None, ""
    told = grade_after(scan, after[1] if after else quantity.end) if concept else None
    if told:
        grade, source = told, FROM_TEXT
    return LabValue(
        start,
        quantity.end,
        analyte.id,
        round(quantity.value, 6),
        quantity.unit,
        walk.comparator,
        direction,
        grade,
        source,
        concept,
    )
