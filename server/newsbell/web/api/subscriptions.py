"""/api/v1/subscriptions: one browser's wish to be rung. Made by anybody, and then its manage token's."""

from __future__ import annotations

from flask import Response

from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import MAX_ENDPOINT, PushTarget, Subscription
from newsbell.errors import GoneError, UnreachableError
from newsbell.services import subscriptions as service
from newsbell.web import limits
from newsbell.web.api import answers
from newsbell.web.api.body import SMALL, WITH_TOPICS, Fields, read_body
from newsbell.web.auth import require_subscriber
from newsbell.web.context import current

_TARGET = ("endpoint", "keys", "vapid_key")


@limits.subscribing
def create() -> Response:
    """Follow topics with this browser. The same browser again gets a fresh token, and its old one ends."""
    body = read_body((*_TARGET, "topics"), longest=WITH_TOPICS)
    context = current()
    subscribed = service.subscribe(
        context.db,
        target=_target(body),
        topics=body.texts("topics") or (),
        rules=context.rules,
        vapid_key=body.text("vapid_key", longest=200),
        now=context.clock(),
    )
    return answers.private(
        {"id": subscribed.id, "manage_token": subscribed.manage_token},
        201 if subscribed.created else 200,
        location=f"/api/v1/subscriptions/{subscribed.id}",
    )


def show(subscription_id: int) -> Response:
    require_subscriber(subscription_id)
    return answers.private(_view(service.view(current().db, subscription_id)))


@limits.subscribing
def change(subscription_id: int) -> Response:
    """Follow exactly these topics from now on."""
    require_subscriber(subscription_id)
    body = read_body(("topics",), longest=WITH_TOPICS)
    topics = body.texts("topics")
    context = current()
    if topics is None:
        return answers.private(_view(service.view(context.db, subscription_id)))
    return answers.private(_view(service.change_topics(context.db, subscription_id, topics, context.clock())))


def end(subscription_id: int) -> Response:
    require_subscriber(subscription_id)
    service.unsubscribe(current().db, subscription_id)
    return answers.nothing()


@limits.subscribing
def move(subscription_id: int) -> Response:
    """Ring at another endpoint from now on: the browser's push service has replaced the old one."""
    require_subscriber(subscription_id)
    body = read_body(_TARGET, longest=SMALL)
    context = current()
    moved = service.move_endpoint(
        context.db,
        subscription_id,
        _target(body),
        rules=context.rules,
        vapid_key=body.text("vapid_key", longest=200),
        now=context.clock(),
    )
    return answers.private(_view(moved))


@limits.testing
def ring_once(subscription_id: int) -> Response:
    """Send this browser a notification now, and say whether its push service took it."""
    require_subscriber(subscription_id)
    context = current()
    result = service.send_test(
        context.db, context.settings, subscription_id, pusher=context.pusher, now=context.clock()
    )
    _raise_unless_sent(result)
    return answers.private({"outcome": result.outcome.value})


def _raise_unless_sent(result: PushResult) -> None:
    if result.outcome is Outcome.SENT:
        return
    if result.outcome is Outcome.GONE:
        raise GoneError(
            "The push service says this browser no longer listens; follow again.", code="subscription_gone"
        )
    if result.outcome is Outcome.LATER:
        raise UnreachableError("The push service cannot take it now; try again later.", code="push_later")
    raise UnreachableError("The push service refused the notification.", code="push_refused")


def _target(body: Fields) -> PushTarget:
    keys = body.part("keys", ("p256dh", "auth"))
    return PushTarget(
        endpoint=body.required("endpoint", longest=MAX_ENDPOINT),
        p256dh=keys.required("p256dh", longest=200),
        auth=keys.required("auth", longest=100),
    )


def _view(subscription: Subscription) -> dict[str, object]:
    """What a reader sees: never the endpoint, its keys or the token."""
    return {
        "id": subscription.id,
        "topics": [{"name": topic.name, "slug": topic.slug} for topic in subscription.topics],
        "created_at": subscription.created_at.isoformat(),
        "suspended": subscription.suspended_at is not None,
        "linked": subscription.linked,
        "vapid_key": subscription.vapid_key,
    }
