"""The same commands on SQLite and on PostgreSQL: the same rows, in the same order, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from postgresql_server import Server
from shared_detector import real_detector

from pv.batch.detector import Versioned
from pv.cli import common

EXAMPLES = Path(__file__).parents[2] / "examples" / "reports"
# Names and labels whose order a French locale would change: case, accents, hyphens, signs.
AWKWARD = ("zona", "Zona", "éruption", "eruption", "œdème", "oedème", "état", "a-b", "ab", "a b", "d'emblée", "10")


@pytest.fixture
def databases(tmp_path: Path, postgresql: Server) -> tuple[str, str]:
    return f"sqlite:///{tmp_path}/one.sqlite", postgresql.new_database()


def same(pv: Callable[..., Result], databases: tuple[str, str], *arguments: object) -> Result:
    """Run a command on each database; the results must not differ."""
    one, two = (pv(*arguments, "--db", url) for url in databases)
    assert (one.code, one.out) == (two.code, two.out), arguments
    return one


def test_the_example_reports_give_equal_exports(
    pv: Callable[..., Result], databases: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(common, "load_detector", lambda: Versioned(real_detector(), "1", "ab" * 32))
    scanned = same(pv, databases, "scan", EXAMPLES)
    assert scanned.out.startswith("reports: 23 new, 0 new versions, 0 unchanged, 0 failed\n")
    exports = []
    for i, url in enumerate(databases):
        out = tmp_path / f"{i}.csv"
        assert pv("export", "--all", "--out", out, "--db", url).code == 0
        exports.append(out.read_bytes())
    assert exports[0] == exports[1]
    assert exports[0].count(b"\r\n") > 70
    assert "sunitinib" in same(pv, databases, "events", "sunitinib").out
    for arguments in (
        ("events", "L01", "--format", "json"), ("events", "L01", "--pairs", "--all", "--format", "csv"),
        ("drugs", "D69", "--format", "csv"), ("drugs", "thrombopénie", "--all", "--format", "json"),
        ("db", "check"), ("db", "upgrade"),
    ):  # fmt: skip
        assert same(pv, databases, *arguments).code == 0
    report = min(p.name for p in EXAMPLES.glob("*.txt"))
    assert same(pv, databases, "show", report, "--format", "json").code == 0
    assert same(pv, databases, "scan", EXAMPLES).out.startswith("reports: 0 new, 0 new versions, 23 unchanged")


def test_order_does_not_depend_on_the_servers_locale(
    pv: Callable[..., Result], databases: tuple[str, str], write: Callable[..., Path]
):
    for i, name in enumerate(AWKWARD):
        write(f"bad {name}.txt", "raise")
        folder = write(f"{name}.txt", f"pair: sunitinib > {name} stated days={i}\n")
    assert same(pv, databases, "scan", folder, "--source", "x").code == 3
    failed = same(pv, databases, "status", "--failed", "--format", "csv").out
    names = [line.split(",")[2] for line in failed.splitlines()[1:]]
    assert names == sorted(f"bad {name}.txt" for name in AWKWARD)
    events = same(pv, databases, "events", "sunitinib", "--format", "csv").out
    assert [line.split(",")[0] for line in events.splitlines()[1:]] == sorted(AWKWARD)
    assert same(pv, databases, "events", "sunitinib", "--pairs", "--format", "json").code == 0
    assert same(pv, databases, "events", "sunitinbi").code == 1


def test_new_versions_and_failures_are_counted_alike(
    pv: Callable[..., Result], databases: tuple[str, str], write: Callable[..., Path]
):
    write("bad.txt", "raise")
    folder = write("a.txt", "pair: sunitinib > fièvre stated\n")
    same(pv, databases, "scan", folder, "--source", "x")
    write("bad.txt", "pair: sunitinib > zona denied\n")
    write("a.txt", "pair: sunitinib > fièvre temporal\npair: paclitaxel > fièvre stated certainty=hedged\n")
    again = same(pv, databases, "scan", folder, "--source", "x")
    assert again.out.startswith("reports: 1 new, 1 new versions, 0 unchanged, 0 failed")
    assert same(pv, databases, "drugs", "fièvre", "--all", "--format", "csv").code == 0
    same(pv, databases, "status", "--failed", "--format", "csv")


def test_a_recipient_is_told_alike(
    pv: Callable[..., Result], databases: tuple[str, str], write: Callable[..., Path], tmp_path: Path
):
    write("a.txt", "pair: sunitinib > fièvre stated\npair: sunitinib > zona stated\n")
    folder = write("b.txt", "pair: paclitaxel > rash temporal\n")
    same(pv, databases, "scan", folder, "--source", "x")
    new = ("export", "--new", "--format", "jsonl", "--out", "-")
    assert len(same(pv, databases, *new).out.splitlines()) == 3
    write("a.txt", "pair: sunitinib > fièvre stated days=4\npair: sunitinib > zona denied\n")
    write("b.txt", "plus rien\n")
    same(pv, databases, "scan", folder, "--source", "x")
    told = same(pv, databases, *new).out
    assert [told.count(f'"status": "{status}"') for status in ("new", "changed", "withdrawn")] == [0, 1, 2]
    assert same(pv, databases, *new).out == ""
    for i, url in enumerate(databases):
        arguments = ("export", "--format", "brat", "--texts", folder, "--out", tmp_path / f"brat{i}", "--db", url)
        assert pv(*arguments).code == 0
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / f"brat{i}").iterdir()} for i in range(2))
    assert one == two
    assert len(one) == 5


def test_a_zero_character_is_taken_by_both(
    pv: Callable[..., Result], databases: tuple[str, str], write: Callable[..., Path]
):
    folder = write("a.txt", ("pair: sunitinib > zona stated x=a\0b\n" + "Suite. " * 100).encode("utf-16"))
    assert same(pv, databases, "scan", folder, "--source", "x").out.startswith("reports: 1 new")
    assert "x=a\ufffdb" in same(pv, databases, "events", "sunitinib", "--pairs", "--format", "csv").out
