"""The demonstration of README, command by command: what it shows is what the program prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LEXICON, Result
from shared_detector import real_detector

from pv.batch.detector import Versioned
from pv.cli import common

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"<!-- demo -->\n```text\n(.*?)```\n<!-- /demo -->", re.DOTALL)


def shown() -> list[tuple[str, str]]:
    """Give each command of the block with the output below it, ends of lines stripped."""
    (block,) = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    steps = [step.split("\n", 1) for step in block.split("$ pv ")[1:]]
    return [(command, stripped(output)) for command, output in steps]


def stripped(output: str) -> str:
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def test_the_demonstration_is_what_the_program_prints(pv: Callable[..., Result], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(common, "load_detector", lambda: Versioned(real_detector(), "1.2.3", LEXICON))
    steps = shown()
    assert [command.split()[0] for command, _ in steps] == ["scan", "events"]
    Path("demo").mkdir()
    for command, output in steps:
        arguments = command.replace("examples/reports", str(ROOT / "examples" / "reports")).split()
        result = pv(*arguments)
        assert result.code == 0, result.err
        assert stripped(result.out) == output, command
