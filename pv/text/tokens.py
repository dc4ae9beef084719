"""Tokens: the units in which terms are matched, the same for lexicons and reports.

White space, and a hyphen or apostrophe inside a word, part tokens without being one: ``anti-TNF``, ``anti TNF`` and
a term broken over two lines are the same tokens. Letters and digits part too: ``5-FU``, ``5 FU`` and ``5FU`` are the
same, as are ``m²`` and ``m2``. Any other sign is a token of its own. An accent typed apart from its letter, and a soft
hyphen or other invisible sign inside a word, belong to the word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

_RAISED = "²³¹⁰⁴-⁹₀-₉"
# The letter apostrophe counts as a letter in Unicode; here it parts words like the others.
_LETTERS = rf"[^\W\d_ʼ{_RAISED}]"
_ACCENTS = "[\u0300-\u036f]"
_INVISIBLE = "[\u00ad\u200b-\u200d\u2060\ufeff]"

# What most words of a report are made of; a run of them with a common sign behind it needs no closer look.
_PLAIN = r"[A-Za-zÀ-ÖØ-öø-ÿŒœ]++(?=[\s,.'’()/:;-])"
# A run of letters; a decimal or grouped number, or one raised or lowered; any other visible sign that is not a joint
# inside a word.
_TOKEN = re.compile(
    rf"({_PLAIN}|{_LETTERS}+(?:{_ACCENTS}+{_LETTERS}*|{_INVISIBLE}+{_LETTERS}+)*|\d+(?:[.,]\d+)*|[{_RAISED}]+"
    rf"|(?!(?<=[\w\u0300-\u036f])(?:['’]|[-‐‑](?=\w)))[^\w\s]|_)"
)


def split_text(text: str) -> list[str]:
    """Give what stands before the first token, the token, what stands between it and the next, and so on to the end."""
    return _TOKEN.split(text)


def split_tokens(parts: Sequence[str]) -> tuple[list[int], list[int], Sequence[str]]:
    """Give where each token of a text starts, where it ends, and what it is, in order; ``parts`` are the split text."""
    ends = list(accumulate(map(len, parts)))
    return ends[:-1:2], ends[1::2], parts[1::2]


def tokenize(text: str) -> list[tuple[int, int]]:
    """Give the (start, end) of each token of the text, in order."""
    starts, ends, _ = split_tokens(split_text(text))
    return list(zip(starts, ends, strict=True))
