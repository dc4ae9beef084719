"""The commands that withdraw, erase, back up and make keys, as users script them."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

Pv = Callable[..., Result]
STATED = "pair: sunitinib > thrombopénie stated\n"


@pytest.fixture
def filled(pv: Pv, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Pv:
    monkeypatch.delenv("PV_KEY_FILE", raising=False)
    write("a.txt", STATED)
    assert pv("scan", write("b.txt", STATED), "--source", "wards").code == 0
    assert pv("key", "new", "pv.key").code == 0
    return pv


def status(pv: Pv) -> dict[str, object]:
    return {r["what"]: r["value"] for r in json.loads(pv("status", "--format", "json").out)}


def test_key_new(pv: Pv, tmp_path: Path):
    result = pv("key", "new", "pv.key")
    assert result.code == 0
    assert re.fullmatch(r"key [0-9a-f]{16} written to pv\.key\n", result.out)
    assert result.err.startswith("pv: keep a copy apart")
    assert stat.S_IMODE((tmp_path / "pv.key").stat().st_mode) == 0o600
    assert pv("key", "new", "pv.key") == Result(
        1, "", "pv: pv.key is there already; a key that is lost cannot be made again, so it stays\n"
    )


def test_nullify(filled: Pv):
    assert filled("nullify", "a.txt").code == 2
    assert filled("nullify", "a.txt", "--reason", "doublon") == Result(0, "nullified: 1 report, 1 pairs\n", "")
    assert (status(filled)["reports"], status(filled)["nullified reports"]) == (1, 1)
    assert "\n1 pairs" not in filled("events", "sunitinib").out
    shown = filled("show", "a.txt")
    assert (shown.code, shown.out) == (1, "")
    assert re.fullmatch(r"pv: report [0-9a-f]{12} was nullified on \d{4}-\d\d-\d\d: doublon\n", shown.err)
    assert filled("db", "check") == Result(0, "the database is sound\n", "")


def test_forget(filled: Pv, tmp_path: Path):
    refused = filled("forget", "a.txt", "--yes")
    assert (refused.code, refused.out) == (1, "")
    assert "give --key-file; `pv key new FILE` makes one" in refused.err
    result = filled("forget", "a.txt", "--yes", "--key-file", "pv.key")
    assert result.code == 0
    assert result.out == "erased: 1 reports, 1 versions, 1 pairs, 0 failures\n"
    assert result.err == "pv: backups and exports that were made before still hold what was erased\n"
    assert "a.txt" not in result.out + result.err
    assert (status(filled)["reports"], status(filled)["forgotten reports"]) == (1, 1)
    assert filled("db", "check") == Result(0, "the database is sound\n", "")
    assert b"a.txt" not in b"".join(p.read_bytes() for p in (tmp_path / "db").iterdir())


def test_forget_takes_several_and_the_key_of_the_environment(filled: Pv, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PV_KEY_FILE", "pv.key")
    assert filled("forget", "a.txt", "b.txt").out == "erased: 2 reports, 2 versions, 2 pairs, 0 failures\n"
    unknown = filled("forget", "Madame Martin")
    assert unknown.code == 1
    assert "Martin" not in unknown.err


def test_key_file_that_others_may_read_is_refused(filled: Pv, tmp_path: Path):
    (tmp_path / "pv.key").chmod(0o644)
    result = filled("forget", "a.txt", "--yes", "--key-file", "pv.key")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("pv: others than its owner may use the key file pv.key (mode 0644)")


def test_backup_and_vacuum(filled: Pv, tmp_path: Path):
    result = filled("db", "backup", "copy.sqlite")
    size = (tmp_path / "copy.sqlite").stat().st_size
    assert result == Result(0, f"{size:,} bytes written to copy.sqlite, and checked\n", "")
    assert filled("db", "check", "--db", "copy.sqlite").code == 0
    assert filled("events", "sunitinib", "--db", "copy.sqlite").out == filled("events", "sunitinib").out
    assert filled("db", "vacuum") == Result(0, "the database holds no remains of deleted rows\n", "")
    missing = filled("db", "backup", "x.sqlite", "--db", "none.sqlite")
    assert (missing.code, missing.out) == (1, "")


def test_recipients_of_exports_are_told_what_was_nullified_or_forgotten(filled: Pv):
    told = ("export", "--new", "--format", "jsonl", "--out", "-")
    assert filled(*told).out.count('"status": "new"') == 2
    filled("nullify", "a.txt", "--reason", "doublon")
    assert filled(*told).out.count('"status": "withdrawn"') == 1
    filled("forget", "b.txt", "--key-file", "pv.key")
    assert filled(*told).out.count('"status": "withdrawn"') == 1
    assert filled(*told).out == ""
