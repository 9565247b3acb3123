"""What a browser and a home screen know Newsbell by."""

from __future__ import annotations

from flask import Response, current_app, json, request, url_for


def manifest() -> Response:
    """The web application manifest (W3C). Installed from it, an iPhone allows notifications."""
    described = {
        "id": "/",
        "name": "Newsbell",
        "short_name": "Newsbell",
        "description": "Follow topics, not sites: cleaned news by topic.",
        "lang": "en",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fcfbf8",
        "theme_color": "#97390d",
        "categories": ["news"],
        "icons": [
            _icon(name, size, purpose)
            for name, purpose in (("icon", "any"), ("maskable", "maskable"))
            for size in (192, 512)
        ],
        "shortcuts": [
            {"name": "Topics", "url": "/topics"},
            {"name": "Notifications", "url": "/subscription"},
        ],
    }
    response = Response(json.dumps(described), mimetype="application/manifest+json")
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


def favicon() -> Response:
    """Browsers ask for this address whatever the page says."""
    return current_app.send_static_file("icons/favicon.ico")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": url_for("static", filename=f"icons/{name}-{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
