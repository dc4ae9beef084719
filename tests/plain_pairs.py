"""A pair with nothing told beyond its link, for tests of what a course makes of it."""

from __future__ import annotations

from dataclasses import replace

from pv.model import Assertion, Link, Pair


def plain_pair(link: Link, drug: str, event: str, **more: object) -> Pair:
    """Give a pair of an event that is present; ``more`` are fields of Pair."""
    plain = Pair(
        drug=drug,
        event=event,
        drug_spans=((0, 5),),
        event_spans=((6, 9),),
        link=link,
        rule="r",
        evidence_start=0,
        evidence_end=9,
        evidence="",
        concept=event,
        assertions=(Assertion.PRESENT,),
    )
    return replace(plain, **more)  # type: ignore[arg-type]
