"""The sample articles: pages of our own writing that this server serves itself."""

from __future__ import annotations

from importlib import resources

_FOLDER = "static/samples"


def sample_pages(base_url: str) -> list[tuple[str, bytes]]:
    """Each sample as (its address under `base_url`, its HTML), in the order of their names.

    The addresses are where the server serves the same pages, so that "the original" can be opened; the
    pictures in them are paths of the same server.
    """
    folder = resources.files("newsbell").joinpath("web", _FOLDER)
    pages = {page.name: page for page in folder.iterdir() if page.name.endswith(".html")}
    return [(f"{base_url}/{_FOLDER}/{name}", pages[name].read_bytes()) for name in sorted(pages)]
