from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from newsbell.web.feeds.cache import FeedCache, FeedKey
from newsbell.web.feeds.document import FeedFormat
from tests.feeds.making import BASE_URL

KEY = FeedKey(
    topics=((1, 5),),
    revision=5,
    form=FeedFormat.RSS,
    before="",
    base_url=BASE_URL,
    full_text=True,
    pictures="k",
    encoding="identity",
)


def numbered(number: int) -> FeedKey:
    return replace(KEY, revision=number)


@pytest.mark.parametrize(
    "change",
    [
        {"topics": ((1, 6),)},
        {"topics": ((1, 5), (2, 1))},
        {"revision": 6},
        {"form": FeedFormat.ATOM},
        {"before": "1-1"},
        {"base_url": "https://other.example"},
        {"full_text": False},
        {"pictures": "other"},
        {"encoding": "gzip"},
    ],
)
def test_whatever_changes_the_bytes_changes_the_etag(change: dict[str, object]) -> None:
    assert replace(KEY, **change).etag != KEY.etag  # type: ignore[arg-type]  # parametrised fields
    assert replace(KEY).etag == KEY.etag


def test_the_least_recently_used_goes_first() -> None:
    cache = FeedCache(max_bytes=30)
    cache.put(numbered(1), b"a" * 10)
    cache.put(numbered(2), b"b" * 10)
    cache.put(numbered(3), b"c" * 10)
    cache.get(numbered(1))
    cache.put(numbered(4), b"d" * 10)

    assert cache.get(numbered(2)) is None
    assert [cache.get(numbered(number)) is not None for number in (1, 3, 4)] == [True] * 3
    assert cache.size == 30


def test_replacing_counts_once() -> None:
    cache = FeedCache(max_bytes=30)
    for _ in range(5):
        cache.put(KEY, b"a" * 20)

    assert cache.size == 20


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    cache = FeedCache(max_bytes=30)
    cache.put(numbered(1), b"a" * 30)
    cache.put(numbered(2), b"b" * 31)

    assert cache.get(numbered(1)) == b"a" * 30
    assert cache.get(numbered(2)) is None


def test_threads_together_stay_within_the_bound() -> None:
    cache = FeedCache(max_bytes=100)

    def work(start: int) -> None:
        for number in range(start, start + 300):
            cache.put(numbered(number % 40), bytes(number % 40))
            cache.get(numbered(number % 7))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = [content for number in range(40) if (content := cache.get(numbered(number)))]
    assert cache.size == sum(map(len, kept)) <= 100
