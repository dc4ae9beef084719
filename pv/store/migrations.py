"""Running of the migrations in ``db/``: the only place that imports Alembic."""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from pv.lexicon.paths import migration_dir
from pv.store.dialect import translate
from pv.store.postgresql import lock_schema


def upgrade(engine: Engine, name: str) -> None:
    """Bring a database to the newest schema; all migrations and their record in one transaction."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(migration_dir()).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            lock_schema(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise translate(error, name) from None
