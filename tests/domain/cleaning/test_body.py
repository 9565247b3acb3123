from __future__ import annotations

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://www.news.example/world/river"
LONG = "The ferry office said on Tuesday that all boats would stay until the wind had dropped."


def body(inside: str) -> str:
    return clean(page(inside), URL).body_text


@pytest.mark.parametrize(
    "noise",
    [
        "Click 'OK' then 'Allow' to get the news first",
        "Turn on breaking news notifications",
        "Newsletter abonnieren",
        "Inscrivez-vous à notre newsletter",
        "Suscríbete a nuestro boletín",
        "Iscriviti alla newsletter",
        "Assine nossa newsletter",
        "Schrijf je in voor onze nieuwsbrief",
        "Zapisz się na newsletter",
        "Подпишитесь на нашу рассылку",
        "Підпишіться на наш канал",
        "E-bültenimize abone olun",
        "Download our app",
        "Lesen Sie auch: Der Damm",
        "À lire aussi : La digue",
        "Leggi anche: La diga",
        "Lea también: El dique",
        "Leia também: O dique",
        "Lees ook: De dijk",
        "Czytaj także: Tama",
        "Читайте также: Плотина",
        "Читайте також: Гребля",
        "İlginizi çekebilir: Baraj",
        "Advertisement",
        "Share this article",
        "[email&#160;protected]",
        "The Ansel Herald Logo",
        "If you have a story for us, write to the desk",
        "Haben Sie Hinweise? Schreiben Sie uns",
        "View comments",
        "© 2026 The Ansel Herald",
    ],
)
def test_noise_in_many_languages_leaves_the_body(noise: str) -> None:
    article = clean(page(f"<p>{noise}</p>"), URL)
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert len(article.removals) == 2  # the repeated title, and this


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        "He had to click and allow the harbour master to read the newsletter, which took until evening.",
        "“Share this bread with them,” she said, and so they did for three days while the storm went on.",
        "The app is a ledger of tides that fishermen have kept since the days of their grandfathers.",
    ],
)
def test_sentences_with_the_same_words_stay(text: str) -> None:
    assert text in body(f"<p>{text}</p>")


@pytest.mark.parametrize(
    "standfirst",
    [
        '<p class="article__standfirst">{}</p>',
        '<h2 class="dek">{}</h2>',
        '<div class="lead"><strong>{}</strong></div>',
    ],
)
def test_a_standfirst_stands_first_and_is_the_summary(standfirst: str) -> None:
    text = "The lower town is under water, and the engineers hope for Thursday."
    html = page().replace("</h1>", "</h1>" + standfirst.format(text) + '<p class="meta">5 min read</p>')
    article = clean(html, URL)
    assert article.summary == text
    assert article.body_text.startswith(text + "\n")


def test_a_description_the_page_shows_is_its_standfirst() -> None:
    text = "The lower town is under water, and the engineers hope for Thursday."
    html = page(head=f'<meta name="description" content="{text}">').replace(
        "</h1>", f"</h1><div>{text}</div>"
    )
    assert clean(html, URL).body_text.split("\n")[0] == text


def test_a_standfirst_outside_of_the_text_is_found_by_the_description() -> None:
    text = "The lower town is under water, and the engineers hope for Thursday."
    first, *rest = PARAGRAPHS
    html = f"""<html><head><meta name="description" content="{text}"></head><body>
    <div><h1>River rises again</h1><p>{first}</p><h4>{text}</h4></div>
    <div class="article-body"><p>{"</p><p>".join(rest * 3)}</p></div></body></html>"""
    assert clean(html, URL).body_text.startswith(text + "\n")


def test_a_loose_caption_goes_to_its_picture() -> None:
    inside = '<img src="/img/quay-2026-03.jpg"><div class="caption">The quay at noon. Photo: Ida Marsh</div>'
    article = clean(page(inside), URL)
    assert "<figcaption>The quay at noon. <small>Ida Marsh</small></figcaption>" in article.body_html
    assert "The quay at noon" not in article.body_text
    assert "caption" in {removal.rule for removal in article.removals}


def test_a_description_nowhere_shown_stays_out_of_the_body() -> None:
    article = clean(
        page(head='<meta name="description" content="Read all about the river on our pages.">'), URL
    )
    assert article.summary == "Read all about the river on our pages."
    assert article.summary not in article.body_text


def test_breaks_part_paragraphs() -> None:
    html = f"<html><body><h1>River</h1><div>{'<br><br>'.join(PARAGRAPHS)}</div></body></html>"
    assert clean(html, URL).body_text == "\n".join(PARAGRAPHS)


def test_a_picture_of_another_story_is_not_shown() -> None:
    own = '<figure><a href="/img/quay.jpg"><img src="/img/quay-2026-03.jpg"></a></figure>'
    teaser = '<a href="/other-story"><img src="/img/other-2026-03.jpg"></a>'
    article = clean(page(own + teaser), URL)
    assert "quay-2026-03" in article.body_html
    assert "other-2026-03" not in article.body_html


def test_a_hidden_address_in_a_sentence_leaves_an_ellipsis() -> None:
    text = LONG + " Travellers may write to [email&#160;protected] until then."
    article = clean(page(f"<p>{text}</p>"), URL)
    assert "may write to … until then." in article.body_text
    assert "hidden e-mail address" in {removal.rule for removal in article.removals}


def test_a_page_of_links_is_no_article() -> None:
    from newsbell.errors import RefusedError

    links = "".join(
        f'<p><a href="/{number}">Story number {number} of this long day at the river</a></p>'
        for number in range(30)
    )
    with pytest.raises(RefusedError) as caught:
        clean(f"<html><body><h1>Today</h1>{links}</body></html>", URL)
    assert caught.value.code == "no_article"


def test_text_after_an_early_end_is_read() -> None:
    assert LONG in clean(page(f"</body></html><p>{LONG}</p>"), URL).body_text
