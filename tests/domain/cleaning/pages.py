"""The pages of tests/fixtures/pages, and small ones made up on the spot."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "fixtures" / "pages"
URL = "https://www.anselherald.example/world/ferry-strike-ends"

PARAGRAPHS = (
    "The river rose again on Monday, and the lower town was under water by the evening, people said.",
    "Volunteers carried sand to the eastern dam all night, while the school took in forty families.",
    "Engineers expect the level to fall by Thursday, provided the snow in the hills does not melt.",
)


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def page(inside: str = "", *, head: str = "", title: str = "River rises again") -> str:
    """A page with three paragraphs, and whatever `inside` adds between the second and the third."""
    first, second, third = (f"<p>{text}</p>" for text in PARAGRAPHS)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{first}{second}{inside}{third}</article></body></html>"
    )
