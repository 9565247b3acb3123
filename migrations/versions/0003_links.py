"""Links: handing a subscription from a page to the extension.

A migration imports nothing from newsbell: it describes the tables as they were when it was written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("code_hash", KEY, nullable=False),
        sa.Column("subscription_id", NUMBER, nullable=False),
        sa.Column("verifier_hash", sa.String, nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name="fk_links_subscription_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_links"),
        sa.UniqueConstraint("subscription_id", name="uq_links_subscription_id"),
    )
    op.create_index("ix_links_expires_at", "links", ["expires_at"])
    op.create_table(
        "linked_tokens",
        sa.Column("subscription_id", NUMBER, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_linked_tokens_subscription_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", name="pk_linked_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_linked_tokens_token_hash"),
    )


def downgrade() -> None:
    op.drop_table("linked_tokens")
    op.drop_table("links")
