from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsbell.errors import NewsbellError, RefusedError, UnavailableError, UnreachableError
from newsbell.services.media import CachedPicture, PictureCache, picture

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://pictures.example/ferry.png"
PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"


@dataclass(frozen=True)
class Fetched:
    content: bytes = PNG
    content_type: str = "image/png"


@dataclass
class Origin:
    """Pictures that are fetched, and who asked."""

    answer: Fetched | NewsbellError = field(default_factory=Fetched)
    asked: list[str] = field(default_factory=list)

    def fetch_picture(self, url: str) -> Fetched:
        self.asked.append(url)
        if isinstance(self.answer, NewsbellError):
            raise self.answer
        return self.answer


@pytest.fixture
def cache(tmp_path: Path) -> PictureCache:
    return PictureCache(tmp_path / "pictures")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_picture_is_fetched_once(cache: PictureCache) -> None:
    origin = Origin()
    first = picture(cache, origin, URL, now=NOW)
    assert (first.content, first.content_type) == (PNG, "image/png")
    assert picture(cache, origin, URL, now=NOW) == first
    assert origin.asked == [URL]


def test_two_pictures_are_two(cache: PictureCache) -> None:
    cache.put(URL, PNG, "image/png")
    assert cache.get(URL + "?2") is None


def test_a_picture_outlives_the_process(cache: PictureCache, tmp_path: Path) -> None:
    kept = cache.put(URL, PNG, "image/png")
    assert PictureCache(tmp_path / "pictures").get(URL) == kept


def test_an_address_never_names_a_file(cache: PictureCache, tmp_path: Path) -> None:
    cache.put("../../../etc/passwd\0", PNG, "image/png")
    cache.put("/" + "a" * 5_000 + "\udce9", PNG, "image/png")
    assert len(files(tmp_path / "pictures")) == len(files(tmp_path)) == 2


@pytest.mark.parametrize(
    "damage", [b"", b"1 image/png", b"1 image/png 00\n" + PNG, b"2 image/png 00\n", b"\xff\xfe\n"]
)
def test_a_damaged_file_is_fetched_again(damage: bytes, cache: PictureCache, tmp_path: Path) -> None:
    cache.put(URL, PNG, "image/png")
    files(tmp_path)[0].write_bytes(damage)
    origin = Origin()
    assert picture(cache, origin, URL, now=NOW).content == PNG
    assert origin.asked == [URL]
    assert cache.get(URL) is not None


def test_a_cut_file_is_fetched_again(cache: PictureCache, tmp_path: Path) -> None:
    cache.put(URL, PNG, "image/png")
    whole = files(tmp_path)[0]
    whole.write_bytes(whole.read_bytes()[:-1])
    assert cache.get(URL) is None


def test_a_picture_that_failed_is_not_tried_again_for_some_minutes(cache: PictureCache) -> None:
    origin = Origin(UnreachableError("away"))
    for _ in range(3):
        with pytest.raises(UnreachableError):
            picture(cache, origin, URL, now=NOW)
    assert len(origin.asked) == 1


@pytest.mark.parametrize("later", [timedelta(minutes=5), timedelta(hours=-1)])
def test_a_picture_that_failed_is_tried_again_later(later: timedelta, cache: PictureCache) -> None:
    with pytest.raises(RefusedError):
        picture(cache, Origin(RefusedError("no")), URL, now=NOW)
    assert picture(cache, Origin(), URL, now=NOW + later).content == PNG


def test_the_failure_of_one_picture_is_not_that_of_another(cache: PictureCache) -> None:
    with pytest.raises(UnreachableError):
        picture(cache, Origin(UnreachableError("away")), URL, now=NOW)
    assert picture(cache, Origin(), URL + "?2", now=NOW).content == PNG


def test_the_memory_of_failures_is_bounded(cache: PictureCache) -> None:
    for number in range(1_500):
        cache.note_failure(str(number), NOW)
    assert len(cache._failures) <= 1_000


