"""``pv lexicon``: check, look up and rebuild the tables of terms and rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pv.cli import common, meddra

if TYPE_CHECKING:
    from pv.lexicon.coverage import Share

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _tables(folder: Path | None) -> Path:
    from pv.lexicon.paths import lexicon_dir

    return folder or lexicon_dir()


_tables_option = click.option(
    "--lexicons", "folder", type=_FOLDER, help="Folder of the tables. Default: those that come with the program."
)


@click.group("lexicon")
def lexicon_command() -> None:
    """Check, search, measure and rebuild the tables of terms and rules."""


@lexicon_command.command("check")
@_tables_option
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Most messages to print.")
def check_command(folder: Path | None, limit: int) -> int:
    """Check every table, and the tables against each other; exit code 1 where something is wrong."""
    from pv.lexicon.check import check

    folder = _tables(folder)
    problems = check(folder)
    for problem in problems[:limit]:
        click.echo(f"{folder.name}/{problem}")
    if len(problems) > limit:
        click.echo(f"and {len(problems) - limit} more; --limit {len(problems)} shows them")
    if problems:
        common.note(f"{len(problems)} problems in the lexicons; correct the lines above")
        return common.EXIT_NOTHING
    click.echo("the lexicons are sound")
    return common.EXIT_OK


@lexicon_command.command("find")
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@_tables_option
def find_command(words: tuple[str, ...], folder: Path | None) -> int:
    """Show what WORD is to the lexicons, and which row says so; exit code 1 where none does."""
    from pv.lexicon.find import find

    asked = " ".join(words)
    folder = _tables(folder)
    answer = find(asked, folder)
    for meaning in answer.meanings:
        click.echo(f"{meaning.kind}: {meaning.says}")
        click.echo(f"    {folder.name}/{meaning.file}:{meaning.line}: {meaning.term}")
    if answer.meanings:
        return common.EXIT_OK
    nearest = f"; nearest names: {', '.join(answer.nearest)}" if answer.nearest else "; no name is like it"
    common.note(f"nothing in the lexicons is {asked!r}{nearest}")
    return common.EXIT_NOTHING


@lexicon_command.command("coverage")
@click.option("--bdpm", "folder", type=_FOLDER, required=True, help="Folder of one download of the BDPM.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="Most missed names to print.")
def coverage_command(folder: Path, limit: int) -> None:
    """Measure how much of the French market the detector finds: substances, brands, additional monitoring."""
    from pv.lexicon.coverage import coverage

    detector = common.load_detector().detector

    def find(sentence: str) -> set[str]:
        drugs = detector.detect(sentence).drugs
        return {inn for drug in drugs for inn in (drug.inn, *drug.substances)}

    found = coverage(folder, find)
    _show("active substances", found.substances, limit)
    _show("brand stems", found.brands, limit)
    _show("brands under additional monitoring", found.monitored, limit)


def _show(what: str, share: Share, limit: int) -> None:
    click.echo(f"{what}: {share.found} of {share.total} found ({share.ratio:.1%})")
    for missed in share.missed[:limit]:
        taken = ", ".join(missed.found) or "nothing"
        click.echo(f"    {missed.name}: {', '.join(missed.expected)} expected, {taken} found")
    if len(share.missed) > limit:
        click.echo(f"    and {len(share.missed) - limit} more; --limit {len(share.missed)} shows them")


@lexicon_command.command("import-bdpm")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=_FOLDER)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Table to write. Default: drugs_bdpm.csv of the lexicons.")  # fmt: skip
def import_bdpm_command(folders: tuple[Path, ...], out: Path | None) -> None:
    """Rebuild the table of drugs from downloads of the BDPM; the last folder by name is the newest."""
    from pv.lexicon.bdpm import import_bdpm, write_table

    path = out or _tables(None) / "drugs_bdpm.csv"
    rows = import_bdpm(folders)
    write_table(rows, path)
    marketed = sum(row.status == "marketed" for row in rows)
    click.echo(f"{path}: {len(rows)} terms of {len({row.inn for row in rows})} drugs, {marketed} of them marketed")


@lexicon_command.command("import-meddra")
@click.argument("distribution", metavar="DIR", type=_FOLDER)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for meddra.csv, to be named with --meddra or PV_MEDDRA. Default: the user's own folder for "
                   "pv, where the commands find it.")  # fmt: skip
@_tables_option
def import_meddra_command(distribution: Path, out: Path | None, folder: Path | None) -> int:
    """Map the events to the MedDRA terms of a licensed French distribution; DIR holds its .asc files."""
    from pv.export.files import private_file
    from pv.lexicon.meddra import load_events, map_events, read_distribution, write_map

    folder = _tables(folder)
    path = _own_folder(out, folder) / meddra.TABLE
    release = read_distribution(distribution)
    mapped = map_events(load_events(folder), release)
    total = len(mapped.rows) + len(mapped.missed)
    if not mapped.rows:
        language = release.language or "not told"
        common.note(f"none of {total} events is in this distribution (its language: {language}); is it the French one?")
        return common.EXIT_NOTHING
    with private_file(path, "utf-8") as handle:
        write_map(mapped.rows, handle)
    by_term = len(mapped.rows) - mapped.by_label
    click.echo(f"{path}: MedDRA {release.version or 'of unknown version'}, {release.language or 'language not told'}")
    click.echo(f"{len(mapped.rows)} of {total} events mapped ({len(mapped.rows) / total:.1%}): "
               f"{mapped.by_label} by their label, {by_term} by another of their terms")  # fmt: skip
    click.echo(f"{len({row.pt_code for row in mapped.rows})} PTs in {len({row.soc for row in mapped.rows})} SOCs")
    return common.EXIT_OK


def _own_folder(out: Path | None, lexicons: Path) -> Path:
    """Give the folder for licensed terms, made where it is missing; the lexicons' folder is refused."""
    from pv.errors import OutputError, UsageError

    folder = (out or meddra.own_folder()).resolve()
    if folder == lexicons.resolve() or folder.is_relative_to(_tables(None).resolve()):
        raise UsageError(f"{folder}: MedDRA is licensed and must not lie among the lexicons; give another --out")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}); give another --out") from error
    return folder
