"""Texts that came by e-mail."""

from __future__ import annotations

import quopri

import pytest

from newsbell.domain.cleaning import clean
from newsbell.domain.cleaning.mail import unpacked
from tests.domain.cleaning.pages import PARAGRAPHS

TITLE = "River rises again"
BODY = "\n\n".join(PARAGRAPHS)
HEADERS = (
    "From: Ida Marsh <ida@coast.example>\nDate: Mon, 4 May 2026 at 09:12\nSubject: Fwd: River rises again\n"
    "To: Jon Reed <jon@coast.example>\n"
)


@pytest.mark.parametrize(
    "mark",
    ["---------- Forwarded message ---------", "-----Original Message-----", "Begin forwarded message:"],
)
def test_a_forwarded_text_keeps_its_subject_and_date_and_nobodys_address(mark: str) -> None:
    article = clean(f"{mark}\n{HEADERS}\n{BODY}")
    assert article.title == TITLE
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-05-04T09:12:00+00:00"
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert ("e-mail header", "To: Jon Reed <jon@coast.example>") in {
        (one.rule, one.text) for one in article.removals
    }


@pytest.mark.parametrize("mark", ["> ", ">", "> > "])
def test_a_quoted_text_loses_its_marks(mark: str) -> None:
    quoted = "\n".join(f"{mark}{line}" for line in f"{TITLE}\n\n{BODY}".split("\n"))
    article = clean(f"On Mon, 4 May 2026, Ida Marsh wrote:\n\n{quoted}")
    assert (article.title, article.body_text) == (TITLE, "\n".join(PARAGRAPHS))


def test_quoted_printable_is_decoded() -> None:
    first = "Das Städtchen – so hieß es – stand am Montag bis zum Abend unter dem kalten Wasser."
    told = f"{TITLE}\n\n{first}\n\n{BODY}"
    text = quopri.encodestring(told.encode()).decode()
    assert "=C3" in text
    assert clean(text).body_text == clean(told).body_text
    assert clean(told).body_text.startswith(first)


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{TITLE}\n\n> {PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n\n{PARAGRAPHS[2]}",
        "From: the hills to the sea\n\n" + BODY,
        "x=C3=A4 is how a program writes it\n\n" + BODY,
        "On Monday the mayor wrote to the people of the lower town, who had asked her to.\n\n" + BODY,
        "=C3=28=C3=28 is no text=\nat all\n" + BODY,
    ],
)
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert unpacked(text) == (text, [])


@pytest.mark.parametrize(
    "date",
    ["4 مايو 2026", "4 أيار 2026", "٤ مايو ٢٠٢٦", "4 मई 2026", "4 Μαΐου 2026", "4. toukokuuta 2026",
     "4. května 2026",     "4 מאי 2026", "4 мая 2026", "4 Mayıs 2026", "4 mei 2026", "4 مئی 2026"],
)  # fmt: skip
def test_the_months_of_many_languages(date: str) -> None:
    article = clean(f"{TITLE}\n{date}\n\n{BODY}")
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2026-05-04"
