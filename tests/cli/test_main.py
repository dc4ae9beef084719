"""The command itself: help, versions, usage, and errors nobody foresaw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import Result
from hypothesis import given
from hypothesis import strategies as st

import pv as package
from pv.cli.main import cli
from pv.export.cells import cell, neutral
from pv.settings import from_environment

Pv = Callable[..., Result]


def commands() -> Iterator[list[str]]:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        yield [name]
        if isinstance(command, click.Group):
            yield from ([name, sub] for sub in command.commands)


@pytest.mark.parametrize("command", [[], *commands()], ids=" ".join)
def test_every_command_has_help(pv: Pv, command: list[str]):
    result = pv(*command, "--help")
    assert result.code == 0
    assert len(result.out.splitlines()[2].strip()) > 10


def test_version(pv: Pv):
    assert pv("--version") == Result(0, f"pv {package.__version__}\n", "")


@pytest.mark.parametrize("arguments", [["nonsense"], ["scan"], ["events"], ["detect", "x", "--format", "xml"]])
def test_usage_errors(pv: Pv, arguments: list[str]):
    result = pv(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage:" in result.err


def test_unexpected_error_shows_no_text(pv: Pv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")

    def fail(*_: object) -> None:
        secret = "Madame Martin"  # noqa: F841 - a local that a rich traceback would show
        raise KeyError("Madame Martin")

    monkeypatch.setattr("pv.sources.offer.offered", fail)
    assert pv("scan", "a.txt") == Result(
        1, "", "pv: unexpected error (KeyError); set PV_DEBUG=1 to see where, and report it\n"
    )
    monkeypatch.setenv("PV_DEBUG", "1")
    result = pv("scan", "a.txt")
    assert "in scan_command" in result.err
    assert "Martin" not in result.err.replace('raise KeyError("Madame Martin")', "")


def test_interruption(pv: Pv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pv.sources.offer.offered", stop)
    assert pv("scan", "a.txt").code == 130


def test_settings_from_the_environment():
    assert from_environment({}).database == "sqlite:///db/pv.sqlite"
    assert from_environment({"PV_DATABASE_URL": "x.sqlite"}).database == "sqlite:///x.sqlite"
    assert from_environment({"PV_DATABASE_URL": "x"}, "postgresql://h/d").database == "postgresql://h/d"
    assert from_environment({"PV_BUSY_TIMEOUT": "3"}).busy_timeout == 3.0


def test_bad_setting_is_named(pv: Pv, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PV_BUSY_TIMEOUT", "soon")
    assert pv("status") == Result(1, "", "pv: PV_BUSY_TIMEOUT is 'soon'; give a number of seconds\n")


@given(st.text())
def test_no_cell_is_a_formula(text: str):
    shown = cell(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", '=cmd|"/c calc"!A0'])
def test_formulas_are_neutralised(text: str):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("007", "007"), (-3, "-3"), (None, ""), (True, "true"), (0.85, "0,85"), (65.0, "65"), (("=a", "b"), "'=a|b")],
)
def test_values_are_written_as_they_are(value: object, shown: str):
    assert cell(value, ",") == shown
