"""article correct, restore and clean-again: what an editor puts right, and what a new rule changes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from newsbell.cli import store
from newsbell.cli.output import print_table, progress, progress_ends
from newsbell.domain.article import Part
from newsbell.errors import MalformedError, NewsbellError, NotFoundError
from newsbell.jobs.cleaning import CleaningProcesses
from newsbell.services.articles import get_article
from newsbell.services.correcting import (
    MAX_BODY,
    PARTS,
    ArticlePatch,
    article_numbers,
    clean_again,
    correct_article,
)
from newsbell.services.ports import Cleaner
from newsbell.storage.database import Database

_id = click.argument("article_id", metavar="ID", type=click.IntRange(min=1, max=2**63 - 1))


@click.command()
@_id
@click.option("--title", metavar="T", help="The right title.")
@click.option("--summary", metavar="S", help="The right summary.")
@click.option("--topic", "topics", multiple=True, metavar="T", help="A right topic (may be repeated).")
@click.option("--no-topics", is_flag=True, help="It has no topic at all.")
@click.option("--body", metavar="FILE|-", help="The right text, as HTML.")
@click.option("--release", multiple=True, type=click.Choice(PARTS), help="Leave a part to the page again.")
def correct(
    article_id: int,
    title: str | None,
    summary: str | None,
    topics: tuple[str, ...],
    no_topics: bool,
    body: str | None,
    release: tuple[Part, ...],
) -> None:
    """Put parts of the article ID right. They stay when its page is imported or cleaned again."""
    if topics and no_topics:
        raise click.UsageError("--topic and --no-topics exclude each other.")
    if not any((title is not None, summary is not None, topics, no_topics, body is not None, release)):
        raise click.UsageError("Say what to correct: --title, --summary, --topic, --body or --release.")
    with store.opened() as db:
        pinned = None
        if release:
            pinned = [part for part in get_article(db, article_id).pinned if part not in release]
        patch = ArticlePatch(
            title=title,
            summary=summary,
            topics=topics if topics or no_topics else None,
            body_html=None if body is None else _read(body),
            pinned=pinned,
        )
        corrected = correct_article(db, article_id, patch, store.now())
    click.echo(f"Corrected: {corrected.title}")
    click.echo(f"  Pinned: {', '.join(corrected.pinned) or 'nothing'}")


@click.command()
@_id
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(min=1))
@click.option("--undo", is_flag=True, help="Take out again what was put back.")
def restore(article_id: int, numbers: tuple[int, ...], undo: bool) -> None:
    """Put back what cleaning took out of the article ID, by NUMBER; without one, list what there is."""
    with store.opened() as db:
        article = get_article(db, article_id)
        listed = article.restored if undo else article.removals
        if not numbers:
            print_table(
                [(number, removal.rule, removal.text) for number, removal in enumerate(listed, start=1)]
            )
            return
        if max(numbers) > len(listed):
            raise NotFoundError(f"There are {len(listed)}, not {max(numbers)}.", code="removal_not_found")
        chosen = [listed[number - 1] for number in dict.fromkeys(numbers)]
        patch = (
            ArticlePatch(restored=[removal for removal in listed if removal not in chosen])
            if undo
            else ArticlePatch(restore=chosen)
        )
        with CleaningProcesses(size=1) as cleaner:
            correct_article(db, article_id, patch, store.now(), cleaner=cleaner)
    for removal in chosen:
        click.echo(f"{'Taken out again' if undo else 'Put back'}: {removal.text}")


@click.command("clean-again")
@click.argument("ids", metavar="[ID]...", nargs=-1, type=click.IntRange(min=1, max=2**63 - 1))
@click.option("--all", "everything", is_flag=True, help="Every article.")
@click.pass_context
def clean_again_(ctx: click.Context, ids: tuple[int, ...], everything: bool) -> None:
    """Clean the pages of articles once more, by the rules of today. What an editor put right stays."""
    if bool(ids) == everything:
        raise click.UsageError("Give the IDs of articles, or --all.")
    with store.opened() as db, CleaningProcesses(size=1) as cleaner:
        chosen = list(article_numbers(db)) if everything else ids
        failed = _clean_all(db, cleaner, chosen)
    ctx.exit(1 if failed else 0)


def _clean_all(db: Database, cleaner: Cleaner, ids: Sequence[int]) -> int:
    """Clean each, the others even if one fails; the number of those that failed."""
    changed = failed = 0
    for done, number in enumerate(ids):
        progress(done, len(ids), str(number))
        try:
            article, updated = clean_again(db, number, store.now(), cleaner=cleaner)
        except NewsbellError as error:
            if len(ids) == 1:
                raise
            failed += 1
            progress_ends(len(ids))
            click.echo(f"Error: {number}: {error.message}", err=True)
        else:
            if updated:
                changed += 1
                progress_ends(len(ids))
                click.echo(f"Changed: {number}  {article.title}")
    progress_ends(len(ids))
    click.echo(f"{len(ids) - failed} cleaned again, {changed} changed, {failed} failed.")
    return failed


def _read(name: str) -> str:
    try:
        content = sys.stdin.buffer.read(4 * MAX_BODY) if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8")
    except OSError as error:
        raise NotFoundError(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MalformedError("The text is not UTF-8.") from error
