"""Tables that fit the terminal, whatever they hold; and no folding where nobody looks."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from hypothesis import given
from hypothesis import strategies as st

from pv.cli.layout import table_lines

HEADING = ["event", "cim10", "days to onset"]
ROWS = [["insuffisance cardiaque aiguë", "I50.9", "42 (42-42, n=1)"], ["rash", "", ""]]


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (
            None,
            [
                "event                         cim10  days to onset",
                "insuffisance cardiaque aiguë  I50.9  42 (42-42, n=1)",
                "rash",
            ],
        ),
        (
            40,
            [
                "event             cim10  days to onset",
                "insuffisance      I50.9  42 (42-42, n=1)",
                "cardiaque aiguë",
                "rash",
            ],
        ),
        (
            26,
            [
                "event        cim10 days to",
                "                   onset",
                "insuffisance I50.9 42",
                "cardiaque          (42-42,",
                "aiguë              n=1)",
                "rash",
            ],
        ),
        (
            25,
            [
                "event          insuffisance",
                "               cardiaque aiguë",
                "cim10          I50.9",
                "days to onset  42 (42-42, n=1)",
                "",
                "event          rash",
            ],
        ),
    ],
)
def test_the_same_table_in_less_and_less_room(room: int | None, expected: list[str]):
    assert list(table_lines(HEADING, ROWS, room)) == expected


def test_a_passage_gets_lines_of_its_own():
    passage = "Une longue phrase du compte rendu. " * 20
    lines = list(table_lines(["report", "evidence"], [["a.txt", passage.strip()]], 60))
    assert lines[0] == "report    a.txt"
    assert lines[1].startswith("evidence  Une longue phrase")
    assert max(map(len, lines)) <= 60


CELLS = st.text("abé -", max_size=40).map(lambda s: " ".join(s.split()))


@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=4)),
    st.integers(40, 120),
)
def test_no_line_is_wider_than_the_terminal_and_no_letter_is_lost(rows: list[list[str]], room: int):
    heading = [f"column {i}" for i in range(len(rows[0]) if rows else 1)]
    lines = list(table_lines(heading, rows, room))
    assert all(len(line) <= room for line in lines)
    shown = "".join(lines)
    for letter in "abé":
        in_headings = shown.count("column") * ("column".count(letter))
        assert shown.count(letter) - in_headings == sum(cell.count(letter) for row in rows for cell in row)


def test_a_terminal_gets_a_table_that_fits_with_colours_and_a_pipe_neither(
    pv: Callable[..., Result], write: Callable[..., Path]
):
    folder = write("a.txt", "pair: sunitinib > coagulation intravasculaire disséminée stated days=3\n")
    assert pv("scan", folder).code == 0
    piped = pv("events", "sunitinib").out.splitlines()
    assert max(map(len, piped)) > 80

    shown = on_a_terminal("events", "sunitinib")
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" in on_a_terminal("show", "a.txt")
    assert "\x1b" not in pv("show", "a.txt").out


def on_a_terminal(*arguments: str) -> str:
    """Run the command as a process whose output is a terminal of 80 columns."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    command = [sys.executable, "-m", "pv.cli", *arguments]
    with subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment) as process:
        os.close(inner)
        parts = []
        while part := _read(outer):
            parts.append(part)
        assert process.wait() == 0
    os.close(outer)
    return b"".join(parts).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        # Linux says so when the last process has left the terminal.
        return b""
