"""Readers whose push service has to be left alone wait for that service, not for a moment.

A row of before names no service: it is due at its moment, as it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_WAITING, _BY_CLOCK = sa.text("service IS NOT NULL"), sa.text("service IS NULL")


def upgrade() -> None:
    op.add_column("retries", sa.Column("service", _KEY))
    op.add_column("retries", sa.Column("witness", sa.Boolean()))
    op.drop_index("ix_retries_due", "retries")
    op.create_index(
        "ix_retries_due", "retries", ["due_at"], sqlite_where=_BY_CLOCK, postgresql_where=_BY_CLOCK
    )
    op.create_index(
        "ix_retries_waiting", "retries", ["service", "witness", "due_at"],
        sqlite_where=_WAITING, postgresql_where=_WAITING,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_retries_waiting", "retries")
    op.drop_index("ix_retries_due", "retries")
    op.create_index("ix_retries_due", "retries", ["due_at"])
    op.drop_column("retries", "witness")
    op.drop_column("retries", "service")
