"""Nearly the same text elsewhere is the same story: shown once, rung once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.domain.article import Article
from newsbell.domain.likeness import BANDS
from newsbell.services.articles import get_article, list_articles, remove_article
from newsbell.services.correcting import clean_again
from newsbell.services.importing import Imported, Source, import_article
from newsbell.services.stories import LASTS
from newsbell.storage import articles
from newsbell.storage import topics as topic_store
from newsbell.storage.database import Database
from newsbell.storage.schema import story_bands
from tests.factories import NOW
from tests.pages import news_page, paragraphs_of

REPORT = (*paragraphs_of("report one"), *paragraphs_of("report two"))
CUT = REPORT[:3]
EDITED = (*REPORT[:4], "The newsroom wrote another paragraph about it.", REPORT[5])


def save(
    database: Database,
    host: str,
    paragraphs: tuple[str, ...] = REPORT,
    topics: tuple[str, ...] = ("Boats",),
    now: datetime = NOW,
    **options: Any,
) -> Imported:
    page = news_page(f"As told at {host}", paragraphs=paragraphs, topics=topics, **options)
    return import_article(
        database, Settings(), Source(url=f"https://{host}.example/report", content=page), now=now
    )


def shown(database: Database, *slugs: str) -> list[int]:
    return [article.id for article in list_articles(database, topics=slugs or None).articles]


@pytest.mark.parametrize("copy", [REPORT, CUT, EDITED], ids=["whole", "cut", "edited"])
def test_a_copy_elsewhere_is_the_same_story_and_does_not_ring(
    database: Database, copy: tuple[str, ...]
) -> None:
    first, other = save(database, "one"), save(database, "two", copy)
    assert other.created
    assert other.article.story_id == first.article.story_id
    assert (first.rung, other.rung, other.reason) == (True, False, "its story was rung before")


def test_the_longer_copy_that_comes_later_is_the_same_story(database: Database) -> None:
    first, other = save(database, "one", CUT), save(database, "two")
    assert other.article.story_id == first.article.story_id


def test_another_report_is_another_story_and_rings(database: Database) -> None:
    first, other = save(database, "one"), save(database, "two", paragraphs_of("their own report"))
    assert other.article.story_id != first.article.story_id
    assert other.rung


def test_a_copy_of_an_edited_article_is_found_by_its_new_text(database: Database) -> None:
    first = save(database, "one", paragraphs_of("first version"))
    save(database, "one", REPORT)
    assert save(database, "two", CUT).article.story_id == first.article.story_id


@pytest.mark.parametrize(("days", "same"), [(-1, True), (1, False)])
def test_nearly_the_same_text_long_after_is_news_again(database: Database, days: int, same: bool) -> None:
    first = save(database, "one")
    later = save(database, "two", EDITED, now=NOW + LASTS + timedelta(days=days))
    assert (later.article.story_id == first.article.story_id) is same


def test_a_removed_article_is_no_candidate(database: Database) -> None:
    first = save(database, "one")
    remove_article(database, first.article.id, NOW)
    other = save(database, "two", CUT)
    assert other.article.story_id != first.article.story_id


def test_a_list_shows_a_story_once_with_its_other_homes(database: Database) -> None:
    first, second = save(database, "one"), save(database, "two", CUT)
    save(database, "three", paragraphs_of("another report"))
    listed = list_articles(database).articles
    assert [article.id for article in listed] == [3, 1]
    assert [(home.id, home.url, home.site_name) for home in listed[1].also_at] == [
        (second.article.id, "https://two.example/report", "Harbour Paper")
    ]
    assert listed[0].also_at == ()
    assert [home.id for home in get_article(database, 2).also_at] == [first.article.id]


@pytest.mark.parametrize("extra", [(), ("Chess",)])
def test_every_list_shows_the_story_by_an_article_it_has(database: Database, extra: tuple[str, ...]) -> None:
    save(database, "one", topics=("Boats",))
    save(database, "two", CUT, topics=("Boats", "Islands"))
    save(database, "three", paragraphs_of("another report"), topics=("Boats", "Chess"))
    assert shown(database, "boats") == [3, 1]
    assert shown(database, "islands") == [2]
    assert shown(database, "boats", "islands") == [3, 1]
    if extra:
        assert shown(database, "islands", "chess") == [3, 2]


def test_a_page_of_a_list_is_full_in_spite_of_what_it_leaves_out(database: Database) -> None:
    for number in range(4):
        paragraphs = paragraphs_of(f"report {number}")
        save(database, f"one{number}", paragraphs)
        save(database, f"two{number}", paragraphs)
    for topics in (None, ["boats"], ["boats", "russia"]):
        if topics == ["boats", "russia"]:
            save(database, "russia", paragraphs_of("russia"), topics=("Russia",))
        page = list_articles(database, topics=topics, limit=2)
        following = list_articles(database, topics=topics, limit=2, before=page.next)
        ids = [article.id for article in (*page.articles, *following.articles)]
        assert len(ids) == len(set(ids)) == 4
        assert all(number % 2 for number in ids)


def test_when_the_first_goes_another_home_takes_its_place(database: Database) -> None:
    first = save(database, "one").article
    second = save(database, "two", CUT).article
    remove_article(database, first.id, NOW)
    assert shown(database) == shown(database, "boats") == [second.id]
    assert list_articles(database).articles[0].also_at == ()


def test_lists_that_show_the_story_are_new_when_a_home_comes_or_goes(database: Database) -> None:
    save(database, "one", topics=("Boats",))

    def revision() -> int:
        with database.read() as conn:
            boats = topic_store.get_by_slug(conn, "boats")
            assert boats is not None
            return boats.revision

    before = revision()
    second = save(database, "two", CUT, topics=("Islands",)).article
    with_two = revision()
    remove_article(database, second.id, NOW)
    assert before < with_two < revision()


def test_the_homes_of_an_article_are_bounded(database: Database) -> None:
    found: list[Article] = [save(database, f"site{number}").article for number in range(25)]
    homes = get_article(database, found[0].id).also_at
    assert [home.id for home in homes] == [article.id for article in found[1:21]]


def test_removed_articles_leave_no_bands(database: Database) -> None:
    from sqlalchemy import func, select

    from newsbell.storage.schema import story_bands

    article = save(database, "one").article
    count = select(func.count()).select_from(story_bands)
    with database.transaction() as conn:
        assert conn.execute(count).scalar_one() == BANDS
        articles.remove(conn, article.id, NOW)
        assert conn.execute(count).scalar_one() == 0


def test_cleaning_again_makes_an_article_findable_that_is_older_than_the_index(database: Database) -> None:
    first = save(database, "one")
    with database.transaction() as conn:
        conn.execute(story_bands.delete())
    unfindable = save(database, "two", CUT)
    assert unfindable.article.story_id != first.article.story_id
    _, changed = clean_again(database, first.article.id, NOW)
    assert not changed
    assert save(database, "three", REPORT[3:]).article.story_id == first.article.story_id
