"""What a page embeds - players, posts, charts, maps - as a link to where it can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from newsbell.domain.cleaning.jsonld import Node, text_of, types
from newsbell.domain.cleaning.players import host_of, known_original, original_of
from newsbell.domain.cleaning.sanitise import absolute
from newsbell.domain.text import fold, squeeze

MEDIA = frozenset({
    "iframe", "video", "audio", "embed", "object", "amp-iframe", "amp-video", "amp-audio", "amp-youtube",
    "amp-vimeo", "amp-dailymotion", "amp-twitter", "amp-instagram", "amp-facebook", "amp-tiktok",
    "amp-reddit", "amp-brightcove", "amp-soundcloud", "lite-youtube", "lite-vimeo",
})  # fmt: skip
"""Elements that show what is not in the page itself."""
ADVERTISING = frozenset({"amp-ad", "amp-embed", "amp-sticky-ad", "amp-pixel", "amp-analytics"})

_SOURCES = (
    "data-src", "src", "data-lazy-src", "data-original", "data-cookieblock-src", "data-cmp-src",
    "data-src-cmplz", "data-consent-src", "data-litespeed-src", "data-suppressedsrc", "data-url", "data",
    "data-href", "href",
)  # fmt: skip
_TITLES = ("title", "aria-label", "data-title", "playlabel", "alt")
# Elements that give a name instead of an address.
_NAMED = {
    "amp-youtube": ("data-videoid", "https://www.youtube.com/embed/{}"),
    "lite-youtube": ("videoid", "https://www.youtube.com/embed/{}"),
    "amp-vimeo": ("data-videoid", "https://player.vimeo.com/video/{}"),
    "lite-vimeo": ("videoid", "https://player.vimeo.com/video/{}"),
    "amp-dailymotion": ("data-videoid", "https://www.dailymotion.com/embed/video/{}"),
    "amp-twitter": ("data-tweetid", "https://x.com/i/status/{}"),
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/"),
    "amp-soundcloud": ("data-trackid", "https://w.soundcloud.com/player/?url=https://api.soundcloud.com/tracks/{}"),
}  # fmt: skip
_NAME = re.compile(r"[\w-]{3,64}")
_POSTS = re.compile(
    r"(?:^|\s)(?:twitter-(?:tweet|video)|instagram-media|tiktok-embed|bluesky-embed|reddit-card"
    r"|reddit-embed-bq|text-post-media|mastodon-embed|fb-(?:post|video))(?:\s|$)"
)
_ALL_WIDGET = re.compile(r"(?:^|\s)(?:instagram-media|tiktok-embed|text-post-media)(?:\s|$)")
_POST_LINKS = ("data-instgrm-permalink", "data-text-post-permalink", "cite", "data-href", "data-embed-url")
_BLUESKY = re.compile(r"at://(did:[\w:.%-]+)/app\.bsky\.feed\.post/(\w+)")
_WRITER = re.compile(r"(?P<name>[^—–()]{2,80}\(@[\w.@-]{2,60}\))")
_SHARED = re.compile(
    r"^.*\b(?:shared by|geteilt von|compartid[ao] por|partagée? par|condivis[oa] da|gedeeld door)\s"
)
# What players call themselves, which is no title of what they play.
_NO_TITLE = re.compile(
    r"^(?:\W*|(?:(?:youtube|vimeo|dailymotion|twitter|x|tweet|instagram|facebook|tiktok|spotify|soundcloud|google|bluesky"
    r"|embed(?:ded)?|video|audio|podcast|media|player|iframe|frame|post|content|map|maps|chart|interactive|inhalt"
    r"|vidéo|vídeo|lecteur|reproductor|the|a|of|from|by|play|externe[rs]?|widget|html5)\W*)+)$",
    re.IGNORECASE,
)
_ADVERTISING = re.compile(
    r"(?:^|[./_-])(?:doubleclick|googlesyndication|googleadservices|adservice|adserver|adsystem|adnxs|taboola|outbrain"
    r"|criteo|teads|ads?|adv|advert(?:s|isement|ising)?|banners?|sponsor(?:ed)?)(?:[./_?-]|\d*$)"
)
_ADVERTISING_NAME = re.compile(
    r"(?:^|[\s_-])(?:google_ads_iframe\w*|ads?|advert\w*|dfp|gpt|banner)(?:$|[\s_-])"
)
_TRACKING = re.compile(
    r"(?:^|[./_-])(?:googletagmanager|google-analytics|analytics|tagmanager|tracking|tracker|pixel|beacon|consent|cmp"
    r"|recaptcha|captcha|sync|usersync|scorecardresearch|chartbeat|comscore)(?:[./_?-]|$)"
    r"|facebook\.com/(?:tr(?:/|$)|(?:v[\d.]+/)?plugins/(?!post|video))|platform\.twitter\.com/widgets/"
    r"|accounts\.google\.com|disqus\.com|addthis|sharethis"
)
_NEWSLETTER = re.compile(r"newsletter|list-manage\.com|mailchimp|sendinblue|subscribe", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)"
)
_STREAM = re.compile(r"\.(?:m3u8|mpd|csmil|f4m|ts)(?:[/?#]|$)", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:(?P<noun>Video|Audio|Post|Chart|Map)(?:: | (?=\()))?(?P<title>.*?) ?\((?P<host>[^()]+)\)$"
)
_MAX_TITLE = 200
_MAX_NODES = 500


@dataclass(frozen=True, kw_only=True)
class Embed:
    """Something embedded: the page where it can be seen, what it is ("Video", or ""), and its words.

    `rule` says why it is not for the reader (an advertisement, a tracker), or is "".
    """

    url: str
    noun: str = ""
    title: str = ""
    caption: str = ""
    poster: str = ""
    rule: str = ""

    @property
    def label(self) -> str:
        """What the link says: "Video: The flood from above (video.example)"."""
        host = host_of(self.url)
        if not self.title:
            return f"{self.noun} ({host})" if self.noun else host
        return f"{self.noun}: {self.title} ({host})" if self.noun else f"{self.title} ({host})"

    @property
    def text(self) -> str:
        """How the record of removals names it."""
        return f"{self.title} {self.url}".strip()


def titles_of(nodes: Iterable[Node]) -> dict[str, str]:
    """The titles that JSON-LD gives to videos and sounds, by the pages that show them."""
    found: dict[str, str] = {}
    for node in list(nodes)[:_MAX_NODES]:
        if types(node) & {"videoobject", "audioobject", "podcastepisode", "clip"}:
            title = text_of(node.get("name")) or text_of(node.get("headline"))
            for key in ("embedUrl", "contentUrl", "url"):
                url = absolute(text_of(node.get(key)), "")
                if url and title:
                    found.setdefault(original_of(url).url, title[:_MAX_TITLE])
    return found


def alone(text: str) -> Embed | None:
    """What a paragraph stands for that is nothing but the address of a known player or post."""
    if not text.startswith(("https://", "http://")) or " " in text:
        return None
    found = known_original(text)
    return Embed(url=found.url, noun=found.noun) if found is not None else None


def box_of(element: Any, base_url: str) -> Embed | None:
    """The post that a network's markup stands for, or what a script would put in an empty box."""
    if _POSTS.search(element.get("class") or ""):
        return _post(element, base_url)
    return widget_of(element, base_url)


