from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from newsbell.domain.article import Article, Picture, Removal
from newsbell.services.articles import remove_article
from newsbell.services.correcting import ArticlePatch, correct_article
from newsbell.services.media import media_address
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import Database
from newsbell.web.context import Context
from tests.factories import NOW, stored_article, vapid_pair
from tests.fakes import Clock
from tests.web.reading import loaded, one, tree, words
from tests.web.site import BASE_URL, Site, build

PICTURE = "https://pictures.example/lead.jpg?width=800"


def save(site: Site, *topics: str, **changes: Any) -> Article:
    with site.db.transaction() as conn:
        return stored_article(conn, *topics, **changes)


def read(site: Site, article: Article) -> Any:
    response = site.client.get(f"/articles/{article.id}", follow_redirects=True)
    assert response.status_code == 200
    return tree(response)


def through_us(site: Site, url: str) -> str:
    context: Context = site.app.extensions["newsbell"]
    return media_address(context.media_key, url)


def test_site_byline_date_and_original_come_before_the_text(site: Site) -> None:
    article = save(
        site,
        url="https://paper.example/ferry",
        site_name="Harbour Paper",
        byline=("Ada Lund", "Bo Ek"),
        published_at=NOW,
        body_html="<p>The text.</p>",
    )
    page = read(site, article)
    header = one(page, "//article/header")
    assert words(header).startswith("Harbour Paper")
    assert "Ada Lund, Bo Ek · 14 March 2026, 09:26 UTC · Read the original" in words(header)
    assert set(header.xpath(".//a/@href")) == {"https://paper.example/ferry"}
    assert words(page).index("Read the original") < words(page).index("The text.")


def test_an_article_of_another_is_not_indexed_and_names_the_original(site: Site) -> None:
    page = read(site, save(site, canonical_url="https://paper.example/ferry"))
    assert one(page, "//head/meta[@name='robots']/@content") == "noindex"
    assert one(page, "//head/link[@rel='canonical']/@href") == "https://paper.example/ferry"


def test_a_text_without_an_address_links_to_no_original(site: Site) -> None:
    page = read(site, save(site, url="", canonical_url="", site_name=""))
    assert not page.xpath("//article/header//a | //link[@rel='canonical']")
    assert "Saved from text" in words(page)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "http://[x", "//x.example"])
def test_only_web_addresses_become_links_to_the_original(site: Site, address: str) -> None:
    page = read(site, save(site, url=address, canonical_url=""))
    assert not page.xpath("//article/header//a")


def test_an_undated_article_says_when_it_was_saved(site: Site) -> None:
    page = read(site, save(site, published_at=None))
    assert "saved 14 March 2026, 09:26 UTC" in words(one(page, "//article/header"))


def test_a_date_without_a_time_is_a_day(site: Site) -> None:
    page = read(site, save(site, published_at=NOW.replace(hour=0, minute=0, second=0, microsecond=0)))
    assert "14 March 2026 · " in words(one(page, "//article/header"))


def test_the_lead_picture_has_its_caption_and_credit_and_comes_through_us(site: Site) -> None:
    article = save(site, lead_image=Picture(url=PICTURE, caption="The quay.", credit="Cai Berg"))
    figure = one(read(site, article), "//article/figure")
    assert one(figure, ".//img/@src") == through_us(site, PICTURE)
    assert words(one(figure, ".//figcaption")) == "The quay. Cai Berg"


def test_a_lead_picture_that_stands_in_the_body_is_shown_once(site: Site) -> None:
    body = '<p>Text.</p><img src="https://pictures.example/lead.jpg?width=400&amp;fit=1" alt="Quay">'
    page = read(site, save(site, lead_image=Picture(url=PICTURE), body_html=body))
    assert not page.xpath("//article/figure")
    assert len(page.xpath("//article//img")) == 1


def test_another_picture_in_the_body_does_not_hide_the_lead(site: Site) -> None:
    body = '<img src="https://pictures.example/other.jpg" alt="">'
    page = read(site, save(site, lead_image=Picture(url=PICTURE), body_html=body))
    assert len(page.xpath("//article//img")) == 2


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    body = (
        '<p>One.</p><img src="https://pictures.example/a.png" alt=""><figure>'
        '<img src="http://pictures.example/b.png" alt=""></figure>'
    )
    article = save(site, "Ice", lead_image=Picture(url=PICTURE), body_html=body)
    pages = [read(site, article), tree(site.client.get("/")), tree(site.client.get("/topics/ice"))]
    addresses = [address for page in pages for address in loaded(page)]
    assert sum(address.startswith("/media/") for address in addresses) == 5
    assert [one for one in addresses if not one.startswith("/") or one.startswith("//")] == []


