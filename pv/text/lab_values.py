"""Laboratory values and vital signs in a report: analyte, value, direction, CTCAE grade and the event they make.

The names of analytes are looked up token by token, then a value is read in the few tokens after the name (``Hb à
8,3 g/dl``), or before it (``2000 plaquettes``); the work is linear in the length of the text. Every word that counts is
in the tables of ``pv.lexicon.labs``.
"""

from __future__ import annotations

import re
from itertools import compress, count
from typing import TYPE_CHECKING

from pv.text.folding import fold
from pv.text.lab_judgement import LabValue, Patient, judge, judge_word
from pv.text.lab_quantities import Quantity, fit, readings
from pv.text.lab_walk import Named, Scan, Walk, after_date, named_at, walk_to_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pv.lexicon.lab_tables import Analyte, LabName, LabTables

__all__ = ["LabValue", "find_lab_values"]

_PRESSURE = re.compile(r"(\d{1,3}(?:[.,]\d)?)\s?/\s?(\d{1,3}(?:[.,]\d)?)(?![/.,]?\d)")
_ARROW_OR_DASH = re.compile(r"\s?(?:-+>|=>|→|[-–])\s?(?=\d)")
_MOST_VALUES = 4
_LONGEST_BEFORE = 9
# Above this, the first number of a pressure is in mmHg, not in cmHg.
_HIGHEST_CMHG = 30


def find_lab_values(
    text: str,
    tokens: Sequence[tuple[int, int]],
    tables: LabTables,
    sex: str | None = None,
    age: float | None = None,
    *,
    folded: Sequence[str] | None = None,
) -> list[LabValue]:
    """Find the laboratory values of a text, normal ones included, in the order of the text.

    ``tokens`` is what ``pv.text.tokens.tokenize`` gives for the text, ``folded`` the folded tokens where the caller has
    them; ``sex`` is F or M, ``age`` in years.
    """
    words = [fold(text[s:e]) for s, e in tokens] if folded is None else folded
    scan, patient = Scan(text, tokens, words, tables), Patient(sex, age)
    found: list[LabValue] = []
    last = floor = 0
    for i in compress(count(), map(tables.names.__contains__, words)):
        if i < last or tokens[i][0] < floor:
            continue
        named = named_at(scan, i)
        if named is None:
            continue
        values = _after(scan, named, patient) or _before(scan, named, floor, patient)
        if values:
            found += values
            floor = values[-1].end
        last = named.last
    return found


def _after(scan: Scan, named: Named, patient: Patient) -> list[LabValue]:
    """Read the value or values that follow a name."""
    walk = Walk()
    walk_to_value(scan, named, named.last, walk)
    while walk.number >= 0:
        values = _at_number(scan, named, walk, patient)
        if values:
            return values
        resumed = after_date(scan, walk.number)
        if resumed is None:
            break
        walk_to_value(scan, named, resumed, walk)
    if not walk.direction:
        return []
    start = scan.tokens[named.first][0]
    said = (judge_word(name.analytes[0], start, walk) for name in named.names if not name.needs_unit)
    return [v for v in said if v.concept or v.direction == "normal"]


def _at_number(scan: Scan, named: Named, walk: Walk, patient: Patient) -> list[LabValue]:
    if len(named.names) > 1:
        return _paired(scan, named, walk, patient)
    name = named.names[0]
    start = scan.tokens[named.first][0]
    if name.analytes[0].second:
        value = _pressure(scan, named, walk, patient)
        if value:
            return [value]
    read = _read(scan, name, walk.number, walk)
    if read is None:
        return []
    analyte, quantity = read
    drifted = _drift(scan, name, walk, quantity)
    if drifted is None and walk.drift and _is_change(scan, named):
        return []
    values = [judge(scan, analyte, start, drifted or quantity, walk=walk, implied=name.implied, patient=patient)]
    while len(values) < _MOST_VALUES:
        token = _then(scan, values[-1].end)
        more = None if token is None else _read(scan, name, token, Walk())
        if token is None or more is None:
            break
        values.append(
            judge(scan, more[0], scan.tokens[token][0], more[1], walk=Walk(), implied=name.implied, patient=patient)
        )
    return values