def test_many_readers_at_once_are_one_fetch(cache: PictureCache) -> None:
    together = threading.Barrier(8)
    origin = Origin()

    def read(_: int) -> CachedPicture:
        together.wait(10)
        return picture(cache, origin, URL, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        assert {found.content for found in pool.map(read, range(8))} == {PNG}
    assert origin.asked == [URL]


def test_a_reader_does_not_wait_for_ever_for_another_ones_fetch(
    cache: PictureCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsbell.services.picture_cache.MAX_WAIT", 0.05)
    with cache.turn(URL), pytest.raises(UnavailableError):
        picture(cache, Origin(), URL, now=NOW)
    assert picture(cache, Origin(), URL, now=NOW).content == PNG


def test_a_slow_site_leaves_places_for_another(cache: PictureCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbell.services.picture_cache.MAX_WAIT", 0)
    with ExitStack() as under_way:
        for number in range(3):
            under_way.enter_context(cache.turn(f"{URL}?{number}"))
        with pytest.raises(UnavailableError):
            picture(cache, Origin(), URL, now=NOW)
        assert picture(cache, Origin(), "https://other.example/a.png", now=NOW).content == PNG


def test_all_sites_together_have_few_places(cache: PictureCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbell.services.picture_cache.MAX_WAIT", 0)
    with ExitStack() as under_way:
        for number in range(8):
            under_way.enter_context(cache.turn(f"https://site{number}.example/"))
        with pytest.raises(UnavailableError):
            picture(cache, Origin(), URL, now=NOW)
    assert picture(cache, Origin(), URL, now=NOW).content == PNG


def test_a_picture_that_failed_waits_for_no_place(cache: PictureCache) -> None:
    cache.note_failure(URL, NOW)
    with cache.turn(URL), pytest.raises(UnreachableError):
        picture(cache, Origin(), URL, now=NOW)


def kept(cache: PictureCache, numbers: range) -> list[int]:
    return [number for number in numbers if cache.get(str(number)) is not None]


def put_in_order(cache: PictureCache, folder: Path, numbers: range, size: int = 1_000) -> None:
    """Keep pictures whose last use lies a second apart, as if time had passed between them."""
    for number in numbers:
        known = set(files(folder))
        cache.put(str(number), b"x" * size, "image/png")
        for path in set(files(folder)) - known:
            os.utime(path, (number, number))


def test_the_least_recently_used_are_given_up_first(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, max_bytes=10_000)
    put_in_order(cache, tmp_path, range(8))
    assert cache.get("0") is not None  # used now, long after the others
    cache.put("8", b"x" * 1_000, "image/png")
    cache.put("9", b"x" * 1_000, "image/png")
    left = kept(cache, range(10))
    assert {0, 8, 9} <= set(left)
    assert 1 not in left


def test_the_folder_stays_within_its_bound(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, max_bytes=100_000)
    for number in range(150):
        cache.put(str(number), b"x" * 1_000, "image/png")
    for number in range(10):
        cache.put(f"{number} more", b"x" * 1_000, "image/png")
        assert sum(path.stat().st_size for path in files(tmp_path)) <= 110_000


def test_pictures_of_another_process_count_too(tmp_path: Path) -> None:
    ours, theirs = (PictureCache(tmp_path, max_bytes=100_000) for _ in range(2))
    for number in range(300):
        (ours if number % 2 else theirs).put(str(number), b"x" * 1_000, "image/png")
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 115_000


def test_a_folder_within_its_bound_loses_nothing(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, max_bytes=100_000)
    for number in range(50):
        cache.put(str(number), b"x" * 1_000, "image/png")
    assert kept(cache, range(50)) == list(range(50))


def test_what_a_dead_process_left_unfinished_is_removed_and_what_is_under_way_is_not(tmp_path: Path) -> None:
    old, new = tmp_path / "ab" / "old.part", tmp_path / "ab" / "new.part"
    old.parent.mkdir()
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 7_200,) * 2)
    PictureCache(tmp_path).put(URL, PNG, "image/png")
    assert not old.exists()
    assert new.exists()


def test_a_folder_that_cannot_be_written_costs_speed_not_pictures(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")
    cache, origin = PictureCache(tmp_path / "pictures"), Origin()
    assert picture(cache, origin, URL, now=NOW).content == PNG
    assert picture(cache, origin, URL, now=NOW).content == PNG
    assert len(origin.asked) == 2


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert PictureCache(tmp_path).put(URL, PNG, "image/png").content == PNG
    assert files(tmp_path) == []


def test_threads_and_processes_may_write_one_picture_at_once(tmp_path: Path) -> None:
    caches = [PictureCache(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: caches[number % 4].put(URL, PNG, "image/png"), range(80)))
    found = caches[0].get(URL)
    assert found is not None
    assert found.content == PNG
    assert len(files(tmp_path)) == 1
