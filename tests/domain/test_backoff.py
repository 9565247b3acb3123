from datetime import UTC, datetime, timedelta

from newsbell.domain.backoff import (
    GIVE_UP_AFTER,
    GIVE_UP_REFUSED_AFTER,
    LONGEST_DELAY,
    SUSPENSIONS,
    given_up,
    refused_for_good,
    retry_at,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def delay(attempts: int, *, retry_after: timedelta | None = None, jitter: float = 0.0) -> timedelta:
    return retry_at(NOW, attempts=attempts, retry_after=retry_after, jitter=jitter) - NOW


def test_the_wait_doubles_up_to_an_hour() -> None:
    assert [delay(n).total_seconds() for n in (0, 1, 2)] == [30, 60, 120]
    assert delay(50) == LONGEST_DELAY


def test_a_service_that_asks_for_longer_gets_it() -> None:
    assert delay(0, retry_after=timedelta(hours=2)) == timedelta(hours=2)
    assert delay(2, retry_after=timedelta(seconds=1)) == timedelta(seconds=120)


def test_jitter_only_adds() -> None:
    assert delay(0) < delay(0, jitter=0.5) < delay(0, jitter=1.0) <= timedelta(seconds=30 * 1.25)


def test_a_subscription_is_given_up_after_days_not_hours() -> None:
    assert not given_up(NOW, NOW - timedelta(hours=30), attempts=9)
    assert given_up(NOW, NOW - GIVE_UP_AFTER, attempts=9)


def test_one_failure_long_after_another_gives_nobody_up() -> None:
    assert not given_up(NOW, NOW - 2 * GIVE_UP_AFTER, attempts=0)


def test_no_suspension_is_much_longer_than_the_refusals_before_it_lasted() -> None:
    assert list(SUSPENSIONS) == sorted(SUSPENSIONS)
    for number, wait in enumerate(SUSPENSIONS[1:], 1):
        assert wait <= sum(SUSPENSIONS[:number], timedelta()) + SUSPENSIONS[0]


def test_a_subscription_is_tried_a_bounded_number_of_times_until_it_is_given_up() -> None:
    since, now, tries = NOW, NOW, 0
    while not refused_for_good(now, since, tries=tries):
        now += SUSPENSIONS[min(tries, len(SUSPENSIONS) - 1)]
        tries += 1
    assert tries == 16
    assert timedelta() <= now - since - GIVE_UP_REFUSED_AFTER < timedelta(days=1)


def test_one_refusal_long_after_another_gives_nobody_up() -> None:
    assert not refused_for_good(NOW, NOW - 2 * GIVE_UP_REFUSED_AFTER, tries=1)
    assert not refused_for_good(NOW, NOW - GIVE_UP_REFUSED_AFTER / 2, tries=9)
