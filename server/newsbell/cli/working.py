"""worker: rings, and serves nothing."""

from __future__ import annotations

import click

from newsbell.cli import store
from newsbell.jobs.embedded import run_worker
from newsbell.jobs.lifetime import end_with, stop_on_signals
from newsbell.jobs.logs import log_to_stderr
from newsbell.jobs.priority import give_way


@click.command()
@click.option("--parent", type=int, hidden=True, help="The process to end with.")
def worker(parent: int | None) -> None:
    """Ring without serving: one of any number of workers beside servers on one database."""
    if parent is not None:
        end_with(parent)
        give_way()
    log_to_stderr()
    settings, stop = store.settings(), stop_on_signals()
    if settings.broker_url:
        # Only who has a broker needs the library.
        from newsbell.jobs.celery_worker import run_celery_worker  # noqa: PLC0415

        run_celery_worker(settings, stop=stop)
    else:
        run_worker(settings, stop=stop)
