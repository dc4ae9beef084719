"""Expressions that find any of many words quickly."""

from __future__ import annotations

from collections.abc import Iterable


def any_word(patterns: Iterable[str]) -> str:
    """Give the expression that finds, where a word begins, the first of the patterns that fits.

    Each pattern begins with a letter or digit that stands for itself. These stand first in the expression, as one set,
    so that a search leaps to the next of them; each pattern is tried only behind its own.
    """
    rests: dict[str, list[str]] = {}
    for pattern in patterns:
        rests.setdefault(pattern[0], []).append(pattern[1:])
    if not rests:
        return "(?!)"
    behind = "|".join(f"(?<={first})(?:{'|'.join(own)})" for first, own in rests.items())
    return rf"[{''.join(rests)}](?<!\w.)(?:{behind})"
