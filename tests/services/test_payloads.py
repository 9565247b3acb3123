from datetime import timedelta

import pytest

from newsbell.config import Settings
from newsbell.services.articles import remove_article
from newsbell.services.correcting import ArticlePatch, correct_article
from newsbell.services.importing import Source, import_article
from newsbell.services.payloads import KEPT, Payloads, Words
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.pages import news_page, paragraphs_of

BASE_URL = "https://news.example"


def save(database: Database, name: str) -> int:
    source = Source(url=f"https://paper.example/{name}", content=news_page(paragraphs=paragraphs_of(name)))
    return import_article(database, Settings(), source, now=NOW).article.id


def words(database: Database, payloads: Payloads, article_id: int) -> Words | None:
    with database.read() as conn:
        return payloads.of(conn, article_id, BASE_URL)


@pytest.fixture
def article(database: Database) -> int:
    return save(database, "ferry")


def test_the_words_are_made_once_while_the_article_stays(database: Database, article: int) -> None:
    payloads = Payloads()
    first = words(database, payloads, article)
    assert first
    assert words(database, payloads, article) is first


def test_a_corrected_article_is_told_as_it_is_now(database: Database, article: int) -> None:
    payloads = Payloads()
    before = words(database, payloads, article)
    later = NOW + timedelta(seconds=1)
    correct_article(database, article, ArticlePatch(title="The ferry is back"), later)
    after = words(database, payloads, article)
    assert before
    assert after
    assert b"The ferry is back" in after.payload
    assert b"The ferry is back" not in before.payload
    assert after.tag == before.tag


def test_a_removed_article_is_told_no_more(database: Database, article: int) -> None:
    payloads = Payloads()
    words(database, payloads, article)
    remove_article(database, article, NOW)
    assert words(database, payloads, article) is None


def test_few_are_kept(database: Database, article: int) -> None:
    payloads = Payloads()
    first = words(database, payloads, article)
    for number in range(KEPT):
        words(database, payloads, save(database, f"story {number}"))
    again = words(database, payloads, article)
    assert again == first
    assert again is not first
