"""What a report says of its patient: age and sex."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pv.lexicon.table import read_table
from pv.model import Patient
from pv.text.folding import plain_letters, strip_accents
from pv.text.word_search import any_word

# The patient is introduced at the top; what comes later may speak of relatives. Characters.
_LOOK_INTO = 1_500
# An age stands near the word that introduces the patient: so far before, so far after it.
_BEFORE, _AFTER = 40, 200
# "Le patient est une femme de 40 ans": a word that tells the sex outright overrules one so near that only hints at it.
_NEAR = 60
_OLDEST = 120
_YEARS = {"years": 1.0, "months": 1 / 12, "weeks": 7 / 365.25, "days": 1 / 365.25}
_SEX = {"F": "F", "M": "M", "patient F": "F", "hint F": "F", "hint M": "M"}
_ROLES = ("possessive", "relative", "article", "colleague", "not an age", "young", "aged")


@dataclass(frozen=True, slots=True)
class PatientWords:
    """The words that tell the patient's sex, the units of age with their length in years, and patterns around them.

    ``hints`` are the words that only hint at the sex, ``patient_only`` those that name nobody but the patient.
    The patterns are for text without accents and in lower case but for the capital of a title (``M. Dubois``), which
    ``title`` finds.
    """

    sex: dict[str, str]
    years: dict[str, float]
    title: re.Pattern[str]
    word: re.Pattern[str]
    hints: frozenset[str]
    patient_only: frozenset[str]
    age: re.Pattern[str]
    somebody_else: re.Pattern[str]
    colleague_follows: re.Pattern[str]
    relative_aged: re.Pattern[str]
    not_an_age: re.Pattern[str]
    introduces: re.Pattern[str]
    introduces_young: re.Pattern[str]


def load_patient_words(path: Path) -> PatientWords:
    """Load the table of words; raises LexiconError with file and line."""
    by_role: dict[str, list[str]] = {role: [] for role in (*_SEX, *_YEARS, *_ROLES)}
    for row in read_table(
        path, ("word", "tells", "example", "source"), required=("word", "tells", "example", "source")
    ):
        by_role[row.choice("tells", tuple(by_role))].append(_as_compared(row["word"]))
    units = {strip_accents(w): years for role, years in _YEARS.items() for w in by_role[role]}
    titles = [word for words in by_role.values() for word in words if word.endswith(".")]
    sexes = {role: [_key(strip_accents(word)) for word in by_role[role]] for role in _SEX}
    known = {role: _any_of(words) for role, words in by_role.items()}
    person = _any_of(w for role in _SEX for w in by_role[role])
    relative, young, aged = known["relative"], known["young"], known["aged"]
    of_a_relative = rf"{relative}[^,.;:(\n]{{0,15}}\b{known['article']}\s+(?:\w+\s+)?"
    return PatientWords(
        sex={word: sex for role, sex in _SEX.items() for word in sexes[role]},
        years=units,
        title=re.compile(rf"({'|'.join(map(re.escape, titles)) or '(?!)'})(?=\s?[A-Z])"),
        word=re.compile(person),
        hints=frozenset(sexes["hint F"] + sexes["hint M"]),
        patient_only=frozenset(sexes["patient F"] + sexes["hint F"] + sexes["hint M"]),
        age=re.compile(rf"(\d(?<![\d,./].)\d{{0,2}}(?:[.,]\d)?)\s*({'|'.join(map(re.escape, units))})\b"),
        somebody_else=re.compile(
            rf"(?:{known['possessive']}\s+(?:\w+\s+)?|{of_a_relative}|{known['colleague']}\.?\s+)$"
        ),
        colleague_follows=re.compile(rf"\s+(?:\w\w\s+)?{known['colleague']}"),
        relative_aged=re.compile(rf"{relative}(?:[^,.;:(\n]{{0,25}}|\s*[,(]\s*(?:{aged}\s+\w+\s+)?)$"),
        not_an_age=re.compile(rf"{known['not an age']}\s+(?:[\w'’]+\s+){{0,2}}$"),
        introduces=re.compile(rf"(?:{aged}|{person}|{young})[^\d.;\n]{{0,20}}$"),
        introduces_young=re.compile(rf"(?:{aged}|{young})[^\d.;\n]{{0,45}}$"),
    )


def _as_compared(word: str) -> str:
    """Give a word of the table as it stands in the text that is searched: a title keeps its capital."""
    return plain_letters(word) if word.endswith(".") else strip_accents(word)


def _any_of(words: Iterable[str]) -> str:
    """Give the pattern of any of the words."""
    return any_word(_pattern(w) for w in sorted(words, key=len, reverse=True))


def _pattern(word: str) -> str:
    parts = r"[\s:]+".join(map(re.escape, word.split()))
    return parts if word.endswith(".") else rf"{parts}\b"


def _key(plain: str) -> str:
    """Give a word without accents as it stands in the table."""
    return " ".join(plain.lower().replace(":", " ").split())


def find_patient(text: str, words: PatientWords) -> Patient:
    """Give the age in years and the sex that the top of a report tells, None for what it does not tell."""
    top = _top(text, words)
    told = _told_sex(top, words)
    sex = words.sex[_key(told.group())] if told else None
    first, last = (max(0, told.start() - _BEFORE), told.end() + _AFTER) if told else (0, _AFTER)
    near = (age for at, age in _ages(top, words) if first <= at < last)
    introduced = (age for at, age in _ages(top, words) if words.introduces.search(top[max(0, at - 60) : at]))
    return Patient(age=next(near, None) or next(introduced, None), sex=sex)


def _top(text: str, words: PatientWords) -> str:
    """Give the top of a report as it is searched: plain lower case, but titles before a name keep their capital."""
    parts = words.title.split(plain_letters(text[:_LOOK_INTO]))
    return "".join(part if i % 2 else part.lower() for i, part in enumerate(parts))


def _told_sex(top: str, words: PatientWords) -> re.Match[str] | None:
    """Give the word that tells the patient's sex: the first, unless it only hints and a plain one is near."""
    found = [m for m in words.word.finditer(top) if not _of_somebody_else(top, m, words)]
    address = {m.start() for pair in pairwise(found) if _is_address(top, *pair, words) for m in pair}
    found = [m for m in found if m.start() not in address]
    if not found:
        return None
    plain = (m for m in found if m.start() < found[0].end() + _NEAR and _key(m.group()) not in words.hints)
    return next(plain, found[0])


