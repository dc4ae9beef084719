"""Reading of the BDPM, the French public drug database, as its users download it.

A folder is one day's download: TAB separated files without a header, some in UTF-8 and some in Windows-1252.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.errors import LexiconError
from pv.lexicon.downloads import read_download
from pv.text.folding import strip_accents

PRODUCTS = "CIS_bdpm.txt"
COMPOSITION = "CIS_COMPO_bdpm.txt"
ATC_CODES = "CIS_MITM.txt"
# Older downloads have the same fields in the same places; a release with fewer is not this file.
_LEAST_FIELDS = {PRODUCTS: 12, COMPOSITION: 7, ATC_CODES: 3}
_DILUTION = re.compile(r"\d\s*(?:CH|DH)\b")


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One line of a product's composition: an active substance, or the ``fraction`` of it that acts."""

    code: str
    name: str
    fraction: bool


@dataclass(frozen=True, slots=True)
class Product:
    """One speciality, as the latest folder that holds it says; outside the newest of all it is not marketed."""

    cis: str
    name: str
    holder: str
    marketed: bool
    monitored: bool
    ingredients: tuple[Ingredient, ...]
    atc: str


def _rows(path: Path) -> Iterator[list[str]]:
    """Yield the fields of each line; a file in neither encoding, or too narrow, is refused with the line's number."""
    for number, line in enumerate(read_download(path).replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            continue
        fields = [" ".join(field.split()) for field in line.split("\t")]
        if len(fields) < _LEAST_FIELDS[path.name]:
            raise LexiconError(
                f"{path}:{number}: {len(fields)} fields instead of at least {_LEAST_FIELDS[path.name]}; "
                "is this the BDPM's file of that name?"
            )
        yield fields


def _homeopathic(procedure: str, composition: Sequence[tuple[Ingredient, str]]) -> bool:
    """Tell a homeopathic product: by its registration, its dilutions or the names of its stocks."""
    if "homeo" in strip_accents(procedure):
        return True
    return any(_DILUTION.search(dose) or "homeopathi" in strip_accents(i.name) for i, dose in composition)


def _read_folder(folder: Path, *, newest: bool) -> Iterator[Product]:
    """Yield the products of one download that have a composition and are not homeopathic."""
    composition: dict[str, list[tuple[Ingredient, str]]] = {}
    for fields in _rows(folder / COMPOSITION):
        ingredient = Ingredient(fields[2], fields[3].replace("Œ", "OE").replace("œ", "oe"), fields[6] == "FT")
        composition.setdefault(fields[0], []).append((ingredient, fields[4]))
    codes = folder / ATC_CODES
    atc = {fields[0]: fields[1] for fields in _rows(codes)} if codes.exists() else {}
    for fields in _rows(folder / PRODUCTS):
        parts = composition.get(fields[0], [])
        if not parts or _homeopathic(fields[5], parts):
            continue
        yield Product(
            cis=fields[0],
            name=fields[1],
            holder=fields[10],
            marketed=newest and fields[6].casefold().startswith("commercialis"),
            monitored=newest and fields[11].casefold() == "oui",
            ingredients=tuple(dict.fromkeys(i for i, _ in parts)),
            atc=atc.get(fields[0], ""),
        )


def read_products(folders: Sequence[Path]) -> list[Product]:
    """Give every product of the downloads, in order of its code; the last folder by name is the newest.

    Raises LexiconError where a folder lacks a file or a file is of another shape.
    """
    products: dict[str, Product] = {}
    ordered = sorted(folders, key=lambda folder: folder.name)
    for folder in ordered:
        for product in _read_folder(folder, newest=folder is ordered[-1]):
            products[product.cis] = product
    return [products[cis] for cis in sorted(products)]
