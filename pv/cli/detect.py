"""``pv detect``: what is found in reports, on standard output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pv.cli import common
from pv.cli.source_options import source_options
from pv.sources.options import SourceOptions

if TYPE_CHECKING:
    from pv.model import Detection, Pair
    from pv.sources.document import Document

# Reports that go to the detector together.
_GROUP = 50


@click.command("detect")
@source_options
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
              help="A table for people, or one JSON object a report.")  # fmt: skip
@click.option(
    "--explain", is_flag=True, help="With the table: the reasons for each pair, and what speaks for a cause, in words."
)
@common.all_option
def detect_command(sources: SourceOptions, form: str, *, explain: bool, everything: bool) -> int:
    """Show the drugs, events and pairs of reports: files, folders, tables, archives, or a database."""
    from pv.sources.offer import offered

    documents = offered(sources)
    threshold = 0.0 if everything else common.settings(None).threshold
    if form == "jsonl":
        common.utf8_output()
    total = failed = 0
    for document, _, found in detections(documents, sources.max_bytes):
        total += 1
        if isinstance(found, str):
            failed += 1
            common.note(f"report {document.key}: {found}")
            continue
        _print(document.name, found, [p for p in found.pairs if p.confidence >= threshold], form, explain=explain)
    if failed:
        common.note(f"{failed} of {total} reports failed")
    return common.EXIT_OK if not failed else common.EXIT_SOME_FAILED if failed < total else common.EXIT_NOTHING


def detections(documents: Iterable[Document], max_bytes: int) -> Iterator[tuple[Document, str, Detection | str]]:
    """Yield each document with its text and what was found in it, or the reason for which it failed."""
    from pv.batch.detector import detect_each, reason
    from pv.errors import InputError
    from pv.sources.document import groups

    loaded = None
    for group in groups(documents, _GROUP):
        texts: dict[int, str] = {}
        outcomes: dict[int, Detection | str] = {}
        for i, document in enumerate(group):
            try:
                texts[i] = document.load(max_bytes).text
            except InputError as error:
                outcomes[i] = str(error)
        if texts:
            loaded = loaded or common.load_detector()
            named = [(group[i].name, text) for i, text in texts.items()]
            for i, found in zip(texts, detect_each(loaded.detector, named), strict=True):
                outcomes[i] = reason(found) if isinstance(found, Exception) else found
        yield from ((document, texts.get(i, ""), outcomes[i]) for i, document in enumerate(group))


def _print(name: str, found: Detection, pairs: list[Pair], form: str, *, explain: bool) -> None:
    from pv.cli.tables import print_rows
    from pv.export.detection import detection_json
    from pv.text.passage import printable

    if form == "jsonl":
        click.echo(detection_json(name, found, pairs))
        return
    rows = [
        {
            "drug": p.drug,
            "event": p.event,
            "link": p.link.value,
            "certainty": p.certainty and p.certainty.value,
            "start": p.start,
            "onset": p.onset,
            "days": p.latency_days,
            "confidence": p.confidence,
            "rule": p.rule,
            "evidence": p.evidence,
        }
        for p in pairs
    ]
    click.echo(f"{printable(name)}: {len(found.drugs)} drug and {len(found.events)} event mentions, {len(pairs)} pairs")
    if rows:
        print_rows(rows, list(rows[0]), "table")
    if explain:
        _print_reasons(pairs, found.pairs)
    click.echo()


def _print_reasons(pairs: list[Pair], others: Sequence[Pair]) -> None:
    from pv.cli.explanation import explain

    for pair in pairs:
        click.echo(f"{pair.drug} - {pair.event}:")
        for line in explain(pair, others):
            click.echo(f"  {line}")
