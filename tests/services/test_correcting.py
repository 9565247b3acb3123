"""An editor's correction holds: when the page is imported again, and when it is cleaned again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.domain.article import Article, CleanArticle, Removal
from newsbell.domain.cleaning import clean_restoring
from newsbell.errors import (
    ConflictError,
    GoneError,
    MalformedError,
    NewsbellError,
    NotFoundError,
    RefusedError,
)
from newsbell.services.articles import get_article, remove_article
from newsbell.services.correcting import (
    ArticlePatch,
    article_numbers,
    clean_again,
    correct_article,
)
from newsbell.services.importing import Imported, Source, import_article
from newsbell.services.topics import rename_topic
from newsbell.storage import articles, delivery
from newsbell.storage.database import Database
from tests.factories import NOW, stored_article
from tests.pages import PARAGRAPHS, news_page

URL = "https://paper.example/2026/ferry"
TIP = "If you have a story for us, write to the harbour desk by telling us about it."
WITH_TIP = (PARAGRAPHS[0], TIP, *PARAGRAPHS[1:])


def save(database: Database, page: str | bytes = "", **options: Any) -> Imported:
    content = page or news_page(paragraphs=WITH_TIP)
    source = Source(url=URL, content=content, content_type=options.pop("content_type", "text/html"))
    return import_article(database, Settings(), source, now=NOW, notify="no", **options)


def correct(database: Database, article: Article, **patch: Any) -> Article:
    return correct_article(database, article.id, ArticlePatch(**patch), NOW)


def tip_of(article: Article) -> Removal:
    return next(removal for removal in article.removals if removal.text == TIP)


def texts(article: Article) -> list[str]:
    return article.body_text.split("\n")


def edited(paragraphs: Sequence[str] = WITH_TIP) -> str:
    """The page as its newsroom changed it: another title, another paragraph, other topics."""
    return news_page("Ferry stays", paragraphs=(*paragraphs, "It came back at noon."), topics=("Ports",))


@pytest.mark.parametrize("again", ["import", "clean"])
def test_what_an_editor_pins_stays(database: Database, again: str) -> None:
    article = save(database).article
    body = '<p>Only this, <a href="/x">says</a> the editor.</p><script>alert(1)</script>'
    corrected = correct(
        database, article, title="Our title", summary="Our summary.", topics=["Boats"], body_html=body
    )
    assert set(corrected.pinned) == {"title", "summary", "topics", "body"}
    if again == "import":
        save(database, edited())
    else:
        clean_again(database, article.id, NOW)
    now = get_article(database, article.id)
    assert (now.title, now.summary) == ("Our title", "Our summary.")
    assert [(topic.name, topic.origin) for topic in now.topics] == [("Boats", "editor")]
    assert now.body_text == "Only this, says the editor."
    assert 'href="https://paper.example/x"' in now.body_html
    assert "script" not in now.body_html


def test_what_is_not_pinned_follows_the_page(database: Database) -> None:
    article = save(database).article
    correct(database, article, title="Our title")
    now = save(database, edited()).article
    assert now.title == "Our title"
    assert "It came back at noon." in texts(now)
    assert {topic.name for topic in now.topics} == {"Ports"}


def test_a_part_let_go_follows_the_page_again(database: Database) -> None:
    article = save(database).article
    correct(database, article, title="Our title", summary="Our summary.")
    freed = correct(database, article, pinned=["summary"])
    assert (freed.title, freed.pinned) == ("Our title", ("summary",))
    now = save(database, edited()).article
    assert (now.title, now.summary) == ("Ferry stays", "Our summary.")


def test_topics_are_pinned_as_they_are_and_through_a_new_name(database: Database) -> None:
    article = save(database).article
    correct(database, article, pinned=["topics"])
    rename_topic(database, "russia", "Russian Federation", NOW)
    now = save(database, edited()).article
    assert [topic.name for topic in now.topics] == ["Russian Federation", "Ukraine"]
    named = save(database, edited(), topics=["Ports"]).article
    assert {topic.name for topic in named.topics} == {"Russian Federation", "Ukraine", "Ports"}


def test_a_title_given_with_the_page_is_an_editors(database: Database) -> None:
    article = save(database, title="Our title").article
    assert article.pinned == ("title",)
    assert save(database, edited()).article.title == "Our title"
    assert save(database, edited(), title="A better title").article.title == "A better title"
    assert clean_again(database, article.id, NOW)[0].title == "A better title"


@pytest.mark.parametrize("by", ["place", "words"])
def test_a_removal_is_put_back_where_it_stood(database: Database, by: str) -> None:
    article = save(database).article
    tip = tip_of(article)
    assert TIP not in texts(article)
    wanted = article.removals.index(tip) if by == "place" else tip
    restored = correct(database, article, restore=[wanted])
    assert texts(restored) == [PARAGRAPHS[0], TIP, *PARAGRAPHS[1:]]
    assert restored.restored == (tip,)
    assert tip not in restored.removals


@pytest.mark.parametrize("again", ["import", "clean"])
def test_what_was_put_back_stays(database: Database, again: str) -> None:
    article = save(database).article
    correct(database, article, restore=[tip_of(article)])
    if again == "import":
        assert save(database, edited()).updated
    else:
        assert not clean_again(database, article.id, NOW)[1]
    now = get_article(database, article.id)
    assert texts(now)[:2] == [PARAGRAPHS[0], TIP]
    assert [removal.text for removal in now.restored] == [TIP]


def test_the_same_page_again_changes_nothing_that_was_corrected(database: Database) -> None:
    article = save(database).article
    correct(database, article, restore=[tip_of(article)], title="Our title")
    before = get_article(database, article.id)
    again = save(database)
    assert (again.updated, again.article) == (False, before)


def test_what_was_put_back_is_taken_out_again(database: Database) -> None:
    article = save(database).article
    tip = tip_of(article)
    correct(database, article, restore=[tip])
    now = correct(database, article, restored=[])
    assert TIP not in texts(now)
    assert tip in now.removals
    assert now.restored == ()


def test_a_correction_never_rings(database: Database) -> None:
    article = save(database).article
    correct(database, article, title="Our title", restore=[tip_of(article)])
    clean_again(database, article.id, NOW)
    with database.read() as conn:
        assert delivery.pending(conn, NOW).alerts == 0


BAD: list[tuple[dict[str, Any], type[NewsbellError], str]] = [
    ({"restore": [99]}, NotFoundError, "removal_not_found"),
    ({"restore": [-1]}, NotFoundError, "removal_not_found"),
    ({"restore": [Removal(rule="none", text="Never there.")]}, NotFoundError, "removal_not_found"),
    ({"restored": [Removal(rule="none", text="Never there.")]}, MalformedError, "malformed"),
    ({"title": " "}, MalformedError, "malformed"),
    ({"summary": "s" * 5_001}, MalformedError, "malformed"),
    ({"body_html": "<script>x</script>"}, MalformedError, "malformed"),
    ({"body_html": "x" * 500_001}, MalformedError, "malformed"),
    ({"body_html": "<p>Ours.</p>", "restore": [0]}, RefusedError, "body_pinned"),
]


@pytest.mark.parametrize(("patch", "error", "code"), BAD)
def test_what_cannot_be_done_changes_nothing(
    database: Database, patch: dict[str, Any], error: type[NewsbellError], code: str
) -> None:
    article = save(database).article
    with pytest.raises(error) as raised:
        correct(database, article, **patch)
    assert raised.value.code == code
    assert get_article(database, article.id) == article


def test_a_removal_that_is_no_text_of_the_page_stays_out(database: Database) -> None:
    article = save(database).article
    counted = Removal(rule="index of links", text="312 links")

    def cleaner(source: str | bytes, url: str = "", **rest: Any) -> CleanArticle:
        cleaned = clean_restoring(source, url, **rest)
        return type(cleaned)(**{**vars(cleaned), "removals": (*cleaned.removals, counted)})

    with database.transaction() as conn:
        conn.exec_driver_sql(
            'UPDATE articles SET removals = \'[{"rule": "index of links", "text": "312 links"}]\''
        )
    with pytest.raises(RefusedError) as raised:
        correct_article(database, article.id, ArticlePatch(restore=[0]), NOW, cleaner=cleaner)
    assert raised.value.code == "not_restorable"


def test_two_editors_at_once_do_not_undo_each_other(database: Database) -> None:
    article = save(database).article

    def cleaner(source: str | bytes, url: str = "", **rest: Any) -> CleanArticle:
        correct(database, article, title="The other editor's title")
        return clean_restoring(source, url, **rest)

    with pytest.raises(ConflictError) as raised:
        correct_article(database, article.id, ArticlePatch(restore=[0]), NOW, cleaner=cleaner)
    assert raised.value.code == "article_changed"
    assert get_article(database, article.id).title == "The other editor's title"


def test_cleaning_again_follows_the_rules_of_today(database: Database) -> None:
    article = save(database).article

    def cleaner(source: str | bytes, url: str = "", **rest: Any) -> CleanArticle:
        cleaned = clean_restoring(source, url, **rest)
        return type(cleaned)(**{**vars(cleaned), "summary": "By the rules of today."})

    changed, updated = clean_again(database, article.id, NOW, cleaner=cleaner)
    assert (changed.summary, updated) == ("By the rules of today.", True)
    assert (changed.id, changed.uuid, changed.story_id) == (article.id, article.uuid, article.story_id)
    assert changed.canonical_url == article.canonical_url


@pytest.mark.parametrize(
    ("page", "content_type"),
    [
        (news_page(paragraphs=PARAGRAPHS).replace("forty", "vierzig Fähren").encode("cp1252"),
         "text/html; charset=windows-1252"),
        (news_page(paragraphs=PARAGRAPHS).replace("forty", "Fähren").replace('"utf-8"', '"koi8-r"'), None),
        ("Ferry returns\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nЗаря над портом.", "text/plain"),
    ],
)  # fmt: skip
def test_a_page_is_read_again_as_it_was_the_first_time(
    database: Database, page: str | bytes, content_type: str | None
) -> None:
    article = save(database, page, content_type=content_type).article
    assert article.original_kept
    again, updated = clean_again(database, article.id, NOW)
    assert (again, updated) == (article, False)


def test_a_page_too_large_to_keep_cannot_be_cleaned_again_and_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = save(database).article
    assert article.original_kept
    monkeypatch.setattr(articles, "MAX_ORIGINAL", 100)
    large = save(database, edited()).article
    assert not large.original_kept
    for ask in (
        lambda: clean_again(database, article.id, NOW),
        lambda: correct(database, article, restore=[0]),
    ):
        with pytest.raises(RefusedError) as raised:
            ask()
        assert raised.value.code == "original_not_kept"
    assert correct(database, article, title="Our title").title == "Our title"


def test_an_article_that_is_gone_is_not_corrected(database: Database) -> None:
    article = save(database).article
    correct(database, article, restore=[0])
    remove_article(database, article.id, NOW)
    with pytest.raises(GoneError):
        correct(database, article, title="Our title")
    with pytest.raises(GoneError):
        clean_again(database, article.id, NOW)


def test_every_article_is_numbered_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbell.services.correcting._PAGE", 2)
    with database.transaction() as conn:
        ids = [stored_article(conn).id for _ in range(5)]
        articles.remove(conn, ids[1], NOW)
    assert list(article_numbers(database)) == [ids[0], *ids[2:]]


def test_a_text_of_an_editors_is_not_cut_off(database: Database) -> None:
    wall = (*PARAGRAPHS, "Subscribe now to continue reading.")
    article = save(database, news_page(paragraphs=wall)).article
    assert article.cut_off
    corrected = correct(database, article, body_html="<p>All of it, as the desk wrote it.</p>")
    assert not corrected.cut_off
    again, _ = clean_again(database, article.id, NOW)
    assert not again.cut_off


def test_an_article_that_its_site_opens_is_no_longer_cut_off(database: Database) -> None:
    wall = (*PARAGRAPHS, "Subscribe now to continue reading.")
    assert save(database, news_page(paragraphs=wall)).article.cut_off
    opened = save(database, news_page(paragraphs=PARAGRAPHS))
    assert opened.updated
    assert not opened.article.cut_off
