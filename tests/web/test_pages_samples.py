"""The sample articles, which this server serves, cleans and shows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest

from newsbell.services.importing import Imported, Source, import_article
from newsbell.services.samples import sample_pages
from newsbell.web import pages
from tests.web.reading import one, tree, words
from tests.web.site import BASE_URL, Site

SAMPLES = sample_pages(BASE_URL)
FOLDER = Path(pages.__file__).parent.parent / "static" / "samples"


@pytest.fixture(params=SAMPLES, ids=[url.rpartition("/")[2] for url, _ in SAMPLES])
def sample(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    found: tuple[str, bytes] = request.param
    return found


def save(site: Site, sample: tuple[str, bytes]) -> Imported:
    url, content = sample
    source = Source(url=url, content=content, content_type="text/html")
    return import_article(
        site.db, site.settings, source, notify="no", now=datetime.fromisoformat("2026-12-01T00Z")
    )


def test_a_dozen_samples_in_as_many_languages() -> None:
    languages = {lxml.html.document_fromstring(page).get("lang") for _, page in SAMPLES}
    assert len(SAMPLES) >= 12
    assert len(languages) >= 12
    assert {"en", "uk", "ru", "de", "ar", "he", "ja", "zh-Hans", "hi"} <= languages


def test_a_sample_is_served_as_it_is_at_its_own_address(site: Site, sample: tuple[str, bytes]) -> None:
    url, content = sample
    response = site.client.get(urlsplit(url).path, buffered=True)
    assert (response.status_code, response.data) == (200, content)
    assert "Content-Security-Policy" in response.headers


def test_a_sample_asks_for_nothing_that_is_not_here(site: Site, sample: tuple[str, bytes]) -> None:
    page: Any = lxml.html.document_fromstring(sample[1])
    assert page.xpath("//style | //*[@style] | //@*[starts-with(name(), 'on')]") == []
    assert page.xpath("//script[not(@type='application/ld+json')]") == []
    for address in page.xpath("//@src | //a/@href[. != '#' and . != '#top'] | //link/@href"):
        assert site.client.get(address, buffered=True).status_code == 200, address


def test_the_pictures_of_samples_are_small() -> None:
    sizes = {file.name: file.stat().st_size for file in FOLDER.iterdir() if file.suffix != ".html"}
    assert len(sizes) >= 12
    assert [name for name, size in sizes.items() if size > 40_000] == []


def test_a_saved_sample_reads_well_and_rings_for_nobody(site: Site, sample: tuple[str, bytes]) -> None:
    declared: Any = lxml.html.document_fromstring(sample[1])
    saved = save(site, sample)
    assert (saved.created, saved.rung) == (True, False)
    article = saved.article
    assert article.title == words(one(declared, "//h1"))
    assert article.language == declared.get("lang")
    assert article.site_name == one(declared, "//meta[@property='og:site_name']/@content")
    assert article.published_at is not None
    assert len(article.topics) >= 3

    page = tree(site.client.get(f"/articles/{article.id}", follow_redirects=True))
    text = words(one(page, "//article"))
    for paragraph in declared.xpath("//h2[not(ancestor::aside)] | //blockquote | //em"):
        assert words(paragraph) in text
    picture = urlsplit(one(declared, "//meta[@property='og:image']/@content")).path
    assert page.xpath("//article//img/@src") == [picture]
    body = words(one(page, "//article/div"))
    for noise in declared.xpath("//*[@class='push-prompt' or @class='newsletter-signup']/p"):
        assert words(noise) not in body
