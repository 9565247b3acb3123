"""What every page of ours has in common."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from newsbell.web import pages
from tests.factories import NOW, stored_article
from tests.web.reading import loaded, one, tree
from tests.web.site import Site

PAGES = ["/", "/topics", "/topics/rivers", "/articles/1/ice", "/subscribe", "/subscription", "/nowhere"]
STATIC = Path(pages.__file__).parent.parent / "static"


@pytest.fixture
def full(site: Site) -> FlaskClient:
    with site.db.transaction() as conn:
        assert stored_article(conn, "Rivers", title="Ice", now=NOW).id == 1
    return site.client


@pytest.mark.parametrize("address", PAGES)
def test_a_page_allows_nothing_inline_and_nothing_foreign(full: FlaskClient, address: str) -> None:
    headers = full.get(address).headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_nothing_its_policy_forbids(full: FlaskClient, address: str) -> None:
    page = tree(full.get(address))
    assert page.xpath("//style | //*[@style] | //script[not(@src)] | //@*[starts-with(name(), 'on')]") == []
    foreign = [link for link in loaded(page) if not link.startswith("/") or link.startswith("//")]
    assert foreign == []


@pytest.mark.parametrize("address", PAGES)
def test_whatever_a_page_asks_for_is_there(full: FlaskClient, address: str) -> None:
    for link in loaded(tree(full.get(address))):
        assert full.get(link, buffered=True).status_code == 200, link


@pytest.mark.parametrize("address", PAGES)
def test_a_page_can_be_walked_through_by_its_landmarks(full: FlaskClient, address: str) -> None:
    page = tree(full.get(address))
    assert one(page, "/html/@lang") == "en"
    assert one(page, "//head/title").text
    for landmark in ("//body/header", "//header//nav", "//main[@id='main']", "//body/footer", "//h1"):
        one(page, landmark)
    assert page.xpath("//body/a")[0].get("href") == "#main"


@pytest.mark.parametrize(("address", "here"), [("/", "/"), ("/topics", "/topics"), ("/topics/rivers", None)])
def test_the_navigation_says_where_one_is(full: FlaskClient, address: str, here: str | None) -> None:
    marked = tree(full.get(address)).xpath("//header//nav//a[@aria-current='page']/@href")
    assert marked == ([here] if here else [])


def test_what_is_no_page_is_still_not_guessed_at(client: FlaskClient) -> None:
    headers = client.get("/static/style.css", buffered=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in headers


@pytest.mark.parametrize("address", ["/", "/topics", "/topics/rivers", "/articles/1/ice"])
def test_an_unchanged_page_is_not_sent_again(full: FlaskClient, address: str) -> None:
    first = full.get(address)
    assert first.headers["Cache-Control"] == "no-cache"
    again = full.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_changed_list_is_sent_again(site: Site, full: FlaskClient) -> None:
    first = full.get("/")
    with site.db.transaction() as conn:
        stored_article(conn, "Rivers", now=NOW)
    again = full.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200


def test_the_manifest_makes_newsbell_installable(client: FlaskClient) -> None:
    response = client.get("/manifest.webmanifest")
    assert response.mimetype == "application/manifest+json"
    manifest = json.loads(response.text)
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("Newsbell", "standalone", "/")
    found = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert found == {(size, use) for size in ("192x192", "512x512") for use in ("any", "maskable")}
    for icon in manifest["icons"]:
        picture = client.get(icon["src"], buffered=True)
        assert (picture.status_code, picture.mimetype) == (200, "image/png")


def test_browsers_that_guess_find_an_icon(client: FlaskClient) -> None:
    assert client.get("/favicon.ico", buffered=True).status_code == 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_can_be_read_on_its_ground(scheme: str) -> None:
    colours = _colours(scheme)
    pairs = [(text, ground) for ground in ("paper", "surface") for text in ("ink", "muted", "accent")]
    pairs += [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("ink", "bad-ground"),
        ("bad", "bad-ground"),
    ]
    pairs += [("ink", "good-ground"), ("bad", "paper")]
    for text, ground in pairs:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (scheme, text, ground)
    for edge in ("edge", "focus"):
        assert _contrast(colours[edge], colours["paper"]) >= 3, (scheme, edge)


def _colours(scheme: str) -> dict[str, str]:
    sheet = (STATIC / "style.css").read_text(encoding="utf-8")
    light, _, rest = sheet.partition("@media (prefers-color-scheme: dark)")
    part = light if scheme == "light" else rest.partition("*, ::before")[0]
    return dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", part))


def _contrast(one_colour: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((_luminance(one_colour), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
