"""The results of a screening as plain values; standard library only, so that pages and exports load nothing heavy."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

# At least so many new cases in twelve months make a combination "rising" (increased frequency, as Oracle's Empirica
# Signal and several authorities use it).
RISING = 3

DISCLAIMER = (
    "Disproportionate reporting means that a drug and an event stand together in more cases than their own counts "
    "would suggest. It is no proof that the drug causes the event, no frequency of a reaction, and no comparison of "
    "the safety of two drugs; a combination that is not listed is not thereby safe. Whether it is a signal is for "
    "people to say, from the cases themselves."
)


@dataclass(frozen=True, slots=True)
class Signal:
    """One drug-event combination, its counts of distinct cases and its measures; None where a measure is undefined.

    ``n`` cases have both, ``n_drug`` the drug, ``n_event`` the event, of ``total``; the table's other cells follow from
    them. The numbers behind a measure's name are its limits: 025 and 975 the 95 % limits, 05 and 95 the 5th and 95th
    percentile. ``ic`` is in log2. ``zero`` names the empty cells of the table (``b``: drug without event, ``c``: event
    without drug, ``d``: neither). ``recent`` counts the cases first received in the twelve months before the
    screening. ``new`` says whether the last screening of the same settings lacked the combination, ``newly_met`` which
    rules it meets and then did not; both are empty where there was none. ``unjudged`` rules need a value that is
    undefined here.
    """

    drug: str
    event: str
    n: int
    n_drug: int
    n_event: int
    total: int
    expected: float
    prr: float | None = None
    prr025: float | None = None
    prr975: float | None = None
    ror: float | None = None
    ror025: float | None = None
    ror975: float | None = None
    chi2: float | None = None
    ic: float | None = None
    ic025: float | None = None
    ic975: float | None = None
    ebgm: float | None = None
    eb05: float | None = None
    eb95: float | None = None
    zero: tuple[str, ...] = ()
    recent: int = 0
    rules: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    new: bool | None = None
    newly_met: tuple[str, ...] = ()
    atc: str = ""
    cim10: str = ""

    def rank(self) -> tuple[float, str, str]:
        """Give the place among others: the highest IC025 first, then by name."""
        return -(self.ic025 or 0.0), self.drug, self.event

    @property
    def rising(self) -> bool:
        """Whether at least three cases are new in the twelve months before the screening."""
        return self.recent >= RISING

    @property
    def flags(self) -> tuple[str, ...]:
        """What to look at first, in words: new, rising, a zero cell."""
        found = ["new"] if self.new else []
        if self.newly_met and not self.new:
            found.append(f"newly {', '.join(self.newly_met)}")
        if self.rising:
            found.append("rising")
        if self.zero:
            found.append(f"zero cell {', '.join(self.zero)}")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Prior:
    """The two-gamma prior of MGPS: shapes ``alpha``, rates ``beta``, and the weight ``p`` of the first component.

    The first component is the one with the larger mean. ``nll`` is the negative log-likelihood at the optimum,
    ``agreed`` how many of the ``starts`` came to it.
    """

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    p: float
    nll: float = 0.0
    agreed: int = 0
    starts: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What was counted and at which level; two screenings with equal questions can be compared.

    ``background`` is empty for this database, else a digest of the user's table. ``since`` is an ISO date.
    """

    drug_level: str = "inn"
    event_level: str = "event"
    stated_only: bool = False
    past: bool = False
    threshold: float = 0.5
    since: str = ""
    min_n: int = 3
    background: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Screening:
    """One run over the database: the question, what was counted, the prior or why there is none, and the signals.

    ``as_of`` is the end of the period, ``run_at`` when it was computed. ``total`` is the number of cases with at least
    one counted pair, the universe of every table; ``combinations`` the number of cells with a case, of which
    ``signals`` are those with at least ``question.min_n``, the highest IC025 first. ``left_out`` counts drugs and
    events that have no name at the level asked for, and combinations whose event the background does not know.
    ``rules`` maps the rules that were judged to their thresholds. ``previous`` is the end of the period of the
    screening with which this one was compared.
    """

    question: Question
    as_of: datetime
    run_at: datetime
    total: int
    combinations: int
    signals: tuple[Signal, ...]
    prior: Prior | None = None
    prior_problem: str = ""
    left_out: tuple[int, int, int] = (0, 0, 0)
    rules: dict[str, str] = field(default_factory=dict)
    previous: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The figures of one combination in one kept screening, for drawing a trend."""

    as_of: datetime
    n: int
    expected: float
    ror: float | None
    ror025: float | None
    ror975: float | None
    ic: float | None
    ic025: float | None
    ic975: float | None
    ebgm: float | None
    eb05: float | None
    eb95: float | None
