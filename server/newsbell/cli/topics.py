"""topic: topics listed and put in order."""

from __future__ import annotations

from collections.abc import Iterator

import click

from newsbell.cli import store
from newsbell.cli.output import print_json, print_table
from newsbell.domain.topics import StoredTopic
from newsbell.services import topics as service
from newsbell.storage.database import Database


@click.group()
def topic() -> None:
    """List topics, and put them in order. A TOPIC is named by its slug, as in its address."""


@topic.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--waiting", is_flag=True, help="Those that readers named and no article has yet, instead.")
def list_(as_json: bool, waiting: bool) -> None:
    """List the topics that have articles, by name."""
    with store.opened() as db:
        topics = service.waiting_topics(db) if waiting else list(_all(db))
    if as_json:
        for one in topics:
            print_json(
                {"name": one.name, "slug": one.slug, "aliases": list(one.aliases), "articles": one.articles}
            )
    elif not topics:
        hint = "No topic waits." if waiting else "No topics yet: they come with articles."
        click.echo(hint + ("" if waiting else " Try newsbell import --samples"), err=True)
    else:
        print_table([(one.slug, _articles(one.articles), _names(one)) for one in topics])


@topic.command()
@click.argument("slugs", metavar="TOPIC...", nargs=-1, required=True)
def forget(slugs: tuple[str, ...]) -> None:
    """Forget a TOPIC that never had an article, whoever follows it."""
    with store.opened() as db:
        for slug in slugs:
            service.forget_topic(db, slug)


@topic.command()
@click.argument("slug", metavar="TOPIC")
@click.argument("name")
def rename(slug: str, name: str) -> None:
    """Call TOPIC by the new NAME. Its old address redirects; its followers stay."""
    with store.opened() as db:
        _print(service.rename_topic(db, slug, name, store.now()))


@topic.command()
@click.argument("slug", metavar="TOPIC")
@click.argument("into", metavar="INTO")
def merge(slug: str, into: str) -> None:
    """Move the articles and followers of TOPIC to the topic INTO."""
    with store.opened() as db:
        _print(service.merge_topics(db, slug, into, store.now()))


@topic.command()
@click.argument("slug", metavar="TOPIC")
@click.argument("alias")
@click.option("--remove", is_flag=True, help="Take the alias away again.")
def alias(slug: str, alias: str, remove: bool) -> None:
    """Let TOPIC be known by another name as well."""
    with store.opened() as db:
        changed = (
            service.remove_alias(db, slug, alias)
            if remove
            else service.add_alias(db, slug, alias, store.now())
        )
    _print(changed)


def _all(db: Database) -> Iterator[StoredTopic]:
    page = service.list_topics(db)
    yield from page.topics
    while page.next is not None:
        page = service.list_topics(db, after=page.next)
        yield from page.topics


def _print(one: StoredTopic) -> None:
    print_table([(one.slug, _articles(one.articles), _names(one))])


def _articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number} articles"


def _names(one: StoredTopic) -> str:
    return one.name + (f" (also {', '.join(one.aliases)})" if one.aliases else "")
