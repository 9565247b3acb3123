"""The tables. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from newsbell.storage.types import AwareUTC, Json, Key, Number

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


# Articles and their topics -------------------------------------------------------------------------

stories = Table(
    "stories",
    metadata,
    Column("id", Number, primary_key=True),
    Column("created_at", AwareUTC, nullable=False),
    # Outlives the alert itself, which is cleared by age: a story rings once, for good.
    Column("alerted_at", AwareUTC),
)

# An edited article has had several texts, and whoever copies any of them copies the same story.
story_texts = Table(
    "story_texts",
    metadata,
    Column("text_digest", Key, primary_key=True),
    Column("story_id", Number, ForeignKey("stories.id"), nullable=False),
    Index("ix_story_texts_story_id", "story_id"),
)

# A removed article stays as a tombstone: id, uuid, canonical_url and removed_at, its text gone.
articles = Table(
    "articles",
    metadata,
    Column("id", Number, primary_key=True),
    Column("uuid", Uuid, nullable=False, unique=True),
    Column("story_id", Number, ForeignKey("stories.id"), nullable=False),
    Column("url", String, nullable=False),
    Column("canonical_url", Key, nullable=False),
    Column("title", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("byline", Json, nullable=False),
    Column("body_html", String, nullable=False),
    Column("body_text", String, nullable=False),
    Column("lead_image", Json),
    Column("site_name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("published_at", AwareUTC),
    Column("modified_at", AwareUTC),
    Column("stored_at", AwareUTC, nullable=False),
    Column("updated_at", AwareUTC, nullable=False),
    Column("sort_at", AwareUTC, nullable=False),
    Column("removals", Json, nullable=False),
    # What an editor put right, and which removals an editor put back: another cleaning leaves them so.
    Column("pinned", Json, nullable=False, server_default=text("'[]'")),
    Column("restored", Json, nullable=False, server_default=text("'[]'")),
    Column("original_kept", Boolean, nullable=False, server_default=false()),
    Column("cut_off", Boolean, nullable=False, server_default=false()),
    Column("removed_at", AwareUTC),
    Index("ix_articles_story_id", "story_id"),
    _partial_index("uq_articles_canonical_url", "canonical_url", where="canonical_url <> ''", unique=True),
    _partial_index("ix_articles_latest", "sort_at", "id", where="removed_at IS NULL"),
)

originals = Table(
    "originals",
    metadata,
    Column("article_id", Number, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("page", LargeBinary, nullable=False),
    Column("content_type", String, nullable=False, server_default=""),
)

# Articles of nearly the same text have a band in common (newsbell.domain.likeness). Without a rowid the key
# is the table itself on SQLite.
story_bands = Table(
    "story_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Number, ForeignKey("articles.id"), primary_key=True),
    Index("ix_story_bands_article_id", "article_id"),
    sqlite_with_rowid=False,
)

topics = Table(
    "topics",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String, nullable=False),
    Column("folded", Key, nullable=False, unique=True),
    Column("slug", Key, nullable=False, unique=True),
    Column("revision", Number, nullable=False),
    Column("articles", Integer, nullable=False),  # that its list shows: a story once
    Column("by_editor", Boolean, nullable=False),
    Column("created_at", AwareUTC, nullable=False),
    Column("changed_at", AwareUTC, nullable=False),
    _partial_index("ix_topics_listed", "folded", where="articles > 0"),
    _partial_index("ix_topics_unlisted", "id", where="articles = 0"),
    sqlite_autoincrement=True,  # a removed topic's number must not come back in somebody's cache
)

# Every name a topic answers to, its own and its aliases, in the form in which names compare.
topic_names = Table(
    "topic_names",
    metadata,
    Column("folded", Key, primary_key=True),
    Column("topic_id", Number, ForeignKey("topics.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("created_at", AwareUTC, nullable=False),
    Index("ix_topic_names_topic_id", "topic_id"),
)

# Every slug a topic has or had; what is not its current one redirects.
topic_slugs = Table(
    "topic_slugs",
    metadata,
    Column("slug", Key, primary_key=True),
    Column("topic_id", Number, ForeignKey("topics.id", ondelete="CASCADE"), nullable=False),
    Index("ix_topic_slugs_topic_id", "topic_id"),
)

# The primary key is the order of a topic's list, so that its newest articles are one short index scan.
# Without a rowid the key is the table itself on SQLite.
article_topics = Table(
    "article_topics",
    metadata,
    Column("topic_id", Number, ForeignKey("topics.id"), primary_key=True),
    Column("sort_at", AwareUTC, primary_key=True),
    Column("article_id", Number, ForeignKey("articles.id"), primary_key=True),
    Column("position", SmallInteger, nullable=False),
    Column("origin", String, nullable=False),
    Column("weight", Float, nullable=False),
    Index("ix_article_topics_article_id", "article_id"),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", Number, nullable=False),
    Column("changed_at", AwareUTC, nullable=False),
)

# Readers -------------------------------------------------------------------------------------------

vapid_keys = Table(
    "vapid_keys",
    metadata,
    Column("id", Number, primary_key=True),
    Column("private_key", String, nullable=False),
    Column("public_key", Key, nullable=False, unique=True),
    Column("created_at", AwareUTC, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("endpoint", Key, nullable=False, unique=True),
    Column("p256dh", String, nullable=False),
    Column("auth", String, nullable=False),
    Column("vapid_key_id", Number, ForeignKey("vapid_keys.id"), nullable=False),
    Column("manage_token_hash", Key, nullable=False, unique=True),
    Column("created_at", AwareUTC, nullable=False),
    # Its push service refuses our key: not rung now, since when; refused without a success, since when; and
    # how often that was tried again, which is counted as far as it makes the next wait longer.
    Column("suspended_at", AwareUTC),
    Column("refused_since", AwareUTC),
    Column("tried_again", Integer, nullable=False, server_default=text("0")),
    Column("failing_since", AwareUTC),
    Column("first_success_at", AwareUTC),
    Index("ix_subscriptions_vapid_key_id", "vapid_key_id"),
    _partial_index("ix_subscriptions_suspended", "suspended_at", where="suspended_at IS NOT NULL"),
    _partial_index("ix_subscriptions_tried", "tried_again", "suspended_at", where="suspended_at IS NOT NULL"),
    sqlite_autoincrement=True,  # batches are ranges of these numbers: one must never mean another reader
)

subscription_topics = Table(
    "subscription_topics",
    metadata,
    Column("topic_id", Number, ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True),
    Column("subscription_id", Number, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_subscription_topics_subscription_id", "subscription_id"),
    sqlite_with_rowid=False,
)

# A link is a code on its way from a page to the extension: one at a time for each subscription.
links = Table(
    "links",
    metadata,
    Column("code_hash", Key, primary_key=True),
    Column("subscription_id", Number, ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("verifier_hash", String, nullable=False),
    Column("wrong_tries", Integer, nullable=False),
    Column("expires_at", AwareUTC, nullable=False),
    UniqueConstraint("subscription_id"),
    Index("ix_links_expires_at", "expires_at"),
)

# The manage token of the extension, beside the page's own.
linked_tokens = Table(
    "linked_tokens",
    metadata,
    Column("subscription_id", Number, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("created_at", AwareUTC, nullable=False),
)

# Delivery ------------------------------------------------------------------------------------------
# `due_at` is when a row may be worked on. Claiming pushes it to the end of the lease, so that one short
# partial index answers "is anything due?", and what a dead worker held becomes due by itself. An alert is
# held by nobody: some of its batches are made in one transaction, which sends it to the end of the queue.

alerts = Table(
    "alerts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("story_id", Number, ForeignKey("stories.id"), nullable=False, unique=True),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False),
    Column("created_at", AwareUTC, nullable=False),
    Column("expires_at", AwareUTC, nullable=False),
    Column("cursor", Number, nullable=False),
    # The last subscription there was when it was stored. Earlier versions left it NULL until planning began.
    Column("until_id", Number),
    Column("due_at", AwareUTC, nullable=False),
    Column("planned_at", AwareUTC),
    Index("ix_alerts_article_id", "article_id"),
    Index("ix_alerts_expires_at", "expires_at"),
    _partial_index("ix_alerts_due", "due_at", "id", where="planned_at IS NULL"),
    sqlite_autoincrement=True,
)

alert_topics = Table(
    "alert_topics",
    metadata,
    Column("alert_id", Number, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", Number, ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_alert_topics_topic_id", "topic_id"),
    sqlite_with_rowid=False,
)

batches = Table(
    "batches",
    metadata,
    Column("id", Number, primary_key=True),
    Column("alert_id", Number, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("after_id", Number, nullable=False),
    Column("until_id", Number, nullable=False),
    Column("due_at", AwareUTC, nullable=False),
    Column("worker", String),
    Column("attempts", Integer, nullable=False),
    Column("done_at", AwareUTC),
    UniqueConstraint("alert_id", "after_id"),
    _partial_index("ix_batches_due", "due_at", "id", where="done_at IS NULL"),
    _partial_index("ix_batches_done", "done_at", where="done_at IS NOT NULL"),
    sqlite_autoincrement=True,
)

retries = Table(
    "retries",
    metadata,
    Column("alert_id", Number, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("subscription_id", Number, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("due_at", AwareUTC, nullable=False),
    Column("worker", String),
    Column("attempts", Integer, nullable=False),
    # Where its push service has to be left alone, a reader waits for that and not for a moment: `due_at` is
    # its place among those who wait. `witness`: the last message to it was taken (domain/governor).
    Column("service", Key),
    Column("witness", Boolean),
    _partial_index("ix_retries_due", "due_at", where="service IS NULL"),
    _partial_index("ix_retries_waiting", "service", "witness", "due_at", where="service IS NOT NULL"),
    Index("ix_retries_subscription_id", "subscription_id"),
    sqlite_with_rowid=False,
)

workers = Table(
    "workers",
    metadata,
    Column("name", Key, primary_key=True),
    Column("seen_at", AwareUTC, nullable=False),
)

# A push service that takes our key no more is left alone for a while, and the operator is told.
push_pauses = Table(
    "push_pauses",
    metadata,
    Column("host", Key, primary_key=True),
    Column("until", AwareUTC, nullable=False),
)

# Secrets -------------------------------------------------------------------------------------------

secrets = Table(
    "secrets",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Key, nullable=False),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("created_at", AwareUTC, nullable=False),
    Column("revoked_at", AwareUTC),
    _partial_index("uq_api_tokens_name", "name", where="revoked_at IS NULL", unique=True),
)
