"""``pv db``: care of the database itself."""

from __future__ import annotations

import click

from pv.cli import common


@click.group("db")
def db_command() -> None:
    """Upgrade or check the database."""


@db_command.command("upgrade")
@common.database_option
def upgrade_command(database: str | None) -> None:
    """Bring the database to this release's schema. Make a backup first."""
    from pv.store.database import upgrade_database

    before, after = upgrade_database(common.settings(database))
    click.echo(f"schema {after}: nothing to do" if before == after else f"schema {before or 'none'} -> {after}")


@db_command.command("check")
@common.database_option
def check_command(database: str | None) -> int:
    """Check that the database is sound; exit code 1 where it is not."""
    from pv.store.status import find_problems

    with common.opened(database) as store, store.session() as session:
        problems = find_problems(session)
    for problem in problems:
        click.echo(problem)
    if problems:
        common.note(f"{len(problems)} problems; restore a backup, or scan into a new database")
        return common.EXIT_NOTHING
    click.echo("the database is sound")
    return common.EXIT_OK
