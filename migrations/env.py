"""Runs migrations on the connection that newsbell.storage.migrations hands over, in its transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite changes a table by rebuilding it
    transactional_ddl=True,
)
context.run_migrations()
