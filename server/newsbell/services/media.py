"""Pictures of articles, served from here: /media/<signature>/<the original address as base64url>.

The signature is ours alone to make, so that only addresses standing in our articles are fetched, and
nobody can use this server to fetch what he likes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import urlsplit

import lxml.html

from newsbell.errors import MalformedError, NewsbellError
from newsbell.services.picture_cache import CachedPicture, PictureCache
from newsbell.services.ports import PictureFetcher
from newsbell.storage import keys
from newsbell.storage.database import Database

__all__ = [
    "CachedPicture", "PictureCache", "address_pictures", "media_address", "media_key", "original_address",
    "parsed", "picture", "rewrite_pictures", "sign", "verify", "written",
]  # fmt: skip

MAX_ADDRESS = 4_096  # characters; longer ones would not fit into a request line after base64
_SIGNATURE_BYTES = 16
_KEY_NAME = "media"


def media_key(db: Database) -> bytes:
    """The key that signs picture addresses: 32 random bytes, made when first asked for."""
    with db.read() as conn:
        key = keys.secret(conn, _KEY_NAME)
    if key is not None:
        return key
    with db.transaction() as conn:
        return keys.set_secret(conn, _KEY_NAME, secrets.token_bytes(32))


def sign(secret: bytes, url: str) -> str:
    """The signature of a picture's address: 128 bits of HMAC-SHA-256 as base64url."""
    mac = hmac.new(secret, url.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return _base64url(mac[:_SIGNATURE_BYTES])


def verify(secret: bytes, signature: str, url: str) -> bool:
    """Whether `signature` was made by `sign`, compared in constant time."""
    return hmac.compare_digest(sign(secret, url).encode(), signature.encode("utf-8", "surrogatepass"))


def media_address(secret: bytes, url: str, *, base: str = "") -> str:
    """Where we serve the picture at `url`: a path, or an address below `base` (an origin without "/")."""
    return f"{base}/media/{sign(secret, url)}/{_base64url(url.encode('utf-8', 'surrogatepass'))}"


def original_address(encoded: str) -> str:
    """The picture's own address from the last part of `media_address`; MalformedError if it is none."""
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("utf-8")
    except (ValueError, binascii.Error) as error:
        raise MalformedError("That is not the address of a picture.", field="url") from error


def picture(cache: PictureCache, fetcher: PictureFetcher, url: str, *, now: datetime) -> CachedPicture:
    """The picture at `url`, from the cache or fetched into it; the caller has verified the signature.

    Raises what the fetcher raises, UnreachableError for some minutes after a failure, and UnavailableError
    when too many are being fetched.
    """
    found = cache.get(url)
    if found is not None:
        return found
    cache.check_not_failed(url, now)
    with cache.turn(url):
        found = cache.get(url)
        if found is not None:
            return found
        cache.check_not_failed(url, now)
        try:
            fetched = fetcher.fetch_picture(url)
        except NewsbellError:
            cache.note_failure(url, now)
            raise
        return cache.put(url, fetched.content, fetched.content_type)


def rewrite_pictures(html: str, *, base: str, secret: bytes, own_origin: str) -> str:
    """Sanitised HTML with its pictures addressed here, as `address_pictures` does it."""
    if "<img" not in html.lower() and "<source" not in html.lower():
        return html
    body = parsed(html)
    address_pictures(body, base=base, secret=secret, own_origin=own_origin)
    return written(body)


def parsed(html: str) -> lxml.html.HtmlElement:
    """Sanitised HTML as the children of one element, to be changed and `written`."""
    return lxml.html.fragment_fromstring(html, create_parent="div")


def written(body: lxml.html.HtmlElement) -> str:
    """What `parsed` took apart as HTML again."""
    whole = str(lxml.html.tostring(body, encoding="unicode"))
    return whole.removeprefix("<div>").removesuffix("</div>")


def address_pictures(body: lxml.html.HtmlElement, *, base: str, secret: bytes, own_origin: str) -> None:
    """Replace each picture's address by ours, loaded when it comes into view.

    `base` stands before /media/… ("" on our pages, the base URL in feeds). Pictures of `own_origin` stay
    as they are; one that cannot be addressed loses its address and keeps its words. Other sizes of a
    picture (`srcset`, `<source>`) are dropped: they are the same picture at addresses not signed.
    """
    for image in body.iter("img"):
        _rewrite(image, base, secret, own_origin)
    for element in list(body.iter("source")):
        element.drop_tag()  # not the tree: the parser knows no empty <source>, and the picture stands in it


def _rewrite(image: lxml.html.HtmlElement, base: str, secret: bytes, own_origin: str) -> None:
    source = image.attrib.pop("src", "").strip()
    for attribute in ("srcset", "sizes"):
        image.attrib.pop(attribute, None)
    try:
        parts = urlsplit(source)
    except ValueError:
        return
    if f"{parts.scheme}://{parts.netloc}" == own_origin:
        image.set("src", source)
    elif parts.scheme in ("http", "https") and parts.netloc and len(source) <= MAX_ADDRESS:
        image.set("src", media_address(secret, source, base=base))
    else:
        return
    image.set("loading", "lazy")
    image.set("decoding", "async")


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
