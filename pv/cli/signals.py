"""``pv signals``: disproportionate reporting of drug-event combinations, its figures kept run by run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pv.cli import common, signal_tables, tables
from pv.cli.meddra import meddra_option, opened_meddra
from pv.errors import StoreError, UsageError

if TYPE_CHECKING:
    from pv.screening import Given
    from pv.signals.signal import Question, Screening

_DRUG_LEVELS = ("inn", "atc1", "atc2", "atc3", "atc4")
_MEDDRA_LEVELS = ("llt", "pt", "hlt", "hlgt", "soc")
_EVENT_LEVELS = ("event", "group", *_MEDDRA_LEVELS)
# Levels whose names a list of important medical events may hold.
_LISTED_LEVELS = {"event", "llt", "pt"}
_RULES = ("evans", "ema", "umc", "mgps", "mhra")
_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        common.database_option,
        click.option("--drug-level", type=click.Choice(_DRUG_LEVELS), default="inn", show_default=True,
                     help="INN, or ATC class of 1, 3, 4 or 5 characters."),
        click.option("--event-level", type=click.Choice(_EVENT_LEVELS), default="event", show_default=True,
                     help="Event by its label, group of the lexicon, or a level of MedDRA where you have a table."),
        click.option("--rule", "rules", multiple=True, type=click.Choice(_RULES),
                     help="Only combinations that meet this rule; may be repeated (one of them is enough)."),
        click.option("--min-n", type=click.IntRange(min=1), default=3, show_default=True,
                     help="Only combinations with at least so many cases."),
        click.option("--since", type=_DAY, help="Reports received on this day (UTC) or later."),
        click.option("--until", type=_DAY, help="Reports received on this day (UTC) or earlier. Default: all so far."),
        click.option("--stated-only", is_flag=True, help="Count stated pairs only, no temporal ones."),
        click.option("--past", is_flag=True, help="Count pairs of the patient's past too."),
        common.all_option,
        click.option("--background", type=_FILE, metavar="FILE",
                     help="Compare with this table of another base: CSV with drug, event, n, n_drug, n_event, total."),
        click.option("--ime", type=_FILE, metavar="FILE",
                     help="Your list of important medical events, for the rule ema."),
        click.option("--monitored", type=_FILE, metavar="FILE",
                     help="Your list of substances under additional monitoring, for --rule ema."),
        click.option("--keep/--no-keep", default=True, show_default=True,
                     help="Keep the figures for trends and for what is new next time."),
        meddra_option,
        tables.format_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command("signals")
@_options
def signals_command(
    *, database: str | None, drug_level: str, event_level: str, rules: tuple[str, ...], min_n: int,
    since: datetime | None, until: datetime | None, stated_only: bool, past: bool, everything: bool,
    background: Path | None, ime: Path | None, monitored: Path | None, keep: bool, table: Path | None, form: str,
) -> None:  # fmt: skip
    """Show which drug-event combinations are reported disproportionately often, by PRR, ROR, chi-square, IC and EBGM.

    Distinct cases (patient, drug and event) of reportable pairs are counted. A high figure is no proof of a reaction:
    it says which cases to read first.
    """
    _refuse(rules, event_level, ime, since, until)
    given = _given(background, ime, monitored)
    from pv.signals.signal import Question

    question = Question(
        drug_level=drug_level,
        event_level=event_level,
        stated_only=stated_only,
        past=past,
        threshold=0.0 if everything else common.settings(database).threshold,
        since=since.date().isoformat() if since else "",
        min_n=min_n,
        background=given.background.digest if given.background else "",
    )
    now = datetime.now(UTC)
    as_of = min(now, until.replace(tzinfo=UTC) + timedelta(days=1)) if until else now
    _run(database, question, (as_of, now), given, table, keep=keep, rules=rules, form=form)


def _refuse(
    rules: tuple[str, ...], event_level: str, ime: Path | None, since: datetime | None, until: datetime | None
) -> None:
    """Raise UsageError for options that cannot be meant together."""
    if "ema" in rules and ime is None:
        raise UsageError("--rule ema needs your list of important medical events: give --ime FILE")
    if ime is not None and event_level not in _LISTED_LEVELS:
        raise UsageError(f"--ime lists terms, not groups: no --event-level {event_level} with it")
    if since and until and until < since:
        raise UsageError("--until lies before --since")


def _given(background: Path | None, ime: Path | None, monitored: Path | None) -> Given:
    from pv.screening import Given
    from pv.signals.background import read_background
    from pv.signals.names import read_names
    from pv.signals.rules import Lists

    lists = Lists(read_names(ime) if ime else None, read_names(monitored) if monitored else frozenset())
    return Given(lists=lists, background=read_background(background) if background else None)


def _run(
    database: str | None, question: Question, moments: tuple[datetime, datetime], given: Given, table: Path | None,
    *, keep: bool, rules: tuple[str, ...], form: str,
) -> None:  # fmt: skip
    """Screen, keep and print."""
    from dataclasses import replace

    from pv.screening import screen

    with common.opened(database) as store, store.session() as session:
        meddra = opened_meddra(session, table)
        if question.event_level in _MEDDRA_LEVELS and meddra.terms is None:
            raise UsageError(f"--event-level {question.event_level} needs MedDRA: see `pv lexicon import-meddra`")
        screening = screen(session, question, *moments, replace(given, meddra=meddra.terms))
    if keep:
        _keep(database, screening)
    absent = [rule for rule in rules if rule not in screening.rules]
    if absent:
        common.note(f"{', '.join(absent)} cannot be judged: EBGM is not scored ({screening.prior_problem})")
    by_event = question.event_level == "event"
    signal_tables.print_screening(screening, rules, form, meddra if by_event else None)


def _keep(database: str | None, screening: Screening) -> None:
    from pv import __version__
    from pv.store.signal_runs import keep_screening

    try:
        with common.opened(database, write=True) as store, store.session() as session:
            keep_screening(session, screening, __version__)
    except StoreError as error:
        raise StoreError(f"{error}; or look without keeping the figures: --no-keep") from None