def test_our_own_pictures_are_shown_as_they_are(site: Site) -> None:
    ours = f"{BASE_URL}/static/samples/night-train.jpg"
    article = save(site, lead_image=Picture(url=ours), body_html=f'<p>x</p><img alt="" src="{ours}">')
    assert one(read(site, article), "//article//img/@src") == "/static/samples/night-train.jpg"
    assert one(tree(site.client.get("/")), "//ol//img/@src") == "/static/samples/night-train.jpg"


def test_the_body_stands_as_it_was_cleaned(site: Site) -> None:
    body = '<h2>Part</h2> <p>A <a href="https://x.example/?a=1&amp;b=2">link</a> &lt;b&gt;.</p>'
    text = one(read(site, save(site, body_html=body)), "//div[contains(@class, 'text')]")
    assert words(text) == "Part A link <b>."
    assert one(text, ".//a/@href") == "https://x.example/?a=1&b=2"


def test_wide_tables_and_code_scroll_and_a_keyboard_reaches_them(site: Site) -> None:
    body = '<table dir="ltr"><tr><td>1</td></tr></table><pre>code</pre>'
    page = read(site, save(site, body_html=body))
    box = one(page, "//table/parent::div")
    assert (box.get("tabindex"), box.get("role")) == ("0", "region")
    assert one(page, "//pre/@tabindex") == "0"


def test_what_only_looks_like_a_table_is_left_alone(site: Site) -> None:
    title = "<table><script>alert(1)</script><pre </table>"
    body = (
        f'<p title="{title}">One</p> Two <table title="{title}"><tr><td>Three</td></tr></table> four '
        f'<p>&lt;table&gt; and <i title="{title}">five</i></p>'
    )
    response = site.client.get(f"/articles/{save(site, body_html=body).id}", follow_redirects=True)
    text = one(tree(response), "//div[contains(@class, 'text')]")
    assert words(text) == "One Two Three four <table> and five"
    assert [found.get("title") for found in text.xpath(".//p[1] | .//table | .//i")] == [title] * 3
    assert len(text.xpath(".//div[@role='region']")) == len(text.xpath(".//table")) == 1
    assert not text.xpath(".//script | .//pre")
    assert words(one(text, ".//div[@role='region']")) == "Three"


def test_a_table_in_a_table_scrolls_too_and_text_after_it_stays_after_it(site: Site) -> None:
    body = "<table><tr><td><table><tr><td>In</td></tr></table> after</td></tr></table> out <pre>a\n  b</pre>"
    text = one(read(site, save(site, body_html=body)), "//div[contains(@class, 'text')]")
    assert words(text) == "In after out a b"
    assert len(text.xpath(".//div[@role='region']/table")) == 2
    assert one(text, ".//pre/text()") == "a\n  b"


def test_what_was_taken_out_can_be_looked_at(site: Site) -> None:
    removals = (
        Removal(rule="share bar", text="Share\nTweet"),
        Removal(rule="newsletter", text="<script>alert(1)</script>"),
    )
    details = one(read(site, save(site, removals=removals)), "//details")
    assert words(one(details, "summary")) == "What was taken out (2)"
    assert [words(rule) for rule in details.xpath(".//dt")] == ["Share bar", "Newsletter"]
    assert [words(text) for text in details.xpath(".//dd")] == ["Share Tweet", "<script>alert(1)</script>"]


def test_where_nothing_was_taken_out_nothing_is_said(site: Site) -> None:
    assert not read(site, save(site, removals=())).xpath("//details")


def test_the_topics_lead_on_and_can_be_followed(site: Site) -> None:
    page = read(site, save(site, "Rivers", "C++"))
    assert {"/topics/rivers", "/topics/c-plus-plus"} <= set(page.xpath("//article//a/@href"))
    follow = one(page, "//a[starts-with(@href, '/subscribe')]/@href")
    assert set(follow.removeprefix("/subscribe?topics=").split(",")) == {"rivers", "c-plus-plus"}


@pytest.mark.parametrize(
    ("language", "direction"), [("he", "rtl"), ("ar-EG", "rtl"), ("de", "ltr"), ("zh-Hans", "ltr")]
)
def test_an_article_runs_in_its_own_direction_and_language(site: Site, language: str, direction: str) -> None:
    article = one(read(site, save(site, language=language)), "//article")
    assert (article.get("lang"), article.get("dir")) == (language, direction)
    footer = one(article, "footer")
    assert (footer.get("lang"), footer.get("dir")) == ("en", "ltr")


def test_an_article_of_unknown_language_claims_none(site: Site) -> None:
    article = one(read(site, save(site, language="")), "//article")
    assert (article.get("lang"), article.get("dir")) == ("", "auto"), "the page around it is English"


