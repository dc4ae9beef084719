"""Why a pair is there, and what speaks for a cause: the lines that ``pv detect --explain`` and ``pv show`` print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from pv.causality.explanation import proposals
from pv.model import Pair
from pv.text.passage import printable, segments

_MARKS = {"drug": "cyan", "event": "red", "cue": "yellow"}


def explain(pair: Pair, others: Sequence[Pair]) -> Iterator[str]:
    """Yield the reasons for a pair, then what the report gives for its causality, one line each.

    ``others`` are all pairs of the report. A pair that says that the drug is no cause has its reasons only.
    """
    yield from map(printable, pair.reasons)
    for proposal in proposals(pair, others):
        yield f"{proposal.result} ({proposal.left_to_assessor})"
        yield from (f"  {criterion}" for criterion in proposal.criteria)


def marked(pair: Pair) -> str:
    """Give the passage of a pair on one line, with drug, event and cue in brackets that name them, and in colour.

    The brackets stand for themselves where colours are off, or are not seen.
    """
    pieces = (_mark(s.text, s.role) if s.role else s.text for s in segments(pair))
    return "".join(pieces).strip()


def _mark(text: str, role: str) -> str:
    return click.style(f"[{role}: {text}]", fg=_MARKS[role], bold=True)
