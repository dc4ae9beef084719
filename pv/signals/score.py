"""From counts to signals: the measures of every combination, the prior, and the rules it meets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pv.signals.background import Background
from pv.signals.contingency import Counts
from pv.signals.measures import Estimates, Floats, Tables, chi_square, information_component, prr, ror
from pv.signals.mgps import empirical_bayes
from pv.signals.prior import PriorError, fit_prior
from pv.signals.rules import Facts, Lists, judge, judgeable
from pv.signals.signal import Prior, Signal
from pv.text.folding import strip_accents


@dataclass(frozen=True, slots=True)
class Scored:
    """The signals with at least the cases asked for, and how they came about.

    ``incomparable`` counts the combinations left out because the background does not know their event.
    """

    signals: tuple[Signal, ...]
    rules: dict[str, str]
    prior: Prior | None = None
    prior_problem: str = ""
    incomparable: int = 0


def score(counts: Counts, min_n: int, lists: Lists, background: Background | None = None) -> Scored:
    """Give the signals, highest IC025 first, from this database's own counts or against a background.

    Against a background the cases of the drug are this database's, and those of all other drugs the background's; the
    prior is fitted on the background's whole table.
    """
    tables, comparable = _tables(counts, background)
    prior, problem = _prior(counts, background)
    chosen = np.flatnonzero((counts.n >= min_n) & comparable)
    rules = judgeable(lists, scored=prior is not None)
    rows = _signals(counts, tables, chosen, prior)
    judged = (_judged(row, lists, rules) for row in rows)
    return Scored(
        tuple(sorted(judged, key=Signal.rank)), rules, prior, problem, int((counts.n >= min_n).sum()) - len(chosen)
    )


def _tables(counts: Counts, background: Background | None) -> tuple[Tables, NDArray[np.bool_]]:
    """Give the table of each combination, and whether it can be compared."""
    if background is None:
        return Tables.of(counts.n, counts.n_drug, counts.n_event, counts.total), np.ones(len(counts.n), dtype=np.bool_)
    drugs = [strip_accents(d) for d in counts.drugs]
    events = [strip_accents(e) for e in counts.events]
    of_drug = np.array([background.drugs.get(d, 0) for d in drugs], dtype=np.float64)[counts.drug]
    of_event = np.array([background.events.get(e, 0) for e in events], dtype=np.float64)[counts.event]
    cells = zip(counts.drug.tolist(), counts.event.tolist(), strict=True)
    both = np.array([background.joint.get((drugs[d], events[e]), 0) for d, e in cells], dtype=np.float64)
    known = np.array([e in background.events for e in events], dtype=np.bool_)[counts.event]
    others = of_event - both
    total = counts.n_drug + background.total - of_drug
    return Tables.of(counts.n, counts.n_drug, counts.n + others, total), known


def _prior(counts: Counts, background: Background | None) -> tuple[Prior | None, str]:
    """Give the prior of the whole table, or the reason why there is none."""
    if background is None:
        n = counts.n.astype(np.float64)
        expected = counts.n_drug / max(counts.total, 1) * counts.n_event
    else:
        rows = [(n, background.drugs[d], background.events[e]) for (d, e), n in background.joint.items() if n]
        n, of_drug, of_event = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        expected = of_drug / background.total * of_event
    try:
        return fit_prior(n, expected), ""
    except PriorError as error:
        return None, str(error)


def _signals(counts: Counts, tables: Tables, chosen: NDArray[np.intp], prior: Prior | None) -> Iterator[Signal]:
    """Yield the chosen combinations with their measures."""
    t = Tables(*(cell[chosen] for cell in (tables.a, tables.b, tables.c, tables.d)))
    expected = t.expected
    ratio, odds, ic = prr(t), ror(t), information_component(t.a, expected)
    nothing = np.full(len(chosen), np.nan)
    eb = empirical_bayes(t.a, expected, prior) if prior else Estimates(nothing, nothing, nothing)
    columns: Sequence[Floats] = (
        *(ratio.value, ratio.low, ratio.high),
        *(odds.value, odds.low, odds.high),
        chi_square(t),
        *(ic.value, ic.low, ic.high),
        *(eb.value, eb.low, eb.high),
    )
    measures = np.column_stack(columns)
    margins = np.column_stack((t.a, t.a + t.b, t.a + t.c, t.total)).astype(np.int64)
    for i, at in enumerate(chosen):
        # One row after another: as lists, hundreds of thousands of rows would take a gigabyte.
        cells: list[Any] = [counts.drugs[counts.drug[at]], counts.events[counts.event[at]], *margins[i].tolist()]
        values = (None if math.isnan(value) else value for value in measures[i].tolist())
        zero = tuple(name for name, cell in (("b", t.b), ("c", t.c), ("d", t.d)) if cell[i] == 0)
        cells += [float(expected[i]), *values, zero, int(counts.recent[at])]
        yield Signal(*cells)


def _judged(row: Signal, lists: Lists, rules: dict[str, str]) -> Signal:
    important = None if lists.important is None else lists.names_event(row.event)
    met, unjudged = judge(Facts(row, important, lists.names_drug(row.drug)), rules)
    return replace(row, rules=met, unjudged=unjudged)
