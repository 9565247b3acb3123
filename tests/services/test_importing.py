from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from newsbell.config import Settings
from newsbell.domain.topics import MAX_TOPICS
from newsbell.errors import GoneError, MalformedError, NewsbellError, RefusedError
from newsbell.services.articles import get_article, remove_article
from newsbell.services.correcting import ArticlePatch, correct_article
from newsbell.services.importing import Imported, Source, clean_only, import_article
from newsbell.services.topics import add_alias, rename_topic
from newsbell.storage import articles, delivery
from newsbell.storage.database import Database
from newsbell.storage.statements import take_turn
from tests.factories import NOW
from tests.fakes import FakeFetcher, Page
from tests.pages import PARAGRAPHS, news_page, paragraphs_of
from tests.storage.watching import wait_until

URL = "https://paper.example/2026/ferry"


def save(database: Database, content: str | None = None, url: str = URL, **options: Any) -> Imported:
    settings = options.pop("settings", Settings())
    now = options.pop("now", NOW)
    source = Source(url=url, content=news_page() if content is None else content)
    return import_article(database, settings, source, now=now, **options)


def alerts(database: Database) -> int:
    with database.read() as conn:
        return delivery.pending(conn, NOW).alerts


def test_a_page_becomes_an_article_under_its_declared_topics(database: Database) -> None:
    imported = save(database)
    assert imported.created
    assert [topic.name for topic in imported.article.topics] == ["Russia", "Ukraine"]
    assert imported.article.title == "Ferry returns to the northern islands"
    assert imported.article.body_text.count("\n") == 2
    assert "Click 'OK'" not in imported.article.body_text


def test_a_new_article_rings(database: Database) -> None:
    imported = save(database)
    assert (imported.rung, imported.reason_code, imported.reason) == (True, "rung", "rung")
    assert alerts(database) == 1


def test_the_same_page_again_is_known_and_does_not_ring(database: Database) -> None:
    first = save(database)
    again = save(database)
    assert (again.created, again.updated, again.rung) == (False, False, False)
    assert (again.reason_code, again.reason) == ("known", "it was known already")
    assert again.article == first.article
    assert alerts(database) == 1


def test_an_edited_article_is_updated_in_place_and_does_not_ring(database: Database) -> None:
    first = save(database)
    edited = save(database, news_page(paragraphs=(*PARAGRAPHS, "A correction was added at noon today.")))
    assert (edited.created, edited.updated, edited.rung) == (False, True, False)
    assert edited.article.id == first.article.id
    assert edited.article.uuid == first.article.uuid
    assert "correction" in edited.article.body_text


def test_tracking_parameters_do_not_make_another_article(database: Database) -> None:
    first = save(database)
    again = save(database, url=URL + "?utm_source=letter#top")
    assert again.article.id == first.article.id


def test_the_same_text_elsewhere_is_another_article_of_the_same_story_and_does_not_ring(
    database: Database,
) -> None:
    first = save(database)
    other = save(database, url="https://other.example/ferry")
    assert other.created
    assert other.article.story_id == first.article.story_id
    assert (other.rung, other.reason_code, other.reason) == (False, "story_rung", "its story was rung before")


def test_another_text_is_another_story_and_rings(database: Database) -> None:
    first = save(database)
    other = save(
        database,
        news_page("Bakers count the harvest", paragraphs=paragraphs_of("harvest")),
        url="https://paper.example/2026/harvest",
    )
    assert other.article.story_id != first.article.story_id
    assert other.rung


def test_an_old_article_does_not_ring_by_itself(database: Database) -> None:
    old = news_page(published=(NOW - timedelta(hours=25)).isoformat())
    imported = save(database, old)
    assert (imported.rung, imported.reason_code, imported.reason) == (
        False,
        "too_old",
        "it is older than 24 hours",
    )


def test_an_old_article_rings_when_asked_to(database: Database) -> None:
    old = news_page(published=(NOW - timedelta(hours=25)).isoformat())
    assert save(database, old, notify="yes").rung


def test_how_old_is_old_is_a_setting(database: Database) -> None:
    page = news_page(published=(NOW - timedelta(hours=25)).isoformat())
    assert save(database, page, settings=Settings(alert_max_age=timedelta(hours=48))).rung


def test_an_article_saved_silently_can_be_rung_once_later(database: Database) -> None:
    silent = save(database, notify="no")
    assert (silent.rung, silent.reason_code) == (False, "notify_no")
    assert save(database, notify="yes").rung
    assert not save(database, notify="yes").rung


def test_an_article_without_topics_does_not_ring(database: Database) -> None:
    imported = save(database, news_page(topics=()))
    assert (imported.rung, imported.reason_code, imported.reason) == (False, "no_topic", "it has no topic")


def test_named_topics_add_to_the_declared_ones_and_survive_another_import(database: Database) -> None:
    first = save(database, topics=["Shipping"])
    assert {topic.name for topic in first.article.topics} == {"Russia", "Ukraine", "Shipping"}
    again = save(database, news_page("Ferry returns, again"))
    assert {topic.name for topic in again.article.topics} == {"Russia", "Ukraine", "Shipping"}


def test_a_topic_known_here_is_recognised_in_a_title(database: Database) -> None:
    save(database)
    page = news_page(
        "Ukraine signs the shipping treaty", topics=(), paragraphs=[p + " More." for p in PARAGRAPHS]
    )
    imported = save(database, page, url="https://paper.example/treaty")
    assert [(topic.name, topic.origin) for topic in imported.article.topics] == [("Ukraine", "recognised")]


