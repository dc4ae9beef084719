"""Where a text names a person: names, dates of birth, addresses, telephone, e-mail and record numbers.

Pure functions over a text and the rules of the lexicons. A name that a title or a heading gives away is looked for in
the rest of the text too. What names a drug or an event is never among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.text.folding import strip_accents
from pv.text.identifier_tables import KEEP, NAME, IdentifierRules, Rule, load_identifier_rules, plain

Span = tuple[int, int]
_MARKED = re.compile(r"<([^<>]*)>")
_WORD = re.compile(r"[^\W\d_]+")
# What ends a name for certain where everything is written in capitals.
_ENDS = re.compile(r"[ \t]*(?:[,;:.()\n]|\Z|\d|[-–][ \t])")
# A word after these begins a sentence, a list item or a line.
_BEGINS = re.compile(r"(?:\A|[.!?:;•\n]|^[ \t]*[-*–])[ \t]*\Z", re.MULTILINE)
_SHORTEST_NAME = 3
_LONG = 2


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A span of the text that names a person, and what it is: name, birth, address, phone, email or record."""

    start: int
    end: int
    kind: str


def find_identifiers(text: str, rules: IdentifierRules, keep: Iterable[Span] = ()) -> list[Identifier]:
    """Give what names a person, in the order of the text and without overlaps; a name gives one for each word.

    ``keep`` are spans that stay as they are, whatever the rules say: those that name a drug or an event.
    """
    flat = plain(text)
    kept = [*keep, *(span for rule in rules.rules if rule.kind == KEEP for span in _spans(flat, rule, rules))]
    found: list[Identifier] = []
    for rule in rules.rules:
        if rule.kind != KEEP:
            found += (Identifier(*span, rule.kind) for span in _spans(flat, rule, rules))
    found = _apart(found, kept)
    return _apart([*found, *_repeated(flat, found, rules)], kept)


def check_identifier_rules(folder: Path) -> None:
    """Raise LexiconError for a rule that does not find just what its example marks, or finds what the other has.

    Marks are <…>; a counter-example has none. What a rule finds alone counts, before any rule of the kind ``keep``.
    """
    rules = load_identifier_rules(folder)
    for rule in rules.rules:
        text, marked = unmarked(rule.row["example"])
        if rule_spans(text, rule, rules) != marked:
            raise rule.row.error("column example: the rule does not find just what is marked with <…> there")
        if rule_spans(rule.row["counter_example"], rule, rules):
            raise rule.row.error("column counter_example: the rule finds something there")


def unmarked(text: str) -> tuple[str, list[Span]]:
    """Give a text without its marks <…>, and the spans that they enclosed."""
    spans: list[Span] = []
    for match in _MARKED.finditer(text):
        start = match.start() - 2 * len(spans)
        spans.append((start, start + len(match[1])))
    return _MARKED.sub(r"\1", text), spans


def rule_spans(text: str, rule: Rule, rules: IdentifierRules) -> list[Span]:
    """Give the spans that one rule finds by itself."""
    return sorted(_spans(plain(text), rule, rules))


def _spans(flat: str, rule: Rule, rules: IdentifierRules) -> Iterator[Span]:
    for match in rule.pattern.finditer(flat):
        for group in rule.pattern.groupindex:
            start, end = match.span(group)
            if start < end and _checked(flat[start:end], rule.check):
                yield from _names(flat, start, end, rules) if rule.kind == NAME else [(start, end)]


def _checked(found: str, check: str) -> bool:
    match check:
        case "nir":
            return valid_nir(found)
        case "long":
            return len(_WORD.findall(found)[0]) >= _LONG
        case _:
            return True


def valid_nir(text: str) -> bool:
    """Tell whether 15 characters are a number of the national register: its key is 97 less the rest by 97.

    Corsica's departments 2A and 2B count as 19 and 18 (INSEE).
    """
    digits = "".join(text.split()).upper().replace("2A", "19").replace("2B", "18")
    return len(digits) == 15 and digits.isdecimal() and 97 - int(digits[:13]) % 97 == int(digits[13:])


def _names(flat: str, start: int, end: int, rules: IdentifierRules) -> Iterator[Span]:
    """Yield the words of a name, particles left out.

    Where everything is in capitals, nothing tells a name from the words after it: only its first word is taken then,
    unless a comma or the like ends it.
    """
    words = [m for m in _WORD.finditer(flat, start, end) if strip_accents(m.group()) not in rules.particles]
    if words and _in_capitals(flat, start) and not _ENDS.match(flat, end):
        words = [w for w in words if not re.search(r"\s", flat[words[0].start() : w.start()])]
    yield from (w.span() for w in words)


def _in_capitals(flat: str, at: int) -> bool:
    """Tell whether the line has no small letter."""
    line = flat[flat.rfind("\n", 0, at) + 1 : (flat.find("\n", at) + 1 or len(flat) + 1) - 1]
    return line.upper() == line


def _apart(found: Sequence[Identifier], kept: Sequence[Span]) -> list[Identifier]:
    """Give the identifiers in order, without those that touch a kept span or an identifier before them."""
    result: list[Identifier] = []
    for one in sorted(set(found), key=lambda i: (i.start, -i.end)):
        if result and one.start < result[-1].end:
            continue
        if not any(start < one.end and one.start < end for start, end in kept):
            result.append(one)
    return result


def _repeated(flat: str, found: Sequence[Identifier], rules: IdentifierRules) -> Iterator[Identifier]:
    """Yield further places of the names found, where they are written as names."""
    known = {flat[i.start : i.end].lower() for i in found if i.kind == NAME and i.end - i.start >= _SHORTEST_NAME}
    if not known:
        return
    anywhere = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(known)))})(?![^\W_])", re.IGNORECASE)
    for match in anywhere.finditer(flat):
        word = match.group()
        if word[0].isupper() and not (word.lower() in rules.words and _may_be_a_word(flat, match)):
            yield Identifier(*match.span(), NAME)


def _may_be_a_word(flat: str, match: re.Match[str]) -> bool:
    """Tell whether a name that is a word too may be just that: at a beginning, or where all is in capitals."""
    if match.group().isupper() and len(match.group()) > 1:
        return _in_capitals(flat, match.start())
    return _BEGINS.search(flat, max(0, match.start() - 20), match.start()) is not None
