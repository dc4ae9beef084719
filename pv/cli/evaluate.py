"""``pv evaluate``: how well the program reads the user's own annotated reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pv.cli import common

if TYPE_CHECKING:
    from pv.evaluation.errors import WrongPair

Record = dict[str, Any]
_NAME = 22


@click.command("evaluate")
@click.argument("gold", type=click.Path(path_type=Path))
@click.argument("texts", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for scripts.")
@click.option("--errors", "number", type=click.IntRange(min=0), default=0, metavar="N",
              help="Up to N false and N missed pairs, with the names of their reports.")  # fmt: skip
@common.all_option
@common.size_option
def evaluate_command(
    gold: Path, texts: Path, number: int, *, as_json: bool, everything: bool, max_megabytes: float
) -> int:
    """Score the detection in the reports of TEXTS against the annotations (.json) of GOLD.

    A gold file names its report by the path below TEXTS. The pairs scored are those that `pv detect` shows.
    """
    from pv.evaluation.errors import find_errors
    from pv.evaluation.gold import read_gold
    from pv.evaluation.score import score

    wanted: dict[str, Record] = read_gold(gold)
    predictions, failed = _predict(wanted, texts, common.in_bytes(max_megabytes), everything=everything)
    if not predictions:
        common.note(f"no report of TEXTS could be scored; a gold file names its report by the path below {texts}")
        return common.EXIT_NOTHING
    measures = score(wanted, predictions)
    if measures["absent"]:
        common.note(f"{measures['absent']} of {len(wanted)} annotated reports have no text read: all missed")
    errors = find_errors(wanted, predictions) if number else None
    if as_json:
        click.echo(json.dumps(measures | ({"errors": errors.first(number)} if errors else {}), ensure_ascii=False))
        return common.EXIT_SOME_FAILED if failed else common.EXIT_OK
    for line in _lines(measures):
        click.echo(line)
    for kind, pairs in (("false", errors.false), ("missed", errors.missed)) if errors else ():
        click.echo(f"--- {kind} reportable pairs: {len(pairs)}")
        for wrong in pairs[:number]:
            click.echo(_told(wrong))
    return common.EXIT_SOME_FAILED if failed else common.EXIT_OK


def _predict(
    wanted: Mapping[str, Record], texts: Path, max_bytes: int, *, everything: bool
) -> tuple[dict[str, Record], int]:
    """Give what is found in each annotated report, as ``pv detect`` prints it, and how many reports failed."""
    from pv.cli.detect import detections
    from pv.export.detection import detection_json
    from pv.sources.offer import offered
    from pv.sources.options import SourceOptions

    threshold = 0.0 if everything else common.settings(None).threshold
    documents = offered(SourceOptions((texts,)))
    named = [(d, name) for d in documents if (name := _gold_name(d.name, wanted)) is not None]
    predictions: dict[str, Record] = {}
    failed = 0
    for (document, name), (_, text, found) in zip(
        named, detections([document for document, _ in named], max_bytes), strict=True
    ):
        if isinstance(found, str):
            failed += 1
            common.note(f"report {document.key}: {found}")
            continue
        if _is_other(text, wanted[name]):
            common.note(f"report {document.key}: not the text that was annotated (sha256); its offsets are not safe")
        pairs = [p for p in found.pairs if p.confidence >= threshold]
        predictions[name] = json.loads(detection_json(name, found, pairs))
    return predictions, failed


def _gold_name(name: str, wanted: Mapping[str, Record]) -> str | None:
    """Give the annotated report that a path means: itself, or the end of it."""
    return next((known for known in wanted if name == known or name.endswith(f"/{known}")), None)


def _is_other(text: str, record: Record) -> bool:
    told = record.get("sha256")
    return told is not None and told != hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _lines(measures: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line a measure, an attribute's below the word."""
    for name, value in measures.items():
        if name != "attributes":
            yield f"{name:{_NAME}} {_shown(value)}"
            continue
        yield "attributes of matched pairs"
        yield from (f"  {attribute:{_NAME - 2}} {_shown(figures)}" for attribute, figures in value.items())


def _shown(value: object) -> str:
    match value:
        case dict():
            return ", ".join(
                f"{k} ({_shown(v)})" if isinstance(v, dict) else f"{k} {_shown(v)}" for k, v in value.items()
            )
        case list():
            return "-".join(map(_shown, value))
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _told(wrong: WrongPair) -> str:
    place = f"{wrong.drug_span[0]}-{wrong.drug_span[1]}, {wrong.event_span[0]}-{wrong.event_span[1]}"
    return f"    {wrong.report}  {wrong.link}  {wrong.drug} - {wrong.event}  ({place})"
