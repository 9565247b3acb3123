"""migrate, config, doctor, vapid: what an operator looks at and puts right."""

from __future__ import annotations

import os

import click

from newsbell.cli import store
from newsbell.cli.output import print_table
from newsbell.config import describe, unknown_variables
from newsbell.edges.vapid import new_key_pair
from newsbell.services import vapid as keys
from newsbell.services.health import doctor as examine
from newsbell.storage import migrations


@click.command()
def migrate() -> None:
    """Make the store, or bring it to this version's tables. newsbell serve does so by itself."""
    settings = store.settings()
    migrations.migrate(settings)
    click.echo("The store is up to date.")


@click.command()
def config() -> None:
    """Show every setting with its value, secrets masked."""
    for name, value, meaning in describe(store.settings()):
        click.echo(f"{name}={value}")
        click.echo(click.wrap_text(meaning, width=100, initial_indent="  ", subsequent_indent="  "))
    for name in unknown_variables(os.environ):
        click.echo(f"{name} is no setting of Newsbell; is it misspelt?", err=True)


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Look for what would stop a ring or a feed. The exit code is 1 where something is bad."""
    settings = store.settings()
    findings = examine(settings, store.now())
    print_table([(one.level, one.subject, one.sentence) for one in findings])
    for one in findings:
        if one.advice:
            click.echo(f"\n{one.subject}: {one.advice}")
    ctx.exit(1 if any(one.level == "bad" for one in findings) else 0)


@click.group()
def vapid() -> None:
    """The key pair by which push services know this server."""


@vapid.command()
def show() -> None:
    """Print the public key, as browsers take it."""
    with store.opened() as db:
        click.echo(keys.current_key(db).public_key)


@vapid.command()
def rotate() -> None:
    """Make a new key for new subscriptions, and print its public part. The others keep theirs."""
    with store.opened() as db:
        click.echo(keys.rotate(db, new_key_pair, store.now()).public_key)