def test_a_removed_article_is_not_imported_again(database: Database) -> None:
    first = save(database)
    remove_article(database, first.article.id, NOW)
    with pytest.raises(GoneError):
        save(database)


def test_plain_text_without_an_address_is_known_by_its_words(database: Database) -> None:
    text = "Ferry returns\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nTopics: Russia, Ukraine\n"
    first = save(database, text, url="")
    again = save(database, text, url="")
    assert [topic.name for topic in first.article.topics] == ["Russia", "Ukraine"]
    assert again.article.id == first.article.id
    assert not again.created


def test_an_address_is_fetched_and_the_final_one_counts(database: Database) -> None:
    fetcher = FakeFetcher({"https://short.example/x": Page(URL, news_page().encode())})
    imported = import_article(
        database, Settings(), Source(url="https://short.example/x"), fetcher=fetcher, now=NOW
    )
    assert imported.article.canonical_url == URL


@pytest.mark.parametrize(
    ("source", "options", "error"),
    [
        (Source(content=""), {}, RefusedError),
        (Source(content="<html><body><p>Short.</p></body></html>", url=URL), {}, RefusedError),
        (Source(), {}, MalformedError),
        (Source(url="ftp://paper.example/x", content=news_page()), {}, MalformedError),
        (Source(url=URL, content=news_page()), {"topics": ["x" * 10_000]}, MalformedError),
        (Source(url=URL, content=news_page()), {"topics": [f"t{n}" for n in range(500)]}, RefusedError),
        (Source(url=URL, content=news_page()), {"title": "t" * 501}, MalformedError),
    ],
)
def test_what_cannot_be_an_article_leaves_the_store_as_it_was(
    database: Database, source: Source, options: dict[str, Any], error: type[NewsbellError]
) -> None:
    save(database, url="https://paper.example/before")
    with pytest.raises(error):
        import_article(database, Settings(), source, now=NOW, **options)
    with database.read() as conn:
        assert articles.count(conn) == 1


def test_cleaning_alone_stores_nothing(database: Database) -> None:
    cleaned = clean_only(database, Source(url=URL, content=news_page()))
    assert [topic.name for topic in cleaned.topics] == ["Russia", "Ukraine"]
    with database.read() as conn:
        assert articles.count(conn) == 0


def test_an_import_that_fails_after_its_article_was_added_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(delivery, "add_alert", fails)
    with pytest.raises(OSError, match="disk"):
        save(database)
    with database.read() as conn:
        assert articles.count(conn) == 0


@pytest.mark.parametrize("spelling", ["russia", "RUSSIA", "Russian Federation"])
def test_another_spelling_of_a_topic_is_no_change(database: Database, spelling: str) -> None:
    first = save(database, topics=["Russia"])
    add_alias(database, "russia", "Russian Federation", NOW)
    again = save(database, news_page(topics=(spelling, "Ukraine")))
    assert not again.updated
    assert again.article.updated_at == first.article.updated_at


def test_a_renamed_topic_is_no_change_of_its_articles(database: Database) -> None:
    save(database)
    rename_topic(database, "ukraine", "Україна", NOW)
    assert not save(database).updated


def test_the_edited_text_from_another_site_is_the_same_story(database: Database) -> None:
    first = save(database)
    edited = news_page(paragraphs=(*PARAGRAPHS, "A correction was added at noon today."))
    save(database, edited)
    other = save(database, edited, url="https://other.example/ferry")
    assert other.article.story_id == first.article.story_id
    assert not other.rung


def test_more_topics_than_an_article_may_have_are_refused_not_cut(database: Database) -> None:
    save(database, topics=[f"Topic {number}" for number in range(MAX_TOPICS)])
    with pytest.raises(RefusedError):
        save(database, topics=["One more"])


def test_a_removed_article_leaves_its_ring_to_the_other_home_of_its_story(database: Database) -> None:
    first = save(database)
    other = save(database, url="https://other.example/ferry")
    remove_article(database, first.article.id, NOW)
    with database.transaction() as conn:
        assert delivery.take_alert_to_plan(conn, NOW) is not None
        assert conn.execute(text("SELECT article_id FROM alerts")).scalar() == other.article.id


@pytest.mark.database
def test_an_edit_and_an_import_at_once_both_stand(postgresql_database: Database) -> None:
    """PostgreSQL lets both begin; whoever comes second must look only when the first is done."""
    database = postgresql_database
    number = save(database).article.id
    edited = news_page(paragraphs=(*PARAGRAPHS, "A correction was added at noon today."))
    patch = ArticlePatch(topics=["Weather"])
    with ThreadPoolExecutor(2) as pool:
        with database.transaction() as conn:
            take_turn(conn)
            corrected = pool.submit(correct_article, database, number, patch, NOW)
            imported = pool.submit(save, database, edited)
            wait_until(lambda: waiting_for_their_turn(database) >= 2)
        corrected.result(timeout=90)
        imported.result(timeout=90)
    stored = get_article(database, number)
    assert "Weather" in {topic.name for topic in stored.topics}
    assert "correction" in stored.body_text


def waiting_for_their_turn(database: Database) -> int:
    query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with database.read() as conn:
        return int(conn.execute(query).scalar_one())