def test_hostile_words_are_only_words(site: Site) -> None:
    hostile = "</title><script>alert(1)</script>\"'&"
    article = save(
        site, f"{hostile[:20]}", title=hostile, site_name=hostile, byline=(hostile,), language='"><script>',
        canonical_url='https://x.example/"><script>alert(1)</script>',
        lead_image=Picture(url=PICTURE, caption=hostile, credit=hostile),
    )  # fmt: skip
    response = site.client.get(f"/articles/{article.id}", follow_redirects=True)
    assert "<script" not in response.text
    assert words(one(tree(response), "//h1")) == hostile


@pytest.mark.parametrize("slug", ["", "/", "/another-title", "/%00"])
def test_another_slug_leads_to_the_right_one(site: Site, slug: str) -> None:
    article = save(site, title="Лёд & пар")
    response = site.client.get(f"/articles/{article.id}{slug}")
    if slug == "/":
        assert response.status_code == 404
        return
    assert response.status_code == 302
    assert response.headers["Location"] == f"/articles/{article.id}/%D0%BB%D1%91%D0%B4-and-%D0%BF%D0%B0%D1%80"
    assert site.client.get(response.headers["Location"]).status_code == 200


def test_a_corrected_title_moves_the_page_and_changes_its_mark(site: Site) -> None:
    article = save(site, title="Before")
    old = site.client.get(f"/articles/{article.id}/before")
    assert (
        site.client.get(old.request.path, headers={"If-None-Match": old.headers["ETag"]}).status_code == 304
    )
    correct_article(site.db, article.id, ArticlePatch(title="After"), NOW)
    moved = site.client.get(old.request.path, headers={"If-None-Match": old.headers["ETag"]})
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/articles/{article.id}/after")


def test_a_removed_article_is_gone_and_says_so(site: Site) -> None:
    article = save(site, title="Once", body_html="<p>The text that was.</p>")
    remove_article(site.db, article.id, NOW)
    response = site.client.get(f"/articles/{article.id}/once")
    assert response.status_code == 410
    page = tree(response)
    assert words(one(page, "//h1")) == "This was removed"
    assert one(page, "//meta[@name='robots']/@content") == "noindex"
    assert page.xpath("//main//a[@href='/']")
    assert "The text that was" not in response.text


@pytest.mark.parametrize("number", ["999", "0", "-1", "x", "1e3", "2147483648", "9" * 400])
def test_an_article_that_never_was_is_not_found(site: Site, number: str) -> None:
    response = site.client.get(f"/articles/{number}/x")
    assert response.status_code == 404
    assert tree(response).xpath("//main//a[@href='/']")


def test_without_full_text_a_page_carries_summary_and_link(site: Site, database: Database) -> None:
    ensure_keys(database, vapid_pair, NOW)
    brief = build(replace(site.settings, full_text=False), database, Clock(NOW))
    article = save(
        brief, url="https://paper.example/ferry", site_name="Harbour Paper", summary="In short.",
        body_html="<p>In full.</p>", lead_image=Picture(url=PICTURE),
        removals=(Removal(rule="x", text="Cut."),),
    )  # fmt: skip
    page = read(brief, article)
    assert "In short." in words(page)
    assert "In full." not in words(page)
    assert "Cut." not in words(page)
    assert not page.xpath("//article//img")
    assert words(one(page, "//div[contains(@class, 'text')]//a")) == "Read on at Harbour Paper"
    assert not tree(brief.client.get("/")).xpath("//ol//img")
    assert "In full." in words(read(site, article))


def test_a_text_without_an_address_names_no_original(site: Site) -> None:
    page = read(site, save(site, url="", canonical_url="urn:newsbell:text:1"))
    assert page.xpath("//link[@rel='canonical']") == []


def test_an_article_cut_off_by_its_site_says_so_and_leads_on(site: Site) -> None:
    said = "The site shows only the beginning of this article. Read on at Harbour Paper"
    given = {"url": "https://paper.example/ferry", "site_name": "Harbour Paper"}
    page = read(site, save(site, cut_off=True, canonical_url="https://paper.example/1", **given))
    assert words(one(page, "//p[@class='cut-off']")) == said
    assert one(page, "//p[@class='cut-off']/a/@href") == given["url"]
    whole = read(site, save(site, cut_off=False, canonical_url="https://paper.example/2", **given))
    assert "only the beginning" not in words(whole)


def test_an_article_says_how_long_it_takes_to_read(site: Site) -> None:
    page = read(site, save(site, body_text="word " * 1_000))
    assert "· 5 min read" in words(one(page, "//article/header"))
