"""Tokens: the units in which terms are matched, the same for lexicons and reports.

White space, and a hyphen or apostrophe inside a word, part tokens without being one: ``anti-TNF``, ``anti TNF`` and
a term broken over two lines are the same tokens. Letters and digits part too: ``5-FU``, ``5 FU`` and ``5FU`` are the
same. Any other sign is a token of its own.
"""

from __future__ import annotations

import re

# A decimal or grouped number; a run of letters; any other visible sign that is not a joint inside a word.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|(?!(?<=\w)(?:['’ʼ]|[‑\-](?=\w)))[^\w\s]|_")


def tokenize(text: str) -> list[tuple[int, int]]:
    """Give the (start, end) of each token of the text, in order."""
    return [m.span() for m in _TOKEN.finditer(text)]
