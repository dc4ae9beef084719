"""How much of the French market a detector finds: substances, brands, and brands under additional monitoring."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.bdpm_catalogue import Catalogue
from pv.lexicon.bdpm_files import Product, read_products
from pv.lexicon.bdpm_names import LEFT_OUT, natural
from pv.lexicon.paths import lexicon_dir

SENTENCE = "Le patient a reçu {} pendant trois jours."

Find = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Missed:
    """A name that was not found, or found as something else: what it is, and what it was taken for."""

    name: str
    expected: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a number of names were found with the right INN, and the names that were not."""

    total: int
    missed: tuple[Missed, ...]

    @property
    def found(self) -> int:
        """Give the number of names found."""
        return self.total - len(self.missed)

    @property
    def ratio(self) -> float:
        """Give the share found, between 0 and 1; 1 where there was nothing to find."""
        return self.found / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The three shares, over the marketed products that are not homeopathic."""

    substances: Share
    brands: Share
    monitored: Share


def coverage(folder: Path, find: Find, tables: Path | None = None) -> Coverage:
    """Measure a detector against one download of the BDPM; ``find`` gives the INNs that it finds in a sentence.

    A combination counts as found where all of its substances are. Raises LexiconError where a file is missing.
    """
    known = read_products([folder])
    catalogue = Catalogue(known, tables or lexicon_dir())
    products = [p for p in known if p.marketed]
    brands = _brands(products, catalogue)
    watched = _brands([p for p in products if p.monitored], catalogue)
    return Coverage(
        substances=_measure(_substances(products, catalogue), find),
        brands=_measure(brands, find),
        monitored=_measure({stem: brands[stem] for stem in watched}, find),
    )


def _substances(products: Iterable[Product], catalogue: Catalogue) -> dict[str, set[str]]:
    """Give, for the commonest spoken name of each active substance, its INN."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for product in products:
        for ingredient in product.ingredients:
            if not ingredient.fraction:
                names[ingredient.code][natural(ingredient.name)] += 1
    expected: dict[str, set[str]] = defaultdict(set)
    for code, spoken in names.items():
        inn = catalogue.substances[code].inn
        if inn != LEFT_OUT:
            expected[min(spoken, key=lambda n: (-spoken[n], n))].add(inn)
    return expected


def _brands(products: Iterable[Product], catalogue: Catalogue) -> dict[str, set[str]]:
    """Give, for each brand stem in the BDPM's own capitals, the INNs of its products."""
    expected: dict[str, set[str]] = defaultdict(set)
    for product in products:
        (stem, brand), inn = catalogue.stem_of(product), catalogue.inn_of(product)
        if brand and inn:
            expected[stem.upper()].add(inn)
    return expected


def _measure(expected: Mapping[str, set[str]], find: Find) -> Share:
    """Look for each name in the sentence."""
    missed = []
    for name in sorted(expected):
        found = set(find(SENTENCE.format(name)))
        parts = {part for inn in found for part in inn.split("/")}
        if not any(inn in found or set(inn.split("/")) <= parts for inn in expected[name]):
            missed.append(Missed(name, tuple(sorted(expected[name])), tuple(sorted(found))))
    return Share(len(expected), tuple(missed))
