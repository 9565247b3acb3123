"""News pages of our own writing, as a site would serve them."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Sequence

PARAGRAPHS = (
    (
        "The ferry left the northern harbour at first light with forty passengers, two vans of mail and the "
        "first fresh vegetables the islands have seen since the autumn storms closed the channel to ships."
    ),
    (
        "Officials said the crossing would run twice a week until the ice breaks up, and daily after that, "
        "provided the weather holds and the new engine does what its builders in the capital promised."
    ),
    (
        "Shopkeepers on the largest island opened early and stood on the quay with handcarts, because nobody "
        "wanted to wait for the afternoon delivery after three winters of doing without one."
    ),
)

_WORDS = (
    "amber anchor baker barley basin beacon birch bridge canal candle cellar chapel clock cobbler copper "
    "cradle current desk dune eagle ember engine ferry fiddle forest garden glacier granite harvest hazel "
    "hill island kettle ladder lantern ledger linen lock meadow mill mirror needle oak orchard otter paper "
    "pebble pilot plough quarry raven ribbon river saddle sail salt shepherd signal slate sparrow stove "
    "timber tower valley village violin wagon weaver wheel willow window winter wool yard"
)


def paragraphs_of(name: str) -> tuple[str, ...]:
    """A text that is like the text of no other name: another story, however many a test needs."""
    chosen, words = random.Random(name), _WORDS.split()
    sentences = [" ".join(chosen.choices(words, k=18)).capitalize() + "." for _ in range(6)]
    return tuple(" ".join(pair) for pair in zip(sentences[::2], sentences[1::2], strict=True))


def news_page(
    title: str = "Ferry returns to the northern islands",
    *,
    topics: Sequence[str] = ("Russia", "Ukraine"),
    paragraphs: Sequence[str] = PARAGRAPHS,
    published: str = "",
    canonical: str = "",
    language: str = "en",
) -> str:
    """A page with the marks news sites put on an article: JSON-LD, keywords, a prompt and a share bar."""
    data: dict[str, object] = {"@type": "NewsArticle", "headline": title, "keywords": list(topics)}
    if published:
        data["datePublished"] = published
    link = f'<link rel="canonical" href="{html.escape(canonical)}">' if canonical else ""
    body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<title>{html.escape(title)} | Harbour Paper</title>{link}
<meta property="og:site_name" content="Harbour Paper"><meta property="og:type" content="article">
<script type="application/ld+json">{json.dumps(data)}</script></head>
<body><header><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav></header>
<div class="prompt">Click 'OK' then 'Allow' to get the news first</div>
<main><article><h1>{html.escape(title)}</h1><p class="byline">By Ada Lund</p>{body}</article></main>
<footer>Harbour Paper, all rights reserved</footer></body></html>"""
