"""Folders: which files are offered, in which order, and that one folder that cannot be read stops nothing."""

from __future__ import annotations

import os
import pickle
import re
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Result

from pv.errors import InputError
from pv.sources.document import groups, opaque_key
from pv.sources.offer import expected, offered
from pv.sources.options import SourceOptions
from pv.sources.patterns import is_wanted, matches

STATED = "pair: sunitinib > thrombopénie stated\n"
Pv = Callable[..., Result]
Write = Callable[..., Path]


def names(options: SourceOptions) -> list[str]:
    return [d.name for d in offered(options)]


@pytest.mark.parametrize(
    ("path", "patterns", "matched"),
    [
        ("a/b.txt", ["*.txt"], True),
        ("a/b.TXT", ["*.txt"], True),
        ("a/b.txt", ["b*"], True),
        ("a/b.txt", ["a"], False),
        ("a/b.txt", ["a/*"], True),
        ("c/a/b.txt", ["a/*"], False),
        ("c/a/b.txt", ["*/a/*"], True),
        ("É.txt", ["é.*"], True),
        ("b.txt", ["x", "[ab].txt"], True),
        ("b.txt", [], False),
    ],
)
def test_patterns(path: str, patterns: list[str], matched: bool):
    assert matches(path, patterns) is matched


@pytest.mark.parametrize("path", ["~$a.txt", "x/~$a.txt", "._a.txt"])
def test_what_programs_leave_behind_is_no_report(path: str):
    assert not is_wanted(path, (), ())
    assert not is_wanted(path, ("*",), ())


def test_patterns_choose_files(write: Write):
    for name in ("a.txt", "b.TXT", "c.rep", "old/d.txt", "x/old/e.txt", "x/f.txt"):
        folder = write(name, STATED)
    assert names(SourceOptions((folder,))) == ["a.txt", "b.TXT", "old/d.txt", "x/f.txt", "x/old/e.txt"]
    assert names(SourceOptions((folder,), include=("*.rep", "x/*.txt"))) == ["c.rep", "x/f.txt", "x/old/e.txt"]
    assert names(SourceOptions((folder,), exclude=("old", "b.*"))) == ["a.txt", "x/f.txt"]
    assert names(SourceOptions((folder,), exclude=("x/old",))) == ["a.txt", "b.TXT", "old/d.txt", "x/f.txt"]
    with pytest.raises(InputError, match="no file that matches --include in this folder"):
        offered(SourceOptions((folder,), include=("*.none",)))


def test_folder_below_that_cannot_be_read_is_one_failure(
    pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    write("a.txt", STATED)
    write("closed_martin/b.txt", STATED)
    folder = write("z/c.txt", STATED)
    scandir = os.scandir

    def refuse(path: object = ".") -> object:
        if "closed" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert names(SourceOptions((folder,))) == ["a.txt", "closed_martin/", "z/c.txt"]
    result = pv("scan", "reports", "--source", "letters")
    assert result.code == 3
    assert result.out.startswith("reports: 2 new, 0 new versions, 0 unchanged, 1 failed\n")
    key = opaque_key("letters", "closed_martin/")
    assert f"pv: report {key}: a folder that cannot be read (Permission denied); check its permissions\n" in result.err
    assert "martin" not in result.err
    assert pv("detect", "reports").code == 3
    # The folder given is another matter: nothing could be done.
    result = pv("scan", "reports/closed_martin")
    assert result.code == 1
    assert "cannot be reached (Permission denied)" in result.err


def test_loop_of_links_ends(write: Write):
    folder = write("a/b.txt", STATED)
    (folder / "a" / "up").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    documents = list(offered(SourceOptions((folder,))))
    assert [d.name for d in documents] == ["self.txt", "a/b.txt"]
    with pytest.raises(InputError, match="leads nowhere"):
        documents[0].load(1_000)
    assert documents[1].load(1_000).text == STATED


def test_since_takes_the_day_and_what_follows(pv: Pv, write: Write):
    for name, day in (("a.txt", 1), ("b.txt", 2), ("c.txt", 3)):
        moment = datetime(2024, 5, day, tzinfo=UTC).timestamp()
        os.utime(write(name, STATED) / name, (moment, moment))
    (write("a.txt", STATED) / "gone.txt").symlink_to("nowhere")
    moment = datetime(2024, 5, 1, 23, 59, 59, tzinfo=UTC).timestamp()
    os.utime(write("a.txt", STATED) / "a.txt", (moment, moment))
    result = pv("scan", "reports", "--since", "2024-05-02")
    # What has no date is not left out: nobody knows that it is old.
    assert result.out.startswith("reports: 2 new, 0 new versions, 0 unchanged, 1 failed\n")
    assert pv("scan", "reports", "--since", "yesterday").code == 2


@pytest.mark.parametrize(
    ("pattern", "patient"),
    [(r"^(\d+)_", "0012"), (r"_(?P<patient>[A-Z]+)\d", "P"), (r"(x)?0012", None), (r"nothing (here)", None)],
)
def test_patient_of_the_file_name(write: Write, pattern: str, patient: str | None):
    folder = write("0012_P7.txt", STATED)
    document = next(offered(SourceOptions((folder,), patient_pattern=re.compile(pattern))))
    assert document.patient == patient


@pytest.mark.parametrize("pattern", ["(", r"\d+"])
def test_patient_pattern_must_be_one(pv: Pv, write: Write, pattern: str):
    write("a.txt", STATED)
    result = pv("scan", "reports", "--patient-pattern", pattern)
    assert (result.code, result.out) == (2, "")
    assert "--patient-pattern" in result.err


def test_number_of_documents_is_known_where_it_is(write: Write):
    write("a.txt", STATED)
    folder = write("b/c.txt", STATED)
    assert expected(SourceOptions((folder, folder / "a.txt"))) == 3
    assert expected(SourceOptions((folder,), since=datetime(2024, 1, 1, tzinfo=UTC))) is None


def test_documents_travel_to_other_processes(write: Write):
    folder = write("a.txt", STATED)
    (folder / "gone.txt").symlink_to("nowhere")
    there, gone = pickle.loads(pickle.dumps(list(offered(SourceOptions((folder,))))))
    assert there.load(1_000).text == STATED
    with pytest.raises(InputError):
        gone.load(1_000)


def test_documents_in_memory_wait_in_small_groups(write: Write):
    document = next(offered(SourceOptions((write("a.txt", STATED),))))
    heavy = [
        document.__class__(document.source, "", str(i), document.received, document.load, held=40) for i in range(7)
    ]
    assert [len(g) for g in groups(heavy, 4, most_held=100)] == [3, 3, 1]
    assert [len(g) for g in groups(heavy, 2, most_held=100)] == [2, 2, 2, 1]


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path):
    for i in range(600):
        path = tmp_path / f"{i % 30}" / f"{i}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x" * 1_000, encoding="utf-8")
    iterator = offered(SourceOptions((tmp_path,)))
    for _ in range(100):
        next(iterator)
    tracemalloc.start()
    rest = sum(len(d.load(10_000).text) for d in iterator)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rest == 500_000
    assert peak < 150_000
