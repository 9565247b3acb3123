"""Suspended subscriptions are found without reading all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SUSPENDED = sa.text("suspended_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_subscriptions_suspended",
        "subscriptions",
        ["suspended_at"],
        sqlite_where=_SUSPENDED,
        postgresql_where=_SUSPENDED,
    )


def downgrade() -> None:
    op.drop_index("ix_subscriptions_suspended", "subscriptions")
