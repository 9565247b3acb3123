"""Players and posts of others: which page for people belongs to the address of a frame.

The forms are those the services themselves document for embedding; a frame of no known form leads to its
own address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from newsbell.domain.cleaning.sanitise import absolute

_ID = r"[\w-]{3,64}"


@dataclass(frozen=True, kw_only=True)
class Original:
    """The page at which what a frame shows can be seen, and what it is: "Video", or "" where unknown."""

    url: str
    noun: str


@dataclass(frozen=True, kw_only=True)
class _Form:
    """A form of address: `pattern` over host, path and query, and the page made of its groups."""

    noun: str
    pattern: re.Pattern[str]
    page: str


def _form(noun: str, pattern: str, page: str) -> _Form:
    return _Form(noun=noun, pattern=re.compile(pattern, re.IGNORECASE), page=page)


_YOUTUBE = r"^(?:www\.|m\.)?youtube(?:-nocookie)?\.com/"
_X = "^(?:www\\.|mobile\\.|m\\.)?(?:twitter|x)\\.com/"
_FORMS = (
    _form(
        "Video",
        rf"{_YOUTUBE}embed/(?:videoseries)?/?\?(?:.*&)?list=(?P<id>{_ID})",
        "https://www.youtube.com/playlist?list={id}",
    ),
    _form(
        "Video", rf"{_YOUTUBE}(?:embed|v|live|shorts)/(?P<id>{_ID})", "https://www.youtube.com/watch?v={id}"
    ),
    _form("Video", rf"{_YOUTUBE}watch\?(?:.*&)?v=(?P<id>{_ID})", "https://www.youtube.com/watch?v={id}"),
    _form("Video", rf"^youtu\.be/(?P<id>{_ID})", "https://www.youtube.com/watch?v={id}"),
    _form(
        "Video",
        r"^(?:player\.)?vimeo\.com/(?:video/)?(?P<id>\d+)\?(?:.*&)?h=(?P<key>\w+)",
        "https://vimeo.com/{id}/{key}",
    ),
    _form("Video", r"^(?:player\.|www\.)?vimeo\.com/(?:video/)?(?P<id>\d+(?:/\w+)?)", "https://vimeo.com/{id}"),
    _form(
        "Video",
        rf"^(?:www\.)?dailymotion\.com/(?:embed/)?video/(?P<id>{_ID})",
        "https://www.dailymotion.com/video/{id}",
    ),
    _form(
        "Video",
        rf"^geo\.dailymotion\.com/player(?:/\w+)?\.html\?(?:.*&)?video=(?P<id>{_ID})",
        "https://www.dailymotion.com/video/{id}",
    ),
    _form(
        "Video", r"^player\.twitch\.tv/\?(?:.*&)?video=v?(?P<id>\d+)", "https://www.twitch.tv/videos/{id}"
    ),
    _form("Video", rf"^player\.twitch\.tv/\?(?:.*&)?channel=(?P<id>{_ID})", "https://www.twitch.tv/{id}"),
    _form("Video", rf"^clips\.twitch\.tv/embed\?(?:.*&)?clip=(?P<id>{_ID})", "https://clips.twitch.tv/{id}"),
    _form("Video", rf"^streamable\.com/[eo]/(?P<id>{_ID})", "https://streamable.com/{id}"),
    _form("Video", rf"^rutube\.ru/play/embed/(?P<id>{_ID})", "https://rutube.ru/video/{id}/"),
    _form(
        "Video",
        r"^(?:www\.)?vk\.com/video_ext\.php\?(?:.*&)?oid=(?P<owner>-?\d+)&(?:.*&)?id=(?P<id>\d+)",
        "https://vk.com/video{owner}_{id}",
    ),
    _form(
        "Video",
        r"^player\.bilibili\.com/player\.html\?(?:.*&)?bvid=(?P<id>\w+)",
        "https://www.bilibili.com/video/{id}",
    ),
    _form("Video", r"^(?:www\.)?tiktok\.com/(?P<id>@[\w.-]*/video/\d+)", "https://www.tiktok.com/{id}"),
    _form(
        "Post", r"^platform\.(?:twitter|x)\.com/embed/.*[?&]id=(?P<id>\d+)", "https://x.com/i/status/{id}"
    ),
    _form("Post", rf"{_X}(?P<id>(?:i/(?:web/)?|\w+/)status(?:es)?/\d+)", "https://x.com/{id}"),
    _form(
        "Post",
        rf"^(?:www\.)?instagram\.com/(?:[\w.]+/)?(?P<kind>p|reel|tv)/(?P<id>{_ID})",
        "https://www.instagram.com/{kind}/{id}/",
    ),
    _form(
        "Post",
        r"^embed\.bsky\.app/embed/(?P<did>did:[\w:.%-]+)/app\.bsky\.feed\.post/(?P<id>\w+)",
        "https://bsky.app/profile/{did}/post/{id}",
    ),
    _form("Post", r"^bsky\.app/(?P<id>profile/[\w:.-]+/post/\w+)", "https://bsky.app/{id}"),
    _form("Post", r"^(?:t|telegram)\.me/(?:s/)?(?P<id>\w{4,40}/\d+)", "https://t.me/{id}"),
    _form("Post", r"^(?:www\.)?threads\.(?:net|com)/(?P<id>(?:@[\w.]+|t)(?:/post)?/[\w-]+)", "https://www.threads.net/{id}"),
    _form("Post", r"^(?:embed|www)\.reddit(?:media)?\.com/(?P<id>r/\w+/comments/[\w/%-]+)", "https://www.reddit.com/{id}"),
    _form("Post", r"^(?:www\.)?linkedin\.com/embed/(?P<id>feed/update/urn:li:\w+:\d+)", "https://www.linkedin.com/{id}"),
    _form("Post", r"^(?P<id>[a-z0-9.-]+/(?:@[\w.@-]+|users/\w+/statuses)/\d{6,20})/embed", "https://{id}"),
    _form(
        "Audio",
        r"^open\.spotify\.com/embed(?:-podcast)?/(?P<id>(?:track|album|episode|show|playlist|artist)/\w+)",
        "https://open.spotify.com/{id}",
    ),
    _form("Audio", r"^embed\.podcasts\.apple\.com/(?P<id>[\w/%?=.-]+)", "https://podcasts.apple.com/{id}"),
    _form("Chart", r"^datawrapper\.dwcdn\.net/(?P<id>\w{5})(?:/\d+)?", "https://datawrapper.dwcdn.net/{id}/"),
    _form(
        "Chart",
        r"^(?:flo\.uri\.sh|public\.flourish\.studio)/(?P<id>(?:visualisation|story)/\d+)",
        "https://public.flourish.studio/{id}/",
    ),
    _form("Chart", rf"^e\.infogram\.com/(?P<id>{_ID})", "https://infogram.com/{id}"),
    _form(
        "Map",
        rf"^(?:www\.)?google\.[a-z.]{{2,6}}/maps/d/(?:u/\d/)?embed\?(?:.*&)?mid=(?P<id>{_ID})",
        "https://www.google.com/maps/d/viewer?mid={id}",
    ),
    _form("", r"^(?:www\.)?scribd\.com/embeds/(?P<id>\d+)", "https://www.scribd.com/document/{id}"),
    _form("", rf"^giphy\.com/embed/(?P<id>{_ID})", "https://giphy.com/gifs/{id}"),
)  # fmt: skip
# Frames that name what they show in a part of their address: the host, that part, and whose pages it names.
_WITHIN = (
    (re.compile(r"^(?:www\.|web\.)?facebook\.com/(?:v[\d.]+/)?plugins/(?:post|video)\.php"), "href",
     re.compile(r"^(?:\w+\.)?(?:facebook\.com|fb\.watch)$")),
    (re.compile(r"^w\.soundcloud\.com/player"), "url", re.compile(r"^(?:www\.)?soundcloud\.com$")),
)  # fmt: skip
# Of what kind the frames of these hosts are, where the address names no page.
_NOUNS = (
    (re.compile(r"(?:^|\.)(?:soundcloud|acast|megaphone|simplecast|podigee|deezer)\.\w+/"), "Audio"),
    (re.compile(r"(?:^|\.)(?:google\.[a-z.]{2,6}/maps|openstreetmap\.org|umap\.|arcgis\.com|maps\.)"), "Map"),
    (re.compile(r"(?:^|\.)(?:tiktok|brightcove|jwplayer|jwplatform|kaltura|rumble|wistia)\.\w+/"), "Video"),
    (re.compile(r"(?:^|\.)(?:facebook\.com|fb\.watch)/"), "Post"),
    (re.compile(r"(?:^|[./_-])(?:video|videos|videoplayer)(?:[./_?-]|$)"), "Video"),
    (re.compile(r"(?:^|[./_-])(?:audio|podcasts?|radio)(?:[./_?-]|$)"), "Audio"),
    (re.compile(r"(?:^|[./_-])(?:maps?)(?:[./_?-]|$)"), "Map"),
)  # fmt: skip


def original_of(url: str) -> Original:
    """The page for people that shows what the frame at this absolute http(s) address shows."""
    rest = _without_scheme(url)
    named = _within(url, rest)
    known = known_original(named or url)
    if known is not None:
        return known
    return Original(url=named or url, noun=next((noun for form, noun in _NOUNS if form.search(rest)), ""))


def known_original(url: str) -> Original | None:
    """The same for an address of a known player or post, frame or page; None for any other."""
    rest = _without_scheme(url)
    for form in _FORMS:
        found = form.pattern.match(rest)
        if found:
            return Original(url=form.page.format(**found.groupdict()), noun=form.noun)
    return None


def host_of(url: str) -> str:
    """The host as a reader knows it."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _without_scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').lower()}{parts.path}{query}"[:2_000]


def _within(url: str, rest: str) -> str | None:
    for form, name, hosts in _WITHIN:
        if form.match(rest):
            inner = absolute(next(iter(parse_qs(urlsplit(url).query).get(name, ())), ""), "")
            if inner and hosts.match((urlsplit(inner).hostname or "").lower()):
                return inner
    return None
