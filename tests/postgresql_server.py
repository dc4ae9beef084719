"""A PostgreSQL server for the tests of one run: in a temporary folder, reached over a socket there, gone at the end.

Its default collation is French (ICU), as in a hospital: what sorts by the server's locale shows beside SQLite, which
sorts by code points. PostgreSQL refuses to run as root; it then runs as postgres or nobody.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

from pv.settings import Settings
from pv.store.database import open_database

PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
TEMPLATE = "pv_template"
# A server that is thrown away need not survive a power cut.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=30 -c log_statement=none"


def find_programs() -> Path | None:
    """Give the folder of initdb and pg_ctl, of the newest release that is installed; None where there is none."""
    found = [p.parent for place in PLACES for p in Path(place).glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda p: [int(n) for n in re.findall(r"\d+", p.parent.name)] or [0])
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _unprivileged() -> pwd.struct_passwd | None:
    """Give the user as which the server runs where the tests run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("the tests run as root, and there is no user postgres or nobody to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server; ``url`` gives the address of a database on it."""

    programs: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pv-pg-")))
    port: int = field(default_factory=_free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    _user: pwd.struct_passwd | None = field(default_factory=_unprivileged)
    _numbers: count[int] = field(default_factory=count)

    def start(self) -> None:
        """Make the server's files, start it, and make a database with the newest schema to copy for each test."""
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        french = ["--locale-provider=icu", "--icu-locale=fr-FR"] if self._version() >= 15 else []
        self._run("initdb", "-D", "data", "-U", "pv", "--auth-local=trust", "--auth-host=scram-sha-256",
                  "--encoding=UTF8", "--locale=C", "--no-sync", *french)  # fmt: skip
        options = f"-k '{self.folder}' -c listen_addresses=127.0.0.1 -c port={self.port} {OPTIONS}"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        # For what knows no sockets of the file system, such as JDBC.
        self.execute(f"ALTER ROLE pv PASSWORD '{self.password}'")
        self.new_database(TEMPLATE)
        open_database(Settings(self.url(TEMPLATE)), write=True, create=True).close()

    def stop(self) -> None:
        """Stop the server and remove its files."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def restart(self) -> None:
        """Stop the server and start it again: every connection is lost."""
        self._run("pg_ctl", "-D", "data", "-m", "fast", "-w", "-l", "log", "restart")

    def url(self, name: str, user: str = "pv") -> str:
        """Give the SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://{user}@/{name}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each in a transaction of its own."""
        with psycopg.connect(host=str(self.folder), port=self.port, user="pv", dbname=database, autocommit=True) as c:
            for statement in statements:
                c.execute(statement)

    def new_database(self, name: str | None = None, *, template: str = "template0", more: str = "") -> str:
        """Make a database, empty or as a copy of another; give its URL."""
        name = name or f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} {more}")
        return self.url(name)

    def _version(self) -> int:
        words = subprocess.run([self.programs / "initdb", "--version"], capture_output=True, text=True, check=True)
        return int(re.search(r"\d+", words.stdout)[0])  # type: ignore[index]

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments], cwd=self.folder, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            user=self._user and self._user.pw_uid, group=self._user and self._user.pw_gid,
            extra_groups=[] if self._user else None, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr[-2000:]}")
