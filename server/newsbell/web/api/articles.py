"""/api/v1/articles: read by anybody; saved, corrected and removed with an API token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response

from newsbell.domain.article import Part, Position, Removal
from newsbell.domain.identity import MAX_GIVEN_URL
from newsbell.domain.serialise import article_json, saved_json
from newsbell.errors import MalformedError, NewsbellError
from newsbell.services import articles as service
from newsbell.services.correcting import PARTS, ArticlePatch, correct_article
from newsbell.services.importing import Imported, Notify, Source, fetched, import_article
from newsbell.web import limits
from newsbell.web.api import answers, query
from newsbell.web.api.body import WITH_PAGE, WITH_TEXT, Fields, read_body
from newsbell.web.auth import is_editor, require_editor
from newsbell.web.context import current
from newsbell.web.paging import position_text

_NEW = ("url", "html", "text", "title", "topics", "notify")
_CORRECTED = ("title", "summary", "topics", "body_html", "restore", "restored", "pinned")
_REMOVAL = ("rule", "text")
_NOTIFY: tuple[Notify, ...] = ("auto", "yes", "no")


def index() -> Response:
    """Articles of all topics or of some, newest first."""
    limit, slugs = query.limit(usual=50, most=100), query.topics()
    page = service.list_articles(current().db, topics=slugs, before=query.before(), limit=limit)
    full = _gives_full_text()
    return _readable(
        {
            "articles": [article_json(article, full_text=full) for article in page.articles],
            "next": page.next and _following(page.next, slugs, limit),
        }
    )


def show(article_id: int) -> Response:
    article = service.get_article(current().db, article_id)
    return _readable(article_json(article, full_text=_gives_full_text()))


def create() -> Response:
    """Save a page or a text, or fetch an address and save what is there."""
    require_editor()
    body = read_body(_NEW, longest=WITH_PAGE, authenticated=True)
    source = _source(body)
    title, topics = body.text("title"), body.texts("topics") or ()
    notify = body.choice("notify", _NOTIFY)
    context = current()
    try:
        imported = import_article(
            context.db,
            context.settings,
            source if source.content is not None else _fetch(source),
            topics=topics,
            title=title,
            notify=notify,
            cleaner=context.cleaner,
            now=context.clock(),
        )
    except NewsbellError as error:
        if error.field == "content":  # cleaning's word for what came here under another name
            error.field = next(name for name in ("html", "text", "url") if name in body)
        raise
    return _saved(imported)


def correct(article_id: int) -> Response:
    """Put a title, a summary, the topics or the text right, or a removal back."""
    require_editor()
    context = current()
    patch = _patch(read_body(_CORRECTED, longest=WITH_TEXT, authenticated=True))
    article = correct_article(context.db, article_id, patch, context.clock(), cleaner=context.cleaner)
    return answers.private(article_json(article))


def remove(article_id: int) -> Response:
    require_editor()
    service.remove_article(current().db, article_id, current().clock())
    return answers.nothing()


def _patch(body: Fields) -> ArticlePatch:
    restored = body.objects("restored", _REMOVAL)
    return ArticlePatch(
        title=body.text("title"),
        summary=body.text("summary"),
        topics=body.texts("topics"),
        body_html=body.text("body_html"),
        restore=_restore(body),
        restored=None if restored is None else [_removal(fields) for fields in restored],
        pinned=_pinned(body.texts("pinned")),
    )


def _restore(body: Fields) -> list[int | Removal]:
    """Removals, each by its place in the article's list or as it stands there."""
    return [
        value
        if isinstance(value, int) and not isinstance(value, bool)
        else _removal(body.object_in("restore", value, _REMOVAL))
        for value in body.values("restore") or ()
    ]


def _removal(fields: Fields) -> Removal:
    return Removal(rule=fields.required("rule"), text=fields.required("text"))


def _pinned(names: Sequence[str] | None) -> list[Part] | None:
    if names is None:
        return None
    if unknown := set(names) - set(PARTS):
        raise MalformedError(f"pinned names parts: {', '.join(PARTS)}; not {unknown.pop()}.", field="pinned")
    return [part for part in PARTS if part in names]


def _gives_full_text() -> bool:
    """Whether this request is answered with the articles' texts: an editor's always is."""
    return current().settings.full_text or is_editor()


def _readable(body: dict[str, Any]) -> Response:
    response = answers.public(body)
    if not current().settings.full_text:
        response.vary.add("Authorization")
    return response


def _source(body: Fields) -> Source:
    """What is to be saved: of html and text at most one; a page that is given is not fetched."""
    url = body.text("url", longest=MAX_GIVEN_URL) or ""
    html, text = body.page("html"), body.page("text")
    if html is not None and text is not None:
        raise MalformedError("Give html or text, not both.", field="text")
    if html is not None:
        return Source(url=url, content=html, content_type="text/html")
    if text is not None:
        return Source(url=url, content=text, content_type="text/plain")
    if not url:
        raise MalformedError("Give html, text or the url of a page.", field="url")
    return Source(url=url)


@limits.fetching
def _fetch(source: Source) -> Source:
    return fetched(source, current().fetcher)


def _saved(imported: Imported) -> Response:
    location = f"/api/v1/articles/{imported.article.id}"
    return answers.private(saved_json(imported), 201 if imported.created else 200, location=location)


def _following(position: Position, slugs: list[str] | None, limit: int) -> str:
    onward = [("topic", slug) for slug in slugs or ()]
    onward += [("before", position_text(position)), ("limit", str(limit))]
    return f"{current().settings.base_url}/api/v1/articles?{urlencode(onward)}"