def _of_somebody_else(top: str, match: re.Match[str], words: PatientWords) -> bool:
    """Tell whether the word names a relative or a colleague: ``sa fille``, ``Cher Monsieur``, ``Madame le Docteur``."""
    if words.colleague_follows.match(top, match.end()):
        return True
    if _key(match.group()) in words.patient_only:
        return False
    return words.somebody_else.search(top[max(0, match.start() - 60) : match.start()]) is not None


def _is_address(top: str, first: re.Match[str], second: re.Match[str], words: PatientWords) -> bool:
    """Tell whether two words address whoever reads: ``Madame, Monsieur``, ``M./Mme``."""
    between = top[first.end() : second.start()]
    if len(between) > 5 or not re.fullmatch(r"[\s,/]*(?:\w\w\s)?", between):
        return False
    keys = {_key(first.group()), _key(second.group())}
    return keys.isdisjoint(words.hints) and len({words.sex[key] for key in keys}) > 1


def _ages(top: str, words: PatientWords) -> Iterator[tuple[int, float]]:
    """Yield where an age may stand, and the age in years; months and days count only where a child is introduced."""
    for match in words.age.finditer(top):
        before = top[max(0, match.start() - 60) : match.start()]
        length = words.years[match.group(2)]
        age = float(match.group(1).replace(",", ".")) * length
        if age > _OLDEST or words.not_an_age.search(before) or words.relative_aged.search(before):
            continue
        if length == 1 or words.introduces_young.search(before):
            yield match.start(), round(age, 2)
