"""The command ``pv``: loads the module of a command when it is called, and turns errors into messages and exit codes.

Exit codes: 0 all well, 1 nothing could be done, 2 usage, 3 done but some reports failed.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

from pv import __version__
from pv.cli.common import EXIT_NOTHING, EXIT_OK
from pv.errors import PvError

_MODULES = {
    "db": "database",
    "detect": "detect",
    "drugs": "query",
    "evaluate": "evaluate",
    "events": "query",
    "export": "export",
    "forget": "withdrawal",
    "key": "key",
    "lexicon": "lexicon",
    "nullify": "withdrawal",
    "report": "report",
    "runs": "runs",
    "scan": "scan",
    "show": "show",
    "signals": "signals",
    "spark-scan": "spark",
    "status": "status",
}
_INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Give the names of the commands."""
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and give one command."""
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(
            importlib.import_module(f"pv.cli.{_MODULES[cmd_name]}"), f"{cmd_name.replace('-', '_')}_command"
        )
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pv", message="%(prog)s %(version)s")
def cli() -> None:
    """Find drugs, adverse events and drug-event pairs in French clinical reports.

    Start with `pv detect FILE` for one report, or `pv scan FOLDER` and then `pv events DRUG`.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    A terminal whose encoding lacks a character shows a sign in its place.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give the exit code."""
    try:
        result = cli.main(args=None if arguments is None else list(arguments), prog_name="pv", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("pv: interrupted; what was committed is kept", err=True)
        return _INTERRUPTED
    except PvError as error:
        click.echo(f"pv: {error}", err=True)
        return EXIT_NOTHING
    except BrokenPipeError:
        # The reader has gone, as after `| head`. Python would complain again when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except OSError as error:
        # The system's own words: they hold no text of a report, and its name is left out.
        click.echo(f"pv: {error.strerror or type(error).__name__}; nothing that was committed is lost", err=True)
        _show_places(error)
        return EXIT_NOTHING
    except Exception as error:  # noqa: BLE001 - the last resort: a message may hold text of a report
        _show_unexpected(error)
        return EXIT_NOTHING
    return result if isinstance(result, int) else EXIT_OK


def _show_unexpected(error: Exception) -> None:
    """Tell of an error nobody foresaw without its message; with PV_DEBUG the places in the code too."""
    click.echo(f"pv: unexpected error ({type(error).__name__}); set PV_DEBUG=1 to see where, and report it", err=True)
    _show_places(error)


def _show_places(error: Exception) -> None:
    """With PV_DEBUG, show where in the code an error arose."""
    if os.environ.get("PV_DEBUG"):
        for line in traceback.format_tb(error.__traceback__):
            click.echo(line.rstrip(), err=True)
