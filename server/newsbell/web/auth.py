"""Bearer tokens (RFC 6750 section 2.1): an editor's API token, a reader's manage token.

Only the Authorization header counts: no cookie and no query parameter, so that no link and no other
site's page can act for somebody.
"""

from __future__ import annotations

import re

from flask import request

from newsbell.errors import NotFoundError, UnauthorizedError
from newsbell.services.subscriptions import authenticate
from newsbell.services.tokens import check_token
from newsbell.web.context import current

_BEARER = re.compile(r"bearer +([A-Za-z0-9\-._~+/]{1,200}=*)", re.IGNORECASE)


def require_editor() -> str:
    """The name of the API token this request carries; `UnauthorizedError` without a valid one."""
    return check_token(current().db, _bearer_token())


def is_editor() -> bool:
    """Whether this request carries a valid API token."""
    try:
        require_editor()
    except UnauthorizedError:
        return False
    return True


def require_subscriber(subscription_id: int) -> None:
    """That this request carries the manage token of this very subscription.

    `UnauthorizedError` without a valid token; `NotFoundError` with that of another subscription,
    whether or not the one named exists.
    """
    if authenticate(current().db, _bearer_token()) != subscription_id:
        raise NotFoundError("There is no such subscription, or this token is not its own.")


def _bearer_token() -> str:
    header = request.headers.get("Authorization")
    if header is None:
        raise UnauthorizedError("This needs a token, as: Authorization: Bearer …")
    found = _BEARER.fullmatch(header.strip())
    if found is None:
        raise UnauthorizedError("The Authorization header must read: Bearer, a space, the token.")
    return found[1]
