"""French INNs from the substance names of the BDPM: inverted names, salts, hydrates, esters and parts of plants."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pv.lexicon.bdpm_files import Product
from pv.lexicon.table import read_table
from pv.lexicon.terms import Words, fold_phrase
from pv.text.folding import strip_accents

POSITIONS = ("multiplier", "before", "after", "prefix", "element", "plant")
# In inn.csv: a substance that is no medicine (water, the chemicals of a patch test).
LEFT_OUT = "-"
# An INN that begins so names the antigen of a vaccine.
VACCINE = "vaccin "
_ACID = "acide "
# Letters that an acid and its anion share (valproate, acide valproïque).
_STEM = 4
_HEAD = r"\((?P<head>[^()]+? (?:de|du|des|de la)|[^()]+? (?:d|de l)')\)"
_INVERTED = re.compile(rf"^(?P<base>[^()]+?) ?{_HEAD}(?P<rest>.*)$")
_INVERTED_ACID = re.compile(r"^(?P<base>[^()]+?) \((?P<head>acide|chlorure|sulfate|oxyde|gluconate)\)(?P<rest>.*)$")
_TRAILING_HEAD = re.compile(r"^(?P<base>[^,]+), (?P<head>[^,]+ (?:de|du|des|d'|de la|tégument de la))$")
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\][]*\])")
_OF = r" (?:de la |de l'|des |du |de |d')"


def natural(name: str) -> str:
    """Give a substance's name in lower case and spoken order: ``TIMOLOL (MALÉATE DE)`` is ``maléate de timolol``."""
    text = name.lower().replace("’", "'").strip()
    for inverted in (_INVERTED, _INVERTED_ACID, _TRAILING_HEAD):
        while m := inverted.match(text):
            joint = "" if m["head"].endswith("'") else " "
            text = f"{m['head']}{joint}{m['base']}{m.groupdict().get('rest', '')}"
    return " ".join(_BRACKETS.sub("", text).replace(" ,", ",").split()).strip(" ,-")


def _any_of(words: Iterable[str]) -> str:
    """Give the pattern of any of the words, the longest first."""
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))


class Salts:
    """The words that make a salt, hydrate, ester or preparation of a substance (``salts.csv``)."""

    def __init__(self, table: Path) -> None:
        words: dict[str, list[str]] = defaultdict(list)
        for row in read_table(table, ("word", "position", "source"), required=("word", "position", "source")):
            words[row.choice("position", POSITIONS)].append(strip_accents(row["word"]))
        after = rf"(?:,? (?:{_any_of(words['after'])}))"
        salt = rf"(?:{_any_of(words['multiplier'])})?(?:{_any_of(words['before'])}){after}*"
        self._salt = re.compile(rf"^{salt}{_OF}")
        self._plant = re.compile(rf"^(?:{_any_of(words['plant'])})(?: sec| seche)?{_OF}")
        self._after = re.compile(rf"(?<!\bde)(?<!\bdu){after}$")
        self._prefix = re.compile(rf"^(?:{_any_of(p + ('' if p.endswith('-') else ' ') for p in words['prefix'])})")
        self._elements = frozenset(words["element"])

    def base(self, name: str) -> str:
        """Give a natural name without salt, hydrate, ester and prefix; the salt of an element keeps its name."""
        text = name
        while True:
            flat = strip_accents(text)
            if m := self._prefix.match(flat):
                text = text[m.end() :]
            elif m := self._after.search(flat):
                text = text[: m.start()].rstrip(" ,")
            elif (m := self._plant.match(flat) or self._salt_of_no_element(flat)) is not None:
                text = text[m.end() :]
            else:
                return text

    def anion(self, name: str) -> str:
        """Give the word for an acid in its salt with an element: ``valproate`` of ``valproate de sodium``."""
        found = re.match(rf"^([^\W\d_]+){_OF}(.+)$", name)
        return found[1] if found and strip_accents(found[2]) in self._elements else ""

    def _salt_of_no_element(self, flat: str) -> re.Match[str] | None:
        """Give the salt that a name begins with, None where an element would be left alone."""
        found = self._salt.match(flat)
        return found if found and flat[found.end() :] not in self._elements else None


