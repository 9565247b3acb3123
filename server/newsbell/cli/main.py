"""The command `newsbell`: its subcommands in one list, and what becomes of an error."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from newsbell import __version__
from newsbell.errors import NewsbellError, UnavailableError

COMMANDS = {
    "serve": "serving:serve",
    "worker": "working:worker",
    "web": "answering:web",
    "import": "importing:import_",
    "clean": "cleaning:clean",
    "article": "articles:article",
    "topic": "topics:topic",
    "token": "tokens:token",
    "migrate": "operating:migrate",
    "config": "operating:config",
    "doctor": "operating:doctor",
    "vapid": "operating:vapid",
}
"""Each subcommand and where it stands in this package, in the order of the help."""


class Commands(click.Group):
    """Subcommands imported when they are used: cleaning alone takes half a second to load, and serving
    runs three processes. An error of ours is its sentence on stderr, and exit code 1.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"newsbell.cli.{module}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NewsbellError as error:
            raise click.ClickException(error.message + _reason(error)) from error


def _reason(error: NewsbellError) -> str:
    """What the database or its driver said, for the operator alone: the web never shows it."""
    if not isinstance(error, UnavailableError) or error.__cause__ is None:
        return ""
    said = str(getattr(error.__cause__, "orig", None) or error.__cause__).strip().splitlines()
    return f"\n  {said[-1].strip()}" if said else ""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="Newsbell")
def main() -> None:
    """Follow topics, not sites: cleaned news by topic, as feeds and as honest notifications.

    Settings are read from the environment: newsbell config shows them.
    """
