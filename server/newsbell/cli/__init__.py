"""The commands: what a person or a script at a terminal can do with Newsbell."""

from newsbell.cli.main import main

__all__ = ["main"]
