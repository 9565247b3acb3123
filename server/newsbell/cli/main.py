"""The command `newsbell`: its subcommands in one list, and what becomes of an error."""

from __future__ import annotations

from typing import Any

import click

from newsbell import __version__
from newsbell.cli import articles, cleaning, importing, operating, serving, tokens, topics
from newsbell.errors import NewsbellError


class Commands(click.Group):
    """Subcommands in the order of the list below; an error of ours is its sentence, and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NewsbellError as error:
            raise click.ClickException(error.message) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="Newsbell")
def main() -> None:
    """Follow topics, not sites: cleaned news by topic, as feeds and as honest notifications.

    Settings are read from the environment: newsbell config shows them.
    """


for command in (
    serving.serve,
    serving.worker,
    serving.web,
    importing.import_,
    cleaning.clean,
    articles.article,
    topics.topic,
    tokens.token,
    operating.migrate,
    operating.config,
    operating.doctor,
    operating.vapid,
):
    main.add_command(command)
