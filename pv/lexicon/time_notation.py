r"""The notation of time patterns, and the characters that stand for the tokens of a report.

A pattern is written as it reads: ``il y a {durée}``. A space stands for any joint between two tokens (a space, a line
break, a hyphen, an apostrophe, or nothing at all: ``24h``); what stands without a space between must touch. ``{name}``
is a class of words, a kind of number or another row of the table; ``(a|b)`` are alternatives, ``?`` after a word, piece
or group makes it optional, ``*`` lets it stand up to six times or not at all; ``!(a)`` means not followed by, ``&(a)``
followed by, ``<(a)`` preceded by; ``[ ]`` encloses what is reported where the pattern needs words around it. ``~`` is a
hyphen itself, ``\`` before a sign takes away its meaning; other signs stand for themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from pv.text.folding import fold
from pv.text.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

_TOKEN = re.compile(r"\d+|[^\W\d_]+|\s+|.")
# A bound on repetition keeps the cost of a long run of numbers in proportion to its length.
_REPEATS = "{0,6}"
# White space with an empty line in it ends any expression.
_BREAK = "\n"
_JOINT = "[ '\\-]{0,2}"
_SIGNS = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "‑": "-", "–": "-", "—": "-", "−": "-"})
# Number codes stand first in the private use area, then the filler, then the vocabulary.
_FIRST_CODE, _FILLER, _FIRST_WORD, _LAST_CODE = 0xE000, "\ue03f", 0xE040, 0xF8FF

# The kinds of numbers that patterns may name: day, month, hour, minute, two- and four-digit year, and so on. Those with
# a 2 at the end are written with two digits.
NUMBERS: dict[str, Callable[[str, int], bool]] = {
    "zéro": lambda _, n: n == 0,
    "jj": lambda s, n: len(s) <= 2 and 1 <= n <= 31,
    "mm": lambda s, n: len(s) <= 2 and 1 <= n <= 12,
    "jj2": lambda s, n: len(s) == 2 and 1 <= n <= 31,
    "mm2": lambda s, n: len(s) == 2 and 1 <= n <= 12,
    "hh": lambda s, n: len(s) <= 2 and n <= 24,
    "mi": lambda s, n: len(s) == 2 and n <= 59,
    "aa": lambda s, _: len(s) == 2,
    "aaaa": lambda s, n: len(s) == 4 and 1900 <= n <= 2099,
    "nn": lambda s, _: len(s) <= 2,
    "jour_n": lambda s, _: len(s) <= 2,
    "cycle_n": lambda s, _: len(s) <= 2,
    "entier": lambda s, _: len(s) <= 3,
    "chiffres": lambda _s, _n: True,
}
# Numbers of every kind: no other number has a set of kinds that none of these has.
_SAMPLES = (*map(str, range(10)), *(f"{n:02}" for n in range(100)), "000", "100", "0000", "1000", "1900", "10000")
_NOTATION = re.compile(
    r"\{(?P<piece>[^{}]*)\}|(?P<ahead>[!&<])\(|\\(?P<quoted>.)|(?P<joint>[\s'-]+)|(?P<word>\d+|[^\W\d_]+)|(?P<sign>.)"
)


class PatternError(ValueError):
    """A pattern or word cannot be compiled; the message gives the reason."""


class Codes:
    """The character that stands for each token of a report, and the set of characters that each piece matches."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._kinds: dict[frozenset[str], str] = {}
        self._sets: dict[str, set[str]] = {name: set() for name in NUMBERS}
        self._tokens_of: Remembered[list[str]] = Remembered(_TOKEN.findall)
        self._seen = Remembered(self._code)
        for sample in _SAMPLES:
            kinds = _number_kinds(sample)
            if kinds not in self._kinds:
                self._kinds[kinds] = chr(_FIRST_CODE + len(self._kinds))
                for kind in kinds:
                    self._sets[kind].add(self._kinds[kinds])
        self._sets["mot"] = {_FILLER}

    def add_word(self, name: str, word: str) -> str:
        """Make a word a member of a class; give the form under which it is known.

        ``=`` before the word asks for its exact spelling, else case and accents do not matter. Raises PatternError
        where it is not one token or the class has the name of a kind of number.
        """
        if name in NUMBERS or name == "mot":
            raise PatternError(f"class {name!r} is a kind of number")
        key = self._key(word)
        self._sets.setdefault(name, set()).add(self._word(key))
        return key

    def _key(self, word: str) -> str:
        bare = word.removeprefix("=")
        if len(_TOKEN.findall(bare)) != 1 or not (bare.isalpha() or bare.isdecimal()):
            raise PatternError(f"{word!r} is not one word")
        return word if word != bare else fold(bare)

    def _word(self, key: str) -> str:
        """Give the character of a word of the vocabulary, a new one at its first use."""
        if key not in self._words:
            code = _FIRST_WORD + len(self._words)
            if code > _LAST_CODE:
                raise PatternError("the vocabulary is full")
            self._words[key] = chr(code)
            for kind in _number_kinds(key) if key.isdecimal() else ():
                self._sets[kind].add(chr(code))
        return self._words[key]

    def _code(self, token: str) -> str:
        """Give the character of a token of a report that was not met before."""
        if token.isspace():
            return _BREAK if token.count("\n") > 1 else " "
        if token.isdecimal():
            return self._words.get(token) or self._kinds[_number_kinds(token)]
        if len(token) > 1 or token.isalpha():
            return self._words.get("=" + token) or self._words.get(fold(token), _FILLER)
        sign = token.translate(_SIGNS)
        return sign if sign < chr(_FIRST_CODE) else _FILLER

    def encode(self, parts: list[str]) -> tuple[list[str], str]:
        """Give the tokens of a text, which cover it, and a string with one character for each of them.

        ``parts`` make up the text; none of them ends inside a word, a number or white space.
        """
        tokens = list(chain.from_iterable(map(self._tokens_of.__getitem__, parts)))
        return tokens, "".join(map(self._seen.__getitem__, tokens))

    def members(self, name: str) -> AbstractSet[str]:
        """Give the codes of a class of words or kind of number, none where there is no such class."""
        return self._sets.get(name, frozenset())

    def reserve(self, name: str) -> str:
        """Give a new code, of its own, for a whole piece that is found before the patterns are matched."""
        self._sets[name] = {self._word("{" + name)}
        return self._word("{" + name)

    def literal(self, word: str) -> str:
        """Give the expression for one word, which enters the vocabulary."""
        return self._word(self._key(word))

    def is_number(self, code: str) -> bool:
        """Tell whether a code stands for a kind of number."""
        return code < _FILLER

    def then(self, seconds: AbstractSet[str] | None) -> str:
        """Give the expression for one of some codes after a joint; for anything where they are not known."""
        if seconds is None:
            return ""
        return f"{_JOINT}[{re.escape(''.join(sorted(seconds)))}]" if seconds else "(?!)"

    def bounded(self, body: str) -> str:
        """Give an expression that matches whole tokens: glued to no word, and no part of a longer number or ratio."""
        tokens, numbers = f"{chr(_FIRST_CODE)}-{chr(_LAST_CODE)}", "".join(sorted(self._sets["chiffres"]))
        return f"(?<![{tokens}/])(?<![{numbers}][.,])(?:{body})(?![{tokens}])(?![.,/][{numbers}])"


