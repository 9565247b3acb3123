"""An editor's wish to keep what cleaning took out."""

from __future__ import annotations

import pytest

from newsbell.domain.article import CleanArticle, Removal
from newsbell.domain.cleaning import clean, clean_restoring
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://news.example/world/ferry"
PROMPT = "If you have a story for us, write to the harbour desk by telling us about it."


def with_prompt(prompt: str = f"<p>{PROMPT}</p>") -> str:
    return page(prompt)


def removal_of(article: CleanArticle, text: str) -> Removal:
    return next(removal for removal in article.removals if text in removal.text)


@pytest.fixture
def removal() -> Removal:
    return removal_of(clean(with_prompt(), URL), PROMPT)


def test_a_restored_paragraph_stands_where_the_page_has_it(removal: Removal) -> None:
    article = clean_restoring(with_prompt(), URL, restored=[removal])
    before = clean(with_prompt(), URL)
    lines = before.body_text.split("\n")
    assert article.body_text.split("\n") == [*lines[:2], PROMPT, *lines[2:]]
    places = [article.body_html.index(text) for text in (lines[1], PROMPT, lines[2])]
    assert places == sorted(places)
    assert removal not in article.removals
    assert set(article.removals) == set(before.removals) - {removal}


def test_nothing_changes_without_a_wish_or_by_one_for_what_is_not_there() -> None:
    unknown = Removal(rule="soft prompt", text="Words that the page does not have.")
    assert clean_restoring(with_prompt(), URL) == clean(with_prompt(), URL)
    assert clean_restoring(with_prompt(), URL, restored=[unknown]) == clean(with_prompt(), URL)


def test_links_in_a_restored_paragraph_stay_links() -> None:
    html = with_prompt(f'<p>{PROMPT} <a href="/desk" onclick="x()">Here</a></p>')
    removal = removal_of(clean(html, URL), PROMPT)
    restored = clean_restoring(html, URL, restored=[removal])
    assert 'href="https://news.example/desk"' in restored.body_html
    assert "onclick" not in restored.body_html


def test_what_stands_before_every_paragraph_comes_first() -> None:
    html = page().replace("</h1>", f"</h1><p>{PROMPT}</p>")
    removal = removal_of(clean(html, URL), PROMPT)
    restored = clean_restoring(html, URL, restored=[removal])
    assert restored.body_text.startswith(PROMPT)


def test_the_place_is_kept_in_text_too() -> None:
    text = "\n\n".join(["Ferry returns", PARAGRAPHS[0], "Topics: Russia, Ukraine", *PARAGRAPHS[1:]])
    removal = removal_of(clean(text, URL), "Topics")
    lines = clean_restoring(text, URL, restored=[removal]).body_text.split("\n")
    assert lines.index("Topics: Russia, Ukraine") == lines.index(PARAGRAPHS[0]) + 1


def test_restoring_everything_leaves_safe_html_only() -> None:
    html = with_prompt(f"<p>{PROMPT}<img src=x onerror=alert(1)><script>alert(1)</script></p>")
    article = clean_restoring(html, URL, restored=clean(html, URL).removals)
    assert "alert" not in article.body_html
    assert "onerror" not in article.body_html


def test_what_a_button_says_is_no_text_of_the_page() -> None:
    prompt = "<div><p>Click 'OK' then 'Allow' to get our notifications</p><button>OK</button></div>"
    html = page().replace("<article>", prompt + "<article>")
    before = clean(html, URL)
    button = next(removal for removal in before.removals if removal.text == "OK")
    assert clean_restoring(html, URL, restored=[button]) == before
    said = removal_of(before, "Click 'OK'")
    assert said.text in clean_restoring(html, URL, restored=[said]).body_text


def test_a_removal_is_known_by_its_text_when_its_rule_has_a_new_name(removal: Removal) -> None:
    old = Removal(rule="an older name", text=removal.text)
    assert clean_restoring(with_prompt(), URL, restored=[old]) == clean_restoring(
        with_prompt(), URL, restored=[removal]
    )
