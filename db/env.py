"""Alembic's environment: the program hands over the connection, in whose transaction the migrations run."""

from alembic import context

from pv.store.signal_models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run migrations with `pv db upgrade`")
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
