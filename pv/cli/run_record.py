"""What a run leaves for monitoring: one JSON object, written whole at its end, also where it ends badly."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pv.cli import common
from pv.errors import PvError, StoreError

if TYPE_CHECKING:
    from pv.batch.scan import Scan
    from pv.store.database import Database


@dataclass(slots=True)
class RunRecord:
    """The record of one run; without a path it is not written."""

    path: Path | None
    content: dict[str, Any] = field(default_factory=dict)

    def take(self, store: Database, scan: Scan) -> None:
        """Take over what the database says of the run; where it cannot be asked, what the run itself has counted."""
        from pv.store.runs import find_run

        try:
            with store.session() as session:
                run = asdict(find_run(session, scan.run_id)) if scan.run_id else {}
        except StoreError:
            run = {"run": scan.run_id, **scan.summary.columns()}
        times = {name: run[name].isoformat() for name in ("started", "finished") if run.get(name)}
        self.content |= run | times | {"pairs_by_link": dict(sorted(scan.summary.pairs.items()))}

    def fail(self, error: Exception) -> None:
        """Take over why the run ended before its end; of an error that nobody foresaw its kind alone."""
        reason = str(error) if isinstance(error, PvError) else type(error).__name__
        self.content |= {"exit_code": common.EXIT_NOTHING, "error": reason}

    def write(self) -> None:
        """Write the file, readable by its owner alone; raises OutputError where that fails."""
        from pv.export.files import private_file

        if self.path:
            with private_file(self.path, "utf-8") as handle:
                handle.write(json.dumps(self.content, ensure_ascii=False, indent=1) + "\n")
