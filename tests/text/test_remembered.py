"""What is remembered of word forms: each is worked out once, and their number is bounded."""

from __future__ import annotations

import pytest

from pv.text import remembered
from pv.text.remembered import Remembered


def test_a_form_is_worked_out_once():
    asked: list[str] = []
    upper = Remembered(lambda form: (asked.append(form), form.upper())[1])
    assert [upper["a"], upper["b"], upper["a"]] == ["A", "B", "A"]
    assert asked == ["a", "b"]


def test_all_is_forgotten_where_it_gets_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(remembered, "_MOST", 2)
    upper = Remembered(str.upper)
    assert [upper[form] for form in "abcab"] == ["A", "B", "C", "A", "B"]
    assert dict(upper) == {"b": "B"}
