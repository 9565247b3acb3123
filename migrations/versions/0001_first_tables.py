"""The first tables.

A migration imports nothing from newsbell: it describes the tables as they were when it was written.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_stories()
    _create_story_texts()
    _create_articles()
    _create_originals()
    _create_topics()
    _create_topic_names()
    _create_topic_slugs()
    _create_article_topics()
    _create_revisions()
    _create_vapid_keys()
    _create_subscriptions()
    _create_subscription_topics()
    _create_alerts()
    _create_alert_topics()
    _create_batches()
    _create_retries()
    _create_workers()
    _create_push_pauses()
    _create_secrets()
    _create_api_tokens()


def downgrade() -> None:
    for table in (
        "api_tokens",
        "secrets",
        "push_pauses",
        "workers",
        "retries",
        "batches",
        "alert_topics",
        "alerts",
        "subscription_topics",
        "subscriptions",
        "vapid_keys",
        "revisions",
        "article_topics",
        "topic_slugs",
        "topic_names",
        "topics",
        "originals",
        "articles",
        "story_texts",
        "stories",
    ):
        op.drop_table(table)


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _create_stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("alerted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )


def _create_story_texts() -> None:
    op.create_table(
        "story_texts",
        sa.Column("text_digest", KEY, nullable=False),
        sa.Column("story_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("text_digest", name="pk_story_texts"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_texts_story_id"),
    )
    op.create_index("ix_story_texts_story_id", "story_texts", ["story_id"])


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("story_id", NUMBER, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("canonical_url", KEY, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("summary", sa.String, nullable=False),
        sa.Column("byline", JSON, nullable=False),
        sa.Column("body_html", sa.String, nullable=False),
        sa.Column("body_text", sa.String, nullable=False),
        sa.Column("lead_image", JSON),
        sa.Column("site_name", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("modified_at", MOMENT),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("sort_at", MOMENT, nullable=False),
        sa.Column("removals", JSON, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_articles_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("uuid", name="uq_articles_uuid"),
    )
    op.create_index("ix_articles_latest", "articles", ["sort_at", "id"], **_where("removed_at IS NULL"))
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    op.create_index(
        "uq_articles_canonical_url",
        "articles",
        ["canonical_url"],
        unique=True,
        **_where("canonical_url <> ''"),
    )


def _create_originals() -> None:
    op.create_table(
        "originals",
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("page", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_originals_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_originals"),
    )


def _create_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded", KEY, nullable=False),
        sa.Column("slug", KEY, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("by_editor", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("folded", name="uq_topics_folded"),
        sa.UniqueConstraint("slug", name="uq_topics_slug"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_topics_listed", "topics", ["folded"], **_where("articles > 0"))
    op.create_index("ix_topics_unlisted", "topics", ["id"], **_where("articles = 0"))


def _create_topic_names() -> None:
    op.create_table(
        "topic_names",
        sa.Column("folded", KEY, nullable=False),
        sa.Column("topic_id", NUMBER, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_topic_names_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("folded", name="pk_topic_names"),
    )
    op.create_index("ix_topic_names_topic_id", "topic_names", ["topic_id"])


def _create_topic_slugs() -> None:
    op.create_table(
        "topic_slugs",
        sa.Column("slug", KEY, nullable=False),
        sa.Column("topic_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_topic_slugs_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name="pk_topic_slugs"),
    )
    op.create_index("ix_topic_slugs_topic_id", "topic_slugs", ["topic_id"])


def _create_article_topics() -> None:
    op.create_table(
        "article_topics",
        sa.Column("topic_id", NUMBER, nullable=False),
        sa.Column("sort_at", MOMENT, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_article_topics_article_id"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_article_topics_topic_id"),
        sa.PrimaryKeyConstraint("topic_id", "sort_at", "article_id", name="pk_article_topics"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_topics_article_id", "article_topics", ["article_id"])


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", NUMBER, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_revisions"),
    )


def _create_vapid_keys() -> None:
    op.create_table(
        "vapid_keys",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("private_key", sa.String, nullable=False),
        sa.Column("public_key", KEY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vapid_keys"),
        sa.UniqueConstraint("public_key", name="uq_vapid_keys_public_key"),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("p256dh", sa.String, nullable=False),
        sa.Column("auth", sa.String, nullable=False),
        sa.Column("vapid_key_id", NUMBER, nullable=False),
        sa.Column("manage_token_hash", KEY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("suspended_at", MOMENT),
        sa.Column("failing_since", MOMENT),
        sa.Column("first_success_at", MOMENT),
        sa.ForeignKeyConstraint(["vapid_key_id"], ["vapid_keys.id"], name="fk_subscriptions_vapid_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("endpoint", name="uq_subscriptions_endpoint"),
        sa.UniqueConstraint("manage_token_hash", name="uq_subscriptions_manage_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_vapid_key_id", "subscriptions", ["vapid_key_id"])


def _create_subscription_topics() -> None:
    op.create_table(
        "subscription_topics",
        sa.Column("topic_id", NUMBER, nullable=False),
        sa.Column("subscription_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_subscription_topics_subscription_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_subscription_topics_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", "subscription_id", name="pk_subscription_topics"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_subscription_topics_subscription_id", "subscription_topics", ["subscription_id"])


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("story_id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("cursor", NUMBER, nullable=False),
        sa.Column("until_id", NUMBER),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("worker", sa.String),
        sa.Column("planned_at", MOMENT),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_alerts_article_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_alerts_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("story_id", name="uq_alerts_story_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_article_id", "alerts", ["article_id"])
    op.create_index("ix_alerts_due", "alerts", ["due_at", "id"], **_where("planned_at IS NULL"))
    op.create_index("ix_alerts_expires_at", "alerts", ["expires_at"])


def _create_alert_topics() -> None:
    op.create_table(
        "alert_topics",
        sa.Column("alert_id", NUMBER, nullable=False),
        sa.Column("topic_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_alert_topics_alert_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name="fk_alert_topics_topic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "topic_id", name="pk_alert_topics"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_topics_topic_id", "alert_topics", ["topic_id"])


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("alert_id", NUMBER, nullable=False),
        sa.Column("after_id", NUMBER, nullable=False),
        sa.Column("until_id", NUMBER, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("worker", sa.String),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", MOMENT),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_batches_alert_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.UniqueConstraint("alert_id", "after_id", name="uq_batches_alert_id_after_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_done", "batches", ["done_at"], **_where("done_at IS NOT NULL"))
    op.create_index("ix_batches_due", "batches", ["due_at", "id"], **_where("done_at IS NULL"))


def _create_retries() -> None:
    op.create_table(
        "retries",
        sa.Column("alert_id", NUMBER, nullable=False),
        sa.Column("subscription_id", NUMBER, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("worker", sa.String),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_retries_alert_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name="fk_retries_subscription_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "subscription_id", name="pk_retries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_retries_due", "retries", ["due_at"])
    op.create_index("ix_retries_subscription_id", "retries", ["subscription_id"])


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", KEY, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )


def _create_push_pauses() -> None:
    op.create_table(
        "push_pauses",
        sa.Column("host", KEY, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_push_pauses"),
    )


def _create_secrets() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )


def _create_api_tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    op.create_index("uq_api_tokens_name", "api_tokens", ["name"], unique=True, **_where("revoked_at IS NULL"))