class Corrections:
    """INNs that people set for names of the BDPM (``inn.csv``); ``*`` in a name stands for any text."""

    def __init__(self, table: Path) -> None:
        self._exact: dict[str, str] = {}
        self._patterns: list[tuple[str, str]] = []
        self.order: dict[str, int] = {}
        for row in read_table(table, ("bdpm_name", "inn", "source"), required=("bdpm_name", "inn", "source")):
            name = strip_accents(row["bdpm_name"])
            if name in self._exact:
                raise row.error(f"{row['bdpm_name']} stands twice")
            self.order.setdefault(row["inn"], len(self.order))
            if "*" in name:
                self._patterns.append((name, row["inn"]))
            else:
                self._exact[name] = row["inn"]

    def find(self, name: str) -> str | None:
        """Give the INN set for a name in either spelling, or None."""
        flat = strip_accents(name)
        if flat in self._exact:
            return self._exact[flat]
        return next((inn for pattern, inn in self._patterns if fnmatchcase(flat, pattern)), None)


@dataclass(frozen=True, slots=True)
class Substance:
    """An INN, or LEFT_OUT, and every name in spoken order that the BDPM has for it."""

    inn: str
    names: tuple[str, ...]


class Namer:
    """Gives each substance code of the BDPM its INN."""

    def __init__(self, tables: Path) -> None:
        self.salts = Salts(tables / "salts.csv")
        self.corrections = Corrections(tables / "inn.csv")

    def inn(self, name: str) -> str:
        """Give the INN of one name of the BDPM."""
        spoken = natural(name)
        base = self.salts.base(spoken)
        for candidate in (name, spoken, base):
            if (found := self.corrections.find(candidate)) is not None:
                return found
        return base

    def name_all(self, products: Iterable[Product]) -> dict[str, Substance]:
        """Give the substance of each code: one INN for all its names, one spelling for all its codes."""
        uses: dict[str, Counter[str]] = defaultdict(Counter)
        for product in products:
            for ingredient in product.ingredients:
                uses[ingredient.code][ingredient.name] += 1 + 1000 * product.marketed
        chosen = {code: self._choose(names) for code, names in uses.items()}
        spelling = _best_spellings(chosen, uses)
        named = {}
        for code, names in uses.items():
            spoken = dict.fromkeys(natural(n) for n in sorted(names))
            bases = dict.fromkeys(self.salts.base(n) for n in spoken)
            inn = spelling[fold_phrase(chosen[code])]
            anions = dict.fromkeys(a for n in spoken if (a := self.salts.anion(n)) and _of_acid(a, inn))
            named[code] = Substance(inn, tuple({**spoken, **bases, **anions}))
        return named

    def _choose(self, names: Counter[str]) -> str:
        """Give the INN of a code from the names it has: a corrected one, else that of the commonest name."""
        ranked = sorted(names, key=lambda n: (-names[n], n))
        for name in ranked:
            spoken = natural(name)
            for candidate in (name, spoken, self.salts.base(spoken)):
                if (found := self.corrections.find(candidate)) is not None:
                    return found
        return self.inn(ranked[0])


def _of_acid(anion: str, inn: str) -> bool:
    """Tell whether an INN is the acid of an anion: they share how they begin."""
    return inn.startswith(_ACID) and strip_accents(inn.removeprefix(_ACID))[:_STEM] == strip_accents(anion)[:_STEM]


def _best_spellings(chosen: Mapping[str, str], uses: Mapping[str, Counter[str]]) -> dict[Words, str]:
    """Give one spelling for INNs that differ in accents or hyphens only: the most accented, then the commonest."""
    spellings: dict[Words, Counter[str]] = defaultdict(Counter)
    for code, inn in chosen.items():
        spellings[fold_phrase(inn)][inn] += uses[code].total()
    return {
        words: max(sorted(found), key=lambda s: (sum(not c.isascii() for c in s), found[s]))
        for words, found in spellings.items()
    }
