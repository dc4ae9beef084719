"""The table of drugs made from the BDPM: substances, brand stems and combinations, with ATC code and status."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

from pv.errors import OutputError
from pv.lexicon.bdpm_catalogue import Catalogue
from pv.lexicon.bdpm_files import Product, read_products
from pv.lexicon.bdpm_names import LEFT_OUT, Substance
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import read_table
from pv.lexicon.terms import DRUG_COLUMNS, Words, fold_phrase
from pv.model import DrugKind

SOURCE = "BDPM"
# Products of one name disagree now and then on a code; nine in ten make it the name's own.
_AGREEMENT = 0.9
# A name of more words is a description that nobody writes in a report.
_MOST_WORDS = 25
# A combination of more substances is not written out by their names.
_MOST_JOINED = 3
_ATC = re.compile(r"[A-Z]\d\d[A-Z]{2}\d\d")
_NOTATION = re.compile(r"[(){}<>|\[\]=]")


@dataclass(frozen=True, slots=True, order=True)
class DrugRow:
    """One row of the drug table, every cell as it is written."""

    term: str
    inn: str
    kind: str
    atc: str
    substances: str
    status: str
    monitored: str
    match: str
    source: str


@dataclass(slots=True)
class _Uses:
    """The products behind one term and one INN."""

    products: list[Product] = field(default_factory=list)

    @property
    def marketed(self) -> bool:
        return any(p.marketed for p in self.products)

    def atc(self) -> str:
        """Give the code that nearly all of the products with a code have, else nothing."""
        codes = Counter(p.atc for p in self.products if _ATC.fullmatch(p.atc))
        if not codes:
            return ""
        code, count = min(codes.items(), key=lambda item: (-item[1], item[0]))
        return code if count >= _AGREEMENT * codes.total() else ""


class _Importer:
    """Gathers, for each term, the INNs that it names and the products behind them."""

    def __init__(self, products: Sequence[Product], tables: Path) -> None:
        self.products = products
        self.catalogue = Catalogue(products, tables)
        self.substances = self.catalogue.substances
        self.ambiguous = _load_ambiguous(tables / "ambiguous_names.csv")
        self.names: dict[str, dict[str, _Uses]] = defaultdict(lambda: defaultdict(_Uses))
        self.titles: dict[str, dict[str, _Uses]] = defaultdict(lambda: defaultdict(_Uses))
        self.brands: dict[str, dict[str, _Uses]] = defaultdict(lambda: defaultdict(_Uses))

    def rows(self) -> list[DrugRow]:
        """Give the rows, one for each folded term, in the order of their terms."""
        for product in self.products:
            self._add_names(product)
            inn = self.catalogue.inn_of(product)
            if inn:
                self._add_combination(product, inn)
                self._add_brand(product, inn)
        self._add_families()
        rows: dict[Words, DrugRow] = {}
        # Of the same letters, a substance's name goes before a generic's, and that before a brand's.
        for gathered, brand in ((self.names, False), (self.titles, False), (self.brands, True)):
            for term in sorted(gathered):
                words = fold_phrase(term)
                if words not in rows and (row := self._row(term, gathered[term], brand=brand)):
                    rows[words] = row
        return sorted(_without_redundant(rows))

    def _add_names(self, product: Product) -> None:
        """Add the INN and the other names of each of a product's substances."""
        sole = len({self.substances[i.code].inn for i in product.ingredients if not i.fraction}) == 1
        for ingredient in product.ingredients:
            substance = self.substances[ingredient.code]
            if substance.inn == LEFT_OUT:
                continue
            for term in _terms_of(substance):
                uses = self.names[term][substance.inn]
                # The codes and marks of a combination are not those of its parts.
                if sole:
                    uses.products.append(product)
                elif product.marketed and not uses.marketed:
                    uses.products.append(_bare(product))

    def _add_combination(self, product: Product, inn: str) -> None:
        """Add the ways to write a combination by the names of its substances."""
        parts = inn.split("/")
        # Of analytes and plants alone, names in a row are a list more often than a product.
        if not 1 < len(parts) <= _MOST_JOINED or all(fold_phrase(p) in self.ambiguous for p in parts):
            return
        for order in permutations(parts):
            for joint in ("/", " "):
                self.names[joint.join(order)][inn].products.append(product)

    def _add_brand(self, product: Product, inn: str) -> None:
        """Add the stem of a product's name: a brand, or the way in which generics of a combination are called."""
        stem, brand = self.catalogue.stem_of(product)
        if brand:
            self.brands[_literal(stem)][inn].products.append(product)
        elif "/" in inn and len(fold_phrase(stem)) > 1:
            self.titles[_literal(stem)][inn].products.append(product)

    def _add_families(self) -> None:
        """Add the first word of longer stems where all products that begin with it are the same substances."""
        families: dict[str, dict[str, _Uses]] = defaultdict(lambda: defaultdict(_Uses))
        for term, by_inn in self.brands.items():
            first = term.split()[0]
            for inn, uses in by_inn.items():
                families[first][inn].products.extend(uses.products)
        known = {w for term in self.names for w in fold_phrase(term)} | {
            w for f in self.catalogue.words.forms for w in f
        }
        for first, by_inn in families.items():
            if len(by_inn) == 1 and first.isalpha() and len(first) > 3 and not known & set(fold_phrase(first)):
                for inn, uses in by_inn.items():
                    if first not in self.brands:
                        self.brands[first][inn] = uses

    def _row(self, term: str, by_inn: Mapping[str, _Uses], *, brand: bool) -> DrugRow | None:
        """Give the row of a term: of the substances that most of its marketed products hold."""
        inn, uses = min(by_inn.items(), key=lambda item: (-sum(1 + 9 * p.marketed for p in item[1].products), item[0]))
        words = fold_phrase(term)
        match = self.ambiguous.get(words, "")
        if match == "drop" or not words or (len("".join(words)) < 3):
            return None
        if match == "spelling":
            term, match = "|".join(f"={t}" for t in (term, term.capitalize(), term.upper())), ""
        elif len(words) == 1 and len(words[0]) == 3:
            term, match = (term.upper(), "case drug_context") if brand else (term, "drug_context")
        mentions = [p for p in uses.products if p.marketed]
        watched = [p.monitored for p in mentions]
        return DrugRow(
            term=term,
            inn=inn,
            kind=DrugKind.SUBSTANCE.value,
            atc=uses.atc(),
            substances=inn if "/" in inn else "",
            status="marketed" if mentions else "withdrawn",
            monitored="yes" if watched and (any(watched) if brand else all(watched)) else "no",
            match=match,
            source=SOURCE,
        )