def _read(
    scan: Scan, name: LabName, token: int, walk: Walk, borrowed: tuple[str, ...] = ()
) -> tuple[Analyte, Quantity] | None:
    for analyte in name.analytes:
        for reading in readings(scan.text, scan.tokens[token][0], scan.tables.units):
            # A bare number on the next line is another item's; glued to one letter (K3) it is part of a name.
            bare = reading.units is None and not walk.units
            if bare and (walk.new_line or (len(name.tokens[0]) == 1 and _is_glued(scan, token))):
                continue
            quantity = fit(
                analyte,
                scan.text,
                reading,
                scan.tables.units,
                borrowed=walk.units or borrowed,
                needs_unit=name.needs_unit,
                times=walk.times,
            )
            if quantity:
                return analyte, quantity
    return None


def _is_glued(scan: Scan, token: int) -> bool:
    start = scan.tokens[token][0]
    return scan.text[start - 1 : start].isalpha()


def _drift(scan: Scan, name: LabName, walk: Walk, first: Quantity) -> Quantity | None:
    """Give the last value of ``de 12 à 8``, ``12 -> 8`` or ``39-40``, None where a single value stands."""
    joint = _ARROW_OR_DASH.match(scan.text, first.end)
    if joint:
        token = scan.token_at(joint.end())
    elif walk.drift:
        token = scan.token_at(first.end) + 1
        if "to" not in scan.kinds(token - 1):
            return None
    else:
        return None
    last = _read(scan, name, token, Walk()) if scan.is_number(token) else None
    return last[1] if last else None


def _then(scan: Scan, offset: int) -> int | None:
    """Give the token of a further value, ``puis 45``, None where there is none."""
    at = scan.token_at(offset)
    if "then" not in scan.kinds(at):
        return None
    at += 1
    while "filler" in scan.kinds(at) and not scan.is_number(at):
        at += 1
    return at if scan.is_number(at) else None


def _is_change(scan: Scan, named: Named) -> bool:
    """Tell whether the text gives a change of the analyte, not its value: ``chute de l'hémoglobine de 3 g/dL``."""
    return any("delta" in scan.kinds(i) for i in range(max(0, named.first - 5), named.first))


def _paired(scan: Scan, named: Named, walk: Walk, patient: Patient) -> list[LabValue]:
    """Read ``ASAT/ALAT 250/340 UI/L``: a value for each name, or one with a unit for all."""
    tokens, at = [walk.number], walk.number + 1
    while len(tokens) < len(named.names):
        at += "and" in scan.kinds(at) or scan.words[at : at + 1] in (["-"], ["–"])
        while "filler" in scan.kinds(at):
            at += 1
        if not scan.is_number(at):
            break
        tokens.append(at)
        at += 1
    start = scan.tokens[named.first][0]
    last = next(readings(scan.text, scan.tokens[tokens[-1]][0], scan.tables.units), None)
    borrowed = (last.units or ()) if last else ()
    if len(tokens) == 1:
        tokens *= len(named.names)
        if not (borrowed or walk.times):
            return []
    values = []
    for name, token in zip(named.names, tokens, strict=False):
        read = _read_loosely(scan, name, token, walk, borrowed)
        if read:
            values.append(judge(scan, read[0], start, read[1], walk=walk, implied="", patient=patient))
    end = max((v.end for v in values), default=0)
    return [v._replace(end=end) for v in values]


def _read_loosely(
    scan: Scan, name: LabName, token: int, walk: Walk, borrowed: tuple[str, ...]
) -> tuple[Analyte, Quantity] | None:
    """Read one number of several; where the last one's unit does not suit the analyte, the number stands bare."""
    for analyte in name.analytes:
        for reading in readings(scan.text, scan.tokens[token][0], scan.tables.units):
            shared = reading._replace(units=reading.units or borrowed or None)
            for tried in (shared, reading._replace(units=None)):
                quantity = fit(analyte, "", tried, scan.tables.units, times=walk.times, needs_unit=name.needs_unit)
                if quantity:
                    return analyte, quantity
    return None


