"""Runs the revisions on the connection that store/migrate.py hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

_connection = context.config.attributes["connection"]
context.configure(connection=_connection, render_as_batch=_connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
