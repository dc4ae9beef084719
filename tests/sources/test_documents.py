"""Word and PDF files: the text that a reader sees, or a reason that says why there is none."""

from __future__ import annotations

import io
import logging
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from made_files import locked_pdf, pdf_file, word_file, zip_file

from pv.errors import InputError, TooLargeError, UnreadableError
from pv.sources.content import load_bytes

Pv = Callable[..., Result]
Write = Callable[..., Path]
BOUND = 1_000_000
NOTE = ["Fièvre à 39° sous sunitinib,", "arrêt du traitement."]
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def with_body(xml: str) -> bytes:
    """Give a Word document whose body holds this."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file([]))) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "word/document.xml":
                data = f'<w:document xmlns:w="{WORDS}"><w:body>{xml}</w:body></w:document>'.encode()
            new.writestr(item, data)
    return out.getvalue()


def test_word():
    data = word_file(NOTE, [["TSH", "8,5"], ["Plaquettes", "45"]])
    found = load_bytes(data, "a.DOCX", BOUND)
    assert found.text == "Fièvre à 39° sous sunitinib,\narrêt du traitement.\nTSH\t8,5\nPlaquettes\t45\n"
    assert (found.encoding, found.assumed) == ("docx", False)


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc\n"),
        ("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", "a\n"),
        ("<w:p><w:ins><w:r><w:t>n</w:t></w:r></w:ins><w:del><w:r><w:delText>o</w:delText></w:r></w:del></w:p>", "n\n"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>form</w:t></w:r></w:p></w:sdtContent></w:sdt>", "form\n"),
        ("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p/></w:tc><w:tc/></w:tr></w:tbl>", "a\t\n"),
        ("<w:p><w:r><w:fldChar/><w:instrText>PAGE</w:instrText><w:t>x</w:t></w:r></w:p>", "x\n"),
    ],
)  # fmt: skip
def test_word_text_is_what_is_shown(xml: str, text: str):
    assert load_bytes(with_body(xml + "<w:p><w:r><w:t>.</w:t></w:r></w:p>"), "a.docx", BOUND).text == f"{text}.\n"


def test_pdf():
    found = load_bytes(pdf_file([NOTE, ["Page deux."]]), "a.pdf", BOUND)
    assert found.text.split() == " ".join([*NOTE, "Page deux."]).split()
    assert (found.encoding, found.assumed) == ("pdf", False)


def test_letters_of_a_pdf_are_composed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pypdf.PageObject.extract_text", lambda _: "ciproﬂoxacine, ﬁe\u0300vre")
    assert load_bytes(pdf_file([["x"]]), "a.pdf", BOUND).text == "ciprofloxacine, fièvre"


def bomb() -> bytes:
    return zip_file({"[Content_Types].xml": "<x/>", "word/document.xml": b" " * 16 * BOUND})


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", pdf_file([[]]), "without a text layer"),
        ("a.pdf", locked_pdf([["MARTIN"]], "secret"), "a PDF protected by a password"),
        ("a.pdf", pdf_file([["MARTIN"]])[:300], "no PDF, or a damaged one"),
        ("a.pdf", b"MARTIN", "no PDF, or a damaged one"),
        ("a.pdf", b"", "empty: no text in it"),
        ("a.docx", word_file([]), "empty: no text in it"),
        ("a.docx", word_file(["MARTIN"])[:500], "damaged or cut off"),
        ("a.docx", zip_file({"MARTIN.txt": "x"}), "no Word document, or a damaged one"),
        ("a.docx", with_body("<w:p><MARTIN"), "no Word document, or a damaged one"),
        ("a.docx", bomb(), "expands beyond all bounds"),
        ("a.txt", rb"{\rtf1\ansi MARTIN}", "rich text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(
    name: str, data: bytes, reason: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    with pytest.raises(InputError, match=reason) as caught:
        load_bytes(data, name, BOUND)
    assert "MARTIN" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_bomb_and_a_long_text_are_too_large():
    with pytest.raises(TooLargeError):
        load_bytes(bomb(), "a.docx", BOUND)
    with pytest.raises(TooLargeError, match="more than the 20 characters"):
        load_bytes(pdf_file([NOTE]), "a.pdf", 20)
    with pytest.raises(TooLargeError, match="more than the 5,000 allowed"):
        load_bytes(word_file(["x" * 5_000]), "a.docx", 5_000)


def test_entities_of_a_word_document_are_not_expanded():
    body = with_body("<w:p><w:r><w:t>a &lol; b</w:t></w:r></w:p>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "word/document.xml":
                data = b'<!DOCTYPE x [<!ENTITY lol SYSTEM "file:///etc/hostname">]>' + data
            new.writestr(item, data)
    assert load_bytes(out.getvalue(), "a.docx", BOUND).text.split() == ["a"]


@pytest.mark.parametrize(("name", "module"), [("a.docx", "docx"), ("a.pdf", "pypdf")])
def test_missing_extra_is_told(name: str, module: str, monkeypatch: pytest.MonkeyPatch):
    data = {"a.docx": word_file(NOTE), "a.pdf": pdf_file([NOTE])}[name]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UnreadableError, match=r"needs the extra: pip install 'pv\[documents\]'"):
        load_bytes(data, name, BOUND)


def test_scan_takes_them_with_the_others(pv: Pv, write: Write):
    logging.getLogger("pypdf").setLevel(logging.NOTSET)
    write("a.docx", word_file(["pair: sunitinib > fièvre stated"]))
    write("b.pdf", pdf_file([["pair: sunitinib > fièvre stated"]]))
    write("c.pdf", pdf_file([[]]))
    write("d.pdf", pdf_file([["x"]]).replace(b"startxref\n", b"startxref\n9"))
    write("~$a.docx", b"\0\0")
    result = pv("scan", "reports")
    assert result.code == 3
    assert result.out.startswith("reports: 3 new, 0 new versions, 0 unchanged, 1 failed\npairs: stated 2,")
    assert "without a text layer" in result.err
    # What the library finds odd in a file it would tell on standard error.
    assert len(result.err.splitlines()) == 3