def is_all_widget(element: Any) -> bool:
    """Whether the words in a post's markup are the network's, and not the post's."""
    return bool(_ALL_WIDGET.search(element.get("class") or ""))


def media_of(element: Any, base_url: str, titles: Mapping[str, str] | None = None) -> Embed | None:
    """What a media element shows; None where it leads nowhere."""
    address = _address(element, base_url)
    if not address:
        return None
    rule = _rule(element, address)
    found = original_of(address)
    noun = found.noun or {"video": "Video", "audio": "Audio"}.get(str(element.tag).removeprefix("amp-"), "")
    title = _title(element) or (titles or {}).get(found.url, "")
    poster = absolute(element.get("poster") or "", base_url) if element.get("poster") else None
    return Embed(url=found.url, noun=noun, title=title, poster=poster or "", rule=rule)


def widget_of(element: Any, base_url: str) -> Embed | None:
    """What a script or an empty box stands for that only a script of others would fill."""
    told = element.get("data-telegram-post")
    if told and re.fullmatch(r"\w{4,40}/\d+", told):
        return Embed(url=f"https://t.me/{told}", noun="Post")
    told = element.get("data-src") if "flourish-embed" in (element.get("class") or "") else None
    if told and re.match(r"(?:visualisation|story)/\d+", told):
        return Embed(url=original_of(f"https://flo.uri.sh/{told}").url, noun="Chart")
    source = absolute(element.get("src") or "", base_url) if element.tag == "script" else None
    if source and re.match(r"https://gist\.github\.com/[\w-]+/\w+\.js", source):
        return Embed(url=source.partition(".js")[0])
    told = element.get("data-youtube-id") or element.get("data-ytid")
    if told and _NAME.fullmatch(told):
        return Embed(
            url=original_of(f"https://www.youtube.com/embed/{told}").url, noun="Video", title=_title(element)
        )
    return None


def figure_of(figure: Any, base_url: str, titles: Mapping[str, str]) -> Embed | None:
    """What a figure element shows that is no picture, with its caption; None where it is a picture alone."""
    shown = _rendered(figure)
    if shown is not None:
        return shown
    for element in figure.iter(*MEDIA):
        found = media_of(element, base_url, titles)
        if found is not None and not found.rule:
            return with_caption(found, _caption(figure))
    return None


def with_caption(embed: Embed, caption: str) -> Embed:
    """The embed with a caption, which is its title where it has none and the caption is short."""
    if not caption or fold(caption) == fold(embed.title):
        return embed
    if not embed.title and len(caption) <= 120:
        return replace(embed, title=caption)
    return replace(embed, caption=caption[:1_000])


