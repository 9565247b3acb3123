"""What a language tag says about how text runs."""

from typing import Literal

# ISO 639 codes whose usual script runs from right to left (CLDR's layout data).
_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)


def direction(language: str) -> Literal["ltr", "rtl", "auto"]:
    """The `dir` of text in that language (a BCP 47 tag); "auto" where it is not known."""
    if not language:
        return "auto"
    subtags = language.lower().split("-")
    if "latn" in subtags or "cyrl" in subtags:
        return "ltr"
    return "rtl" if subtags[0] in _RIGHT_TO_LEFT or "arab" in subtags or "hebr" in subtags else "ltr"
