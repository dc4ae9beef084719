"""Imports point downwards only, and a query loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pv
from pv.settings import Settings
from pv.store.database import open_database

PACKAGE = Path(pv.__file__).parent
# Each layer may import itself and those after it; a package beside another in its layer stands apart from it, except in
# the lower layers, whose packages share mentions and tables.
LAYERS = (
    {"cli"},
    {"batch", "page", "screening", "spark"},
    {"detect", "sources", "store", "export", "evaluation"},
    {"nlp", "timeline", "linking", "lexicon", "text", "reading", "causality", "signals", "privacy"},
    {"model", "errors", "settings", "keys"},
)
APART = LAYERS[2]
HEAVY = {"spacy", "medspacy", "pandas", "numpy", "scipy", "pyarrow", "pyspark"}
# Only these may touch a heavy or outermost library, wherever in the file.
ONLY = {
    "spacy": {"nlp"},
    "medspacy": {"nlp"},
    "numpy": {"signals"},
    "pandas": {"spark"},
    "pyspark": {"spark"},
    "py4j": {"spark"},
    "pyarrow": {"sources", "export"},
    "scipy": {"signals"},
    "sqlalchemy": {"store", "batch", "page", "cli", "sources", "screening"},
    "jinja2": {"page"},
    "matplotlib": {"page"},
    "click": {"cli"},
}


def rank(part: str) -> int:
    for i, layer in enumerate(LAYERS):
        if part in layer:
            return i
    raise AssertionError(f"pv.{part} has no layer: add it to LAYERS")


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found += [f"pv.{a.name}" for a in node.names] if module == "pv" else [module]
    return found


FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p.name != "__init__.py" and "_data" not in p.parts]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_point_downwards(path: Path):
    own = part_of(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top in ONLY:
            assert own in ONLY[top], f"pv.{own} imports {name}"
        if top != "pv" or rest.startswith("__"):
            continue
        other = rest.split(".")[0]
        assert rank(other) >= rank(own), f"pv.{own} imports pv.{other}"
        assert own == other or {own, other} - APART, f"pv.{own} imports pv.{other} beside it"
        assert own == other or rank(own) != rank(other) or "spark" not in {own, other}, f"pv.{own} imports pv.{other}"


def test_layers_are_all_known():
    for path in FILES:
        rank(part_of(path))


LOADED = """
import sys
from pv.cli.main import run
code = run(sys.argv[1:])
tops = sorted({name.partition('.')[0] for name in sys.modules})
print('LOADED', code, *tops)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["events", "sunitinib"],
        ["events", "sunitinbi"],
        ["drugs", "D69", "--pairs", "--format", "csv"],
        ["export", "--out", "x.csv"],
        ["signals", "--help"],
        ["status"],
        ["runs"],
    ],
    ids=" ".join,
)
def test_queries_load_nothing_heavy(arguments: list[str], tmp_path: Path):
    open_database(Settings(f"sqlite:///{tmp_path}/db/pv.sqlite"), write=True, create=True).close()
    environment = {"PYTHONPATH": str(PACKAGE.parent), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    _, code, *loaded = done.stdout.splitlines()[-1].split()
    assert code == ("1" if "sunitinbi" in arguments else "0"), done.stderr
    assert not HEAVY & set(loaded)
    assert "alembic" not in loaded
    if arguments[0].startswith("--"):
        assert "sqlalchemy" not in loaded
