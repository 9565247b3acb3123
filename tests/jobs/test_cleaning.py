"""Cleaning in processes of its own: as good as in this one, and a page that is too much harms nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsbell.domain.article import Removal
from newsbell.domain.cleaning import clean, clean_restoring
from newsbell.errors import MalformedError, RefusedError, UnavailableError
from newsbell.jobs import cleaning
from newsbell.jobs.cleaning import CleaningLimits, CleaningProcesses
from tests.jobs.waiting import is_alive, wait_until
from tests.pages import news_page

URL = "https://paper.example/2026/ferry"
PAGE = news_page(published="2026-03-14T09:00:00+03:00")

# A cleaning process whose pages may ask for the worst. It stands in for a bug in a parser.
_SABOTAGED = """
import os, signal, sys, time
from newsbell.jobs import cleaning_process
from newsbell.domain.cleaning import clean_restoring

def clean(source, url="", **rest):
    if url.endswith("/hangs"):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            pass
    if url.endswith("/dies"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if url.endswith("/grows"):
        bytearray(1 << 40)
    if url.endswith("/raises"):
        raise ValueError("a bug")
    if url.endswith("/prints"):
        print("a library says something", flush=True)
    return clean_restoring(source, url, **rest)

cleaning_process.clean_restoring = clean
cleaning_process.run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
"""


@pytest.fixture
def processes() -> Iterator[CleaningProcesses]:
    with CleaningProcesses(size=1) as made:
        yield made


@pytest.fixture
def sabotaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CleaningProcesses]:
    program = tmp_path / "sabotaged.py"
    program.write_text(_SABOTAGED)
    monkeypatch.setattr(cleaning, "PROGRAM", ["-P", str(program)])
    with CleaningProcesses(size=1, limits=CleaningLimits(page=3)) as made:
        yield made


def running(processes: CleaningProcesses) -> int:
    """The number of the one process, which waits for a page."""
    process = processes._free.queue[-1]
    assert process is not None
    return process._process.pid


def test_a_page_is_cleaned_as_it_is_in_this_process(processes: CleaningProcesses) -> None:
    assert processes(PAGE, URL, content_type="text/html") == clean(PAGE, URL, content_type="text/html")
    page = PAGE.encode()
    assert processes(page, URL) == clean(page, URL)


def test_removals_are_restored_there_too(processes: CleaningProcesses) -> None:
    removal = clean(PAGE, URL).removals[0]
    assert processes(PAGE, URL, restored=[removal]) == clean_restoring(PAGE, URL, restored=[removal])
    unknown = Removal(rule="none", text="Nothing.")
    assert processes(PAGE, URL, restored=[unknown]) == clean(PAGE, URL)


def test_what_cleaning_refuses_is_refused_in_the_same_words(processes: CleaningProcesses) -> None:
    for source, url in (("", URL), (PAGE, "ftp://paper.example/x")):
        with pytest.raises((RefusedError, MalformedError)) as here:
            clean(source, url)
        with pytest.raises(here.type) as there:
            processes(source, url)
        assert (there.value.message, there.value.code, there.value.field) == (
            here.value.message,
            here.value.code,
            here.value.field,
        )


def test_half_a_character_comes_across(processes: CleaningProcesses) -> None:
    page = PAGE.replace("forty", "forty \ud800")
    assert processes(page, URL) == clean(page, URL)


def test_one_process_takes_page_after_page_and_then_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    with CleaningProcesses(size=1, limits=CleaningLimits(pages=2)) as processes:
        processes(PAGE, URL)
        first = running(processes)
        processes(PAGE, URL)
        assert running(processes) == first
        processes(PAGE, URL)
        assert running(processes) != first
        assert not is_alive(first)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("hangs", "cleaning_too_slow"),
        ("dies", "cleaning_failed"),
        ("grows", "cleaning_failed"),
        ("raises", "cleaning_failed"),
    ],
)
def test_a_page_that_is_too_much_is_refused_and_the_next_one_is_cleaned(
    sabotaged: CleaningProcesses, page: str, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        sabotaged(PAGE, f"https://paper.example/{page}")
    assert (refused.value.code, refused.value.field) == (code, "content")
    assert sabotaged(PAGE, URL) == clean(PAGE, URL)


def test_what_a_library_prints_is_no_answer(sabotaged: CleaningProcesses) -> None:
    assert sabotaged(PAGE, "https://paper.example/prints").title == clean(PAGE).title


def test_a_process_that_left_because_nothing_came_is_followed_by_another() -> None:
    with CleaningProcesses(size=1, limits=CleaningLimits(idle=0.1)) as processes:
        processes(PAGE, URL)
        first = running(processes)
        wait_until(lambda: not is_alive(first), what="the idle process's end")
        assert processes(PAGE, URL) == clean(PAGE, URL)


def test_a_process_killed_between_two_pages_costs_no_page(processes: CleaningProcesses) -> None:
    processes(PAGE, URL)
    first = running(processes)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not is_alive(first), what="the killed process's end")
    assert processes(PAGE, URL) == clean(PAGE, URL)


def test_its_process_outlives_the_thread_that_first_needed_it(processes: CleaningProcesses) -> None:
    thread = threading.Thread(target=processes, args=(PAGE, URL))
    thread.start()
    thread.join()
    first = running(processes)
    processes(PAGE, URL)
    assert running(processes) == first


def test_pages_of_many_threads_share_the_processes() -> None:
    with CleaningProcesses(size=2) as processes, ThreadPoolExecutor(6) as threads:
        addresses = [f"https://paper.example/{number}" for number in range(12)]
        cleaned = list(threads.map(lambda address: processes(PAGE, address), addresses))
    assert [article.url for article in cleaned] == addresses


def test_a_page_waits_for_a_process_only_so_long(sabotaged: CleaningProcesses) -> None:
    sabotaged._limits = CleaningLimits(page=3, wait=0.05)
    taken = sabotaged._free.get()
    with pytest.raises(UnavailableError):
        sabotaged(PAGE, URL)
    sabotaged._free.put(taken)
    assert sabotaged(PAGE, URL).title


def test_a_process_that_cannot_start_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "PROGRAM", ["-c", "raise SystemExit(3)"])
    with CleaningProcesses(size=1) as processes, pytest.raises(UnavailableError):
        processes(PAGE, URL)


def test_a_process_ends_with_the_server_even_while_it_hangs(tmp_path: Path) -> None:
    program = tmp_path / "sabotaged.py"
    program.write_text(_SABOTAGED)
    server = (
        "import sys\n"
        "from newsbell.jobs import cleaning\n"
        f"cleaning.PROGRAM = ['-P', {str(program)!r}]\n"
        "processes = cleaning.CleaningProcesses(size=1)\n"
        f"processes({PAGE!r}, {URL!r})\n"
        "print(processes._free.queue[-1]._process.pid, flush=True)\n"
        f"processes({PAGE!r}, 'https://paper.example/hangs')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", server], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        parent.wait()
        wait_until(lambda: not is_alive(child), what="the child's end")


def test_a_cleaning_process_knows_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBELL_DATABASE_URL", "postgresql://user:secret@host/db")
    environ = cleaning._without_settings(os.environ)
    assert "secret" not in json.dumps(environ)
    assert environ["PATH"] == os.environ["PATH"]