def _bare(product: Product) -> Product:
    """Give a product that says only whether something is marketed."""
    return Product(product.cis, product.name, "", product.marketed, monitored=False, ingredients=(), atc="")


def _literal(name: str) -> str:
    """Give a name without the signs that a term's notation uses."""
    return " ".join(_NOTATION.sub(" ", name).split())


def _terms_of(substance: Substance) -> Iterator[str]:
    """Yield the INN and those other names of a substance that a report could hold."""
    yield _literal(substance.inn)
    for name in substance.names:
        words = fold_phrase(name)
        # ``l-arginine`` has the words of ``l'arginine``, which is no name of its own.
        if words and len(words) <= _MOST_WORDS and len(words[0]) > 1:
            yield _literal(name)


def _without_redundant(rows: Mapping[Words, DrugRow]) -> Iterator[DrugRow]:
    """Yield the rows, without those that hold their INN as words: it is found in them, as the shortest name."""
    for words, row in rows.items():
        inner = fold_phrase(row.inn)
        known = rows.get(inner)
        if known is None or known.match or row.match or words == inner or not _holds(words, inner):
            yield row


def _holds(words: Words, inner: Words) -> bool:
    """Tell whether a phrase holds another as neighbouring words."""
    return any(words[i : i + len(inner)] == inner for i in range(len(words) - len(inner) + 1))


def _load_ambiguous(table: Path) -> dict[Words, str]:
    """Read the names that are also other words, and what is to be done with each."""
    columns = ("term", "match", "why", "source")
    return {
        fold_phrase(row["term"]): row.choice("match", ("drug_context", "spelling", "drop"))
        for row in read_table(table, columns, required=columns)
    }


def import_bdpm(folders: Sequence[Path], tables: Path | None = None) -> list[DrugRow]:
    """Give the drug table of one or more downloads of the BDPM, sorted by term.

    ``tables`` is the folder of salts.csv, inn.csv, bdpm_words.csv and ambiguous_names.csv, by default the lexicons'.
    Raises LexiconError where a file is missing or of another shape.
    """
    return _Importer(read_products(folders), tables or lexicon_dir()).rows()


def write_table(rows: Iterable[DrugRow], path: Path) -> None:
    """Write the table as UTF-8 CSV, the same bytes for the same rows; raises OutputError where it cannot."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DRUG_COLUMNS)
    writer.writerows([getattr(row, column) for column in DRUG_COLUMNS] for row in rows)
    try:
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
