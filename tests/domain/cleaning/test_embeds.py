"""Players, posts, charts and maps become a titled link to where they can be seen."""

from __future__ import annotations

import re

import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean, clean_restoring, html_to_text
from newsbell.domain.cleaning.players import known_original, original_of
from tests.domain.cleaning.pages import PARAGRAPHS, page
from tests.domain.cleaning.safety import check

URL = "https://www.thecoast.example/world/river"
FILM = "https://www.youtube.com/watch?v=a1B2c3D4e5F"
TWEET = """<blockquote class="twitter-tweet"><p>The dam holds. We go on all night.</p>
 &mdash; Ida Marsh (@idamarsh) <a href="https://twitter.com/idamarsh/status/1234567890?ref_src=x">3 May</a>
</blockquote><script async src="https://platform.twitter.com/widgets.js"></script>"""

CAPTIONED = (
    f'<figure><iframe title="The dam" src="{FILM}"></iframe>'
    "<figcaption>Seen from the tower.</figcaption></figure>"
)
REEL = (
    '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/reel/Cab_1/?u=1">'
    '<a href="https://www.instagram.com/reel/Cab_1/">A post shared by Ida Marsh (@ida.marsh)</a></blockquote>'
)
SKY = (
    '<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:ab1/app.bsky.feed.post/3k">'
    "<p>The dam holds.</p></blockquote>"
)


def links(article: CleanArticle) -> list[tuple[str, str]]:
    """The links of what is embedded: (address, words)."""
    found = re.findall(r'<figure>(?:<img[^>]*>)?<a href="([^"]*)"[^>]*>(.*?)</a>', article.body_html)
    return [(address.replace("&amp;", "&"), words) for address, words in found]


@pytest.mark.parametrize(
    ("frame", "seen_at"),
    [
        ("https://www.youtube.com/embed/a1B2c3D4e5F?autoplay=1", FILM),
        ("//www.youtube-nocookie.com/embed/a1B2c3D4e5F", FILM),
        (
            "https://www.youtube.com/embed/videoseries?list=PLabc123",
            "https://www.youtube.com/playlist?list=PLabc123",
        ),
        ("https://player.vimeo.com/video/7612345?h=ab12", "https://vimeo.com/7612345/ab12"),
        ("https://player.vimeo.com/video/7612345", "https://vimeo.com/7612345"),
        ("https://www.dailymotion.com/embed/video/x7abc", "https://www.dailymotion.com/video/x7abc"),
        ("https://geo.dailymotion.com/player/x9.html?video=x7abc", "https://www.dailymotion.com/video/x7abc"),
        ("https://platform.twitter.com/embed/Tweet.html?dnt=1&id=123456", "https://x.com/i/status/123456"),
        ("https://www.instagram.com/p/Cabc_12/embed/captioned/", "https://www.instagram.com/p/Cabc_12/"),
        ("https://www.tiktok.com/embed/v2/7123456789", "https://www.tiktok.com/embed/v2/7123456789"),
        (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fcoast%2Fvideos%2F9%2F&width=500",
            "https://www.facebook.com/coast/videos/9/",
        ),
        (
            "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/coast/dam&color=f",
            "https://soundcloud.com/coast/dam",
        ),
        ("https://open.spotify.com/embed/episode/4rOoJ6", "https://open.spotify.com/episode/4rOoJ6"),
        ("https://player.twitch.tv/?channel=coastlive&parent=a.example", "https://www.twitch.tv/coastlive"),
        ("https://player.twitch.tv/?video=v12345&parent=a.example", "https://www.twitch.tv/videos/12345"),
        (
            "https://embed.bsky.app/embed/did:plc:abc123/app.bsky.feed.post/3kxyz?id=9",
            "https://bsky.app/profile/did:plc:abc123/post/3kxyz",
        ),
        (
            "https://sea.example/@ida/111222333444555666/embed",
            "https://sea.example/@ida/111222333444555666",
        ),
        ("https://t.me/coastnews/812?embed=1", "https://t.me/coastnews/812"),
        ("https://datawrapper.dwcdn.net/AbC12/3/", "https://datawrapper.dwcdn.net/AbC12/"),
        (
            "https://flo.uri.sh/visualisation/123456/embed",
            "https://public.flourish.studio/visualisation/123456/",
        ),
        (
            "https://www.google.com/maps/d/embed?mid=1abcDEF",
            "https://www.google.com/maps/d/viewer?mid=1abcDEF",
        ),
        ("https://www.google.com/maps/embed?pb=!1m18", "https://www.google.com/maps/embed?pb=!1m18"),
        ("https://player.coast.example/v/99", "https://player.coast.example/v/99"),
    ],
)
def test_a_frame_becomes_a_link_to_where_it_is_seen(frame: str, seen_at: str) -> None:
    article = clean(page(f'<iframe src="{frame.replace("&", "&amp;")}"></iframe>'), URL)
    assert [address for address, _ in links(article)] == [seen_at]
    assert known_original(seen_at) in (None, original_of(seen_at)), "the link leads where it led before"
    assert article.body_text == "\n".join(PARAGRAPHS)


