"""What the laboratory tables hold once loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pv.lexicon.lab_units import UnitTable


@dataclass(frozen=True, slots=True)
class Band:
    """Numbers from ``low`` to ``high`` that may stand without a unit, and the factor to the canonical unit."""

    low: float
    high: float
    factor: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Reference bounds of one sex ('' for both) and age band [age_from, age_to), in years."""

    sex: str
    age_from: float
    age_to: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value beyond ``bound`` has this grade; ``basis`` LLN or ULN makes the bound a multiple of that limit."""

    direction: str
    grade: int
    operator: str
    bound: float
    basis: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Analyte:
    """One measured quantity: how its values are written, what is normal, and the events that it can make.

    Two analytes are equal only where they are the same object, so that one can be the key of a cache.
    """

    id: str
    label: str
    unit: str
    units: Mapping[str, float]
    multiples: bool
    bare: tuple[Band, ...]
    before: tuple[Band, ...]
    plausible: tuple[float, float]
    second: str
    low_event: str
    high_event: str
    bounds: tuple[Bounds, ...]
    thresholds: tuple[Threshold, ...]

    def event(self, direction: str) -> str:
        """Give the event concept of a direction, '' where there is none."""
        if direction == "low":
            return self.low_event
        return self.high_event if direction == "high" else ""


@dataclass(frozen=True, slots=True)
class LabName:
    """One name of one or more analytes: folded tokens, and the exact surfaces where case decides.

    ``implied`` is the direction that the name itself states (thrombopénie: low), '' for a neutral name.
    """

    tokens: tuple[str, ...]
    surfaces: tuple[str, ...]
    analytes: tuple[Analyte, ...]
    needs_unit: bool
    implied: str


@dataclass(frozen=True, slots=True)
class LabTables:
    """All that reading laboratory values needs; ``names`` is keyed by first folded token, longest name first."""

    analytes: Mapping[str, Analyte]
    names: Mapping[str, tuple[LabName, ...]]
    units: UnitTable
    words: Mapping[str, Mapping[str, str]]
