"""How values read on a page."""

from __future__ import annotations

from datetime import UTC, datetime, time

from newsbell.domain.article import Article, Home
from newsbell.domain.original import original_url, web_host

# strftime would follow the process's locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def moment(when: datetime) -> str:
    """A time as people read it, without a script to shift it: "22 November 2025, 14:05 UTC". The very start
    of a day is how a page's date without a time is kept, so it reads as the day alone.
    """
    utc = when.astimezone(UTC)
    day = f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}"
    return day if utc.time() == time.min else f"{day}, {utc:%H:%M} UTC"


def machine(when: datetime) -> str:
    """The same for the `datetime` attribute: RFC 3339, to the second, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def source(article: Article) -> str:
    """Who published it: the site's name, else its host, "" for text that came without an address."""
    return article.site_name or web_host(original_url(article)).removeprefix("www.")


def home_address(home: Home) -> str:
    """Where another home of a story is read: the original, or here where there is none."""
    return home.url if web_host(home.url) else f"/articles/{home.id}"


def home_name(home: Home) -> str:
    """What another home of a story is called: its site, else its host, else its title."""
    return home.site_name or web_host(home.url).removeprefix("www.") or home.title


def rule(name: str) -> str:
    """A cleaning rule's name as words: "share_bar" → "Share bar"."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
