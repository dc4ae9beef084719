"""Numbers and units at one place of a text, and the value that they give for one analyte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pv.lexicon.lab_tables import Analyte, Band
    from pv.lexicon.lab_units import UnitTable

_SPACED = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?)(?![.,]?\d)")
# In "45.10^9/L" the point multiplies.
_PLAIN = re.compile(r"\d+(?:[.,](?!10[ \u00a0]?[\^⁹³*eE])\d+)*")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+\Z")
_NOT_A_VALUE = re.compile(r"[^\W_]|[ \u00a0]?/[ \u00a0]?\d|[ \u00a0]?%")
MULTIPLE = "xN"


class Reading(NamedTuple):
    """One way to read the digits at a place.

    ``units`` is None where no unit follows, empty for a unit of no analyte; ``ambiguous`` tells that a point or comma
    may part thousands.
    """

    value: float
    end: int
    ambiguous: bool
    units: tuple[str, ...] | None
    unit_end: int


class Quantity(NamedTuple):
    """A value in the analyte's canonical unit, or a multiple of the upper limit of normal; ``end`` closes its unit."""

    value: float
    unit: str
    factor: float
    end: int


def readings(text: str, at: int, units: UnitTable) -> Iterator[Reading]:
    """Give the ways to read the number at this place, the likeliest first."""
    spaced = _SPACED.match(text, at)
    if spaced:
        digits = re.sub(r"\s", "", spaced.group()).replace(",", ".")
        yield _with_unit(text, float(digits), spaced.end(), ambiguous=False, units=units)
    plain = _PLAIN.match(text, at)
    if not plain:
        return
    digits = plain.group().replace(",", ".")
    grouped = _GROUPED.match(digits) is not None
    if digits.count(".") < 2:
        yield _with_unit(text, float(digits), plain.end(), ambiguous=grouped, units=units)
    if grouped:
        yield _with_unit(text, float(digits.replace(".", "")), plain.end(), ambiguous=False, units=units)


def _with_unit(text: str, value: float, end: int, *, ambiguous: bool, units: UnitTable) -> Reading:
    read = units.read(text, end)
    return Reading(value, end, ambiguous, read[0] if read else None, read[1] if read else end)


def fit(
    analyte: Analyte,
    text: str,
    reading: Reading,
    table: UnitTable,
    *,
    bands: tuple[Band, ...] | None = None,
    borrowed: tuple[str, ...] = (),
    needs_unit: bool = False,
    times: bool = False,
) -> Quantity | None:
    """Give what a reading means for an analyte, None where it cannot be one of its values.

    ``bands`` replaces the bands of bare numbers, ``borrowed`` holds the units written elsewhere for this number,
    ``times`` tells that a multiplication sign stands before it.
    """
    if reading.units is None and not borrowed:
        if times and analyte.multiples:
            return Quantity(reading.value, MULTIPLE, 1, reading.end)
        if needs_unit or _NOT_A_VALUE.match(text, reading.end):
            return None
        return _bare(analyte, reading, analyte.bare if bands is None else bands, reading.end)
    end = reading.end if reading.units is None else reading.unit_end
    units = reading.units if reading.units is not None else borrowed
    if MULTIPLE in units and analyte.multiples:
        return Quantity(reading.value, MULTIPLE, 1, end)
    for unit in units:
        if unit in analyte.units:
            if reading.ambiguous and table.kinds[unit] == "whole":
                return None
            value = reading.value * analyte.units[unit]
            if analyte.plausible[0] <= value <= analyte.plausible[1]:
                return Quantity(value, analyte.unit, analyte.units[unit], end)
            # A slip in the unit ("hémoglobine à 9,8 g/L") leaves the number readable.
            return None if needs_unit else _bare(analyte, reading, analyte.bare, end)
    return None


def _bare(analyte: Analyte, reading: Reading, bands: tuple[Band, ...], end: int) -> Quantity | None:
    for band in bands:
        if band.low <= reading.value <= band.high:
            return Quantity(reading.value * band.factor, analyte.unit, band.factor, end)
    return None
