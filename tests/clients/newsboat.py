"""newsboat, a real RSS client: given feeds, told to reload, and asked what it has."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("newsboat")
_SECONDS = 120


@dataclass(frozen=True)
class Item:
    """An article as newsboat stored it."""

    guid: str
    title: str
    author: str
    url: str
    content: str
    published: int


@dataclass(frozen=True)
class Newsboat:
    """One reader: its folder holds its list of feeds, its cache and its settings, none of the user's."""

    folder: Path

    def follow(self, feeds: Sequence[str]) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "urls").write_text("".join(f"{feed}\n" for feed in feeds))
        (self.folder / "config").write_text("auto-reload no\ncleanup-on-quit no\ndownload-timeout 60\n")

    def reload(self) -> None:
        """Poll every feed once; raises where newsboat fails or says anything."""
        done = subprocess.run(
            [str(PROGRAM), "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "TERM": "dumb"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def items(self, feed: str) -> list[Item]:
        """What it has of a feed, newest first."""
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache:
            rows = cache.execute(
                "SELECT guid, title, author, url, content, pubDate FROM rss_item"
                " WHERE feedurl = ? AND deleted = 0 ORDER BY pubDate DESC, id DESC",
                (feed,),
            )
            return [Item(*row) for row in rows]

    def title(self, feed: str) -> str:
        """The feed's title as it shows it."""
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache:
            row = cache.execute("SELECT title FROM rss_feed WHERE rssurl = ?", (feed,)).fetchone()
            return str(row[0])
