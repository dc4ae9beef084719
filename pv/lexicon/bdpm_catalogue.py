"""What each product of the BDPM is: the INN of its substances, and the stem of its brand where it has one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pv.lexicon.bdpm_brands import BrandWords, consume_substances, name_part
from pv.lexicon.bdpm_files import Product
from pv.lexicon.bdpm_names import LEFT_OUT, VACCINE, Namer
from pv.lexicon.terms import Words, fold_phrase


class Catalogue:
    """The products of one or more downloads, named with the tables of the lexicons."""

    def __init__(self, products: Sequence[Product], tables: Path) -> None:
        self.words = BrandWords(tables / "bdpm_words.csv")
        namer = Namer(tables)
        self.substances = namer.name_all(products)
        self._antigens = namer.corrections.order

    def inn_of(self, product: Product) -> str:
        """Give a product's INN: its substances in alphabetical order, a vaccine's antigens in that of inn.csv."""
        inns = {s for i in product.ingredients if not i.fraction for s in self.substances[i.code].inn.split("/")}
        inns.discard(LEFT_OUT)
        if len(inns) > 1 and all(i.startswith(VACCINE) for i in inns):
            antigens = sorted(inns, key=lambda i: (self._antigens.get(i, len(self._antigens)), i))
            return VACCINE + "-".join(a.removeprefix(VACCINE) for a in antigens)
        return "/".join(sorted(inns))

    def stem_of(self, product: Product) -> tuple[str, bool]:
        """Give the stem of a product's name, and whether it is a brand: no name of its substances, nor one and more."""
        part = name_part(product.name)
        found, _ = consume_substances(part, self._own_names(product))
        stem = self.words.strip(part)
        return stem, not found and any(c.isalpha() for c in stem)

    def _own_names(self, product: Product) -> set[Words]:
        """Give every name of a product's substances, as folded words."""
        own: set[Words] = set()
        for ingredient in product.ingredients:
            substance = self.substances[ingredient.code]
            own.update(fold_phrase(n) for n in (substance.inn, *substance.names))
        return own - {()}