def test_it_stands_where_it_stood_with_its_title_and_host() -> None:
    article = clean(page(f'<iframe title="The flood from above" src="{FILM}"></iframe>'), URL)
    at = article.body_html.index("Video: The flood from above (youtube.com)</a></figure>")
    assert article.body_html.index(PARAGRAPHS[1]) < at < article.body_html.index(PARAGRAPHS[2])
    check(article, URL)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (f'<iframe title="YouTube video player" src="{FILM}"></iframe>', "Video (youtube.com)"),
        (f'<iframe aria-label="The dam" src="{FILM}"></iframe>', "Video: The dam (youtube.com)"),
        (
            f'<figure><iframe src="{FILM}"></iframe><figcaption>The dam at noon</figcaption></figure>',
            "Video: The dam at noon (youtube.com)",
        ),
        ('<lite-youtube videoid="a1B2c3D4e5F" playlabel="Play: Dam"/>', "Video: Dam (youtube.com)"),
        ('<amp-youtube data-videoid="a1B2c3D4e5F" layout="responsive"></amp-youtube>', "Video (youtube.com)"),
        ('<iframe src="https://player.coast.example/v/99"></iframe>', "player.coast.example"),
        ('<iframe title="Levels" src="https://data.example/9"></iframe>', "Levels (data.example)"),
    ],
)  # fmt: skip
def test_its_words(inside: str, words: str) -> None:
    assert [said for _, said in links(clean(page(inside), URL))] == [words]


def test_a_title_comes_from_what_the_page_tells_search_engines() -> None:
    told = '{"@type": "VideoObject", "name": "The dam at night", "embedUrl": "https://www.youtube.com/embed/a1B2c3D4e5F"}'
    head = f'<script type="application/ld+json">{told}</script>'
    article = clean(page(f'<iframe src="{FILM}"></iframe>', head=head), URL)
    assert links(article) == [(FILM, "Video: The dam at night (youtube.com)")]


def test_a_title_and_a_caption_both_stay() -> None:
    inside = CAPTIONED
    article = clean(page(inside), URL)
    assert (
        "Video: The dam (youtube.com)</a><figcaption>Seen from the tower.</figcaption></figure>"
        in article.body_html
    )
    assert "Seen from the tower." not in article.body_text


@pytest.mark.parametrize(
    "name", ["data-src", "data-lazy-src", "data-cookieblock-src", "data-cmp-src", "data-litespeed-src"]
)
def test_a_frame_that_waits_to_be_seen_or_allowed_is_found(name: str) -> None:
    plain = f'<noscript><iframe src="{FILM}"></iframe></noscript>'
    inside = f'<iframe src="about:blank" {name}="{FILM}"></iframe>{plain}'
    assert [address for address, _ in links(clean(page(inside), URL))] == [FILM]


@pytest.mark.parametrize(
    ("inside", "seen_at", "words"),
    [
        (TWEET, "https://x.com/idamarsh/status/1234567890", "Post: Ida Marsh (@idamarsh) (x.com)"),
        (
            REEL,
            "https://www.instagram.com/reel/Cab_1/",
            "Post: Ida Marsh (@ida.marsh) (instagram.com)",
        ),
        (
            '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@ida/video/712345"><section>x</section></blockquote>',
            "https://www.tiktok.com/@ida/video/712345",
            "Post (tiktok.com)",
        ),
        (
            SKY,
            "https://bsky.app/profile/did:plc:ab1/post/3k",
            "Post (bsky.app)",
        ),
        (
            '<div class="fb-post" data-href="https://www.facebook.com/coast/posts/12"></div>',
            "https://www.facebook.com/coast/posts/12",
            "Post (facebook.com)",
        ),
        (
            '<script src="https://telegram.org/js/widget.js" data-telegram-post="coastnews/812"></script>',
            "https://t.me/coastnews/812",
            "Post (t.me)",
        ),
        (
            '<div class="flourish-embed flourish-chart" data-src="visualisation/123456"></div>',
            "https://public.flourish.studio/visualisation/123456/",
            "Chart (public.flourish.studio)",
        ),
        ("<p>https://youtu.be/a1B2c3D4e5F</p>", FILM, "Video (youtube.com)"),
        (
            '<amp-twitter data-tweetid="1234567890"></amp-twitter>',
            "https://x.com/i/status/1234567890",
            "Post (x.com)",
        ),
    ],
)
def test_posts_and_boxes_that_a_script_would_fill(inside: str, seen_at: str, words: str) -> None:
    article = clean(page(inside), URL)
    assert links(article) == [(seen_at, words)]
    check(article, URL)


