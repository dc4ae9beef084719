"""What ``pv export`` does for mentions: BRAT stand-off for annotators, NOTE_NLP rows for analysts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pv.cli import common
from pv.cli.listing import Request, begin, finish, selection, text_file
from pv.cli.meddra import opened_meddra
from pv.cli.texts import Texts, with_texts
from pv.lexicon.fingerprint import SHORT

if TYPE_CHECKING:
    from pv.export.brat import Annotated
    from pv.export.omop import Note
    from pv.store.mentions import ReadReport


def export_mentions(request: Request) -> int:
    """Write the mentions of the reports asked for; give the number of reports.

    A text that was not kept is read again, and held to the hash of the one that was scanned.
    """
    from pv.store.mentions import read_reports
    from pv.store.spool import spool

    texts = Texts(request.texts, common.settings(None).max_bytes)
    number = begin(request) if request.record else None
    with common.opened(request.database) as store, store.session() as session:
        chosen = selection(session, request, opened_meddra(session, request.meddra))
        found = with_texts(read_reports(session, chosen), texts)
        count = _write(request, found)
    if number is not None:
        with spool() as nothing:
            finish(request, number, nothing)
    return count


def _write(request: Request, found: Iterator[tuple[ReadReport, str]]) -> int:
    if request.form == "brat":
        from pv.export.brat import write_brat
        from pv.export.files import private_folder

        with private_folder(request.out) as folder:
            return write_brat(folder, (_annotated(report, text) for report, text in found))
    from pv.export.omop import write_note_nlp

    with text_file(request.out, "utf-8") as handle:
        return write_note_nlp(handle, (_note(report, text) for report, text in found))


def _annotated(report: ReadReport, text: str) -> Annotated:
    from pv.export.brat import Annotated

    # By its key: a name may be a patient's, and may lead out of the folder.
    pairs = [(one.key, one.pair) for one in report.pairs]
    return Annotated(report.key, text, report.drugs, report.events, pairs)


def _note(report: ReadReport, text: str) -> Note:
    from pv.export.omop import Note

    system = f"pv {report.detector_version}, lexicons {report.lexicon_hash[:SHORT]}"
    pairs = [(one.key, one.pair) for one in report.pairs]
    return Note(report.version_id, report.key, text, report.scanned, system, report.drugs, report.events, pairs)
