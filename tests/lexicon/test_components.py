"""Diagnoses and the concepts that are signs of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.components import load_components

HEADER = "diagnosis,signs,source\n"


def test_signs_of_a_diagnosis(tmp_path: Path):
    path = tmp_path / "event_components.csv"
    path.write_text(HEADER + "dress,fievre  rash,usage\n", encoding="utf-8")
    assert load_components(path, frozenset({"dress", "fievre", "rash"})) == {"dress": frozenset({"fievre", "rash"})}


@pytest.mark.parametrize(("row", "unknown"), [("dress,fievre rash", "rash"), ("lyell,fievre", "lyell")])
def test_an_unknown_concept_is_refused(tmp_path: Path, row: str, unknown: str):
    path = tmp_path / "event_components.csv"
    path.write_text(f"{HEADER}dress,fievre,usage\n{row},usage\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"^event_components\.csv:3: unknown concept {unknown}$"):
        load_components(path, frozenset({"dress", "fievre"}))
