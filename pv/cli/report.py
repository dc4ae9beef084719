"""``pv report``: the page that a safety team opens in the morning."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pv.cli import common
from pv.cli.meddra import Meddra, meddra_option, opened_meddra

if TYPE_CHECKING:
    from pv.page.content import Content, Terms


@click.command("report")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="HTML file to write, readable by you alone; it holds passages of reports.")  # fmt: skip
@common.database_option
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]),
              help="What the runs since this day (UTC) brought. Default: the last run.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(["fr", "en"]), default="fr", show_default=True,
              help="Language of the page.")  # fmt: skip
@click.option("--most", type=click.IntRange(min=1), default=500, show_default=True,
              help="Pairs on the page at most, the most serious first.")  # fmt: skip
@common.all_option
@meddra_option
def report_command(
    *, out: Path, database: str | None, since: datetime | None, language: str, most: int, everything: bool,
    table: Path | None,
) -> None:  # fmt: skip
    """Write one HTML page with what the last run brought: pairs with passage and reasons, and what was withdrawn.

    It needs the extra `report`, holds everything it shows, and asks no server for anything.
    """
    from pv import __version__
    from pv.page.content import Wish, read_content
    from pv.page.extra import needed
    from pv.page.words import load_words

    with needed():
        from pv.page.render import Made, render
        from pv.page.signals import read_signals
    from pv.export.files import private_file

    words = load_words(language)
    threshold = 0.0 if everything else common.settings(None).threshold
    wish = Wish(threshold, most, since.replace(tzinfo=UTC) if since else None)
    with common.opened(database) as store, store.session() as session:
        content = read_content(session, wish, words, _terms(opened_meddra(session, table)))
        signals = read_signals(session, words)
        made = Made(datetime.now(UTC), store.name, __version__)
    with private_file(out, "utf-8") as handle:
        handle.writelines(render(content, signals, made, words))
    _tell(content, out)


def _terms(meddra: Meddra) -> Terms:
    """Give the function that tells PT and SOC of an event, nothing where the user has no table."""

    def terms(event: str) -> list[tuple[str, str]]:
        found = meddra.term(event)
        return [] if found is None else [("MedDRA PT", found.pt), ("SOC", found.soc)]

    return terms


def _tell(content: Content, out: Path) -> None:
    shown = len(content.cards)
    cut = f" (of {content.counts.told}; --most shows more)" if shown < content.counts.told else ""
    click.echo(f"{shown} new or changed pairs{cut}, {len(content.withdrawn)} withdrawn, written to {out}")
