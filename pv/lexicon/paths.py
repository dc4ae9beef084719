"""Where the data outside the package lies: ``lexicons/`` and ``db/``, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def data_dir(name: str, package: Path = _PACKAGE) -> Path:
    """Give the folder of that name: the wheel's copy inside the package, else the one beside it in the checkout.

    The wheel's copy comes first, because a folder called ``db`` beside an installed package is somebody else's.
    """
    inside = package / "_data" / name
    return inside if inside.is_dir() else package.parent / name


def lexicon_dir() -> Path:
    """Give the folder of the lexicon tables."""
    return data_dir("lexicons")


def migration_dir() -> Path:
    """Give the folder of the migrations and views."""
    return data_dir("db")
