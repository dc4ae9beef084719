"""A relation: one reason, found at one place, to link a drug mention to an event mention."""

from __future__ import annotations

from typing import NamedTuple

from pv.model import Certainty, Cue, DrugMention, EventMention, Link


class Relation(NamedTuple):
    """What one rule makes of a drug mention and an event mention.

    ``start`` and ``end`` are the character offsets of the passage that shows it; ``rule`` is the id of the rule, with
    ``+`` and what was added to it (``+member``: the drug stands for a class that was named). ``confidence`` is 0 to 1.
    ``current`` is None where the rule does not say whether the pair belongs to the patient's past; ``anaphoric`` is set
    where a class word only points back to a drug named before ("arrêt de l'inhibiteur de tyrosine kinase").
    """

    drug: DrugMention
    event: EventMention
    link: Link
    rule: str
    cue: Cue | None
    start: int
    end: int
    confidence: float
    reason: str
    certainty: Certainty | None = None
    current: bool | None = None
    anaphoric: bool = False
