"""No worker holds an alert: some of its batches are made in one transaction, which locks its row.

A worker of the version before names the column and cannot make batches any more: alerts wait for a worker of
this version.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("alerts", "worker")


def downgrade() -> None:
    op.add_column("alerts", sa.Column("worker", sa.String()))
