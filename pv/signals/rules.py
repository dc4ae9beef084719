"""Rules of use: thresholds by which an authority or author picks combinations for a closer look.

A rule says that a combination is disproportionately reported, not that it is a signal. Sources: Evans, Waller and Davis
2001 (evans); EMA, screening in EudraVigilance, EMA/849944/2016 (ema); Uppsala Monitoring Centre, Norén et al. 2013
(umc); DuMouchel 1999 and its use by the FDA (mgps); Candore et al. 2015, table 1, for the MHRA (mhra).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from pv.signals.signal import Signal
from pv.text.folding import strip_accents


@dataclass(frozen=True, slots=True)
class Lists:
    """The user's lists: important medical events, and substances under additional monitoring; without accents.

    ``important`` is None where the user gave no list: the rule that needs one is then not judged at all. ``terms`` are
    the other names, of MedDRA, under which the list may hold an event.
    """

    important: Collection[str] | None = None
    monitored: Collection[str] = field(default_factory=frozenset)
    terms: Mapping[str, Collection[str]] = field(default_factory=dict)

    def names_event(self, event: str) -> bool:
        """Say whether the event, or a term of it, is in the list of important events."""
        return any(strip_accents(name) in (self.important or ()) for name in (event, *self.terms.get(event, ())))

    def names_drug(self, drug: str) -> bool:
        """Say whether the drug, or a substance of a combination, is under additional monitoring."""
        return bool(self.monitored) and any(strip_accents(name) in self.monitored for name in (drug, *drug.split("/")))


@dataclass(frozen=True, slots=True)
class Facts:
    """A combination as the rules see it: its figures, and what the user's lists say of it."""

    signal: Signal
    important: bool | None = None
    monitored: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its name: thresholds in words, and a test that is None where a value it needs is undefined."""

    name: str
    thresholds: str
    met: Callable[[Facts], bool | None]


def _evans(facts: Facts) -> bool | None:
    s = facts.signal
    if s.chi2 is None:
        return None
    # Without a case of the event elsewhere the ratio has no value, and lies above every threshold.
    ratio = s.prr is None or s.prr >= 2
    return s.n >= 3 and s.chi2 >= 4 and ratio


def _ema(facts: Facts) -> bool | None:
    if facts.important is None:
        return None
    if not facts.important or facts.signal.n < (3 if facts.monitored else 5):
        return False
    return None if facts.signal.ror025 is None else facts.signal.ror025 > 1


def _umc(facts: Facts) -> bool | None:
    return None if facts.signal.ic025 is None else facts.signal.ic025 > 0


def _mgps(facts: Facts) -> bool | None:
    return None if facts.signal.eb05 is None else facts.signal.eb05 >= 2


def _mhra(facts: Facts) -> bool | None:
    s = facts.signal
    if s.n < 3:
        return False
    return None if s.eb05 is None or s.ebgm is None else s.eb05 >= 1.8 and s.ebgm >= 2.5


RULES = {
    rule.name: rule
    for rule in (
        Rule("evans", "PRR >= 2, chi-square (Yates) >= 4, n >= 3", _evans),
        Rule(
            "ema",
            "ROR025 > 1, n >= 5 (3 for substances under additional monitoring), event in the list of important medical "
            "events",
            _ema,
        ),
        Rule("umc", "IC025 > 0", _umc),
        Rule("mgps", "EB05 >= 2", _mgps),
        Rule("mhra", "EB05 >= 1.8, EBGM >= 2.5, n >= 3", _mhra),
    )
}


def judgeable(lists: Lists, *, scored: bool) -> dict[str, str]:
    """Give name and thresholds of the rules that can be judged: EMA's with a list, those on EBGM with a prior."""
    without = {"ema"} if lists.important is None else set()
    if not scored:
        without |= {"mgps", "mhra"}
    return {name: rule.thresholds for name, rule in RULES.items() if name not in without}


def judge(facts: Facts, names: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give those of the rules that a combination meets, and those that cannot be judged for want of a value."""
    outcomes = {name: RULES[name].met(facts) for name in names}
    met = tuple(name for name, outcome in outcomes.items() if outcome)
    return met, tuple(name for name, outcome in outcomes.items() if outcome is None)
