"""token: the API tokens of editors."""

from __future__ import annotations

from datetime import datetime

import click

from newsbell.cli import store
from newsbell.cli.output import print_table
from newsbell.services.tokens import create_token, list_tokens, revoke_token


@click.group()
def token() -> None:
    """Make and end the tokens with which editors save articles."""


@token.command()
@click.argument("name")
def create(name: str) -> None:
    """Make a token called NAME and print it, this once: only its hash is kept."""
    with store.opened() as db:
        click.echo(create_token(db, name, store.now()))


@token.command("list")
def list_() -> None:
    """List the tokens by name; their text is not kept."""
    with store.opened() as db:
        tokens = list_tokens(db)
    if not tokens:
        click.echo("No tokens yet. Make one: newsbell token create NAME", err=True)
    else:
        print_table([(one.name, f"made {one.created_at:%Y-%m-%d}", _state(one.revoked_at)) for one in tokens])


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the token called NAME at once."""
    with store.opened() as db:
        revoke_token(db, name, store.now())
    click.echo(f"Revoked: {name}")


def _state(revoked_at: datetime | None) -> str:
    return f"revoked {revoked_at:%Y-%m-%d}" if revoked_at else "in use"
