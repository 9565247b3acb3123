"""Whole pages copied as text: one line a line, with everything a page has around its article."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean, clean_text
from tests.domain.cleaning.pages import PARAGRAPHS, fixture

NAMES = ["copied_en.txt", "copied_de.txt", "copied_fr.txt", "copied_ru.txt", "copied_es.txt"]


@cache
def copied(name: str) -> CleanArticle:
    return clean(fixture(name))


def removed(article: CleanArticle) -> set[tuple[str, str]]:
    return {(removal.rule, removal.text) for removal in article.removals}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("copied_en.txt", "Harbour master orders northern quay closed"),
        ("copied_de.txt", "Fähre im Norden fährt nach neun Tagen wieder"),
        ("copied_fr.txt", "Le bac du nord reprend la mer après neuf jours de grève"),
        ("copied_ru.txt", "Паромы снова ходят между островами и городом"),
        ("copied_es.txt", "El transbordador del norte vuelve a navegar"),
    ],
)
def test_the_headline_is_found_below_the_navigation(name: str, title: str) -> None:
    assert copied(name).title == title


@pytest.mark.parametrize(
    ("name", "byline"),
    [
        ("copied_en.txt", ("Jane Roe",)),
        ("copied_de.txt", ("Mara Lindqvist", "Teo Okafor")),
        ("copied_fr.txt", ("Mara Lindqvist",)),
        ("copied_ru.txt", ("Мария Линд",)),
        ("copied_es.txt", ("Mara Lindqvist",)),
    ],
)
def test_the_byline_is_found_with_or_without_by(name: str, byline: tuple[str, ...]) -> None:
    assert copied(name).byline == byline


@pytest.mark.parametrize("name", NAMES)
def test_the_date_is_read_in_every_language(name: str) -> None:
    assert copied(name).published_at == datetime(2026, 11, 21, 9, 14, tzinfo=UTC)


@pytest.mark.parametrize("name", ["copied_en.txt", "copied_fr.txt"])
def test_the_change_on_the_same_line_is_read_too(name: str) -> None:
    assert copied(name).modified_at == datetime(2026, 11, 21, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("copied_en.txt", ["Russia", "Ukraine"]),
        ("copied_de.txt", ["Fähren", "Häfen"]),
        ("copied_fr.txt", ["Grève", "Ports"]),
        ("copied_ru.txt", ["Порты", "Забастовки"]),
        ("copied_es.txt", ["Huelgas", "Puertos"]),
    ],
)
def test_topics_come_in_the_order_given(name: str, topics: list[str]) -> None:
    found = copied(name).topics
    assert [topic.name for topic in found] == topics
    assert [topic.weight for topic in found] == sorted((topic.weight for topic in found), reverse=True)


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("copied_en.txt", ["The", "Officials", "“Nobody", "What", "Boats", "He"]),
        ("copied_de.txt", ["Nach", "Die", "Auf"]),
        ("copied_fr.txt", ["Les", "«"]),
        ("copied_ru.txt", ["Паромы", "Первое"]),
        ("copied_es.txt", ["La", "Las", "El"]),
    ],
)
def test_the_body_is_the_article_and_nothing_else(name: str, starts: list[str]) -> None:
    assert [line.split()[0] for line in copied(name).body_text.split("\n")] == starts


@pytest.mark.parametrize("name", NAMES)
def test_each_line_is_kept_or_recorded(name: str) -> None:
    article = copied(name)
    told = {article.title, *article.body_text.split("\n"), *(removal.text for removal in article.removals)}
    lines = {" ".join(line.split()) for line in fixture(name).decode().splitlines() if line.strip()}
    assert lines <= told


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("site chrome", "Skip to content"),
        ("logo", "THE COAST"),
        ("navigation", "Sport"),
        ("navigation", "Arts and culture"),
        ("notification prompt", "Click 'OK' then 'Allow' to get our notifications"),
        ("notification prompt", "No thanks"),
        ("consent", "Accept all"),
        ("navigation", "Breaking: snow closes the mountain road"),
        ("comments", "Comment"),
        ("byline", "Jane Roe"),
        ("byline", "Senior harbour correspondent"),
        ("date", "Published Nov 21, 2026, 9:14am|Updated Nov 21, 2026, 10:02am"),
        ("share bar", "Share this article via facebook"),
        ("share bar", "Share this on Facebook Twitter"),
        ("comments", "24 comments"),
        ("caption", "Boats moored at the northern quay last summer (Picture: Ida Marsh)"),
        ("picture credit", "Featured Image Credit: Ida Marsh/Coast Pictures"),
        ("related", "MORE : Ferry crews vote to end the longest strike"),
        ("newsletter", "Sign up to our newsletter for daily updates"),
        ("tip line", "Get in touch with our news team by emailing us at [email protected]."),
        ("related", "For more stories like this, check our news page."),
        ("topics line", "Topics: Russia, Ukraine"),
        ("follow us", "Follow us on Facebook"),
        ("related", "Ten islands to see before they sink"),
        ("site chrome", "Privacy policy"),
        ("legal line", "© 2026 The Coast"),
    ],
)
def test_what_is_taken_out_is_named(rule: str, text: str) -> None:
    assert (rule, text) in removed(copied("copied_en.txt"))


def test_the_site_is_named_by_its_logo() -> None:
    assert copied("copied_en.txt").site_name == "THE COAST"


def same(one: CleanArticle, other: CleanArticle) -> bool:
    return (one.title, one.byline, one.published_at, one.body_text, one.topics) == (
        other.title, other.byline, other.published_at, other.body_text, other.topics,
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_blank_lines_and_spaces_change_nothing(name: str) -> None:
    text = fixture(name).decode()
    for given_text in (
        text.replace("\n", "\r\n"),
        text.replace("\n", "\n\n"),
        text.replace("\n", " \t\n"),
        "\n".join(f"\t{line}" for line in text.split("\n")),
    ):
        assert same(clean_text(given_text), copied(name))


@pytest.mark.parametrize("name", ["copied_en.txt", "copied_de.txt", "copied_fr.txt", "copied_es.txt"])
def test_a_copy_wrapped_at_a_width_is_unwrapped(name: str) -> None:
    lines = fixture(name).decode().splitlines()
    wrapped = "\n\n".join(textwrap.fill(line, 72) for line in lines)
    assert same(clean_text(wrapped), copied(name))


def test_a_row_of_navigation_parted_by_tabs_is_no_headline() -> None:
    article = clean_text("\n".join(["Home\tNews\tSport\tWeather", "River rises again", *PARAGRAPHS]))
    assert article.title == "River rises again"
    assert ("navigation", "Home | News | Sport | Weather") in removed(article)


def test_the_window_s_title_names_headline_and_site() -> None:
    lines = ["River rises again | The Coast", "Home", "News", "Search", "River rises again", *PARAGRAPHS]
    article = clean_text("\n".join(lines))
    assert (article.title, article.site_name) == ("River rises again", "The Coast")
    assert article.body_text == "\n".join(PARAGRAPHS)


def test_the_day_s_date_above_the_headline_gives_way_to_the_article_s_own() -> None:
    head = ["Home", "News", "Monday 23 November 2026", "Sign in", "River rises again after the storm"]
    dated = clean_text("\n".join([*head, "Published 21 November 2026", *PARAGRAPHS]))
    undated = clean_text("\n".join([*head, *PARAGRAPHS]))
    assert dated.title == undated.title == "River rises again after the storm"
    assert dated.published_at == datetime(2026, 11, 21, tzinfo=UTC)
    assert undated.published_at == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "Published Nov 21, 2026, 9:14am",
        "Saturday 21 November 2026 09:14 GMT",
        "Nov. 21, 2026 9:14 AM UTC",
        "2026-11-21 09:14",
        "21.11.2026 - 09:14 Uhr",
        "Veröffentlicht am 21. November 2026 um 09:14 Uhr",
        "Publié le 21/11/2026 à 09:14",
        "21 de noviembre de 2026 - 09:14",
        "21 nov 2026, 09:14",
        "Pubblicato il 21 novembre 2026 alle 09:14",
        "Publicado em 21 de novembro de 2026 às 09:14",
        "21 listopada 2026, 09:14",
        "Опубликовано 21 ноября 2026 в 09:14",
        "21 листопада 2026, 09:14",
        "Yayınlanma: 21 Kasım 2026 09:14",
    ],
)
def test_dates_of_many_forms_leave_the_body(line: str) -> None:
    article = clean_text("\n".join(["River rises again", line, *PARAGRAPHS]))
    assert article.published_at == datetime(2026, 11, 21, 9, 14, tzinfo=UTC)
    assert article.body_text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("line", ["3 hours ago", "Updated 2 hours ago", "vor 3 Stunden", "il y a 2 heures"])
def test_how_long_ago_it_was_is_no_paragraph(line: str) -> None:
    article = clean_text("\n".join(["River rises again", line, *PARAGRAPHS]))
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert ("date", line) in removed(article)


def test_short_paragraphs_and_headings_of_a_written_text_stay() -> None:
    body = ["What we know", PARAGRAPHS[0], "“No,” she said.", "Why it matters", PARAGRAPHS[1], "He is 83."]
    lines = ["River rises again", *body]
    article = clean_text("\n".join(lines))
    assert article.body_text.split("\n") == lines[1:]
    assert article.removals == ()


def test_days_among_the_paragraphs_are_headings_not_dates() -> None:
    lines = [*PARAGRAPHS, "21 November 2026", PARAGRAPHS[0] * 2, "22 November 2026", PARAGRAPHS[1] * 2]
    article = clean_text("\n".join(["River rises again", *lines]))
    assert article.body_text.split("\n") == lines


MENU = ["Skip to main content", "Sign in", "Home", "News", "World"]
HEADLINE = "River leaves lower town under water"


@pytest.mark.parametrize(
    ("lines", "byline"),
    [
        (["By", "Jane Roe", "and", "John Doe", "Updated 2 hours ago"], ("Jane Roe", "John Doe")),
        (["4 hours ago", "By Jane Roe", "Coast News, Port Ansel", "Share"], ("Jane Roe",)),
        (["By JANE ROE", "Updated 9:14 AM GMT, November 21, 2026", "Share"], ("JANE ROE",)),
        (["Jane Roe in Port Ansel", "Sat 21 Nov 2026 09.14 GMT", "Share", "108"], ("Jane Roe",)),
        (["Jane van der Roe, John Doe", "21/11/2026 09:14", "Print"], ("Jane van der Roe", "John Doe")),
        (["21 November 2026", "IMAGE SOURCE, IDA MARSH", "Image caption,", "The lower town on Monday"], ()),
        (["21 نوفمبر 2026"], ()),
    ],
)
def test_what_stands_between_headline_and_text_is_told_apart(
    lines: list[str], byline: tuple[str, ...]
) -> None:
    article = clean_text("\n".join([*MENU, HEADLINE, *lines, *PARAGRAPHS]))
    assert (article.title, article.byline) == (HEADLINE, byline)
    assert article.body_text == "\n".join(PARAGRAPHS)


def test_a_standfirst_without_a_full_stop_stays_below_the_headline() -> None:
    standfirst = "Forty families are sheltered in the school while the engineers wait for Thursday"
    lines = [*MENU, HEADLINE, standfirst, "Jane Roe in Port Ansel", "21 November 2026", *PARAGRAPHS]
    article = clean_text("\n".join(lines))
    assert article.title == HEADLINE
    assert article.body_text == "\n".join([standfirst, *PARAGRAPHS])


def test_a_headline_that_asks_is_a_headline() -> None:
    asked = "Is this the end of the northern ferry as all the islands have known it for a century?"
    assert clean_text("\n".join([*MENU, asked, "By Jane Roe", *PARAGRAPHS])).title == asked


def test_a_text_without_a_headline_keeps_its_first_paragraph() -> None:
    article = clean_text("\n".join(PARAGRAPHS))
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert article.title.startswith("The river rose again")


def test_topics_under_a_line_of_their_own_are_read() -> None:
    lines = [HEADLINE, *PARAGRAPHS, "Explore more on these topics", "Flooding", "Port Ansel", "Share"]
    article = clean_text("\n".join(lines))
    assert [topic.name for topic in article.topics] == ["Flooding", "Port Ansel"]
    assert article.body_text == "\n".join(PARAGRAPHS)


_WORDS = st.sampled_from(["river", "quay", "boat", "school", "storm", "flour", "village", "market", "winter"])
_PROSE = st.lists(_WORDS, min_size=14, max_size=60).map(lambda words: " ".join(words).capitalize() + ".")
_FURNITURE = st.sampled_from([
    "Home", "News", "Sport", "OK", "No thanks", "Comment", "Jane Roe", "21 November 2026",
    "Share this article", "24 comments", "Sign up to our newsletter",
    "Advertisement", "Featured Image Credit: Ida Marsh",
    "Related articles", "Topics: Russia, Ukraine", "Topics", "© 2026 The Coast", "THE COAST",
    "By Jane Roe", "A | B | C", "https://coast.example/a",
    "MORE : The baker of the harbour", "Most read", "Skip to content",
    "Ten islands to see",
])  # fmt: skip


@given(st.lists(st.one_of(_PROSE, _FURNITURE), max_size=30), _PROSE, st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_prose_is_never_lost(lines: list[str], last: str, end: str) -> None:
    prose = [*(line for line in lines if line.endswith(".")), last]
    article = clean_text(end.join(["River rises again in the north", *lines, last]))
    kept = article.body_text.split("\n")
    assert [line for line in kept if line in prose] == prose


@given(st.lists(_PROSE, min_size=3, max_size=12), st.integers(50, 100))
def test_wrapped_prose_comes_back_as_it_was(prose: list[str], width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(text, width) for text in prose)
    article = clean_text(f"River rises again\n\n{wrapped}")
    assert article.body_text.replace("\n", " ") == " ".join(prose)
