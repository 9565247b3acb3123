"""A real RSS client reads the feeds: titles, whole texts, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.services.articles import remove_article
from newsbell.services.correcting import ArticlePatch, correct_article
from newsbell.services.topics import rename_topic
from tests.clients.conftest import Served
from tests.clients.newsboat import Newsboat
from tests.factories import NOW, stored_article

pytestmark = pytest.mark.client

ENDINGS = ("rss", "atom")  # newsboat reads no JSON Feed
LONG = " ".join(f"word{number}" for number in range(10_000))


@pytest.mark.parametrize("ending", ENDINGS)
def test_everything_arrives_and_nothing_twice(served: Served, newsboat: Newsboat, ending: str) -> None:
    with served.site.db.transaction() as conn:
        first = stored_article(conn, "Russia", title="Fish & <chips> “today” 🔔", byline=("Ada", "Jon"))
        second = stored_article(
            conn, "Russia", title="العبّارة تبحر", language="ar", body_html=f"<p>]]&gt; {LONG}</p>",
            now=NOW + timedelta(minutes=1),
        )  # fmt: skip
    feed = f"{served.base_url}/feeds/russia.{ending}"
    newsboat.follow([feed])
    newsboat.reload()
    once = newsboat.items(feed)
    newsboat.reload()

    assert newsboat.items(feed) == once
    assert [item.guid for item in once] == [second.uuid.urn, first.uuid.urn]
    assert [item.title for item in once] == [second.title, first.title]
    assert "]]&gt; word0 word1 " in once[0].content
    assert " word9999</p>" in once[0].content
    # newsboat has room for one dc:creator and takes the last; Atom's authors it joins.
    assert once[1].author == ("Jon" if ending == "rss" else "Ada, Jon")
    assert once[1].url == f"{served.base_url}/articles/{first.id}/fish-and-chips-today"
    assert once[1].published == int(NOW.timestamp())
    assert newsboat.title(feed) == "Russia · Newsbell"


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_unchanged_feed_is_not_sent_again(served: Served, newsboat: Newsboat, ending: str) -> None:
    with served.site.db.transaction() as conn:
        stored_article(conn, "Russia")
    feed = f"{served.base_url}/feeds/russia.{ending}"
    newsboat.follow([feed])
    for _ in range(3):  # newsboat 2.21 forgets the validators of a feed's first answer
        newsboat.reload()

    assert [status for _, status in served.answers] == [200, 200, 304]
    assert len(newsboat.items(feed)) == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_edited_article_does_not_double(served: Served, newsboat: Newsboat, ending: str) -> None:
    with served.site.db.transaction() as conn:
        stored = stored_article(conn, "Russia", title="The bridge")
    feed = f"{served.base_url}/feeds/russia.{ending}"
    newsboat.follow([feed])
    newsboat.reload()
    patch = ArticlePatch(title="The new bridge")
    correct_article(served.site.db, stored.id, patch, NOW + timedelta(hours=1))
    newsboat.reload()

    assert [item.title for item in newsboat.items(feed)] == ["The new bridge"]
    assert [status for _, status in served.answers] == [200, 200]


def test_an_article_that_comes_in_later_is_fetched(served: Served, newsboat: Newsboat) -> None:
    feed = f"{served.base_url}/feeds/russia+ukraine.rss"
    newsboat.follow([feed])
    with served.site.db.transaction() as conn:
        stored_article(conn, "Russia", "Ukraine", title="First")
    newsboat.reload()
    with served.site.db.transaction() as conn:
        stored_article(conn, "Ukraine", title="Second", now=NOW + timedelta(minutes=5))
    newsboat.reload()

    assert [item.title for item in newsboat.items(feed)] == ["Second", "First"]


def test_a_renamed_topic_goes_on_at_its_old_address(served: Served, newsboat: Newsboat) -> None:
    with served.site.db.transaction() as conn:
        stored_article(conn, "Russia", title="First")
    feed = f"{served.base_url}/feeds/russia.rss"
    newsboat.follow([feed])
    newsboat.reload()
    rename_topic(served.site.db, "russia", "Россия", NOW + timedelta(minutes=1))
    with served.site.db.transaction() as conn:
        stored_article(conn, "Россия", title="Second", now=NOW + timedelta(minutes=5))
    newsboat.reload()

    assert [item.title for item in newsboat.items(feed)] == ["Second", "First"]


def test_a_removed_article_is_not_sent_again(served: Served, newsboat: Newsboat) -> None:
    with served.site.db.transaction() as conn:
        gone = stored_article(conn, "Russia", title="Gone")
        stored_article(conn, "Russia", title="Here")
    remove_article(served.site.db, gone.id, NOW + timedelta(minutes=1))
    feed = f"{served.base_url}/feeds/russia.atom"
    newsboat.follow([feed])
    newsboat.reload()

    assert [item.title for item in newsboat.items(feed)] == ["Here"]
