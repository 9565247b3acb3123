"""serve: everything in one command."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from newsbell.cli import store
from newsbell.config import Settings
from newsbell.jobs.lifetime import stop_on_signals
from newsbell.jobs.listening import Listening, follow, listen_at
from newsbell.jobs.logs import log_to_stderr
from newsbell.jobs.processes import Child, make_ready, newsbell, supervise
from newsbell.services.articles import list_articles
from newsbell.services.checks import rings_browsers
from newsbell.services.tokens import list_tokens


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Name or address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen at; 0 takes a free one.",
)
@click.option("--no-worker", is_flag=True, help="Serve only; a newsbell worker elsewhere rings.")
def serve(host: str, port: int, no_worker: bool) -> None:
    """Serve pages, feeds and the API, and ring: everything in one command."""
    log_to_stderr()
    listening = listen_at(host, port)
    settings, environ = follow(store.settings(), listening, dict(os.environ))
    make_ready(settings)
    web_command = newsbell("web", "--address", listening.address, "--port", str(listening.port))
    children = [Child("web", web_command, environ)]
    if not no_worker:
        children.append(Child("worker", newsbell("worker"), environ))
    supervise(
        children,
        up=listening.answers,
        announce=lambda: announce(settings, listening),
        stop=stop_on_signals(),
    )


def command() -> str:
    """How this person can call us: by name where it is on the PATH, else by the path that was called."""
    called = Path(sys.argv[0])
    found = shutil.which("newsbell")
    if (found and Path(found).samefile(called)) or called.name != "newsbell":
        return "newsbell"
    return os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)


def announce(settings: Settings, listening: Listening) -> None:
    """What the operator needs to know now, in a few lines on stdout."""
    with store.opened(settings) as db:
        empty = not list_articles(db, limit=1).articles
        editors = list_tokens(db)
    click.echo(f"Newsbell is at {settings.base_url}")
    if (settings.base_url, listening.nearby) != (listening.base_url(), listening.address):
        click.echo(f"  Listening at {listening.address} port {listening.port}")
    click.echo(f"  Data folder: {settings.data_dir}")
    if store.settings().base_url != settings.base_url:
        click.echo(f"  For the other commands: export NEWSBELL_BASE_URL={settings.base_url}")
    newsbell_command = command()
    if not editors:
        click.echo(f"  A token for an editor: {newsbell_command} token create NAME")
    if empty:
        click.echo(f"  Nothing is stored yet. Fill it: {newsbell_command} import --samples")
    if not rings_browsers(settings.base_url):
        click.echo("  Browsers take notifications from https only: set NEWSBELL_BASE_URL to such an address.")
