"""Where the data sets of the published examples lie, beside the project and not in it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "signals"


def rows_of(name: str) -> list[dict[str, str]]:
    """Give the rows of a data set; skips the test where it is not there."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"the data set {name} is not in ../shared/data/signals beside the project")
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
