"""What a run tells while it goes: lines for people, or one JSON object a line for collectors of logs.

Ids and counts only: nothing of a report's text or name is ever handed to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import click

from pv.cli import common

FORMATS = ("text", "json")
# Reports after which a collector is told how far a run has come.
STRIDE = 1_000
_NOTHING: Mapping[str, object] = MappingProxyType({})
_LEVELS = {common.EXIT_OK: "info", common.EXIT_SOME_FAILED: "warning"}


@dataclass(slots=True)
class Journal:
    """Writes events to standard error, in one of the formats; people are shown those that have words."""

    form: str = "text"
    _gone_through: int = 0

    def tell(self, event: str, words: str = "", *, level: str = "info", more: Mapping[str, object] = _NOTHING) -> None:
        """Tell of an event, with ids and counts."""
        if self.form == "json":
            head = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event}
            said = {"message": words} if words else {}
            click.echo(json.dumps({**head, **said, **more}, ensure_ascii=False), err=True)
        elif words:
            common.note(words)

    def failed(self, key: str, reason: str) -> None:
        """Tell of a report that could not be taken."""
        self.tell("report_failed", f"report {key}: {reason}", level="warning", more={"report": key, "reason": reason})

    def advance(self, reports: int) -> None:
        """Count reports that are done with, and tell collectors now and then."""
        before = self._gone_through
        self._gone_through += reports
        if self._gone_through // STRIDE > before // STRIDE:
            self.tell("progress", more={"reports": self._gone_through})

    def finished(self, record: Mapping[str, object]) -> None:
        """Tell collectors what came of a run."""
        code = record.get("exit_code")
        self.tell("run_finished", level=_LEVELS.get(code, "error") if isinstance(code, int) else "error", more=record)
