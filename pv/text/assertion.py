"""What the text asserts of a mention, from the rules that reach it and the section it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pv.model import Assertion

# Of several rules that reach a mention the first of these decides: somebody else's event is not the patient's,
# whether or not it is denied; what is denied is neither feared nor past.
_PRECEDENCE = (Assertion.OTHER, Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.HISTORICAL)


class Modification(NamedTuple):
    """An assertion rule that reaches a target: its id, the assertion it makes, and its tokens [start, end)."""

    rule: str
    category: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Decision:
    """An assertion, and the id of the rule (or ``section:NAME``) that decided it; empty for the default."""

    assertion: Assertion
    rule: str = ""


# What the text asserts of a mention of which it says nothing.
PRESENT = Decision(Assertion.PRESENT)
# In this section all is of the family, what its sentences deny too.
_FAMILY = "antecedents_familiaux"
# What a mention is in these sections where its sentence says nothing else of it.
_BY_SECTION = {
    section: Decision(assertion, f"section:{section}")
    for section, assertion in (
        (_FAMILY, Assertion.OTHER),
        ("antecedents", Assertion.HISTORICAL),
        ("antecedents_chirurgicaux", Assertion.HISTORICAL),
        ("antecedents_gynecologiques", Assertion.HISTORICAL),
        ("facteurs_de_risque", Assertion.HISTORICAL),
        ("allergies", Assertion.HISTORICAL),
        ("traitement_anterieur", Assertion.HISTORICAL),
        ("diagnostic_differentiel", Assertion.HYPOTHETICAL),
        ("introduction", Assertion.OTHER),
        ("bibliographie", Assertion.OTHER),
    )
}


def unmodified(section: str) -> Decision:
    """Give the assertion of a mention that no rule reaches, in a section of the given category."""
    return _BY_SECTION.get(section, PRESENT)


def decide(modifications: Sequence[Modification], section: str, *, quantified_at: int | None = None) -> Decision:
    """Give the assertion of one mention in a section of the given category.

    ``modifications`` come with the nearest first; the nearest of those with one assertion gives its id. A rule of
    category ``present`` (the suspicion is confirmed) lifts a hypothesis. ``quantified_at`` is the first token of a
    mention with a measured value or a grade: it is a finding, and a negation that does not stand directly before it
    belongs to an item before it in a list (``pas de mucite, diarrhée de grade 1``).
    """
    if section == _FAMILY:
        return _BY_SECTION[_FAMILY]
    nearest: dict[str, Modification] = {}
    for modification in modifications:
        listed = quantified_at is not None and modification.end < quantified_at
        if not (listed and modification.category == Assertion.NEGATED):
            nearest.setdefault(modification.category, modification)
    present = nearest.get(Assertion.PRESENT)
    for assertion in _PRECEDENCE:
        if assertion in nearest and not (present and assertion is Assertion.HYPOTHETICAL):
            return Decision(assertion, nearest[assertion].rule)
    if present and section not in _BY_SECTION:
        return Decision(Assertion.PRESENT, present.rule)
    return unmodified(section)
