"""A screening as a table for people, as CSV or as JSON, each with what its figures were counted from."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pv.cli import common, tables
from pv.signals.signal import DISCLAIMER, Screening, Signal

if TYPE_CHECKING:
    from pv.cli.meddra import Meddra

# Scripts parse these: a change is in CHANGELOG.md.
COLUMNS = ("drug", "atc", "event", "cim10", "n", "expected", "n_drug", "n_event", "total", "prr", "prr025", "prr975",
           "ror", "ror025", "ror975", "chi2", "ic", "ic025", "ic975", "ebgm", "eb05", "eb95", "zero", "recent",
           "rising", "rules", "unjudged", "new", "newly_met")  # fmt: skip
_PEOPLE = ("drug", "event", "n", "expected", "PRR", "ROR", "chi2", "IC", "EBGM", "rules", "flags")
_MEDDRA_PEOPLE = ("drug", "event", "pt", *_PEOPLE[2:-2], "rules", "soc", "flags")
_WIDTH = 110


def print_screening(screening: Screening, rules: Sequence[str], form: str, meddra: Meddra | None) -> None:
    """Print those signals that meet one of the rules, all of them without a rule; ``meddra`` where events are shown."""
    wanted = set(rules)
    shown = [s for s in screening.signals if not rules or wanted & set(s.rules)]
    unjudged = sum(not wanted & set(s.rules) and bool(wanted & set(s.unjudged)) for s in screening.signals)
    lines = [*heading(screening), *_of_rules(rules, len(shown), unjudged)]
    columns = (*COLUMNS, *(meddra.columns if meddra else ()))
    if form == "json":
        _print_json(screening, _rows(shown, meddra), columns)
    elif form == "csv":
        for line in lines:
            common.note(line)
        tables.print_rows(_rows(shown, meddra), columns, form)
    else:
        people = _MEDDRA_PEOPLE if meddra and meddra.columns else _PEOPLE
        title = "\n".join([*lines, *textwrap.wrap(DISCLAIMER, _WIDTH)])
        if shown:
            tables.print_rows((r | _for_people(s) for s, r in zip(shown, _rows(shown, meddra), strict=True)), people,
                              form, title)  # fmt: skip
        else:
            click.echo(f"{title}\nnothing to show")


def heading(screening: Screening) -> Iterator[str]:
    """Yield the lines that tell what was counted, from where, and by which rules it was judged."""
    q = screening.question
    yield (
        f"disproportionate reporting: {screening.total} cases with at least one counted pair (the universe), "
        f"{screening.combinations} combinations, {len(screening.signals)} with n >= {q.min_n}"
    )
    pairs = "stated pairs" if q.stated_only else "stated and temporal pairs"
    yield f"counted: distinct cases (patient or else report, drug, event) of {pairs} of latest versions"
    past = "with" if q.past else "without"
    period = f"from {q.since} to" if q.since else "up to"
    yield (
        f"{past} pairs of the patient's past; confidence >= {q.threshold:g}; received {period} "
        f"{_moment(screening.as_of)} UTC"
    )
    background = f"the table given ({q.background})" if q.background else "this database"
    yield f"level: {q.drug_level}, {q.event_level}; background: {background}"
    yield from _left_out(screening)
    yield _prior(screening)
    yield from (f"rule {name}: {thresholds}" for name, thresholds in screening.rules.items())
    since = _moment(screening.previous) + " UTC" if screening.previous else "no earlier run of this question"
    yield f"new and newly met since: {since}; rising: at least 3 new cases in the last 12 months"


def _left_out(screening: Screening) -> Iterator[str]:
    drugs, events, combinations = screening.left_out
    if drugs or events:
        yield f"without a name at this level, and left out: {drugs} drugs, {events} events"
    if combinations:
        yield f"left out because the background does not know their event: {combinations} combinations"


def _prior(screening: Screening) -> str:
    prior = screening.prior
    if prior is None:
        return f"EBGM not scored: {screening.prior_problem}"
    first, second = f"{prior.alpha1:.4g}, {prior.beta1:.4g}", f"{prior.alpha2:.4g}, {prior.beta2:.4g}"
    return (
        f"prior of EBGM: {prior.p:.4g} gamma({first}) + {1 - prior.p:.4g} gamma({second}), to which {prior.agreed} of "
        f"{prior.starts} searches came"
    )


def _of_rules(rules: Sequence[str], shown: int, unjudged: int) -> Iterator[str]:
    if rules:
        more = f"; {unjudged} more cannot be judged for an empty cell" if unjudged else ""
        yield f"shown: {shown} that meet {' or '.join(rules)}{more}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _rows(signals: Sequence[Signal], meddra: Meddra | None) -> Iterator[dict[str, object]]:
    for signal in signals:
        yield asdict(signal) | {"rising": signal.rising} | (meddra.cells(signal.event) if meddra else {})


def _print_json(screening: Screening, rows: Iterable[dict[str, object]], columns: Sequence[str]) -> None:
    """Print one object, a signal a line: as one text, those of a large base would take a gigabyte."""
    common.utf8_output()
    head = json.dumps(_as_json(screening), ensure_ascii=False, indent=1)
    click.echo(f'{head.removesuffix("}").rstrip()},\n "signals": [', nl=False)
    for number, cells in enumerate(rows):
        row = json.dumps({column: cells[column] for column in columns}, ensure_ascii=False)
        click.echo(f"{',' if number else ''}\n  {row}", nl=False)
    click.echo("\n ]\n}")


def _as_json(screening: Screening) -> dict[str, object]:
    whole = asdict(replace(screening, signals=()))
    del whole["signals"]
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in whole.items()} | {"disclaimer": DISCLAIMER}


def _for_people(s: Signal) -> dict[str, object]:
    return {
        "expected": f"{s.expected:.2f}",
        "PRR": _interval(s.prr, s.prr025, s.prr975),
        "ROR": _interval(s.ror, s.ror025, s.ror975),
        "chi2": "" if s.chi2 is None else f"{s.chi2:.1f}",
        "IC": _interval(s.ic, s.ic025, s.ic975),
        "EBGM": _interval(s.ebgm, s.eb05, s.eb95),
        "flags": ", ".join(s.flags),
    }


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return ""
    return f"{value:.2f} ({low:.2f} to {high:.2f})"
