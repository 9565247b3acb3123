"""When to try a push again, and when to give a subscription up."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=7)
"""A subscription that has failed for this long without one success is removed."""
SUSPENSIONS = (*(timedelta(hours=2**n) for n in range(8)), timedelta(days=10))
"""How long a subscription is left alone whose push service refuses our key: after the first refusal, after
each time it is tried again, and after all others. Whoever is refused for good is asked a few times, and an
outage of our own key keeps nobody from being rung for much longer than it lasted.
"""
GIVE_UP_REFUSED_AFTER = timedelta(days=90)
"""A subscription that was refused for this long without one success is removed."""
ATTEMPTS_BEFORE_GIVING_UP = 3
_JITTER = 0.25


def retry_at(now: datetime, *, attempts: int, retry_after: timedelta | None, jitter: float) -> datetime:
    """When the next try is due after `attempts` failed ones: doubling from 30 s to an hour, never before
    the service's own Retry-After (RFC 9110 section 10.2.3), spread by `jitter` (0 to 1) so that those that
    failed together do not come back together.
    """
    doubled: timedelta = FIRST_DELAY * 2 ** min(attempts, 10)
    delay = max(min(doubled, LONGEST_DELAY), retry_after or timedelta())
    return now + delay * (1 + _JITTER * jitter)


def given_up(now: datetime, failing_since: datetime, *, attempts: int) -> bool:
    """Whether a failure is the last: not one by itself, though the one before was days ago, but one of a row
    of `attempts` within the same alert.
    """
    return attempts >= ATTEMPTS_BEFORE_GIVING_UP and now - failing_since >= GIVE_UP_AFTER


def refused_for_good(now: datetime, refused_since: datetime, *, tries: int) -> bool:
    """Whether a refusal of our key is the last: not one by itself, long after another, but one of a row of
    `tries` with a wait before each.
    """
    return tries >= ATTEMPTS_BEFORE_GIVING_UP and now - refused_since >= GIVE_UP_REFUSED_AFTER
