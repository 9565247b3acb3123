"""Topics: found by name, alias or slug; made, listed, renamed and merged."""

from newsbell.storage.topics.editing import add_alias, merge, remove_alias, rename
from newsbell.storage.topics.finding import (
    MAX_KNOWN,
    get,
    get_by_slug,
    known,
    known_mark,
    listed,
    resolve,
    resolve_slug,
    unlisted,
)
from newsbell.storage.topics.making import clear_unused, count_unlisted, ensure, forget
from newsbell.storage.topics.revisions import changed, last_change, recount, revision

__all__ = [
    "MAX_KNOWN",
    "add_alias",
    "changed",
    "clear_unused",
    "count_unlisted",
    "ensure",
    "forget",
    "get",
    "get_by_slug",
    "known",
    "known_mark",
    "last_change",
    "listed",
    "merge",
    "recount",
    "remove_alias",
    "rename",
    "resolve",
    "resolve_slug",
    "revision",
    "unlisted",
]
