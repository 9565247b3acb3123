"""Newsbell: follow topics, not sites."""

from importlib.metadata import version

__version__ = version("newsbell")
