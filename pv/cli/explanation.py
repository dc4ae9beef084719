"""Why a pair is there, and what speaks for a cause: the lines that ``pv detect --explain`` and ``pv show`` print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import click

from pv.causality import french, who_umc
from pv.model import REPORTABLE_LINKS, Pair

if TYPE_CHECKING:
    from pv.lexicon.times import TimeTables

_FRENCH_DELAY = {
    french.Delay.VERY_SUGGESTIVE: "très suggestif",
    french.Delay.COMPATIBLE: "compatible",
    french.Delay.INCOMPATIBLE: "incompatible",
}
_FRENCH_EVOLUTION = {
    french.Evolution.SUGGESTIVE: "suggestive",
    french.Evolution.NON_CONCLUSIVE: "non concluante",
    french.Evolution.NON_SUGGESTIVE: "non suggestive",
}
_CRITERIA = {
    who_umc.CriterionName.TIME: "relation temporelle",
    who_umc.CriterionName.NO_OTHER_CAUSE: "pas d'autre cause",
    who_umc.CriterionName.WITHDRAWAL: "réponse à l'arrêt",
    who_umc.CriterionName.SPECIFIC: "événement caractéristique",
    who_umc.CriterionName.RECHALLENGE: "réadministration",
}
_ANSWERS = {
    who_umc.Answer.MET: "oui",
    who_umc.Answer.NOT_MET: "non",
    who_umc.Answer.UNCLEAR: "non dit ou non concluant",
    who_umc.Answer.ASSESSOR: "à l'évaluateur",
}
_CATEGORIES = {
    who_umc.Category.CERTAIN: "certain",
    who_umc.Category.PROBABLE: "probable",
    who_umc.Category.POSSIBLE: "possible",
    who_umc.Category.UNLIKELY: "improbable",
    who_umc.Category.CONDITIONAL: "conditionnel : données à compléter",
}
# What a delay may count from, to be that of the event after the drug.
_FROM = ("drug", "event")
_HOURS_A_DAY = 24
_MARKS = {"drug": "cyan", "event": "red", "cue": "yellow"}


def explain(pair: Pair, others: Sequence[Pair]) -> Iterator[str]:
    """Yield the reasons for a pair, then what the report gives for its causality, one line each.

    ``others`` are all pairs of the report. A pair that says that the drug is no cause has its reasons only.
    """
    yield from map(printable, pair.reasons)
    if pair.link not in REPORTABLE_LINKS:
        return
    proposal = french.propose(pair, others, told_delay(pair))
    yield f"méthode française, chronologie : C{proposal.score.value} ({proposal.left_to_assessor})"
    yield f"  délai {_FRENCH_DELAY[proposal.delay]} : {printable(proposal.delay_reason)}"
    yield f"  évolution {_FRENCH_EVOLUTION[proposal.evolution]} : {printable(proposal.evolution_reason)}"
    yield f"  {proposal.readministration.value} : {printable(proposal.readministration_reason)}"
    found = who_umc.support(pair, others)
    yield f"OMS-UMC : {_CATEGORIES[found.allowed]} au plus ({found.left_to_assessor})"
    for criterion in found.criteria:
        yield f"  {_CRITERIA[criterion.name]} - {_ANSWERS[criterion.answer]} : {printable(criterion.reason)}"


def told_delay(pair: Pair) -> french.ToldDelay | None:
    """Give the delay that the passage tells in minutes or hours, where the event came on the day of the drug."""
    if pair.latency_days != 0:
        return None
    from pv.timeline.expressions import find_time_expressions
    from pv.timeline.time_values import duration_days

    for time in find_time_expressions(pair.evidence, _times()):
        days = duration_days(time.value)
        if time.kind == "relative" and time.anchor in _FROM and days is not None and 0 < days < 1:
            words = " ".join(pair.evidence[time.start : time.end].split())
            return french.ToldDelay(days * _HOURS_A_DAY, words)
    return None


@cache
def _times() -> TimeTables:
    """Read the tables of time expressions, which a pair without a delay of hours does not need."""
    from pv.lexicon.paths import lexicon_dir
    from pv.lexicon.times import load_times

    return load_times(lexicon_dir())


def marked(pair: Pair) -> str:
    """Give the passage of a pair on one line, with drug, event and cue in brackets that name them, and in colour.

    The brackets stand for themselves where colours are off, or are not seen.
    """
    places = [
        *_inside(pair, pair.drug_spans, "drug"),
        *_inside(pair, pair.event_spans, "event"),
    ]
    if pair.cue and (cue := _cue_place(pair, places)):
        places.append(cue)
    parts, at = [], 0
    for start, end, name in sorted(places):
        if start < at:
            continue
        parts += [printable(pair.evidence[at:start]), _mark(pair.evidence[start:end], name)]
        at = end
    return "".join([*parts, printable(pair.evidence[at:])]).strip()


def _inside(pair: Pair, spans: Sequence[tuple[int, int]], name: str) -> Iterator[tuple[int, int, str]]:
    """Yield the spans that lie in the passage, counted from its first character."""
    for start, end in spans:
        if pair.evidence_start <= start and end <= pair.evidence_end:
            yield start - pair.evidence_start, end - pair.evidence_start, name


def _cue_place(pair: Pair, places: Sequence[tuple[int, int, str]]) -> tuple[int, int, str] | None:
    """Find the cue's words in the passage: whole words first, apart from drug and event if they can be."""
    for pattern in (rf"(?<!\w){re.escape(pair.cue)}(?!\w)", re.escape(pair.cue)):
        for match in re.finditer(pattern, pair.evidence):
            if all(match.end() <= start or end <= match.start() for start, end, _ in places):
                return (*match.span(), "cue")
    return None


def _mark(text: str, name: str) -> str:
    return click.style(f"[{name}: {printable(text)}]", fg=_MARKS[name], bold=True)


def printable(text: str) -> str:
    """Give a text with each run of white space as one blank, without characters that would move a cursor."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))