def test_the_words_of_a_quoted_post_stay() -> None:
    article = clean(page(TWEET), URL)
    assert "The dam holds. We go on all night." in article.body_text
    assert article.body_html.index("The dam holds.") < article.body_html.index("<figure>")


@pytest.mark.parametrize("tag", ["video", "audio"])
def test_a_film_or_sound_of_the_page_itself_is_linked(tag: str) -> None:
    inside = f'<{tag} controls poster="/img/flood-poster.jpg"><source src="/media/flood.mp4"></{tag}>'
    article = clean(page(inside), URL)
    noun = tag.capitalize()
    assert links(article) == [("https://www.thecoast.example/media/flood.mp4", f"{noun} (thecoast.example)")]
    assert (
        '<figure><img src="https://www.thecoast.example/img/flood-poster.jpg" alt=""><a ' in article.body_html
    )


def test_a_stream_is_seen_on_its_page() -> None:
    article = clean(page('<video title="The dam" src="/live/index.m3u8"></video>'), URL)
    assert links(article) == [(URL, "Video: The dam (thecoast.example)")]


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ('<iframe src="https://ad.doubleclick.net/ddm/adi/N1"></iframe>', "advertisement"),
        ('<iframe id="google_ads_iframe_1" src="https://shop.example/x"></iframe>', "advertisement"),
        ('<iframe src="https://www.googletagmanager.com/ns.html?id=G"></iframe>', "tracker"),
        ('<iframe src="https://shop.example/x" width="1" height="1"></iframe>', "tracker"),
        ('<iframe src="https://shop.example/x" style="display: none"></iframe>', "tracker"),
        ('<iframe src="https://www.facebook.com/plugins/like.php?href=x"></iframe>', "tracker"),
        ('<iframe src="https://shop.example/newsletter/form"></iframe>', "newsletter"),
        (f'<div class="related-videos"><iframe src="{FILM}"></iframe></div>', "embed of something else"),
    ],
)
def test_frames_that_are_not_for_the_reader_are_out_and_on_record(inside: str, rule: str) -> None:
    article = clean(page(inside), URL)
    assert links(article) == []
    assert rule in {removal.rule for removal in article.removals if "https://" in removal.text}


def test_what_was_taken_for_an_advertisement_can_be_put_back() -> None:
    html = page('<iframe title="The dam" src="https://ads.coast.example/dam"></iframe>')
    removal = next(one for one in clean(html, URL).removals if one.rule == "advertisement")
    restored = clean_restoring(html, URL, restored=[removal])
    assert links(restored) == [("https://ads.coast.example/dam", "The dam (ads.coast.example)")]
    assert restored.body_text == clean(html, URL).body_text
    places = [restored.body_html.index(text) for text in (PARAGRAPHS[1], "<figure>", PARAGRAPHS[2])]
    assert places == sorted(places)
    check(restored, URL)


@pytest.mark.parametrize(
    "inside",
    [
        f'<iframe title="The &lt;b&gt;dam (2)" src="{FILM}"></iframe>',
        CAPTIONED,
        '<video poster="/p-2026-05.jpg" src="/a.mp4"></video>',
        '<iframe src="https://player.coast.example/v/99?a=1&amp;b=2"></iframe>',
        TWEET,
    ],
)
def test_a_cleaned_body_that_is_cleaned_again_has_the_same_links(inside: str) -> None:
    once = clean(page(inside), URL)
    again = clean(page(once.body_html.partition(f"<p>{PARAGRAPHS[1]}</p>")[2].rpartition("<p>")[0]), URL)
    assert links(again) == links(once) != []
    assert re.findall(r"<figure>.*?</figure>", again.body_html) == re.findall(
        r"<figure>.*?</figure>", once.body_html
    )


@pytest.mark.parametrize(
    "inside",
    [
        '<iframe src="javascript:alert(1)"></iframe>',
        '<iframe src="data:text/html,x"></iframe>',
        "<iframe srcdoc='<p>x</p>'></iframe>",
        '<lite-youtube videoid="a/../../x?y"></lite-youtube>',
        '<script data-telegram-post="../x/1"></script>',
        '<blockquote class="twitter-tweet"><a href="javascript:alert(1)">x</a></blockquote>',
    ],
)
def test_what_leads_nowhere_makes_no_link(inside: str) -> None:
    article = clean(page(inside), URL)
    assert links(article) == []
    check(article, URL)


def test_a_frame_said_twice_is_one_link() -> None:
    article = clean(page(f'<iframe src="{FILM}"></iframe>' * 3), URL)
    assert len(links(article)) == 1


def test_an_embed_is_no_text_when_an_editor_gives_the_body() -> None:
    article = clean(page(f'<iframe src="{FILM}"></iframe>'), URL)
    text = html_to_text(re.sub(r"<figure\b.*?</figure>", "", article.body_html, flags=re.DOTALL))
    assert text == article.body_text
