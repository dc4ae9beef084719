"""``pv events`` and ``pv drugs``: what the database knows of a drug, or of an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pv.cli import common, tables
from pv.cli.meddra import Meddra, meddra_option, opened_meddra

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pv.store.associations import Association
    from pv.store.queries import Wanted

COUNTS = ("reports", "asserted", "hedged", "temporal", "part", "denied", "treats", "onset_known", "onset_median",
          "onset_min", "onset_max", "dechallenge_positive", "dechallenge_negative", "dechallenge_none")  # fmt: skip
EVENT_COLUMNS = ("event", "cim10", *COUNTS, "drugs")
DRUG_COLUMNS = ("drug", "atc", *COUNTS, "events")
PAIR_COLUMNS = ("pair", "report", "received", "drug", "event", "link", "certainty", "current", "part_of", "start",
                "onset", "days_to_onset", "dechallenge", "rechallenge", "serious", "confidence", "rule",
                "evidence")  # fmt: skip
# A terminal has no room for more; the other columns are in CSV and JSON.
_PAIR_PEOPLE = ("report", "drug", "event", "link", "certainty", "days_to_onset", "confidence", "rule", "evidence")
_PAIR_PEOPLE_MEDDRA = (*_PAIR_PEOPLE[:3], "pt", *_PAIR_PEOPLE[3:])
_PEOPLE = ("reports", "stated", "temporal", "part", "denied", "days_to_onset", "dechallenge")
# Behind the others: a terminal folds the last column, and the names of system organ classes are long.
_MEDDRA_PEOPLE = ("pt", "soc")
# Names that a title tells.
_TITLE = 10


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        common.database_option,
        common.all_option,
        meddra_option,
        tables.format_option,
        click.option("--pairs", is_flag=True, help="One row a pair, with its evidence passage and rule."),
    ):
        command = option(command)
    return command


@click.command("events")
@click.argument("drug")
@_options
def events_command(
    drug: str, database: str | None, form: str, table: Path | None, *, everything: bool, pairs: bool
) -> None:
    """Show every event linked to DRUG: an INN, brand, class or ATC prefix."""
    from pv.store import queries

    with common.opened(database) as store, store.session() as session:
        meddra = opened_meddra(session, table)
        drugs = named_drugs(session, drug)
        wanted = _wanted(everything=everything)
        if pairs:
            _print_pairs(queries.listing(session, wanted, drugs=list(drugs)), form, meddra)
            return
        found = queries.events_of(session, drugs, wanted)
        rows = [(a, {"drugs": a.of, **meddra.cells(a.name)}) for a in found]
        people = _MEDDRA_PEOPLE if meddra.columns else ()
        title = _title(drugs, drug, found=bool(found))
        _print_associations(rows, (*EVENT_COLUMNS, *meddra.columns), (*_PEOPLE, *people), form, title)


@click.command("drugs")
@click.argument("event")
@_options
def drugs_command(
    event: str, database: str | None, form: str, table: Path | None, *, everything: bool, pairs: bool
) -> None:
    """Show every drug linked to EVENT: a label, synonym, concept id or CIM-10 prefix, or a MedDRA LLT or PT."""
    from pv.store import queries

    with common.opened(database) as store, store.session() as session:
        meddra = opened_meddra(session, table)
        events = named_events(session, event, meddra)
        wanted = _wanted(everything=everything)
        if pairs:
            _print_pairs(queries.listing(session, wanted, events=list(events)), form, meddra)
            return
        found = queries.drugs_of(session, events, wanted)
        rows = [(a, {"events": a.of, **meddra.cells_of_several(a.of)}) for a in found]
        places = _places(events, meddra) if found else ()
        title = "\n".join((_title(events, event, found=bool(found)), *places))
        _print_associations(rows, (*DRUG_COLUMNS, *meddra.columns), _PEOPLE, form, title)


def _wanted(*, everything: bool) -> Wanted:
    from pv.store.associations import LINKED
    from pv.store.queries import Wanted

    # Unless all are asked for: what an assessor looks at, with signs under their diagnosis.
    links = () if everything else LINKED
    return Wanted(common.settings(None).threshold, everything=everything, links=links)


def named_drugs(session: Session, asked: str) -> dict[int, str]:
    """Give id and INN of the drugs that a name stands for; raises UsageError with the nearest names for none."""
    from pv.errors import UsageError
    from pv.lexicon.names import bare, resolve_drug, same, similar_drugs
    from pv.store.queries import drug_names, find_drugs

    name = resolve_drug(asked)
    if name.known:
        return find_drugs(session, name.inns, name.atc_prefixes)
    stored = drug_names(session)
    if alike := [inn for inn in stored if same(bare(inn)) == same(bare(asked))]:
        return find_drugs(session, alike, ())
    raise UsageError(_unknown("drug", asked, similar_drugs(asked, stored)))


def named_events(session: Session, asked: str, meddra: Meddra) -> dict[int, str]:
    """Give id and label of the events that a name stands for; raises UsageError with the nearest names for none.

    A name that is a PT too stands for every event below that PT.
    """
    from pv.errors import UsageError
    from pv.lexicon.names import resolve_event, same, similar_events
    from pv.store.queries import event_names, find_events

    name = resolve_event(asked)
    by_meddra = meddra.named(asked)
    if name.known:
        return find_events(session, name.labels, [*name.concepts, *by_meddra], name.cim10_prefixes)
    stored = event_names(session)
    alike = [label for label in stored if same(label) == same(asked)]
    if alike or by_meddra:
        return find_events(session, alike, by_meddra, ())
    raise UsageError(_unknown("event", asked, similar_events(asked, [*stored, *meddra.names])))


def _unknown(kind: str, asked: str, similar: Sequence[str]) -> str:
    nearest = f"; nearest names: {', '.join(similar)}" if similar else "; no name is like it"
    return f"unknown {kind} {asked!r}{nearest}"


def _title(named: dict[int, str], asked: str, *, found: bool) -> str:
    """Give the line above a table: what the name stands for in the database, or that there is nothing to show."""
    names = sorted(named.values())
    if not names:
        return f"{asked}: not in any report of the database"
    if not found:
        return f"{asked}: in reports, but in no pair to show; --all shows doubtful pairs and other links"
    more = f" and {len(names) - _TITLE} more" if len(names) > _TITLE else ""
    return f"{asked}: {', '.join(names[:_TITLE])}{more}"


def _places(events: dict[int, str], meddra: Meddra) -> Iterator[str]:
    """Yield a line with PT and SOC of each event asked for, those that the title names."""
    for label in sorted(events.values())[:_TITLE]:
        if term := meddra.term(label):
            yield f"{label}: MedDRA PT {term.pt}, SOC {term.soc}"


def _print_pairs(rows: Iterator[dict[str, Any]], form: str, meddra: Meddra) -> None:
    if form == "table":
        named = ({**r, "link": f"part of {r['part_of']}" if r["part_of"] else r["link"]} for r in rows)
        tables.print_rows(meddra.beside(named), _PAIR_PEOPLE_MEDDRA if meddra.columns else _PAIR_PEOPLE, form)
    else:
        tables.print_rows(meddra.beside(rows), (*PAIR_COLUMNS, *meddra.columns), form)


def _print_associations(
    found: Sequence[tuple[Association, dict[str, object]]],
    columns: Sequence[str],
    people: Sequence[str],
    form: str,
    title: str,
) -> None:
    """Print associations, each with its other cells; ``people`` are the columns of a table behind name and code."""
    name, code = columns[:2]
    if form != "table":
        rows = ({name: a.name, code: a.code, **asdict(a), **cells} for a, cells in found)
        tables.print_rows(rows, columns, form)
    elif not found:
        click.echo(title)
    else:
        shown = ({name: a.name, code: a.code, **_for_people(a), **cells} for a, cells in found)
        tables.print_rows(shown, (name, code, *people), form, title)


def _for_people(a: Association) -> dict[str, object]:
    """Give cells that fit a terminal: stated with hedged in brackets, median and range of days in one cell."""
    stated = a.asserted + a.hedged
    days = f"{a.onset_median:g} ({a.onset_min}-{a.onset_max}, n={a.onset_known})" if a.onset_known else ""
    return {
        "reports": a.reports,
        "stated": f"{stated} ({a.hedged} hedged)" if a.hedged else stated,
        "temporal": a.temporal,
        "part": a.part,
        "denied": a.denied,
        "days_to_onset": days,
        "dechallenge": _dechallenge(a),
    }


def _dechallenge(a: Association) -> str:
    counts = {"+": a.dechallenge_positive, "-": a.dechallenge_negative, "none": a.dechallenge_none}
    return ", ".join(f"{n} {sign}" for sign, n in counts.items() if n)
