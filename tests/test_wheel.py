"""The wheel: it carries the tables and the migrations, no database, and runs without a checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent
MAKE_DATABASE = """
from pv.settings import Settings
from pv.store.database import open_database

print(open_database(Settings("sqlite:///made.sqlite"), write=True, create=True).created)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and give the folder it is unpacked in."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(wheel: Path, folder: Path, *arguments: str) -> str:
    """Run Python in a folder, with the unpacked wheel before the checkout; give what it prints."""
    code = f"import sys; sys.path.insert(0, {str(wheel)!r})\n"
    command = [sys.executable, "-c", code + arguments[0], *arguments[1:]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_it_carries_every_table_and_migration(wheel: Path):
    for folder, pattern in (("lexicons", "*.csv"), ("db", "**/*.py"), ("db", "**/*.sql")):
        here, inside = ROOT / folder, wheel / "pv" / "_data" / folder
        tables = {p.relative_to(here) for p in here.glob(pattern)}
        assert tables
        assert {p.relative_to(inside) for p in inside.glob(pattern)} == tables


def test_it_carries_the_templates_and_words_of_the_page(wheel: Path):
    here, inside = ROOT / "pv" / "page", wheel / "pv" / "page"
    files = {p.relative_to(here) for pattern in ("*.csv", "templates/*") for p in here.glob(pattern)}
    assert len(files) > 5
    assert {p.relative_to(inside) for p in inside.rglob("*") if p.is_file()} >= files


def test_it_carries_no_database_and_no_report(wheel: Path):
    kinds = {p.suffix for p in wheel.rglob("*") if p.is_file() and ".dist-info" not in str(p)}
    assert kinds <= {".py", ".typed", ".csv", ".md", ".mako", ".sql", ".html", ".css", ".js"}


def test_it_runs_without_a_checkout(wheel: Path, tmp_path: Path):
    where = "import pv.lexicon.paths as p; print(p.lexicon_dir()); print(p.migration_dir())"
    assert run(wheel, tmp_path, where).split() == [str(wheel / "pv" / "_data" / n) for n in ("lexicons", "db")]
    assert run(wheel, tmp_path, MAKE_DATABASE) == "True\n"
    found = run(wheel, tmp_path, "from pv.cli.main import main; main()", "lexicon", "find", "sunitinib")
    assert "drugs" in found
