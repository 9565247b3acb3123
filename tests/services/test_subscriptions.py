import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.edges.endpoints import PushEndpointRules
from newsbell.errors import (
    ConflictError,
    MalformedError,
    NewsbellError,
    NotFoundError,
    RefusedError,
    UnauthorizedError,
)
from newsbell.services import subscriptions, topics
from newsbell.services.subscriptions import (
    Subscribed,
    authenticate,
    change_topics,
    move_endpoint,
    send_test,
    subscribe,
    unsubscribe,
    view,
)
from newsbell.services.vapid import ensure_keys, rotate
from newsbell.storage import subscriptions as store
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import AnyEndpoint, FakePusher
from tests.services.readers import browser

RULES = PushEndpointRules(Settings())


@pytest.fixture(autouse=True)
def _keys(database: Database) -> None:
    ensure_keys(database, lambda: ("private", "public"), NOW)


def follow(database: Database, target: PushTarget, *names: str) -> Subscribed:
    return subscribe(database, target=target, topics=names, rules=RULES, now=NOW)


def count(database: Database) -> int:
    with database.read() as conn:
        return store.count(conn)


def test_a_browser_follows_topics_and_its_token_opens_its_subscription(database: Database) -> None:
    made = follow(database, browser("a"), "Russia", "Ukraine")
    assert made.created
    assert authenticate(database, made.manage_token) == made.id
    assert [topic.name for topic in view(database, made.id).topics] == ["Russia", "Ukraine"]


def test_the_same_browser_again_gets_a_fresh_token_and_the_old_one_ends(database: Database) -> None:
    target = browser("a")
    first = follow(database, target, "Russia")
    second = follow(database, target, "Chess")
    assert (second.created, second.id) == (False, first.id)
    assert authenticate(database, second.manage_token) == first.id
    assert [topic.name for topic in view(database, first.id).topics] == ["Chess"]
    with pytest.raises(UnauthorizedError):
        authenticate(database, first.manage_token)


def test_other_keys_for_a_known_endpoint_take_nothing_over(database: Database) -> None:
    mine = browser("a")
    made = follow(database, mine, "Russia")
    theirs = browser("b")
    thief = PushTarget(endpoint=mine.endpoint, p256dh=theirs.p256dh, auth=theirs.auth)
    with pytest.raises(ConflictError):
        follow(database, thief, "Chess")
    assert view(database, made.id).target == mine
    assert authenticate(database, made.manage_token) == made.id


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.example/x",
        "https://169.254.169.254/x.google.com",
        "https://fcm.googleapis.com.evil.example/x",
        "https://fcm.googleapis.com:8443/x",
        "http://fcm.googleapis.com/x",
    ],
)
def test_an_endpoint_of_no_push_service_is_refused(database: Database, endpoint: str) -> None:
    good = browser("a")
    with pytest.raises(RefusedError):
        follow(database, PushTarget(endpoint=endpoint, p256dh=good.p256dh, auth=good.auth), "Russia")
    assert count(database) == 0
    follow(database, good, "Russia")
    assert count(database) == 1


@pytest.mark.parametrize("names", [(), ("",), ("x" * 10_000,), tuple(f"t{n}" for n in range(201))])
def test_topics_that_cannot_be_followed_are_refused(database: Database, names: tuple[str, ...]) -> None:
    with pytest.raises(NewsbellError):
        follow(database, browser("a"), *names)
    assert count(database) == 0


def test_wishes_for_topics_nobody_writes_about_are_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "MAX_UNLISTED", 2)
    follow(database, browser("a"), "One", "Two")
    with pytest.raises(RefusedError):
        follow(database, browser("b"), "Three")
    follow(database, browser("b"), "One")
    assert count(database) == 2


def test_one_reader_does_not_use_up_the_topics_that_wait(database: Database) -> None:
    few = [f"Topic {number}" for number in range(topics.MAX_UNLISTED_OF_ONE)]
    follow(database, browser("a"), *few)
    with pytest.raises(RefusedError):
        follow(database, browser("b"), *few, "One more")
    assert count(database) == 1


def test_a_topic_that_never_had_an_article_can_be_forgotten(database: Database) -> None:
    made = follow(database, browser("a"), "Russia", "Nonsense")
    assert [topic.name for topic in topics.waiting_topics(database)] == ["Nonsense", "Russia"]
    topics.forget_topic(database, "nonsense")
    assert [topic.name for topic in view(database, made.id).topics] == ["Russia"]
    with pytest.raises(NotFoundError):
        topics.forget_topic(database, "nonsense")


def test_topics_are_changed(database: Database) -> None:
    made = follow(database, browser("a"), "Russia")
    changed = change_topics(database, made.id, ["Ukraine", "Chess"], NOW)
    assert [topic.name for topic in changed.topics] == ["Chess", "Ukraine"]
    with pytest.raises(MalformedError):
        change_topics(database, made.id, [], NOW)


def test_a_replaced_endpoint_keeps_the_subscription(database: Database) -> None:
    made = follow(database, browser("a"), "Russia")
    new = browser("b")
    assert move_endpoint(database, made.id, new, rules=RULES, now=NOW).target == new


def test_an_endpoint_of_somebody_else_cannot_be_moved_to(database: Database) -> None:
    mine, other = follow(database, browser("a"), "Russia"), browser("b")
    follow(database, other, "Russia")
    with pytest.raises(ConflictError):
        move_endpoint(database, mine.id, other, rules=RULES, now=NOW)


def test_a_subscription_remembers_the_key_it_was_made_with(database: Database) -> None:
    old = ensure_keys(database, lambda: ("private", "public"), NOW)
    new = rotate(database, lambda: ("private 2", "public-2"), NOW)
    with_old = subscribe(
        database, target=browser("a"), topics=["Russia"], rules=RULES, vapid_key="public", now=NOW
    )
    with_new = follow(database, browser("b"), "Russia")
    assert view(database, with_old.id).vapid_key_id == old.id
    assert view(database, with_new.id).vapid_key_id == new.id
    with pytest.raises(ConflictError):
        subscribe(database, target=browser("c"), topics=["Russia"], rules=RULES, vapid_key="else", now=NOW)


def test_stopping_leaves_nothing_behind(database: Database) -> None:
    made = follow(database, browser("a"), "Russia")
    unsubscribe(database, made.id)
    assert count(database) == 0
    with pytest.raises(UnauthorizedError):
        authenticate(database, made.manage_token)
    with pytest.raises(NotFoundError):
        unsubscribe(database, made.id)


def test_a_test_rings_this_browser_alone(database: Database) -> None:
    made = follow(database, browser("a"), "Russia")
    follow(database, browser("b"), "Russia")
    pusher = FakePusher()
    result = send_test(database, Settings(), made.id, pusher=pusher, now=NOW)
    assert result.outcome is Outcome.SENT
    assert pusher.endpoints == [browser("a").endpoint]


def test_a_test_that_finds_the_subscription_over_removes_it(database: Database) -> None:
    made = follow(database, browser("a"), "Russia")
    pusher = FakePusher(answer=lambda _: PushResult(outcome=Outcome.GONE, status=410))
    send_test(database, Settings(), made.id, pusher=pusher, now=NOW)
    assert count(database) == 0


def test_any_rules_may_be_given(database: Database) -> None:
    local = PushTarget(endpoint="http://127.0.0.1:9/x", p256dh="p", auth="a")
    assert subscriptions.subscribe(
        database, target=local, topics=["Russia"], rules=AnyEndpoint(), now=NOW
    ).created
