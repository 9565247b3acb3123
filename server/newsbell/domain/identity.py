"""Identity: one address for one article, however it was reached."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import tld

from newsbell.domain.text import strip_controls
from newsbell.errors import MalformedError

MAX_URL = 2048
"""Characters of an address that is stored, normalised."""
MAX_GIVEN_URL = 8_192
"""Characters of an address as somebody gives it or a redirect names it; much of it may be left out."""

# Parameters that say who sent the reader, not which article it is.
_TRACKING = re.compile(
    r"""utm_\w*|at_(?:medium|campaign|link\w*|format|ptr\w*|bbc\w*)|(?:mtm|pk|piwik|hsa|oly|vero|wt)_\w+
      | fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|li_fat_id|epik
      | mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hssc|__hstc|__hsfp|hsctatracking|_ga|_gl|_openstat|s_cid|icid
      | ncid|cmpid|cmp|ocid|soc_src|soc_trk|smid|smtyp|ns_mchannel|ns_source|ns_campaign|ns_linkname|ns_fee
      | xtor|wt\.\w+|ftag|guccounter|guce_\w+|srnd|sref|trk|trkcampaign|partner_?ref|__twitter_impression
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/:@!$&'()*+,;=~-._%"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


def normalise_url(url: str) -> str:
    """The http(s) address with scheme and host in small letters, and without default port, user name,
    fragment and tracking parameters (RFC 3986 section 6.2.2), the same when
    normalised again.

    Raises MalformedError for what is no http(s) address with a host, or longer than 2,048 characters.
    """
    try:
        parts = urlsplit(strip_controls(url).strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise MalformedError(f"That is not an address: {error}.", code="bad_url", field="url") from error
    if parts.scheme not in _DEFAULT_PORTS or not host or re.search(r"[^\w.:-]", host):
        raise MalformedError(
            "An address starts with http:// or https:// and a host.", code="bad_url", field="url"
        )
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    result = urlunsplit(
        (parts.scheme, netloc, _escaped(parts.path, _PATH_SAFE) or "/", _query(parts.query), "")
    )
    if len(result) > MAX_URL:
        raise MalformedError("The address is too long.", code="bad_url", field="url")
    return result


def canonical_url(page_url: str, declared: str | None) -> str:
    """The identity of the article on the page at `page_url`: the address it declares as canonical, if that
    is within the same registrable domain (private suffixes counted) and is not merely the site's front page;
    else the page's own. Normalised.

    "" for a page without an address. Raises MalformedError as normalise_url.
    """
    if not page_url:
        return ""
    own = normalise_url(page_url)
    if not declared or not declared.strip():
        return own
    try:
        named = normalise_url(urljoin(own, declared.strip()))
    except (MalformedError, ValueError):
        return own
    return named if _same_site(own, named) and not _is_front_page(named) else own


def _same_site(one: str, other: str) -> bool:
    return _registrable(one) == _registrable(other)


def _registrable(url: str) -> str:
    """The registrable domain; where the list has no rule, its default (the last two labels); for addresses
    and local names, which have none, host and port.
    """
    parts = urlsplit(url)
    found = tld.get_fld(url, fail_silently=True, search_private=True)
    labels = (parts.hostname or "").split(".")
    if found or len(labels) < 2 or labels[-1].isdigit():
        return found or parts.netloc
    return ".".join(labels[-2:])


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.strip("/") in ("", "index.html", "index.htm", "index.php") and not parts.query


def _query(query: str) -> str:
    if not query:
        return ""
    kept = [part for part in query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0])]
    return _escaped("&".join(kept), _PATH_SAFE + "?")


def _escaped(text: str, safe: str) -> str:
    """Percent-encoding in one form: stray signs encoded, escapes in capitals, unreserved characters bare."""
    encoded = quote(_STRAY_PERCENT.sub("%25", text), safe=safe, errors="replace")
    return _ESCAPE.sub(_unreserved, encoded)


def _unreserved(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return (
        character
        if character.isascii() and (character.isalnum() or character in "-._~")
        else match[0].upper()
    )
