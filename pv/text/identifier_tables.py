"""The rules that tell what names a person: words by class, and patterns over them, as tables that people edit.

The patterns are regular expressions, matched on text without accents, with a few signs of their own: ``<class>`` any
word of a class, ``<DATE>`` and the other shapes below, ``«…»`` what is to be replaced, a blank one or more blanks and
``~`` any number of them, never over the end of a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.errors import LexiconError
from pv.lexicon.table import Row, read_table
from pv.text.folding import strip_accents

WORDS, RULES = "identifier_words.csv", "identifier_rules.csv"
WORD_COLUMNS = ("class", "words", "example", "source")
RULE_COLUMNS = ("id", "kind", "check", "pattern", "example", "counter_example", "source")
NAME = "name"
# What only looks like an identifier, and keeps others from being found there.
KEEP = "keep"
KINDS = (NAME, "birth", "address", "phone", "email", "record", KEEP)
CHECKS = ("", "long", "nir")
_TOKEN = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|<(?P<atom>\w+)>|.", re.DOTALL)
_LETTER = r"[^\W\d_]"
# Classes that the shapes below are made of.
_CLASSES = ("word", "particle", "not_name", "city_joint", "cedex", "month")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what it finds, the further check, and its compiled pattern, whose groups are what is replaced."""

    id: str
    kind: str
    check: str
    pattern: re.Pattern[str]
    row: Row


@dataclass(frozen=True, slots=True)
class IdentifierRules:
    """All rules, the particles of names without apostrophe, and the names that are words too (both folded)."""

    rules: tuple[Rule, ...]
    particles: frozenset[str]
    words: frozenset[str]


def plain(text: str) -> str:
    """Give the text without accents, with plain apostrophes, hyphens and blanks, and as many characters as before."""
    return text if text.isascii() else text.translate({ord(c): _plain_character(c) for c in set(text)})


def _plain_character(character: str) -> str:
    if character in "’ʼ‘":
        return "'"
    if character in "‐‑":
        return "-"
    if character in "\u00a0\u202f\u2009":
        return " "
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() and base.isalpha() else character


def load_identifier_rules(folder: Path) -> IdentifierRules:
    """Load both tables of a folder; raises LexiconError with file and line."""
    classes: dict[str, list[str]] = {}
    for row in read_table(folder / WORDS, WORD_COLUMNS, WORD_COLUMNS):
        words = [plain(w.strip()) for w in row["words"].split("|")]
        if not all(w.removeprefix("=") for w in words):
            raise row.error("column words: an empty word, which would match anywhere")
        classes.setdefault(row["class"], []).extend(words)
    if missing := sorted({*_CLASSES} - classes.keys()):
        raise LexiconError(f"{WORDS}: there are no words of the class {missing[0]}, which every name is read with")
    atoms = _atoms({name: _any_of(words) for name, words in classes.items()})
    required = tuple(c for c in RULE_COLUMNS if c != "check")
    rules = tuple(_rule(row, atoms) for row in read_table(folder / RULES, RULE_COLUMNS, required))
    folded = {name: frozenset(strip_accents(w).rstrip("'") for w in classes[name]) for name in ("particle", "word")}
    return IdentifierRules(rules, folded["particle"], folded["word"])


def _rule(row: Row, atoms: Mapping[str, str]) -> Rule:
    kind, check = row.choice("kind", KINDS), row.choice("check", CHECKS)
    try:
        pattern = re.compile("".join(_translated(row["pattern"], atoms)), re.MULTILINE)
    except KeyError as error:
        raise row.error(f"column pattern: there is no class or shape <{error.args[0]}>") from error
    except re.error as error:
        raise row.error(f"column pattern: {error}") from error
    if not pattern.groupindex:
        raise row.error("column pattern: nothing stands in « », so that there is nothing to replace")
    return Rule(row["id"], kind, check, pattern, row)


def _translated(pattern: str, atoms: Mapping[str, str]) -> Iterator[str]:
    """Yield the pieces of the regular expression that a pattern stands for."""
    groups = 0
    for token in _TOKEN.finditer(pattern):
        match token.group():
            case "«":
                groups += 1
                yield f"(?P<it{groups}>"
            case "»":
                yield ")"
            case " ":
                yield r"(?:[ \t]+)"
            case "~":
                yield r"[ \t]*"
            case text:
                yield f"(?:{atoms[token['atom']]})" if token["atom"] else text


def _any_of(words: list[str]) -> str:
    """Give the pattern of any of the words, the longest first: in any case, but as spelt where marked with ``=``."""
    ordered = sorted(words, key=len, reverse=True)
    parts = (rf"{_word(w[1:])}" if w.startswith("=") else rf"(?i:{_word(w)})" for w in ordered)
    return "|".join(parts)


def _word(word: str) -> str:
    spelt = r"[ \t]+".join(map(re.escape, word.split()))
    return spelt + (r"(?![^\W_])" if word[-1].isalnum() else "")


def _atoms(classes: Mapping[str, str]) -> dict[str, str]:
    """Give the classes, and the shapes that are made of them."""
    no_name = rf"(?!{classes['not_name']})"
    word = rf"{no_name}[A-Z]{_LETTER}*(?:['-]{_LETTER}+)*"
    initial = r"[A-Z]\.(?:-?[A-Z]\.)*(?=[ \t]?[A-Z])"
    name = rf"(?:{initial}|{word})"
    particles = rf"(?:(?:{classes['particle']})[ \t]*)*"
    following = rf"(?:[ \t]+|(?<=\.)){particles}{name}"
    joint = rf"(?:(?:{classes['city_joint']})[ '-])*"
    city = rf"{no_name}[A-Z]{_LETTER}+(?:[ '-]{joint}[A-Z]{_LETTER}+)*"
    cedex = rf"(?:[ \t]+(?:{classes['cedex']})(?:[ \t]+\d+)?)?"
    split = r"[ \t]?[/.-][ \t]?"
    month = classes["month"]
    return {
        **classes,
        "NAME": name,
        "NAMES": rf"{particles}{name}(?:{following}){{0,3}}",
        "NAMES2": rf"{particles}{name}(?:{following}){{1,3}}",
        "GIVEN": rf"{no_name}[A-Z][a-z]+(?:-[A-Z][a-z]+)*",
        "FAMILY": rf"{no_name}[A-Z]{{2,}}(?:['-][A-Z]{{2,}})*",
        "CITY": city + cedex,
        "DATE": rf"\d{{1,2}}{split}\d{{1,2}}{split}(?:\d{{4}}|\d\d)(?!\d)|\d{{4}}-\d\d-\d\d"
        rf"|\d{{1,2}}(?:er)?[ \t]+(?:{month})(?:[ \t]+\d{{4}})?",
        "SEP": r"[ ./-]?",
    }
