"""Cleaning: from a page of a news site, HTML or saved as text, to its article and nothing else."""

from newsbell.domain.cleaning.clean import clean, clean_html
from newsbell.domain.cleaning.plain import clean_text
from newsbell.domain.cleaning.restoring import clean_restoring
from newsbell.domain.cleaning.sanitise import html_to_text, sanitise
from newsbell.domain.cleaning.source import MAX_BYTES, looks_like_html

__all__ = [
    "MAX_BYTES",
    "clean",
    "clean_html",
    "clean_restoring",
    "clean_text",
    "html_to_text",
    "looks_like_html",
    "sanitise",
]
