"""Decoding: each encoding a hospital system writes comes back as the text that went in; what is no text is refused."""

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.errors import UnreadableError
from pv.text.decoding import decode

NOTE = "Éruption fébrile à J8 du traitement, œdème du visage.\r\nArrêt immédiat : évolution favorable, 12 € par jour.\n"
PLAIN = "Éruption fébrile à J8.\nArrêt immédiat, évolution favorable."


@pytest.mark.parametrize(
    ("data", "encoding", "assumed"),
    [
        (NOTE.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + NOTE.encode(), "utf-8", False),
        (codecs.BOM_UTF16_LE + NOTE.encode("utf-16-le"), "utf-16-le", False),
        (codecs.BOM_UTF16_BE + NOTE.encode("utf-16-be"), "utf-16-be", False),
        (codecs.BOM_UTF32_LE + NOTE.encode("utf-32-le"), "utf-32-le", False),
        (codecs.BOM_UTF32_BE + NOTE.encode("utf-32-be"), "utf-32-be", False),
        (NOTE.encode("utf-16-le"), "utf-16-le", True),
        (NOTE.encode("utf-16-be"), "utf-16-be", True),
        (NOTE.encode("cp1252"), "cp1252", True),
        (NOTE.encode("iso-8859-15"), "iso-8859-15", True),
    ],
)
def test_round_trip(data, encoding, assumed):
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.assumed) == (NOTE, encoding, assumed)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "iso-8859-15"])
def test_the_letters_common_to_the_single_byte_encodings(encoding):
    assert decode(PLAIN.encode(encoding)).text == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "L’œdème a régressé – le patient est sorti…",
        "Le coût est de 12 € par cure, prescrit à la sortie.",
        "« Œdème » noté à l’entrée",
        "Sœur opérée du cœur à l'été",
        "Dose : ½ comprimé à 8 h, hépatite évoquée",
        "Température de 38°2, créatinine à 85 µmol/l, évolution",
        "Dose ± 10 %, surface 1,8 m², après l'été",
    ],
)
def test_windows_1252(text):
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Œdème du visage à J8",
        "Sœur opérée du cœur, Œsophage normal",
        "Le coût est de 12 € par cure à domicile",
        "œdème évoqué",
    ],
)
def test_iso_8859_15(text):
    decoded = decode(text.encode("iso-8859-15"))
    assert (decoded.text, decoded.encoding, decoded.assumed) == (text, "iso-8859-15", True)


@pytest.mark.parametrize("text", ["T° 38,5", "Urée et 85 µmol/l", "Poids stable ±1 kg"])
def test_a_sign_alone_is_windows_1252(text):
    decoded = decode(text.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (text, "cp1252")


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_older_encodings(encoding):
    decoded = decode(PLAIN.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.assumed) == (PLAIN, encoding, True)


def test_empty():
    assert decode(b"").text == ""
    assert decode(codecs.BOM_UTF8).text == ""


def test_ascii():
    assert decode(b"Pas de toux.\n").encoding == "utf-8"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_ends_of_lines_stay(newline):
    assert decode(f"a{newline}b".encode()).text == f"a{newline}b"


def test_a_stray_control_does_no_harm():
    assert decode(b"\x0c" + NOTE.encode() + b"\x1a").text == f"\f{NOTE}\x1a"
    assert decode(NOTE.encode() + b"\x08").text == f"{NOTE}\x08"


BINARY = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0" * 5,
    "pdf": b"%PDF-1.4\n" + random.Random(1).randbytes(4000),
    "zip": b"PK\x03\x04\x14\0\x06\0" + random.Random(2).randbytes(4000),
    "noise without zeros": random.Random(3).randbytes(4000).replace(b"\0", b""),
    "zeros": b"\0" * 100,
    "one zero in a text": b"Fievre \0 et toux",
    "controls": b"\x01\x02\x03fievre",
    "odd utf-16": NOTE.encode("utf-16-le")[:-1],
    "zeros in utf-16": codecs.BOM_UTF16_LE + b"\1\0" * 50,
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_content_is_refused(name):
    with pytest.raises(UnreadableError, match="binary"):
        decode(BINARY[name])


@pytest.mark.parametrize("data", [codecs.BOM_UTF8 + b"fi\xe8vre", codecs.BOM_UTF16_LE + b"\x00\xd8f\x00\x00"])
def test_content_that_belies_its_mark_is_refused(data):
    with pytest.raises(UnreadableError, match="damaged"):
        decode(data)


def test_a_refusal_holds_no_text():
    for data in (b"DUPONT\0", codecs.BOM_UTF8 + b"DUPONT \xe8", b"\x01\x02DUPONT"):
        with pytest.raises(UnreadableError) as caught:
            decode(data)
        error = caught.value
        assert "DUPONT" not in str(error)
        assert error.__suppress_context__ or error.__context__ is None


# Without zero characters: with one, "0\0" is as well UTF-16 for "0".
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_utf_8_comes_back_or_is_refused(text):
    try:
        decoded = decode(text.encode())
    except UnreadableError:
        assert any(ord(c) < 32 or c == "\x7f" for c in text)
    else:
        assert decoded.text == text.removeprefix("\ufeff")


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    try:
        text = decode(data).text
    except UnreadableError:
        return
    assert bool(text) or len(data) <= 4
