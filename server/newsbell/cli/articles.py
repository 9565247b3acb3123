"""article: stored articles listed, shown, corrected, cleaned again, removed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import click

from newsbell.cli import store
from newsbell.cli.correcting import clean_again_, correct, restore
from newsbell.cli.output import print_json, print_table
from newsbell.domain.article import Article
from newsbell.domain.serialise import article_json
from newsbell.services.articles import get_article, list_articles, remove_article
from newsbell.storage.database import Database

_id = click.argument("article_id", metavar="ID", type=click.IntRange(min=1, max=2**63 - 1))
_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines for people.")


@click.group()
def article() -> None:
    """List, show, correct and remove stored articles."""


article.add_command(correct)
article.add_command(restore)
article.add_command(clean_again_)


@article.command("list")
@click.option("--topic", "topics", multiple=True, metavar="SLUG", help="Only these topics (may be repeated).")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@_json
def list_(topics: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List articles, the newest first."""
    with store.opened() as db:
        articles = list(islice(_newest(db, topics), limit))
    if as_json:
        for one in articles:
            print_json(article_json(one))
    elif not articles:
        click.echo(
            "No articles yet. Save one with newsbell import, or try newsbell import --samples", err=True
        )
    else:
        print_table([(one.id, f"{one.sort_at:%Y-%m-%d %H:%M}", one.title) for one in articles])


@article.command()
@_id
@_json
def show(article_id: int, as_json: bool) -> None:
    """Show the article ID."""
    with store.opened() as db:
        found = get_article(db, article_id)
    if as_json:
        print_json(article_json(found), indent=2)
    else:
        _print(found)


@article.command()
@_id
def remove(article_id: int) -> None:
    """Remove the article ID for good: it is not imported again."""
    with store.opened() as db:
        title = get_article(db, article_id).title
        remove_article(db, article_id, store.now())
    click.echo(f"Removed: {title}")


def _newest(db: Database, topics: tuple[str, ...]) -> Iterator[Article]:
    page = list_articles(db, topics=topics or None)
    yield from page.articles
    while page.next is not None:
        page = list_articles(db, topics=topics or None, before=page.next)
        yield from page.articles


def _print(one: Article) -> None:
    facts = [
        ("Site", one.site_name),
        ("By", ", ".join(one.byline)),
        ("Date", f"{one.sort_at:%Y-%m-%d %H:%M} UTC"),
        ("Address", one.url),
        ("Topics", ", ".join(topic.name for topic in one.topics)),
        ("Also at", ", ".join(home.url or home.title for home in one.also_at)),
        ("Pinned", ", ".join(one.pinned)),
        ("Put back", f"{len(one.restored)} parts" if one.restored else ""),
        ("Removed", f"{len(one.removals)} parts (see newsbell article restore)" if one.removals else ""),
    ]
    click.echo(one.title)
    print_table([fact for fact in facts if fact[1]])
    click.echo()
    click.echo(one.body_text)
