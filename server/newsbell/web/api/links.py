"""/api/v1/links: a page hands its subscription to the browser's extension."""

from __future__ import annotations

from flask import Response

from newsbell.services import links as service
from newsbell.web import limits
from newsbell.web.api import answers
from newsbell.web.api.body import SMALL, read_body
from newsbell.web.auth import authenticated_subscriber
from newsbell.web.context import current


@limits.linking
def offer() -> Response:
    """A code for whoever has the verifier behind the hash."""
    subscription_id = authenticated_subscriber()
    body = read_body(("hash",), longest=SMALL)
    context = current()
    offered = service.offer(
        context.db, subscription_id, verifier_hash=body.required("hash", longest=43), now=context.clock()
    )
    return answers.private({"code": offered.code, "expires_at": offered.expires_at.isoformat()}, 201)


@limits.linking
def claim() -> Response:
    """A manage token for the code and its verifier, once."""
    body = read_body(("code", "verifier"), longest=SMALL)
    context = current()
    claimed = service.claim(
        context.db,
        code=body.required("code", longest=200),
        verifier=body.required("verifier", longest=128),
        now=context.clock(),
    )
    topics = [{"name": topic.name, "slug": topic.slug} for topic in claimed.topics]
    return answers.private({"id": claimed.id, "manage_token": claimed.manage_token, "topics": topics})
