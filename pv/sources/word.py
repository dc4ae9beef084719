"""The text of a Word document (.docx): paragraphs and tables of its body, as a reader sees them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pv.errors import TooLargeError, UnreadableError
from pv.sources.expansion import damage_told

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

# What the texts in a document's parts may expand to: mark-up and styles come on top of the bound on the text itself.
_MOST_TIMES, _FREE = 5, 10_000_000
# Elements whose text is not shown: deleted passages, and the copy that older programs show instead of a text box.
_HIDDEN = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}


def extract(data: bytes, max_bytes: int) -> str:
    """Give the text, a line for each paragraph and each row of a table, whose cells stand between tabs.

    Raises UnreadableError for what is no such document, and where the extra is missing; TooLargeError for a bomb.
    """
    _refuse_bomb(data, max_bytes)
    body = _open(data).element.body
    return "".join(_text(body))


def _refuse_bomb(data: bytes, max_bytes: int) -> None:
    """Raise TooLargeError by the sizes that the parts declare: the library reads no byte more than those."""
    with damage_told(), zipfile.ZipFile(io.BytesIO(data)) as parts:
        sizes = {p.filename: p.file_size for p in parts.infolist()}
    texts = sum(size for name, size in sizes.items() if name.endswith((".xml", ".rels")))
    most = _MOST_TIMES * max_bytes + _FREE
    # The other parts are pictures.
    if texts > most or sum(sizes.values()) > 2 * most:
        raise TooLargeError("a Word document that expands beyond all bounds; see --max-megabytes")


def _open(data: bytes) -> WordDocument:
    try:
        import docx
    except ImportError:
        raise UnreadableError("a Word document needs the extra: pip install 'pv[documents]'") from None
    try:
        return docx.Document(io.BytesIO(data))
    except Exception as error:  # noqa: BLE001 - a damaged document makes the library raise nearly anything
        raise UnreadableError(f"no Word document, or a damaged one ({type(error).__name__}): save it again") from None


def _text(element: Any) -> Iterator[str]:
    """Yield the text of an element and those in it; walks down itself, since depth is bounded by the parser."""
    name = _local(element)
    if name in _HIDDEN:
        return
    if name == "t":
        yield element.text or ""
        return
    if name in _SIGNS and _local(element.getparent()) == "r":
        yield _SIGNS[name]
        return
    for child in element:
        if isinstance(child.tag, str):
            yield from _cell(child) if _local(child) == "tc" else _text(child)
    if name in {"p", "tr"}:
        yield "\n"


def _cell(cell: Any) -> Iterator[str]:
    """Yield the text of a table's cell on one line, and the tab before the next one."""
    yield "".join(_text(cell)).strip().replace("\n", " ")
    if cell.getnext() is not None:
        yield "\t"


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
