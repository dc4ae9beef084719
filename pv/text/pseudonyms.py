"""Pseudonyms in place of what names a person: keyed, the same for the same name, and exactly as long.

As long, because every offset of a detection counts characters of the report: mentions, passages and kept texts fit each
other and the source without a second set of offsets. What this gives away is the length of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from pv.keys import Key
from pv.model import Detection, Pair
from pv.text.folding import strip_accents
from pv.text.identifier_tables import IdentifierRules
from pv.text.identifiers import Identifier, find_identifiers

# Begins every pseudonym: no French word or number does, so that nobody takes one for a real name, date or number.
MARK = "_"
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"
# Shorter quotes are left where the place in the text is not known: a letter is not a name.
_SHORTEST_QUOTE = 2


@dataclass(frozen=True, slots=True)
class Pseudonymiser:
    """Rules that find what names a person, and the key of the pseudonyms."""

    rules: IdentifierRules
    key: Key

    def apply(self, text: str, detection: Detection) -> tuple[str, Detection]:
        """Give text and detection with pseudonyms; both keep every offset, and every mention of a drug or event."""
        keep = [*((m.start, m.end) for m in detection.drugs), *((m.start, m.end) for m in detection.events)]
        found = find_identifiers(text, self.rules, keep)
        if not found:
            return text, detection
        pseudonyms = [self.pseudonym(text[i.start : i.end], i.kind) for i in found]
        changed = replaced(text, found, pseudonyms)
        quotes = {text[i.start : i.end]: p for i, p in zip(found, pseudonyms, strict=True)}
        pairs = tuple(_changed(pair, text, changed, quotes) for pair in detection.pairs)
        return changed, replace(detection, pairs=pairs)

    def pseudonym(self, surface: str, kind: str) -> str:
        """Give the pseudonym of a name or number: its signs and blanks stay, letters stand for letters and digits."""
        folded = "".join(c for c in strip_accents(surface) if c.isalnum())
        stream = self.key.stream(kind, folded)
        letters = (alphabet[next(stream) % len(alphabet)] for alphabet in cycle((_CONSONANTS, _VOWELS)))
        marked = False
        result = ""
        for character in surface:
            if not character.isalnum():
                result += character
            elif marked:
                result += next(letters)
            else:
                result, marked = result + MARK, True
        return result


def replaced(text: str, found: Sequence[Identifier], pseudonyms: Iterable[str]) -> str:
    """Give the text with each identifier replaced; they are in order and do not overlap."""
    parts, at = [], 0
    for identifier, pseudonym in zip(found, pseudonyms, strict=True):
        parts += [text[at : identifier.start], pseudonym]
        at = identifier.end
    return "".join([*parts, text[at:]])


def _changed(pair: Pair, text: str, changed: str, quotes: dict[str, str]) -> Pair:
    start, end = pair.evidence_start, pair.evidence_end
    at_its_place = text[start:end] == pair.evidence
    return replace(
        pair,
        evidence=changed[start:end] if at_its_place else _unquoted(pair.evidence, quotes),
        cue=_unquoted(pair.cue, quotes),
        reasons=tuple(_unquoted(reason, quotes) for reason in pair.reasons),
        dose=pair.dose and _unquoted(pair.dose, quotes),
        route=pair.route and _unquoted(pair.route, quotes),
    )


def _unquoted(quoting: str, quotes: dict[str, str]) -> str:
    """Replace what names a person in words that quote the text, whose place there is not known."""
    surfaces = sorted((s for s in quotes if len(s) >= _SHORTEST_QUOTE and s in quoting), key=len, reverse=True)
    if not surfaces:
        return quoting
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, surfaces))})(?!\w)"
    return re.sub(pattern, lambda match: quotes[match.group()], quoting)
