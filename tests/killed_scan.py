"""A scan in a process of its own that tests may kill: ``python killed_scan.py FOLDER URL JOBS``.

It writes a line for each group of reports that it has committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import odd_detector
from offers import find_documents

from pv.batch.scan import Scan
from pv.batch.workers import Processes
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.lock import batch_lock


def tell(reports: int) -> None:
    if reports > 1:
        sys.stdout.write("committed\n")
        sys.stdout.flush()


def main(folder: str, url: str, jobs: str) -> int:
    database = open_database(Settings(url), write=True)
    workers = Processes(odd_detector.load, odd_detector.VERSIONS, int(jobs), timeout=60)
    with batch_lock(database):
        scan = Scan(database, workers, odd_detector.VERSIONS, advance=tell)
        summary = scan.run(find_documents([Path(folder)], "test"))
    workers.close()
    return summary.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
