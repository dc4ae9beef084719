"""The options of a run of the batch: cores, limits, what is tried again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from pv.batch.limits import TRIES
from pv.cli.journal import FORMATS
from pv.settings import TIMEOUT


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What a call asks of the batch; ``timeout`` is in seconds a report."""

    jobs: int
    timeout: float
    tries: int
    retry_quarantined: bool
    expect_min: int
    rescan: bool
    log_format: str
    summary: Path | None


_OPTIONS = (
    click.option("--jobs", metavar="N", type=click.IntRange(1, 256), default=1, show_default=True,
                 help="Cores to use. Each holds a detector of its own, some 400 MB."),
    click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), default=TIMEOUT,
                 show_default=True, help="A report that takes longer fails, and the others go on."),
    click.option("--tries", metavar="N", type=click.IntRange(1), default=TRIES, show_default=True,
                 help="A report that has failed so often is in quarantine: it waits until its text, the program or the "
                      "tables change."),
    click.option("--retry-quarantined", is_flag=True, help="Try again what is in quarantine too."),
    click.option("--expect-min", metavar="N", type=click.IntRange(0), default=0,
                 help="Exit code 1 where fewer reports than this are offered: the feed is dead."),
    click.option("--rescan", is_flag=True,
                 help="Also read again the reports offered whose rows another release or other tables have made."),
    click.option("--log-format", type=click.Choice(FORMATS), default="text", show_default=True,
                 help="What standard error tells: lines for people, or a JSON object a line for a collector."),
    click.option("--summary", metavar="FILE", type=click.Path(path_type=Path),
                 help="Write what came of the run as one JSON object, for monitoring; also where it fails."),
)  # fmt: skip


def batch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets them as one ``batch: BatchOptions``."""
    names = BatchOptions.__dataclass_fields__

    @functools.wraps(command)
    def call(**given: Any) -> Any:
        batch = BatchOptions(**{name: given.pop(name) for name in names})
        return command(batch=batch, **given)

    decorated: Callable[..., Any] = call
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
