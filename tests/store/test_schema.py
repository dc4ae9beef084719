"""The migrations give the tables of the models, on both databases, and the view that reporting uses."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from pv.store.database import Database
from pv.store.signal_models import Base

VIEW_COLUMNS = (
    "id key report received patient_age patient_sex drug drug_kind atc event cim10 link certainty current start onset "
    "latency_days action_taken outcome dechallenge rechallenge serious seriousness confidence evidence rule "
    "detector_version lexicon_hash"
)
TABLES = {
    "alembic_version",
    "audit",
    "drug_codes",
    "drug_mentions",
    "drugs",
    "erasures",
    "event_codes",
    "event_mentions",
    "events",
    "evidence",
    "exported_pairs",
    "exports",
    "failures",
    "pairs",
    "report_versions",
    "reports",
    "scan_runs",
    "secret_keys",
    "signal_combinations",
    "signal_figures",
    "signal_runs",
    "sources",
    "texts",
    "tombstones",
}


@pytest.mark.both_databases
def test_migrations_and_models_agree(store: Database):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == TABLES


@pytest.mark.both_databases
def test_view_has_the_documented_columns(store: Database):
    with store.engine.connect() as connection:
        found = [column["name"] for column in inspect(connection).get_columns("reportable_pairs")]
    assert found == VIEW_COLUMNS.split()


def test_models_compile_for_postgresql():
    dialect = postgresql.dialect()
    for table in Base.metadata.sorted_tables:
        ddl = str(CreateTable(table).compile(dialect=dialect))
        assert "DATETIME" not in ddl
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))
    assert 'COLLATE "C"' in str(CreateTable(Base.metadata.tables["drug_codes"]).compile(dialect=dialect))
