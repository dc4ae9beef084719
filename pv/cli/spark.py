"""``pv spark-scan``: reports through the detector on a cluster."""

from __future__ import annotations

from pathlib import Path

import click

from pv.cli import common
from pv.settings import TIMEOUT


@click.command("spark-scan")
@click.option("--input", "source_path", required=True, metavar="PARQUET", help="Reports: path or URI of Parquet.")
@click.option("--output", required=True, metavar="PARQUET|JDBC",
              help="Where the pairs go: path or URI for Parquet, or a JDBC URL.")  # fmt: skip
@click.option("--id", "report", default="id", show_default=True, metavar="COLUMN", help="The report's id.")
@click.option("--text", default="text", show_default=True, metavar="COLUMN", help="The report's text.")
@click.option("--date", "received", metavar="COLUMN", help="When it was received.")
@click.option("--source", metavar="NAME", help="Name of the source, part of a pair's key. Default: the input.")
@click.option("--mode", type=click.Choice(["error", "append", "overwrite"]), default="error", show_default=True,
              help="What to do where the output is there already.")  # fmt: skip
@click.option("--table", default="pv_pairs", show_default=True, help="Table of a JDBC output.")
@click.option("--properties", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="File of name=value lines for JDBC: user, password, driver …")  # fmt: skip
@click.option("--lexicons", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of tables to use in place of those of the program.")  # fmt: skip
@click.option("--pieces", type=click.IntRange(min=1), help="Pieces to divide the work in. Default: 4 for each core.")
@click.option("--master", metavar="URL", help="Spark's master. Default: that of spark-submit, else this machine.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), default=TIMEOUT,
              show_default=True, help="A report that takes longer fails, and the others go on.")  # fmt: skip
@common.size_option
def spark_scan_command(
    *, source_path: str, output: str, report: str, text: str, received: str | None, source: str | None, mode: str,
    table: str, properties: Path | None, lexicons: Path | None, pieces: int | None, master: str | None,
    timeout: float, max_megabytes: float,
) -> int:  # fmt: skip
    """Read reports from Parquet on a Spark cluster, and write a row for each pair; failures are rows too.

    The same detector and tables as `pv scan`, and the same pairs. docs/cluster.md has the columns, and what a cluster
    needs.
    """
    from pv.spark.job import Columns, Job, run, spark_session

    job = Job(
        source=source or source_path, input=source_path, output=output, columns=Columns(report, text, received),
        mode=mode, table=table, properties=_read(properties) if properties else {}, lexicons=lexicons,
        max_bytes=common.in_bytes(max_megabytes), timeout=timeout, pieces=pieces,
    )  # fmt: skip
    with spark_session(master) as session:
        counts = run(session, job)
    click.echo(f"reports: {counts.reports - counts.failed} read, {counts.failed} failed")
    click.echo(f"pairs: {', '.join(f'{link} {number}' for link, number in counts.pairs.items())}")
    if not counts.failed:
        return common.EXIT_OK
    common.note("failed reports are rows with the status `failed` and their reason")
    return common.EXIT_NOTHING if counts.failed == counts.reports else common.EXIT_SOME_FAILED


def _read(path: Path) -> dict[str, str]:
    """Give the properties of a file of name=value lines; lines that begin with # and empty ones do not count."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    found = [line.partition("=") for line in lines if line and not line.startswith("#")]
    if not all(sign and name.strip() for name, sign, _ in found):
        raise click.BadParameter(f"{path}: every line has to be name=value", param_hint="--properties")
    return {name.strip(): value.strip() for name, _, value in found}