def _rendered(figure: Any) -> Embed | None:
    """An embed as render.py writes it: a figure with a link that ends in the name of its host."""
    links = [child for child in figure if child.tag == "a"]
    if len(links) != 1:
        return None
    url, text = absolute(links[0].get("href") or "", ""), squeeze(links[0].text_content())
    told = _LABEL.match(text)
    if url and (text == host_of(url) or (told and told["host"] == host_of(url))):
        image = figure.find("img")
        return Embed(
            url=url,
            noun=(told["noun"] or "") if told else "",
            title=told["title"] if told else "",
            caption=_caption(figure),
            poster=(absolute(image.get("src") or "", "") or "") if image is not None else "",
        )
    return None


def _caption(figure: Any) -> str:
    caption = figure.find(".//figcaption")
    return squeeze(caption.text_content()) if caption is not None else ""


def _title(element: Any) -> str:
    for name in _TITLES:
        title = squeeze(element.get(name) or "")
        title = re.sub(r"^(?:play|embed)\b\s*:?\s*|^spotify embed: ", "", title, flags=re.IGNORECASE)
        if title and not _NO_TITLE.match(title) and not title.startswith(("http:", "https:")):
            return title[:_MAX_TITLE]
    return ""


def _address(element: Any, base_url: str) -> str:
    if element.tag in _NAMED:
        name, form = _NAMED[element.tag]
        told = element.get(name) or ""
        return form.format(told) if _NAME.fullmatch(told) else ""
    if element.tag == "amp-brightcove":
        told = [element.get(name) or "" for name in ("data-account", "data-player", "data-video-id")]
        account, player, video = (value if _NAME.fullmatch(value) else "" for value in told)
        link = f"https://players.brightcove.net/{account}/{player or 'default'}_default/index.html"
        return f"{link}?videoId={video}" if account and video else ""
    if element.tag == "iframe" and (element.get("data-tweet-id") or "").isdecimal():
        return f"https://x.com/i/status/{element.get('data-tweet-id')}"
    holders = [element, *element.iter("source", "embed")]
    links = (holder.get(name) for holder in holders for name in _SOURCES)
    found = [url for link in links if link and (url := absolute(link, base_url))]
    if found and all(is_stream(url) for url in found):
        return absolute(base_url, "") or ""  # no browser opens a stream by itself: the page plays it
    return next((url for url in found if not is_stream(url)), "")


def is_stream(address: str) -> bool:
    """Whether an address is of a film's pieces, which no browser plays by itself."""
    return bool(_STREAM.search(address))


def is_tracker(address: str) -> bool:
    """Whether an address is one that counts readers, asks for consent, or is a network's button."""
    return bool(_TRACKING.search(_place(address)))


def _place(address: str) -> str:
    return address.partition("://")[2].partition("?")[0].lower()[:500]


def _rule(element: Any, address: str) -> str:
    named = " ".join(element.get(name) or "" for name in ("class", "id", "name")).lower()
    place = _place(address)
    if _TRACKING.search(place) or _is_hidden(element, address):
        return "tracker"
    if _ADVERTISING.search(place) or _ADVERTISING_NAME.search(named):
        return "advertisement"
    if element.tag == "iframe" and _NEWSLETTER.search(f"{place} {named}"):
        return "newsletter"
    return "related" if "wp-embedded-content" in named else ""


def _is_hidden(element: Any, address: str) -> bool:
    """Whether a frame is not for eyes; those of known players grow by script, so that size says nothing."""
    if element.tag != "iframe" or known_original(address) is not None:
        return False
    sides = [squeeze(element.get(side) or "").removesuffix("px") for side in ("width", "height")]
    lazy = any(element.get(name) for name in _SOURCES if name.startswith("data-"))
    return any(side in ("0", "1") for side in sides) or (
        not lazy and bool(_HIDDEN.search((element.get("style") or "").lower()))
    )


def _post(element: Any, base_url: str) -> Embed | None:
    for address in _post_addresses(element, base_url):
        found = known_original(address)
        is_own = found is None and element.get("cite") == address
        if found is not None or is_own or "facebook.com/" in address or "/@" in address:
            url = found.url if found else address
            writer = _WRITER.search(squeeze(element.text_content())[-300:])
            return Embed(
                url=url, noun="Post", title=_SHARED.sub("", squeeze(writer["name"])) if writer else ""
            )
    return None


def _post_addresses(element: Any, base_url: str) -> Iterator[str]:
    bluesky = _BLUESKY.match(element.get("data-bluesky-uri") or "")
    if bluesky:
        yield f"https://bsky.app/profile/{bluesky[1]}/post/{bluesky[2]}"
    links = [element.get(name) for name in _POST_LINKS]
    links += [link.get("href") for link in reversed(list(element.iter("a")))]  # the last is the post's own
    for link in links:
        url = absolute(link, base_url) if link else None
        if url:
            yield url
