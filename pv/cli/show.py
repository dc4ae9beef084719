"""``pv show``: one report, or one pair, as an assessor reads it: passage, attributes, reasons, causality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pv.cli import common, tables
from pv.cli.meddra import LEVELS, Meddra, meddra_option, opened_meddra

if TYPE_CHECKING:
    from pv.model import Pair
    from pv.store.details import StoredPair, StoredReport

# Others parse these columns: a change is in CHANGELOG.md.
COLUMNS = ("pair", "report", "received", "patient_age", "patient_sex", "drug", "drug_kind", "atc", "event", "cim10",
           "link", "certainty", "current", "part_of", "assertions", "confidence", "start", "onset", "days_to_onset",
           "action_taken", "outcome", "dechallenge", "rechallenge", "serious", "seriousness_criterion", "grade", "dose",
           "route", "indication", "alternatives", "evidence", "cue", "rule", "reasons", "french_delay",
           "french_evolution", "french_readministration", "french_score", "who_umc", "causality_note",
           "missing", "detector_version", "lexicon_version")  # fmt: skip
# What a person reads one line each, below the passage that bears it.
_ATTRIBUTES = ("atc", "cim10", "assertions", "start", "onset", "days_to_onset", "action_taken", "outcome",
               "dechallenge", "rechallenge", "serious", "seriousness_criterion", "grade", "dose", "route",
               "indication", "alternatives")  # fmt: skip


@click.command("show")
@click.argument("asked", metavar="REPORT|PAIR")
@common.database_option
@common.all_option
@click.option("--context", metavar="CHARACTERS", type=click.IntRange(min=0), default=0,
              help="Show so much of the text around each passage, where `pv scan --keep-text` kept it.")  # fmt: skip
@meddra_option
@tables.format_option
def show_command(
    *, asked: str, database: str | None, form: str, table: Path | None, context: int, everything: bool
) -> None:
    """Show a report's pairs, or one pair, with passage, reasons and what speaks for a cause.

    REPORT is a report's name or its opaque key; PAIR is the key in the column `pair` of `pv events DRUG --pairs`.
    """
    from pv.store.details import find_reports

    threshold = 0.0 if everything else common.settings(None).threshold
    with common.opened(database) as store, store.session() as session:
        found = [(report, _chosen(report, threshold)) for report in find_reports(session, asked)]
        meddra = opened_meddra(session, table)
    if form == "table":
        for report, pairs in found:
            _print_report(report, pairs, meddra, context)
    else:
        rows = (_row(report, one) for report, pairs in found for one in pairs)
        tables.print_rows(meddra.beside(rows), (*COLUMNS, *meddra.columns), form)


def _chosen(report: StoredReport, threshold: float) -> list[StoredPair]:
    """Give the pair asked for, or the report's pairs in the order of its text, signs below their diagnosis."""
    if report.asked is not None:
        return [one for one in report.pairs if one.key == report.asked]
    wanted = sorted(
        (one for one in report.pairs if one.pair.confidence >= threshold),
        key=lambda one: (one.pair.evidence_start, one.pair.drug, one.pair.event),
    )
    ordered: list[StoredPair] = []
    for one in wanted:
        if not _diagnosis(one, wanted):
            ordered += [one, *(sign for sign in wanted if _diagnosis(sign, [one]))]
    return ordered


def _diagnosis(sign: StoredPair, among: Sequence[StoredPair]) -> StoredPair | None:
    """Give the pair of the diagnosis that a sign belongs to, None where it is no sign or the diagnosis is not there."""
    named = sign.pair.part_of
    if not named:
        return None
    return next(
        (o for o in among if o.pair.drug == sign.pair.drug and named in (o.pair.concept, o.pair.event)),
        None,
    )


def _print_report(report: StoredReport, pairs: Sequence[StoredPair], meddra: Meddra, context: int) -> None:
    from pv.export.cells import show
    from pv.lexicon.fingerprint import SHORT
    from pv.text.passage import printable

    patient = ", ".join(filter(None, (show(report.patient_age), report.patient_sex))) or "age and sex not told"
    click.secho(f"{printable(report.name)}: {len(pairs)} of {len(report.pairs)} pairs", bold=True)
    click.echo(f"received {show(report.received)}, version {report.version}, key {report.key}; patient: {patient}")
    click.echo(f"detector {report.detector_version}, lexicons {report.lexicon_hash[:SHORT]}")
    for one in pairs:
        click.echo()
        for line in (*_lines(one, report, meddra), *_context(one.pair, report.text, context)):
            click.echo(line)
    if context and report.text is None:
        common.note("the text was not kept, so that there is no context; `pv scan --keep-text` keeps it")
    if len(pairs) < len(report.pairs) and report.asked is None:
        click.echo("\n--all shows the doubtful pairs too")