def _number_kinds(digits: str) -> frozenset[str]:
    """Give the kinds of a number by its digits."""
    value = int(digits) if len(digits) < 5 else 10_000
    return frozenset(name for name, holds in NUMBERS.items() if holds(digits, value))


def register_words(pattern: str, codes: Codes) -> None:
    """Enter the words of a pattern into the vocabulary, which must be whole before any pattern is compiled."""
    for m in _NOTATION.finditer(pattern):
        if m.lastgroup == "word":
            codes.literal(m[0])


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression over codes: the codes that it can begin with, whether it can be empty, the piece in each group.

    ``alone`` are the codes that it can match with nothing after them, ``pairs`` those that can come first and second.
    What must or must not stand beside is not looked at: more codes may be given than can match, never fewer.
    """

    body: str
    first: frozenset[str]
    empty: bool
    names: tuple[str, ...] = ()
    alone: frozenset[str] = frozenset()
    pairs: frozenset[tuple[frozenset[str], frozenset[str]]] = frozenset()

    def second(self, code: str) -> frozenset[str] | None:
        """Give the codes that can follow a code that comes first, None where it may stand alone."""
        if code in self.alone:
            return None
        return frozenset[str]().union(*(after for before, after in self.pairs if code in before))


def compile_pattern(pattern: str, codes: Codes, pieces: Mapping[str, str]) -> Compiled:
    """Give the expression over codes for a pattern; a piece named span is what stands in [ ].

    ``pieces`` are the patterns that ``{name}`` may stand for besides classes and numbers. Raises PatternError.
    """
    compiled = _Compiler(pattern, codes, pieces).whole()
    try:
        re.compile(compiled.body)
    except re.error as error:
        raise PatternError(f"{error.msg} in {pattern!r}") from error
    return compiled


class _Compiler:
    """Compiles one pattern by recursive descent."""

    def __init__(self, pattern: str, codes: Codes, pieces: Mapping[str, str]) -> None:
        self._pattern, self._codes, self._pieces = pattern, codes, pieces
        self._tokens = list(_NOTATION.finditer(pattern))
        self._at = 0
        self._behind = False
        self._names: list[str] = []

    def whole(self) -> Compiled:
        """Give the whole pattern compiled."""
        result = self._alternatives()
        if self._at < len(self._tokens):
            raise PatternError(f"a bracket too many in {self._pattern!r}")
        return replace(result, names=tuple(self._names))

    def _peek(self) -> str:
        if self._at == len(self._tokens):
            return ""
        token = self._tokens[self._at]
        return token[0] if token.lastgroup == "sign" else "item"

    def _alternatives(self) -> Compiled:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        return Compiled(
            "|".join(b.body for b in branches),
            frozenset[str]().union(*(b.first for b in branches)),
            any(b.empty for b in branches),
            alone=frozenset[str]().union(*(b.alone for b in branches)),
            pairs=frozenset[tuple[frozenset[str], frozenset[str]]]().union(*(b.pairs for b in branches)),
        )

    def _sequence(self) -> Compiled:
        whole = _EMPTY
        while self._peek() not in ("", "|", ")", "]"):
            item = self._item()
            if self._peek() in ("?", "*"):
                times, again = ("?", _EMPTY) if self._peek() == "?" else (_REPEATS, item)
                item = replace(_joined(item, again), body=f"(?:{item.body}){times}", empty=True, alone=item.alone)
                self._at += 1
            whole = _joined(whole, item)
        return whole

    def _item(self) -> Compiled:
        token = self._tokens[self._at]
        self._at += 1
        kind, text = token.lastgroup, token[0]
        if kind == "piece":
            return self._piece(token["piece"])
        if kind == "joint":
            # No match begins with a joint, so that it adds nothing to what may come first.
            return Compiled(_JOINT[: -len("{0,2}")] if self._behind else _JOINT, frozenset(), empty=True)
        if kind == "word":
            return _literal(self._codes.literal(text))
        if kind == "ahead":
            return self._condition(text[0])
        if text == "[":
            self._names.append("span")
            return self._enclosed("(", "]")
        if text == "(":
            return self._enclosed("(?:", ")")
        return _literal("-" if text == "~" else (token["quoted"] or text))

    def _condition(self, sign: str) -> Compiled:
        """Compile what must or must not stand beside; what stands before has one joint where it has any, no groups."""
        self._behind = sign == "<"
        inner = self._enclosed({"!": "(?!", "&": "(?=", "<": "(?<="}[sign], ")")
        self._behind = False
        return Compiled(inner.body, frozenset(), empty=True)

    def _enclosed(self, opening: str, closing: str) -> Compiled:
        inner = self._alternatives()
        if self._peek() != closing:
            raise PatternError(f"{closing} is missing in {self._pattern!r}")
        self._at += 1
        return replace(inner, body=f"{opening}{inner.body})")

    def _piece(self, name: str) -> Compiled:
        members = self._codes.members(name)
        if self._behind:
            return Compiled(f"[{''.join(sorted(members))}]", frozenset(), empty=False)
        self._names.append(name)
        if members:
            return _one_of(f"([{''.join(sorted(members))}])", frozenset(members))
        if name not in self._pieces:
            raise PatternError(f"unknown piece {{{name}}}")
        inner = _Compiler(self._pieces[name], self._codes, self._pieces).whole()
        self._names.extend(inner.names)
        return replace(inner, body=f"({inner.body})")


def _literal(code: str) -> Compiled:
    return _one_of(re.escape(code), frozenset(code))


def _one_of(body: str, members: frozenset[str]) -> Compiled:
    return Compiled(body, members, empty=False, alone=members)


_EMPTY = Compiled("", frozenset(), empty=True)


def _joined(before: Compiled, after: Compiled) -> Compiled:
    """Give one expression followed by another."""
    joined = {(before.alone, after.first)} if before.alone and after.first else set()
    return Compiled(
        before.body + after.body,
        before.first | after.first if before.empty else before.first,
        before.empty and after.empty,
        alone=(before.alone if after.empty else frozenset()) | (after.alone if before.empty else frozenset()),
        pairs=before.pairs | joined | (after.pairs if before.empty else frozenset()),
    )
