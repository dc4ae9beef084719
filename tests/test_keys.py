"""The secret key: its file, who may read it, and that each use of it stands apart."""

from __future__ import annotations

import os
import stat
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.errors import KeyFileError
from pv.keys import Key, load_key, new_key_file

KEY = Key(bytes(range(32)))


def test_new_key_is_random_private_and_read_back(tmp_path: Path):
    first, second = new_key_file(tmp_path / "a"), new_key_file(tmp_path / "b")
    assert first != second
    assert load_key(tmp_path / "a") == first
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_key_file_that_is_there_is_never_replaced(tmp_path: Path):
    key = new_key_file(tmp_path / "a")
    with pytest.raises(KeyFileError, match="is there already"):
        new_key_file(tmp_path / "a")
    assert load_key(tmp_path / "a") == key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
def test_key_file_that_others_may_use_is_refused(tmp_path: Path, mode: int):
    path = tmp_path / "a"
    new_key_file(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=rf"mode {mode:04o}\); chmod 600"):
        load_key(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "pv-key-1",
        "pv-key-1 00ff",
        "pv-key-2 " + "ab" * 32,
        "ab" * 32,
        "pv-key-1 " + "zz" * 32,
        "pv-key-1 " + "ab" * 33,
        "é" * 90,
        "x" * 100_000,
    ],
)
def test_what_holds_no_key_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "a"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="is no key file of pv"):
        load_key(path)


def test_missing_key_file_folder_and_pipe_are_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name, why in (("none", "No such file"), ("pipe", "no key file")):
        with pytest.raises(KeyFileError, match=why):
            load_key(tmp_path / name)
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(KeyFileError):
        load_key(tmp_path / "folder")


def test_no_representation_shows_the_secret():
    assert KEY.secret.hex() not in repr(KEY) + str(KEY)
    assert repr(KEY) == "Key()"


def test_hashes_are_those_of_the_documented_construction():
    # HMAC-SHA256 over the JSON list of purpose and value, computed with another implementation (openssl dgst -hmac).
    assert KEY.patient("8001234567") == "d4a3d3bff2626e5a55250e24d149d3261476612adc24ccebbc257378dca76085"
    assert KEY.fingerprint() == "c453a2a3ef5e62a6"


def test_each_purpose_and_key_gives_another_hash():
    other = Key(bytes(32))
    hashes = {
        KEY.patient("x"), KEY.patient_tombstone("x"), KEY.report_tombstone("x", ""), KEY.report_tombstone("", "x"),
        KEY.fingerprint(), other.patient("x"), other.fingerprint(), bytes(islice(KEY.stream("name", "x"), 32)).hex(),
        bytes(islice(KEY.stream("birth", "x"), 32)).hex(),
    }  # fmt: skip
    assert len(hashes) == 9


@given(st.text(), st.text(), st.text(), st.text())
def test_parts_of_a_report_never_run_together(source: str, name: str, source2: str, name2: str):
    same = (source, name) == (source2, name2)
    assert (KEY.report_tombstone(source, name) == KEY.report_tombstone(source2, name2)) is same


def test_blanks_around_a_patient_id_do_not_count():
    assert KEY.patient(" 8001234567\n") == KEY.patient("8001234567")
    assert KEY.patient_tombstone(" 8001234567") == KEY.patient_tombstone("8001234567")
