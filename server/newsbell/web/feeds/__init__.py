"""Feeds: RSS 2.0, Atom 1.0 and JSON Feed 1.1 of one topic, of several, and of everything."""

from newsbell.web.feeds.views import blueprint

__all__ = ["blueprint"]
