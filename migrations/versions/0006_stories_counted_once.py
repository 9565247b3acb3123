"""A topic counts what its list shows: a story once, however many homes it has."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_RECOUNT = """
    UPDATE topics SET articles = (
        SELECT count({counted}) FROM article_topics
        JOIN articles ON articles.id = article_topics.article_id
        WHERE article_topics.topic_id = topics.id
    )
"""


def upgrade() -> None:
    op.execute(_RECOUNT.format(counted="DISTINCT articles.story_id"))


def downgrade() -> None:
    op.execute(_RECOUNT.format(counted="*"))
