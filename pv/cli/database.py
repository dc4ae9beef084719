"""``pv db``: care of the database itself."""

from __future__ import annotations

from pathlib import Path

import click

from pv.cli import common


@click.group("db")
def db_command() -> None:
    """Upgrade, check, back up or rewrite the database."""


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


@db_command.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common.database_option
def backup_command(file: Path, database: str | None) -> None:
    """Write a checked copy of the database to FILE, readable by you alone, also while a batch runs."""
    from pv.store.backup import back_up

    size = back_up(common.settings(database), file)
    click.echo(f"{size:,} bytes written to {file}, and checked")


@db_command.command("vacuum")
@common.database_option
def vacuum_command(database: str | None) -> None:
    """Rewrite the database without the remains of deleted rows."""
    from pv.store.scrub import scrub

    with common.opened(database, write=True) as store:
        scrub(store)
    click.echo("the database holds no remains of deleted rows")
