"""Expressions that find any of many words quickly."""

from __future__ import annotations

from collections.abc import Iterable


def any_word(patterns: Iterable[str]) -> str:
    """Give the expression that finds, where a word begins, the first of the patterns that fits.

    Each pattern begins with a letter or digit that stands for itself. Those that begin alike stand together behind it,
    so that a search leaps to the next such letter and tries no others.
    """
    rests: dict[str, list[str]] = {}
    for pattern in patterns:
        rests.setdefault(pattern[0], []).append(pattern[1:])
    alternatives = [rf"{first}(?<!\w.)(?:{'|'.join(own)})" for first, own in rests.items()]
    return f"(?:{'|'.join(alternatives) or '(?!)'})"
