"""Compressed files and archives: what they hold is read, within bounds, and one bad member harms no other."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_files import pdf_file, word_file, zip_file
from offers import told_within

from pv.errors import TooLargeError
from pv.sources.archive import members
from pv.sources.document import Document, opaque_key
from pv.sources.expansion import Budget
from pv.sources.offer import expected, offered
from pv.sources.options import SourceOptions

Pv = Callable[..., Result]
Write = Callable[..., Path]
STATED = "pair: sunitinib > thrombopénie stated\n"
BOUND = 100_000


def read(path: Path, **options: object) -> list[Document]:
    return list(offered(SourceOptions((path,), max_bytes=BOUND, **options)))  # type: ignore[arg-type]


def test_gzip(pv: Pv, write: Write):
    write("a.txt.gz", gzip.compress(STATED.encode("cp1252")))
    write("b.pdf.gz", gzip.compress(pdf_file([["Fièvre"]])))
    write("c.txt.gz", gzip.compress(STATED.encode())[:-9])
    write("d.txt.gz", b"MARTIN")
    write("e.txt.gz", gzip.compress(b"x" * 10_000_000))
    folder = write("f.log.gz", gzip.compress(b"x"))
    found = told_within(BOUND, read(folder))
    assert found[0] == ("a.txt.gz", STATED)
    assert found[1] == ("b.pdf.gz", "Fièvre\n")
    assert found[2][1].startswith("! damaged or cut off (EOFError)")
    assert found[3][1].startswith("! damaged or cut off (BadGzipFile)")
    assert found[4][1].startswith("! more than the 100,000 bytes allowed")
    assert len(found) == 5
    result = pv("scan", "reports", "--max-megabytes", "0.1")
    assert (result.code, result.out.splitlines()[0]) == (3, "reports: 2 new, 0 new versions, 0 unchanged, 3 failed")


def test_zip_of_reports_tables_and_archives(pv: Pv, write: Write):
    inner = zip_file({"e.txt": "dans l'archive"})
    folder = write("x/letters.zip", zip_file({
        "a.txt": STATED, "sub/": "", "sub/é.txt": "Fièvre".encode("cp1252"), "b.docx": word_file(["Word"]),
        "c.pdf": pdf_file([["Page"]]), "d.txt.gz": gzip.compress(b"gz"), "inner.zip": inner,
        "t.csv": "id,text\n7,sept\n8,a,b\n", "u.jsonl.gz": gzip.compress(b'{"id": 9, "text": "neuf"}'),
        "picture.png": b"\x89PNG", "__MACOSX/._a.txt": b"\0\5\x16\7", "old/f.txt": "ancien",
    }))  # fmt: skip
    assert told_within(BOUND, read(folder, exclude=("old",))) == [
        ("x/letters.zip/a.txt", STATED),
        ("x/letters.zip/sub/é.txt", "Fièvre"),
        ("x/letters.zip/b.docx", "Word\n"),
        ("x/letters.zip/c.pdf", "Page\n"),
        ("x/letters.zip/d.txt.gz", "gz"),
        ("x/letters.zip/inner.zip/e.txt", "dans l'archive"),
        ("7", "sept"),
        ("x/letters.zip/t.csv/3/", "! 3 cells, where the heading has 2: is a sign not quoted?"),
        ("9", "neuf"),
    ]
    assert expected(SourceOptions((folder,))) is None
    result = pv("scan", "reports/x/letters.zip", "--source", "letters")
    assert (result.code, result.out.splitlines()[0]) == (3, "reports: 9 new, 0 new versions, 0 unchanged, 1 failed")
    assert pv("scan", "reports/x/letters.zip", "--source", "letters").out.startswith(
        "reports: 0 new, 0 new versions, 9 "
    )


def test_patient_and_day_of_an_archive(write: Write):
    folder = write("l.zip", zip_file({"0042_lettre.txt": "a"}))
    [document] = read(folder, patient_pattern=re.compile(r"/(\d+)_"))
    assert document.patient == "0042"
    assert document.received.timestamp() == pytest.approx((folder / "l.zip").stat().st_mtime)
    assert document.held == 1
    assert pickle.loads(pickle.dumps(document)).load(10).text == "a"


def encrypted(data: bytes) -> bytes:
    """Set the bit that says that a member needs a password, in both places where it stands."""
    changed = bytearray(data)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(sign) + place] |= 1
    return bytes(changed)


def spoilt(data: bytes, content: bytes) -> bytes:
    assert content in data
    return data.replace(content, bytes(len(content)))


GOOD = {"z.txt": "après"}


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (zip_file({"a.txt": b"x" * (BOUND + 1)} | GOOD), "a.zip/a.txt", "more than the 100,000 bytes allowed"),
        (encrypted(zip_file({"a.txt": "MARTIN"} | GOOD)), "a.zip/a.txt", "protected by a password"),
        (spoilt(zip_file({"a.txt": "MARTIN"} | GOOD, zipfile.ZIP_STORED), b"MARTIN"), "a.zip/a.txt", "damaged"),
        (zip_file({"a.zip": b"MARTIN"} | GOOD), "a.zip/a.zip/", "damaged or cut off"),
        (zip_file({"a.zip": zip_file({"b.zip": zip_file({"c.zip": zip_file({"d.txt": "x"})})})} | GOOD),
         "a.zip/a.zip/b.zip/c.zip/", "archives within archives, more than 3 deep"),
        (zip_file({"a.csv.gz": gzip.compress(b"id,text\n1,a")[:-5]} | GOOD), "a.zip/a.csv.gz/", "damaged or cut off"),
    ],
)  # fmt: skip
def test_one_bad_member_is_one_failure(write: Write, data: bytes, name: str, reason: str):
    found = told_within(BOUND, read(write("a.zip", data)))
    assert found[-1] == ("a.zip/z.txt", "après")
    assert found[-2][0] == name
    assert found[-2][1].startswith(f"! {reason}")
    assert len(found) == 2


@pytest.mark.parametrize("data", [b"", b"MARTIN" * 100, zip_file(GOOD)[:-30]])
def test_broken_archive_is_told_and_the_others_are_taken(pv: Pv, write: Write, data: bytes):
    write("a_martin.zip", data)
    write("b.txt", STATED)
    result = pv("scan", "reports", "--source", "s")
    assert (result.code, result.out.splitlines()[0]) == (3, "reports: 1 new, 0 new versions, 0 unchanged, 1 failed")
    assert f"pv: report {opaque_key('s', 'a_martin.zip/')}: damaged or cut off (BadZipFile)" in result.err
    assert "martin" not in result.err.lower()


def test_name_that_is_not_what_it_says_is_damage(write: Write):
    data = zip_file({"é.txt": "a"})
    [(name, reason)] = told_within(BOUND, read(write("a.zip", data.replace("é".encode(), b"\xff\xfe"))))
    assert (name, reason) == ("a.zip/", "! damaged or cut off (UnicodeDecodeError): fetch it again")


@pytest.mark.parametrize("name", ["a.zip", "a.csv", "a.txt.gz"])
def test_pipe_is_no_archive(write: Write, name: str):
    folder = write("b.txt", "x")
    os.mkfifo(folder / name)
    found = dict(told_within(BOUND, read(folder, include=("*",))))
    assert found.pop("b.txt") == "x"
    assert list(found.values()) == ["! no regular file"]


SOUND = {
    "a.zip": zip_file({"é.txt": "Fièvre", "t.csv": 'id,text\n1,a\n2,"b\nc"\n', "i.zip": zip_file({"a.txt": "x"})}),
    "a.docx": word_file(["Fièvre"], [["a", "b"]]),
    "a.pdf": pdf_file([["Fièvre"], ["b"]]),
    "a.txt.gz": gzip.compress(b"Fievre" * 30),
    "a.csv": 'id;text;date\n1;"é";2024-01-01\n2;b;\n'.encode("utf-16"),
    "a.jsonl": '{"id": 1, "text": "é", "date": "2024-01-01", "patient": 3}\n{"id": 2, "text": "b"}\n'.encode(),
}


@given(
    st.sampled_from(sorted(SOUND)), st.lists(st.tuples(st.integers(0), st.binary(max_size=3)), min_size=1, max_size=8)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_damage_it_is_told(tmp_path: Path, name: str, changes: list[tuple[int, bytes]]):
    data = bytearray(SOUND[name])
    for place, content in changes:
        start = place % (len(data) + 1)
        data[start : start + max(1, len(content))] = content
    path = tmp_path / name
    path.write_bytes(data)
    for _, text in told_within(BOUND, read(path)):
        assert text.strip()


def test_bomb_of_many_members_is_refused_in_little_memory(write: Write):
    member = bytes(BOUND)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(1_100):
            archive.writestr(f"{i}.txt", member)
    path = write("bomb.zip", out.getvalue()) / "bomb.zip"
    tracemalloc.start()
    last = None
    for document in offered(SourceOptions((path,), max_bytes=BOUND)):
        last = document
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert last is not None
    assert last.name == "bomb.zip/"
    with pytest.raises(TooLargeError, match="expands to more than 100 times its size"):
        last.load(BOUND)
    assert peak < 5_000_000


def test_bomb_in_a_table_is_refused(write: Write):
    content = b"id,text\n1,a\n2," + b"x" * 200_000_000
    found = told_within(BOUND, read(write("t.csv.gz", gzip.compress(content, 1)), include=("*.gz",)))
    assert [name for name, _ in found] == ["1", "t.csv.gz/"]
    assert found[1][1].startswith("! it expands to more than 100 times its size")


def test_bomb_below_a_bomb_shares_its_budget():
    inner = zip_file({f"{i}.txt": bytes(50_000) for i in range(40)})
    outer = zip_file({f"{i}.zip": inner for i in range(40)})
    budget = Budget(len(outer), free=1_000_000)
    archives = (io.BytesIO(member.stream.read()) for member in members(io.BytesIO(outer), budget, 1))
    with pytest.raises(TooLargeError):
        _ = [content.stream.read() for archive in archives for content in members(archive, budget, 2)]
    assert budget.spent


def listed(size: int, *, long: bool) -> bytes:
    """Give an archive whose end tells of a list of entries of this size."""
    end = bytearray(zip_file({}))
    if not long:
        end[12:16] = struct.pack("<L", size)
        return bytes(end)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, 0)
    return record + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) + bytes(end)


@pytest.mark.parametrize("long", [False, True])
def test_endless_list_of_entries_is_not_read(long: bool):
    with pytest.raises(TooLargeError, match="more entries than are read"):
        list(members(io.BytesIO(listed(2_000_000_000, long=long)), Budget(0), 1))


def test_number_of_entries_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pv.sources.archive._MOST_ENTRIES", 2)
    with pytest.raises(TooLargeError, match="3 entries, more than the 2 allowed"):
        list(members(io.BytesIO(zip_file(dict.fromkeys("abc", ""))), Budget(0), 1))


def test_long_form_of_the_list_is_read():
    archive = io.BytesIO(listed(0, long=True))
    assert list(members(archive, Budget(0), 1)) == []
