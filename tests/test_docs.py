"""The documentation against the program: commands, tables, columns, links, targets; nothing of one machine in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pv.cli.main import cli
from pv.cli.query import _PEOPLE, EVENT_COLUMNS
from pv.export.columns import COLUMNS
from pv.store.signal_models import Base

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SETUP = [ROOT / name for name in ("pyproject.toml", "Makefile", "constraints.txt", ".ci/run")]
TABLES = sorted((ROOT / "lexicons").glob("*.csv"))
# A page that nobody reads to its end is no documentation.
MOST_LINES = 120

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
# In code only: prose may make it clear.
MAKE = re.compile(r"(?:`|^)make ([a-z]+)\b", re.MULTILINE)
ABSOLUTE = re.compile(
    r"(?<![\w.)}])/(?:home|root|work|tmp|usr|opt|var|etc|srv|mnt|media|private|builds|Users)\b|\b[A-Z]:\\"
)
REGISTRY = re.compile(
    r"pypi\.|pythonhosted|index-url|find-links|trusted-host|artifactory|nexus|devpi|anaconda\.|conda\.io", re.IGNORECASE
)
URL = re.compile(r"https?://")


def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below one, with the words that call it."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            yield from walk(f"{name} {sub}", found)


ALL = dict(walk("pv", cli))
# A group does nothing by itself: its commands are what users call.
CALLED = [name for name, command in ALL.items() if not isinstance(command, click.Group)]


def named(command: str, page: str) -> bool:
    """Say whether a page shows the whole command in code: `pv db` is not named by `pv db check`, nor by `pv dbx`."""
    return re.search(rf"`{re.escape(command)}(?:`| (?:-|[A-Z]))", page) is not None


def table_rows(page: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the page's tables."""
    for line in page.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def anchors(page: str) -> set[str]:
    """Give the anchors that a page's headings make."""
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in HEADING.findall(page)}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_has_help(name: str):
    command = ALL[name]
    assert command.help, name
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert [o.opts for o in options if not o.help] == []


@pytest.mark.parametrize("name", CALLED)
def test_every_command_is_named_in_the_readme(name: str):
    assert named(name, README)


def test_commands_of_the_readme_exist():
    written = set(re.findall(r"^\| `(pv(?: [a-z][a-z-]*)+)", README, re.MULTILINE))
    assert written == set(CALLED)


def test_a_command_is_not_named_by_a_longer_one():
    assert named("pv db check", "`pv db check`")
    assert named("pv scan", "`pv scan PATH…`")
    assert not named("pv db", "`pv db check`")
    assert not named("pv scan", "`pv scanner`")


def test_every_table_of_the_lexicons_is_described_with_its_columns():
    page = (ROOT / "docs" / "lexicons.md").read_text(encoding="utf-8")
    described = {row[0].strip("`"): row[1].strip("`") for row in table_rows(page) if row[0].endswith(".csv`")}
    headers = {}
    for path in TABLES:
        with path.open(encoding="utf-8", newline="") as handle:
            headers[path.name] = ", ".join(next(csv.reader(handle)))
    assert described == headers


def test_every_table_and_view_of_the_database_is_described():
    page = (ROOT / "docs" / "database.md").read_text(encoding="utf-8")
    described = {name for row in table_rows(page) for name in re.findall(r"`([a-z_]+)`", row[0])}
    assert described == set(Base.metadata.tables)
    views = {path.stem.rsplit("_", 1)[0] for path in (ROOT / "db" / "views").glob("*.sql")}
    assert views
    assert all(f"`{view}`" in page for view in views)


def test_columns_of_the_export_stand_in_the_readme_in_order():
    section = README.partition("## The CSV file")[2].partition("\n\n- ")[0]
    listed = section.rpartition("this order:")[2]
    assert tuple(re.findall(r"`([a-z0-9_]+)`", listed)) == COLUMNS


def test_the_demo_of_the_readme_has_the_columns_that_the_program_prints():
    shown = README.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    heading = next(line for line in shown.splitlines() if line.startswith("event "))
    assert re.split(r"\s{2,}", heading) == [c.replace("_", " ") for c in (*EVENT_COLUMNS[:2], *_PEOPLE)]


def test_the_readme_counts_the_example_reports():
    count = re.search(r"the (\d+) invented reports", README)
    assert count is not None
    assert int(count[1]) == len(list((ROOT / "examples" / "reports").glob("*.txt")))


def test_the_commands_of_the_readme_are_targets():
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    assert {"demo", "test"} <= set(MAKE.findall(README))
    for page in PAGES:
        assert set(MAKE.findall(page.read_text(encoding="utf-8"))) <= targets, relative(page)


def test_the_ci_runs_the_test_command_of_the_readme():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "make test" in lines
    assert "make check" in lines


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_links_resolve(path: Path):
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if URL.match(link):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.is_relative_to(ROOT.resolve()), link
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_every_page_is_linked_from_the_readme():
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in LINK.findall(README)}
    assert {path.resolve() for path in PAGES[1:]} <= linked


@pytest.mark.parametrize("path", PAGES[2:], ids=relative)
def test_pages_are_short(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [*PAGES, *SETUP], ids=relative)
def test_nothing_of_one_machine(path: Path):
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if not x.startswith("#!")]
    assert [x for x in lines if ABSOLUTE.search(x) or REGISTRY.search(x)] == []


@pytest.mark.parametrize("path", SETUP, ids=relative)
def test_the_set_up_names_no_host(path: Path):
    assert URL.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("text", ["cd /home/me/pv", '"/tmp/x"', "sqlite:////srv/pv", "C:\\pv", "(/work)"])
def test_an_absolute_path_is_seen(text: str):
    assert ABSOLUTE.search(text)


@pytest.mark.parametrize("text", ["G/L", "../shared/eval", "docs/work/x", "user@host/name", "$(SHARED)/var", "and/or"])
def test_other_slashes_are_no_absolute_path(text: str):
    assert not ABSOLUTE.search(text)


@pytest.mark.parametrize("text", ["https://pypi.org/simple", "--index-url x", "files.pythonhosted.org"])
def test_a_registry_is_seen(text: str):
    assert REGISTRY.search(text)
