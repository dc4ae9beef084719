"""Tables: what is read, and that each complaint names file, line and reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.table import Row, load_macros, read_table

Write = Callable[[bytes], Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def call(content: bytes) -> Path:
        path = tmp_path / "mots.csv"
        path.write_bytes(content)
        return path

    return call


def test_rows_with_their_lines(table: Write):
    rows = list(read_table(table('mot,sens\n fièvre , état\n"a, b","c ""d"""\n'.encode()), ("mot", "sens")))
    assert [(r.line, r["mot"], r["sens"]) for r in rows] == [(2, "fièvre", "état"), (3, "a, b", 'c "d"')]
    assert rows[0].file == "mots.csv"


def test_lines_may_end_as_on_windows(table: Write):
    assert [r["b"] for r in read_table(table(b"a,b\r\n1,2\r\n"), ("a", "b"))] == ["2"]


REFUSED = {
    "another header": (b"a,c\n1,2\n", "mots.csv:1: the columns are a,c; expected a,b"),
    "another order": (b"b,a\n1,2\n", "mots.csv:1: the columns are b,a; expected a,b"),
    "empty file": (b"", "mots.csv:1: the columns are ; expected a,b"),
    "byte order mark": (b"\xef\xbb\xbfa,b\n1,2\n", "mots.csv:1: begins with a byte order mark"),
    "too few cells": (b"a,b\n1,2\n3\n", "mots.csv:3: 1 cells instead of 2"),
    "too many cells": (b"a,b\n1,2,3\n", "mots.csv:2: 3 cells instead of 2"),
    "blank line": (b"a,b\n\n1,2\n", "mots.csv:2: 0 cells instead of 2"),
    "empty required cell": (b"a,b\n1,2\n ,2\n", "mots.csv:3: column a is empty"),
    "not UTF-8": (b"a,b\n" + b"1,2\n" * 50 + b"\xe9,2\n", "mots.csv:52: not UTF-8"),
    "quote not closed": (b'a,b\n1,2\n"3,4\n5,6\n', "mots.csv:3: unexpected end of data"),
    "text after a quote": (b'a,b\n1,2\n"3"x,4\n', "mots.csv:3: ',' expected"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_a_broken_table_is_refused(table: Write, content: bytes, message: str):
    with pytest.raises(LexiconError) as refused:
        list(read_table(table(content), ("a", "b"), required=("a",)))
    assert str(refused.value).startswith(message)


def test_a_missing_table_is_refused(tmp_path: Path):
    with pytest.raises(LexiconError, match=r"^mots\.csv: cannot be read .*installation"):
        list(read_table(tmp_path / "mots.csv", ("a",)))


def row(cell: str) -> Row:
    return Row("mots.csv", 7, {"a": cell})


def test_number():
    assert row("12").number("a") == 12
    assert row("").number("a") is None
    for cell in ("-1", "1.5", "x", "²"):
        with pytest.raises(LexiconError, match=r"^mots\.csv:7: column a: .* is not a whole number"):
            row(cell).number("a")


def test_flag():
    assert [row(c).flag("a") for c in ("yes", "no", "")] == [True, False, False]
    with pytest.raises(LexiconError, match=r"^mots\.csv:7: column a: 'oui' is not one of yes, no, \(empty\)"):
        row("oui").flag("a")


def test_choice():
    assert row("x").choice("a", ("x", "y")) == "x"
    with pytest.raises(LexiconError, match=r"^mots\.csv:7: column a: 'z' is not one of x, y"):
        row("z").choice("a", ("x", "y"))


def test_phrases():
    assert row("{a|b} <de>").phrases("a", {"de": ("du",)}) == ["a du", "b du"]
    with pytest.raises(LexiconError, match=r"^mots\.csv:7: column a: a '\{' is not closed"):
        row("{a").phrases("a", {})


def test_macros(table: Write):
    path = table(b"name,alternatives,source\nle,le|la|l'|,usage\n")
    assert load_macros(path) == {"le": ("le", "la", "l'", "")}


def test_a_macro_defined_twice_is_refused(table: Write):
    with pytest.raises(LexiconError, match=r"^mots\.csv:3: macro le is defined twice"):
        load_macros(table(b"name,alternatives,source\nle,le,usage\nle,la,usage\n"))
