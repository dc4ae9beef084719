"""What a text tells of a pair, as labelled words; what has changed is the difference between two such lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pv.model import Pair
from pv.page.words import Words

NOT_SERIOUS, SERIOUS = "not serious", "serious"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the newest text tells otherwise; empty where it was, or is now, not told."""

    name: str
    before: str
    now: str


def seriousness(pair: Pair) -> str:
    """Give the group in which a pair is shown: its criterion, ``serious`` without one, or ``not serious``."""
    if not pair.serious:
        return NOT_SERIOUS
    return pair.seriousness.value if pair.seriousness else SERIOUS


def course(pair: Pair, words: Words) -> dict[str, str]:
    """Give what the text tells of the course, by the name of the fact, in the order in which an assessor asks."""
    told = {
        "start": pair.start and words.date(pair.start),
        "onset": pair.onset and words.date(pair.onset),
        "latency": None if pair.latency_days is None else _days(pair.latency_days, words),
        "action": pair.action_taken and words(f"action.{pair.action_taken.value}"),
        "dechallenge": pair.dechallenge and words(f"dechallenge.{pair.dechallenge.value}"),
        "rechallenge": pair.rechallenge and words(f"rechallenge.{pair.rechallenge.value}"),
        "outcome": pair.outcome and words(f"outcome.{pair.outcome.value}"),
        "grade": None if pair.grade is None else str(pair.grade),
        "dose": pair.dose,
        "route": pair.route,
        "indication": pair.indication,
        "alternatives": "; ".join(pair.alternatives),
    }
    return {name: value for name, value in told.items() if value}


def _days(days: int, words: Words) -> str:
    return words.count("days", days) if days else words("days.none")


def changes(before: Pair, now: Pair, words: Words) -> tuple[Change, ...]:
    """Give what the newest text tells otherwise than the one before; the passage alone where nothing else differs."""
    old, new = _all_facts(before, words), _all_facts(now, words)
    found = [Change(name, old.get(name, ""), new.get(name, "")) for name in dict.fromkeys((*new, *old))]
    different = tuple(change for change in found if change.before != change.now)
    if different or before.evidence == now.evidence:
        return different
    return (Change("passage", before.evidence, now.evidence),)


def _all_facts(pair: Pair, words: Words) -> Mapping[str, str]:
    verdict = {
        "seriousness": words(f"group.{seriousness(pair)}"),
        "link": words(f"link.{pair.link.value}"),
        "certainty": words(f"certainty.{pair.certainty.value}") if pair.certainty else "",
        "current": words("current.yes" if pair.current else "current.no"),
    }
    return {**verdict, **{name: value for name, value in course(pair, words).items() if name != "alternatives"}}
