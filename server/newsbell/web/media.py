"""GET /media/<signature>/<address>: a picture of an article, served from here."""

from __future__ import annotations

from flask import Blueprint, Response, request

from newsbell.errors import MalformedError, NewsbellError, UnavailableError, UnreachableError
from newsbell.services import media
from newsbell.web.context import current
from newsbell.web.errors import RETRY_AFTER

WEEK = 7 * 24 * 3600

blueprint = Blueprint("media", __name__)


@blueprint.get("/media/<signature>/<address>")
def show_picture(signature: str, address: str) -> Response:
    """The picture; 404 where the signature is not ours or there is none, 502 where its origin is down,
    503 where too many pictures are being fetched.

    The refusals carry no word about the address: they would tell a stranger what this server can reach.
    """
    context = current()
    try:
        url = media.original_address(address)
        if not media.verify(context.media_key, signature, url):
            return _nothing(404)
        picture = media.picture(context.pictures, context.picture_fetcher, url, now=context.clock())
    except MalformedError:
        return _nothing(404)
    except UnreachableError:
        return _nothing(502)
    except UnavailableError:
        return _nothing(503, retry_after=RETRY_AFTER)
    except NewsbellError:
        return _nothing(404)
    return _shown(picture)


def _shown(picture: media.CachedPicture) -> Response:
    response = Response(picture.content, mimetype=picture.content_type)
    response.set_etag(picture.digest[:32])
    response.cache_control.public = True
    response.cache_control.max_age = WEEK
    response.cache_control.immutable = True
    response.make_conditional(request)
    return _inert(response)


def _nothing(status: int, *, retry_after: str = "") -> Response:
    response = Response("", status=status, mimetype="text/plain")
    if retry_after:
        response.headers["Retry-After"] = retry_after
    response.cache_control.no_store = True
    return _inert(response)


def _inert(response: Response) -> Response:
    """Whatever the bytes are, a browser that opens the address by itself runs nothing of them."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # feeds show them in readers
    return response
