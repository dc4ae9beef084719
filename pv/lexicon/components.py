"""Diagnoses and the concepts that are signs of them."""

from __future__ import annotations

from pathlib import Path

from pv.lexicon.table import read_table


def load_components(path: Path, concepts: frozenset[str]) -> dict[str, frozenset[str]]:
    """Give, for the concept of a diagnosis, the concepts of its signs; all must exist in the event lexicon."""
    components: dict[str, frozenset[str]] = {}
    for row in read_table(path, ("diagnosis", "signs", "source"), required=("diagnosis", "signs", "source")):
        signs = frozenset(row["signs"].split())
        unknown = ({row["diagnosis"]} | signs) - concepts
        if unknown:
            raise row.error(f"unknown concept {', '.join(sorted(unknown))}")
        components[row["diagnosis"]] = signs
    return components
