"""Expansion of the compact notation of terms and rules into literal phrases.

``a|b`` separates alternatives, at the top level or inside ``{a|b|}`` (an empty one allowed, nesting too);
``induit(e)`` stands for both ``induit`` and ``induite``; ``<de>`` for a named set of alternatives
(``lexicons/macros.csv``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PIECE = re.compile(r"[{}()|]|<[a-z_]+>|[^{}()|<>]+|.", re.DOTALL)
# One cell that gives more phrases than this is a slip of the pen, not a rule.
MOST_PHRASES = 5_000
_CLOSING = {"{": "}", "(": ")"}


def expand(pattern: str, macros: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    """Give every literal phrase that a pattern stands for, without doubles, in the order written.

    Raises ValueError, with the reason, where the notation is broken, a macro is unknown or the phrases are too many.
    """
    pieces = _PIECE.findall(pattern)
    phrases, at = _alternatives(pieces, 0, macros or {})
    if at != len(pieces):
        raise ValueError(f"unexpected {pieces[at]!r} after {''.join(pieces[:at])[-20:]!r}")
    cleaned = (re.sub(r"\s+", " ", phrase).strip() for phrase in phrases)
    return list(dict.fromkeys(phrase for phrase in cleaned if phrase))


def _alternatives(pieces: list[str], at: int, macros: Mapping[str, tuple[str, ...]]) -> tuple[list[str], int]:
    """Give the phrases of ``a|b|…`` from a piece on, and where it ends: at a closing bracket or past the last piece."""
    phrases: list[str] = []
    while True:
        sequence, at = _sequence(pieces, at, macros)
        phrases += sequence
        if at == len(pieces) or pieces[at] != "|":
            return phrases, at
        at += 1


def _sequence(pieces: list[str], at: int, macros: Mapping[str, tuple[str, ...]]) -> tuple[list[str], int]:
    """Give the phrases of pieces that follow each other, up to a bar or a closing bracket."""
    phrases = [""]
    while at < len(pieces) and pieces[at] not in ("|", "}", ")"):
        piece = pieces[at]
        choices = [piece]
        if piece in _CLOSING:
            choices, at = _alternatives(pieces, at + 1, macros)
            if at == len(pieces) or pieces[at] != _CLOSING[piece]:
                raise ValueError(f"a {piece!r} is not closed")
            choices = ["", *choices] if piece == "(" else choices
        elif piece.startswith("<"):
            if piece[1:-1] not in macros:
                raise ValueError(f"unknown macro {piece}")
            choices = list(macros[piece[1:-1]])
        at += 1
        if len(phrases) * len(choices) > MOST_PHRASES:
            raise ValueError(f"more than {MOST_PHRASES} phrases from one pattern")
        phrases = [phrase + choice for phrase in phrases for choice in choices]
    return phrases, at


def split_terms(cell: str) -> list[str]:
    """Split a cell at each ``|`` that stands outside braces."""
    terms, depth, start = [], 0, 0
    for i, char in enumerate(cell):
        depth += (char == "{") - (char == "}")
        if char == "|" and not depth:
            terms.append(cell[start:i])
            start = i + 1
    return [t.strip() for t in [*terms, cell[start:]] if t.strip()]
