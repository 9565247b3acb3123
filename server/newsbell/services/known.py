"""The topics that are looked for in articles, kept between articles while their names stay."""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from newsbell.domain.known import KnownTopics
from newsbell.storage import topics as store
from newsbell.storage.database import Connection, Database

_kept: WeakKeyDictionary[Database, tuple[tuple[Any, ...], KnownTopics]] = WeakKeyDictionary()
_lock = Lock()


def topics_known(db: Database, conn: Connection) -> KnownTopics:
    """The topics of this store, read and made ready anew only where a name came, went or changed."""
    mark = store.known_mark(conn)
    with _lock:
        kept = _kept.get(db)
    if kept is not None and kept[0] == mark:
        return kept[1]
    known = KnownTopics(store.known(conn))
    with _lock:
        _kept[db] = (mark, known)
    return known
