"""What tests of several packages share: a database, a folder of reports, and the command line on a fake detector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import FakeDetector
from offers import find_documents
from postgresql_server import TEMPLATE, Server, find_programs

from pv.batch.detector import Versioned, Versions
from pv.batch.limits import Limits
from pv.batch.scan import Scan
from pv.batch.summary import Summary
from pv.batch.workers import Inline
from pv.cli import common
from pv.cli.main import run
from pv.settings import Settings
from pv.store.database import Database, open_database

if TYPE_CHECKING:
    from pv.detect import Detector

LEXICON = "ab" * 32


@dataclass(frozen=True)
class Result:
    """What a call of the command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def detector() -> FakeDetector:
    return FakeDetector()


@pytest.fixture(scope="session")
def real_detector() -> Detector:
    """Build the detector once: it takes a second, and serves any number of tests."""
    from pv.detect import Detector

    return Detector()


def start_inline(_jobs: int, _timeout: float) -> tuple[Inline, Versions]:
    """Stand in for ``common.start_workers``: no processes, and the detector that the test has put in place."""
    loaded = common.load_detector()
    return Inline(lambda: loaded), Versions(loaded.version, loaded.lexicon_hash)


@pytest.fixture
def pv(
    detector: FakeDetector,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Result]:
    """Run ``pv`` in an empty folder, on the fake detector."""
    monkeypatch.setattr(common, "load_detector", lambda: Versioned(detector, "1.2.3", LEXICON))
    monkeypatch.setattr(common, "start_workers", start_inline)
    monkeypatch.delenv("PV_DATABASE_URL", raising=False)
    monkeypatch.delenv("PV_DEBUG", raising=False)
    # Whoever runs the tests may have imported MedDRA: their table must not widen the outputs.
    monkeypatch.delenv("PV_MEDDRA", raising=False)
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path / "home" / name))
    monkeypatch.setenv("PV_BUSY_TIMEOUT", "0.05")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        code = run([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a report below ``reports`` and give that folder."""

    def call(name: str, text: str | bytes) -> Path:
        path = tmp_path / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / "reports"

    return call


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked ``both_databases`` and not ``sqlite_only`` on both; everything else runs on SQLite."""
    marked = metafunc.definition.get_closest_marker
    if "database_url" in metafunc.fixturenames and marked("both_databases") and not marked("sqlite_only"):
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Start a PostgreSQL server, once a run and only where a test asks for it."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed (Debian: apt-get install postgresql)")
    server = Server(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database of this test's own: an SQLite file that is not there yet, a server's without rows."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'pv.sqlite'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database(template=TEMPLATE)


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Give a new database, open for writing."""
    database = open_database(Settings(database_url), write=True, create=True)
    yield database
    database.close()


@pytest.fixture
def scan(store: Database, detector: FakeDetector) -> Callable[..., Summary]:
    """Scan paths into the database of ``store``."""

    def call(*paths: Path, source: str | None = "test") -> Summary:
        workers = Inline(lambda: Versioned(detector, "1.2.3", LEXICON))
        batch = Scan(store, workers, Versions("1.2.3", LEXICON), Limits(max_bytes=10_000))
        return batch.run(find_documents(paths, source))

    return call
