"""E-mail addresses that a page hides from robots and shows to its readers.

Cloudflare's e-mail protection puts "[email protected]" in an address's place and the address beside it, every
byte combined (exclusive or) with the first: a script would put it back. Newsrooms print it to be written to.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"/cdn-cgi/l/email-protection#([0-9a-fA-F]{6,400})$")
_HIDDEN = re.compile(r"(?:[0-9a-fA-F]{2}){4,200}")
_MOST = 500


def reveal(tree: Any) -> None:
    """Put the addresses of a page where its script would put them."""
    for element in islice(tree.xpath("//*[@data-cfemail]"), _MOST):
        address = decoded(element.get("data-cfemail"))
        if address:
            for child in list(element):
                element.remove(child)
            element.text = address
            if element.tag == "a":
                element.set("href", f"mailto:{address}")
    for link in islice(tree.xpath("//a[contains(@href, 'email-protection#')]"), _MOST):
        found = _LINK.search(link.get("href"))
        address = decoded(found[1]) if found else ""
        if address:
            link.set("href", f"mailto:{address}")


def decoded(hidden: str) -> str:
    """The address in hexadecimal digits; "" where they hold none."""
    if not _HIDDEN.fullmatch(hidden):
        return ""
    key, *rest = bytes.fromhex(hidden)
    text = bytes(key ^ one for one in rest).decode("utf-8", "replace")
    return text if _ADDRESS.fullmatch(text) else ""
