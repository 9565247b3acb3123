"""web: the part of `newsbell serve` that answers requests."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

import click

from newsbell.jobs.lifetime import end_with
from newsbell.jobs.logs import log_to_stderr
from newsbell.jobs.web import serve_web


@click.command(hidden=True)
@click.option("--address", required=True)
@click.option("--port", type=int, required=True)
@click.option("--parent", type=int, required=True, help="The process to end with.")
def web(address: str, port: int, parent: int) -> None:
    """Serve without working: the web process of newsbell serve."""
    end_with(parent)
    log_to_stderr()
    serve_web(_application, address=address, port=port)


def _application() -> WSGIApplication:
    # Only the process that answers requests needs the application and all that it imports.
    from newsbell.app import wsgi  # noqa: PLC0415

    return wsgi()
