"""Since when a subscription is refused, and how often it was tried again.

A migration imports nothing from newsbell: it describes the tables as they were when it was written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SUSPENDED = sa.text("suspended_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("refused_since", sa.DateTime(timezone=True)))
    op.add_column(
        "subscriptions", sa.Column("tried_again", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.execute("UPDATE subscriptions SET refused_since = suspended_at WHERE suspended_at IS NOT NULL")
    op.create_index(
        "ix_subscriptions_tried",
        "subscriptions",
        ["tried_again", "suspended_at"],
        sqlite_where=_SUSPENDED,
        postgresql_where=_SUSPENDED,
    )


def downgrade() -> None:
    op.drop_index("ix_subscriptions_tried", "subscriptions")
    op.drop_column("subscriptions", "tried_again")
    op.drop_column("subscriptions", "refused_since")