def _lines(one: StoredPair, report: StoredReport, meddra: Meddra) -> Iterator[str]:
    from pv.cli.explanation import explain, marked
    from pv.export.cells import show
    from pv.text.passage import printable

    pair = one.pair
    yield click.style(f"{pair.drug} - {pair.event}", bold=True) + f"  ({one.key})"
    yield f"  {_verdict(one, report)}"
    yield f"  rule {pair.rule}, confidence {show(pair.confidence)}"
    yield f"  « {marked(pair)} »"
    told = {name: show(value) for name, value in _attributes(pair).items() if name in _ATTRIBUTES}
    yield from (f"  {name.replace('_', ' ')}: {printable(value)}" for name, value in told.items() if value)
    yield from _meddra_line(pair.event, meddra)
    untold = [name.replace("_", " ") for name, value in told.items() if not value]
    if untold:
        yield f"  not told: {', '.join(untold)}"
    yield from _missing_line(one)
    yield "  reasons:"
    yield from (f"    {line}" for line in explain(pair, [other.pair for other in report.pairs]))


def _missing_line(one: StoredPair) -> Iterator[str]:
    """Yield the line of what a suspicion lacks to be a complete case report; a treatment or denial is none."""
    from pv.causality.completeness import MINIMUM, valid

    if not one.pair.reportable or not one.missing:
        return
    asked = ", ".join(one.missing)
    if valid(one.missing):
        yield f"  still to ask for: {asked}"
    else:
        lacking = ", ".join(gap for gap in one.missing if gap in MINIMUM)
        yield f"  still to ask for: {asked} (no valid case report without {lacking})"


def _context(pair: Pair, text: str | None, characters: int) -> Iterator[str]:
    """Yield the text before and after the passage, where it was kept and is asked for."""
    from pv.text.passage import printable

    if text is None or not characters:
        return
    first = max(0, pair.evidence_start - characters)
    yield f"  before: {'…' if first else ''}{printable(text[first : pair.evidence_start]).strip()}"
    last = pair.evidence_end + characters
    yield f"  after: {printable(text[pair.evidence_end : last]).strip()}{'…' if last < len(text) else ''}"


def _meddra_line(event: str, meddra: Meddra) -> Iterator[str]:
    """Yield the line of an event's MedDRA terms, none where the user has no table."""
    from pv.text.passage import printable

    if meddra.terms is None:
        return
    term = meddra.term(event)
    if term is None:
        yield "  MedDRA: no term for this event in the table"
        return
    terms = "; ".join(f"{level.upper()} {printable(getattr(term, level))}" for level in LEVELS if getattr(term, level))
    yield f"  {' '.join(('MedDRA', term.version)).rstrip()}: {terms}"


def _verdict(one: StoredPair, report: StoredReport) -> str:
    """Give link, certainty and time of a pair in a few words; a sign names its diagnosis."""
    from pv.model import REPORTABLE_LINKS

    pair = one.pair
    link = pair.link.value
    if pair.part_of:
        whole = _diagnosis(one, report.pairs)
        link = f"part of {whole.pair.event if whole else pair.part_of}"
    certainty = pair.certainty.value if pair.certainty else ""
    occurred = "" if pair.reportable or pair.link not in REPORTABLE_LINKS else "the event is not said to have occurred"
    return ", ".join(filter(None, (link, certainty, "current" if pair.current else "past", occurred)))


def _attributes(pair: Pair) -> dict[str, object]:
    """Give the columns that come from the pair itself."""
    from pv.export.course import course_columns

    return {
        "drug": pair.drug,
        "drug_kind": pair.drug_kind.value,
        "atc": pair.atc,
        "event": pair.event,
        "cim10": pair.cim10,
        "link": pair.link.value,
        "certainty": pair.certainty and pair.certainty.value,
        "current": pair.current,
        "part_of": pair.part_of,
        "assertions": [a.value for a in dict.fromkeys(pair.assertions)],
        "confidence": pair.confidence,
        **course_columns(pair),
        "dose": pair.dose,
        "route": pair.route,
        "indication": pair.indication,
        "alternatives": list(pair.alternatives),
        "evidence": pair.evidence,
        "cue": pair.cue,
        "rule": pair.rule,
        "reasons": list(pair.reasons),
    }


def _row(report: StoredReport, one: StoredPair) -> dict[str, object]:
    from pv.lexicon.fingerprint import SHORT

    return {
        "pair": one.key,
        "report": report.name,
        "received": report.received,
        "patient_age": report.patient_age,
        "patient_sex": report.patient_sex,
        **_attributes(one.pair),
        **_causality(one.pair, [other.pair for other in report.pairs]),
        "missing": list(one.missing),
        "detector_version": report.detector_version,
        "lexicon_version": report.lexicon_hash[:SHORT],
    }


def _causality(pair: Pair, others: Sequence[Pair]) -> dict[str, object]:
    """Give the columns of the causality support, empty for a pair that is no suspicion."""
    from pv.causality import french, who_umc
    from pv.causality.explanation import told_delay
    from pv.model import REPORTABLE_LINKS

    names = ("delay", "evolution", "readministration", "score")
    if pair.link not in REPORTABLE_LINKS:
        return {**{f"french_{n}": None for n in names}, "who_umc": None, "causality_note": None}
    proposal = french.propose(pair, others, told_delay(pair))
    found = who_umc.support(pair, others)
    return {
        "french_delay": proposal.delay.value,
        "french_evolution": proposal.evolution.value,
        "french_readministration": proposal.readministration.value,
        "french_score": proposal.score.name,
        "who_umc": found.allowed.value,
        "causality_note": f"{proposal.left_to_assessor} ; OMS-UMC : {found.left_to_assessor}",
    }
