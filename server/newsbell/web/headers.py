"""Headers that keep a page to itself: no foreign script, picture, frame or listener, and no cookie."""

from __future__ import annotations

from flask import Flask, Response

# Content Security Policy Level 3. Nothing is allowed that our own pages do not need; nothing inline,
# so that a script that got past cleaning would still not run.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_UNUSED_POWERS = (
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "microphone",
    "payment",
    "usb",
)

_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_ON_PAGES = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "Permissions-Policy": ", ".join(f"{power}=()" for power in _UNUSED_POWERS),
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Protect every response of the application."""
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Add the headers to a response on its way out (an `after_request` function).

    What a view set itself stays: it knows better what it sends.
    """
    wanted = _EVERYWHERE | (_ON_PAGES if response.mimetype == "text/html" else {})
    for name, value in wanted.items():
        response.headers.setdefault(name, value)
    return response
