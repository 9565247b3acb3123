"""Browsers of readers, the same one for the same name."""

from functools import cache

from newsbell.domain.subscription import PushTarget
from tests.factories import push_target


@cache
def browser(name: str) -> PushTarget:
    """The push subscription of the browser of that name, at a push service that Newsbell knows."""
    return push_target(f"https://updates.push.services.mozilla.com/wpush/{name}")
