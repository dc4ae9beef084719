"""``pv key``: the secret key that patients, names and erased reports are hidden under."""

from __future__ import annotations

from pathlib import Path

import click

from pv.cli import common


@click.group("key")
def key_command() -> None:
    """Make the secret key of --key-file."""


@key_command.command("new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new_command(file: Path) -> None:
    """Write a new random key into FILE, which you alone may read; a file that is there is never replaced."""
    from pv.keys import new_key_file

    key = new_key_file(file)
    click.echo(f"key {key.fingerprint()} written to {file}")
    common.note("keep a copy apart from the database and its backups; without it the hashes cannot be made again")
