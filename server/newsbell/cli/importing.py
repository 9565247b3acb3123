"""import: a page, an address or a text becomes an article, and rings where it should."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

import click

from newsbell.cli import store
from newsbell.cli.output import print_json, progress, progress_ends
from newsbell.cli.sources import read_source
from newsbell.config import Settings
from newsbell.domain.paths import article_path
from newsbell.domain.serialise import saved_json
from newsbell.edges.fetch import Fetcher
from newsbell.errors import NewsbellError
from newsbell.jobs.cleaning import CleaningProcesses
from newsbell.services.importing import Imported, Notify, Source, import_article
from newsbell.services.ports import Cleaner
from newsbell.services.samples import sample_pages
from newsbell.storage.database import Database

Page = tuple[str, Callable[[], Source]]
"""The name of a page as the person gave it, and what reads it."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """The options that hold for every page of one command."""

    topics: Sequence[str]
    title: str | None
    notify: Notify
    as_json: bool


@click.command("import")
@click.argument("sources", metavar="FILE|URL|-", nargs=-1)
@click.option("--url", default="", metavar="URL", help="Where FILE or standard input comes from.")
@click.option("--topic", "topics", multiple=True, metavar="T", help="A topic more (may be repeated).")
@click.option("--title", metavar="T", help="The title, where the page's own is not right.")
@click.option("--notify", type=click.Choice(["auto", "yes", "no"]), help="Ring for it? [default: auto]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--samples", is_flag=True, help="Import the sample articles that come with Newsbell.")
@click.pass_context
def import_(
    ctx: click.Context,
    sources: tuple[str, ...],
    url: str,
    topics: tuple[str, ...],
    title: str | None,
    notify: Notify | None,
    as_json: bool,
    samples: bool,
) -> None:
    """Clean a page or a text and save it under its topics; ring whoever follows one of them."""
    if samples == bool(sources):
        raise click.UsageError("Give a FILE, a URL, - for standard input, or --samples.")
    if (url or title) and len(sources) != 1:
        raise click.UsageError("--url and --title are for a single page.")
    wishes = Wishes(
        topics=topics, title=title, notify=notify or ("no" if samples else "auto"), as_json=as_json
    )
    settings = store.settings()
    with store.opened(settings) as db, CleaningProcesses(size=1) as cleaner:
        pages = _samples(settings) if samples else [(one, partial(read_source, one, url)) for one in sources]
        failed = _import_all(Importer(db=db, settings=settings, cleaner=cleaner, wishes=wishes), pages)
    ctx.exit(1 if failed else 0)


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Imports page after page with the same wishes, and says what became of each."""

    db: Database
    settings: Settings
    cleaner: Cleaner
    wishes: Wishes

    def import_(self, source: Source) -> Imported:
        return import_article(
            self.db,
            self.settings,
            source,
            topics=self.wishes.topics,
            title=self.wishes.title,
            notify=self.wishes.notify,
            fetcher=Fetcher(self.settings),
            cleaner=self.cleaner,
            now=store.now(),
        )

    def report(self, imported: Imported, *, briefly: bool) -> None:
        """Say what became of a page: in a line where there are many, else in a few."""
        article = imported.article
        rung = "rung" if imported.rung else f"not rung: {imported.reason}"
        if self.wishes.as_json:
            print_json(saved_json(imported))
        elif briefly:
            click.echo(f"{_what_happened(imported)}: {article.title} ({rung})")
        else:
            click.echo(f"{_what_happened(imported)}: {article.title}")
            click.echo(f"  {self.settings.base_url}{unquote(article_path(article))}")
            click.echo(f"  Topics: {', '.join(topic.name for topic in article.topics) or 'none'}")
            click.echo(f"  {rung[0].upper()}{rung[1:]}.")


def _samples(settings: Settings) -> list[Page]:
    return [
        (url, partial(Source, url=url, content=content, content_type="text/html"))
        for url, content in sample_pages(settings.base_url)
    ]


def _import_all(importer: Importer, pages: Sequence[Page]) -> int:
    """Import each page, the others even if one fails; the number of those that failed."""
    failed = 0
    for done, (name, page) in enumerate(pages):
        progress(done, len(pages), name)
        try:
            imported = importer.import_(page())
        except NewsbellError as error:
            if len(pages) == 1:
                raise
            failed += 1
            progress_ends(len(pages))
            prefix = "" if error.message.startswith(name) else f"{name}: "
            click.echo(f"Error: {prefix}{error.message}", err=True)
        else:
            progress_ends(len(pages))
            importer.report(imported, briefly=len(pages) > 1)
    return failed


def _what_happened(imported: Imported) -> str:
    if imported.created:
        return "Saved"
    return "Updated" if imported.updated else "Known already"
