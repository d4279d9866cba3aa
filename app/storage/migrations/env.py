"""Alembic's door: runs on the connection that :mod:`app.storage.migrate` hands in."""

from __future__ import annotations

from alembic import context

from app.storage.tables_print import PRINT_JOB

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=PRINT_JOB.metadata,
    transactional_ddl=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
