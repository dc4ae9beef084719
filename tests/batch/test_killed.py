"""The batch killed at any moment and run again: nothing lost, nothing double, no report half there.

PV_TEST_KILLS and PV_TEST_REPORTS set how often and over how many reports; the figures that are told were measured with
50 and 2000.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select, text

from pv.settings import Settings
from pv.store.database import Database, open_database
from pv.store.models import ScanRun
from pv.store.status import find_problems

KILLS = int(os.environ.get("PV_TEST_KILLS", "5"))
REPORTS = int(os.environ.get("PV_TEST_REPORTS", "300"))
SCRIPT = Path(__file__).parents[1] / "killed_scan.py"
# Seconds within which a run is killed: what a group takes, and what a run takes to its first commit.
AFTER_A_COMMIT, AFTER_THE_START = 0.1, 1.0

# The whole content of what was found, by names instead of the ids of rows and without what tells the run.
CONTENT = {
    "versions": """
        SELECT sources.name, reports.name, reports.key, v.number, v.latest, v.sha256, v.characters, v.encoding,
          v.received, v.detector_version, v.lexicon_hash, v.patient_age, v.patient_sex
        FROM report_versions v
          JOIN reports ON reports.id = v.report_id
          JOIN sources ON sources.id = reports.source_id
        ORDER BY v.id""",
    "pairs": """
        SELECT p.key, reports.name, p.version_id, p.latest, d.inn, d.kind, d.atc, e.label, e.concept, e.cim10, p.link,
          p.reportable, p.certainty, p.confidence, p.rule, p.start, p.onset, p.latency_days, p.assertions, x.passage,
          x.cue, x.drug_spans, x.event_spans, x.reasons
        FROM pairs p
          JOIN reports ON reports.id = p.report_id
          JOIN drugs d ON d.id = p.drug_id
          JOIN events e ON e.id = p.event_id
          JOIN evidence x ON x.pair_id = p.id
        ORDER BY p.version_id, d.inn, e.label""",
    "drugs": """
        SELECT m.version_id, d.inn, m.start_char, m.end_char FROM drug_mentions m JOIN drugs d ON d.id = m.drug_id
        ORDER BY m.version_id, m.start_char, d.inn""",
    "events": """
        SELECT m.version_id, e.label, m.start_char, m.end_char, m.assertion
        FROM event_mentions m JOIN events e ON e.id = m.event_id
        ORDER BY m.version_id, m.start_char, e.label""",
    "failures": "SELECT name, key, reason, sha256 FROM failures ORDER BY name",
    "audit": "SELECT report_key, action, version FROM audit WHERE action != 'failed' ORDER BY id",
}


def write_reports(folder: Path, *, changed: bool) -> None:
    """Write reports with varied content; some fail, and with ``changed`` some have a new text."""
    drugs = ("sunitinib", "paclitaxel", "class:ains", "warfarine")
    folder.mkdir(exist_ok=True)
    for i in range(REPORTS):
        lines = [f"pair: {drugs[(i + k) % 4]} > événement {(i * 7 + k) % 31} stated days={k}" for k in range(i % 5)]
        if i % 97 == 96:
            lines.append("raise")
        if changed and i % 3 == 0:
            lines.append("pair: sunitinib > fièvre temporal")
        path = folder / f"{i:05}.txt"
        path.write_text("\n".join([*lines, f"n° {i}", ""]), encoding="utf-8")
        os.utime(path, (1_700_000_000 + i, 1_700_000_000 + i))


def start(folder: Path, url: str, jobs: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(folder), url, str(jobs)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def finish(folder: Path, url: str) -> None:
    process = start(folder, url, 1)
    _, told = process.communicate()
    assert process.returncode in {0, 3}, told


def kill_at_random(folder: Path, url: str, rng: random.Random, kills: int) -> int:
    """Start scans and kill each some time after none to two commits; give how many were killed before their end."""
    killed = 0
    for i in range(kills):
        process = start(folder, url, 1 + i % 2)
        commits = rng.randrange(3)
        assert process.stdout is not None
        for _ in range(commits):
            process.stdout.readline()
        try:
            process.wait(rng.uniform(0, AFTER_A_COMMIT if commits else AFTER_THE_START))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.communicate()
    return killed


def content(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.session() as session:
        return {name: [tuple(r) for r in session.execute(text(asked))] for name, asked in CONTENT.items()}


def test_killed_at_random_moments_and_run_again(tmp_path: Path):
    rng = random.Random(20)
    folder = tmp_path / "reports"
    databases = []
    for name, kills in (("undisturbed", 0), ("killed", KILLS)):
        url = f"sqlite:///{tmp_path / name / 'pv.sqlite'}"
        open_database(Settings(url), write=True, create=True).close()
        killed = 0
        for changed in (False, True):
            write_reports(folder, changed=changed)
            killed += kill_at_random(folder, url, rng, kills // 2)
            finish(folder, url)
        databases.append(open_database(Settings(url)))
    undisturbed, disturbed = databases
    assert content(disturbed) == content(undisturbed)
    with disturbed.session() as session:
        assert find_problems(session) == []
        runs = session.scalars(select(ScanRun)).all()
        stored = session.execute(text("SELECT count(*) FROM report_versions")).scalar()
    assert killed > 0
    # What each run says it did adds up to what there is, those that were killed included.
    assert sum(r.new + r.new_versions for r in runs) == stored
    assert sum(r.exit_code is None for r in runs) <= killed
    for database in databases:
        database.close()
