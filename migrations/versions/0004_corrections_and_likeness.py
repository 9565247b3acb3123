"""What editors correct and restore, the type of a kept page, and the index of nearly the same texts.

A migration imports nothing from newsbell: it describes the tables as they were when it was written.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    for name in ("pinned", "restored"):
        op.add_column("articles", sa.Column(name, JSON, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("originals", sa.Column("content_type", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "articles", sa.Column("original_kept", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("UPDATE articles SET original_kept = true WHERE id IN (SELECT article_id FROM originals)")
    op.create_table(
        "story_bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name="pk_story_bands"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_story_bands_article_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_bands_article_id", "story_bands", ["article_id"])


def downgrade() -> None:
    op.drop_table("story_bands")
    op.drop_column("articles", "original_kept")
    op.drop_column("originals", "content_type")
    for name in ("restored", "pinned"):
        op.drop_column("articles", name)