def _pressure(scan: Scan, named: Named, walk: Walk, patient: Patient) -> LabValue | None:
    """Read ``TA 80/40`` or ``TA 8/4``: the systolic value, judged with the diastolic."""
    match = _PRESSURE.match(scan.text, scan.tokens[walk.number][0])
    if match is None:
        return None
    systolic, diastolic = (float(g.replace(",", ".")) for g in match.groups())
    factor = 10 if systolic < _HIGHEST_CMHG else 1
    name = named.names[0]
    analyte = name.analytes[0]
    other = scan.tables.analytes[analyte.second]
    end = match.end()
    unit = scan.tables.units.read(scan.text, end)
    end = unit[1] if unit and set(unit[0]) & set(analyte.units) else end
    first, second = (Quantity(x * factor, analyte.unit, factor, end) for x in (systolic, diastolic))
    plausible = all(a.plausible[0] <= q.value <= a.plausible[1] for a, q in ((analyte, first), (other, second)))
    if not plausible or systolic <= diastolic:
        return None
    start = scan.tokens[named.first][0]
    value = judge(scan, analyte, start, first, walk=walk, implied=name.implied, patient=patient)
    lower_one = judge(scan, other, start, second, walk=walk, implied=name.implied, patient=patient)
    if lower_one.direction != "high" or value.direction == "low":
        return value
    grade = max(value.grade or 0, lower_one.grade or 0) or None
    return lower_one._replace(analyte=analyte.id, value=value.value, grade=grade)


def _before(scan: Scan, named: Named, floor: int, patient: Patient) -> list[LabValue]:
    """Read the value that stands before a name: ``2000 plaquettes``, ``0,4 G/L de PNN``."""
    name = named.names[0]
    if len(named.names) > 1 or name.implied:
        return []
    tokens, text = scan.tokens, scan.text
    span = (tokens[named.first][0], tokens[named.last - 1][1])
    first = named.first
    for i in range(named.first - 1, max(-1, named.first - _LONGEST_BEFORE), -1):
        if tokens[i][0] < floor or "\n" in text[tokens[i][1] : tokens[i + 1][0]] or text[tokens[i][0]] in ",;.":
            break
        if scan.is_number(i):
            first = i
        elif first != named.first:
            break
    while first < named.first:
        value = _before_from(scan, name, first, span, patient)
        if value:
            return [] if any("delta" in scan.kinds(i) for i in range(max(0, first - 3), first)) else [value]
        first = next((i for i in range(first + 1, named.first) if scan.is_number(i)), named.first)
    return []


def _before_from(
    scan: Scan, name: LabName, first: int, name_span: tuple[int, int], patient: Patient
) -> LabValue | None:
    text, start = scan.text, scan.tokens[first][0]
    name_start, name_end = name_span
    comparator = scan.kinds(first - 1).get("comparator", "")
    for analyte in name.analytes:
        for found in readings(text, start, scan.tables.units):
            # In "39 °C" and "40 000 plaquettes/mm3" the name itself is read as a unit.
            inside = found.unit_end > name_start
            reading = found._replace(units=None, unit_end=found.end) if inside else found
            between = range(scan.token_at(reading.unit_end), scan.token_at(name_start))
            if reading.unit_end > name_start or (between and not reading.units and not analyte.before):
                continue
            if any("of" not in scan.kinds(i) for i in between) or (reading.units is None and between):
                continue
            trailing = scan.tables.units.read(text, name_end) if reading.units is None else None
            trailing = trailing if trailing and set(trailing[0]) & set(analyte.units) else None
            loose = reading._replace(end=len(text)) if reading.units is None else reading
            quantity = fit(
                analyte, text, loose, scan.tables.units, bands=analyte.before, borrowed=trailing[0] if trailing else ()
            )
            if quantity and not (name.needs_unit and reading.units is None):
                end = trailing[1] if trailing else name_end
                placed = quantity._replace(end=max(end, name_end))
                return judge(
                    scan, analyte, start, placed, walk=Walk(comparator=comparator), implied="", patient=patient
                )
    return None
