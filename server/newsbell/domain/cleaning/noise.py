"""The rules for what is not the article: which kind of noise a short block of text is."""

from __future__ import annotations

import re
from functools import lru_cache

from newsbell.domain.cleaning import vocabulary
from newsbell.domain.text import fold, length

TOPICS_LABEL = vocabulary.TOPICS_LABEL
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'") | dict.fromkeys("“”„«»‹›", '"'))
_LONGEST = 600  # characters of a block that a rule looks at
_EMAIL_MARK = re.compile(r"\[\s*e-?mail\s*(?:\xa0|\s)?protected\s*\]", re.IGNORECASE)
_BREAK = re.compile(r"^(?:[_*~•·–—-] ?){3,12}$")
_COPYRIGHT = re.compile(
    r"^[(\[]?(?:©|ⓒ|\(c\)|copyright)\s*(?:by\s+)?(?P<year>\d{4}\s*)?(?!\d)\w", re.IGNORECASE
)
_NO_LETTERS = re.compile(r"\W+")
_LONGEST_LEGAL, _TELLING_NAME = 12, 4  # words; letters
_AGENCY = re.compile(rf"\b{vocabulary.AGENCIES}\b")
_LOGO = re.compile(r"^(?:[\w.&'-]+ ){0,5}logo$")
_SEPARATORS = re.compile(r"\s*[|·•,/]\s*|\s{2,}|\n")
_TOPICS = re.compile(rf"^{vocabulary.TOPICS_LABEL}\s*[:：]\s*(?P<rest>\S.*)$", re.IGNORECASE)
_CREDIT = re.compile(
    rf"^[(\[]?(?:{vocabulary.CREDIT})\s*(?:[:：|–-]|(?<=©)|(?<=\(c\)))\s*(?P<rest>\S.*?)[)\]]?$",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The text as rules read it: folded, with plain apostrophes and quotation marks."""
    return fold(text).translate(_APOSTROPHES)


@lru_cache(maxsize=4_096)  # several steps ask for the same blocks
def rule_of(text: str, *, site_name: str = "") -> str | None:
    """The name of the rule by which a block of text is not the article, or None."""
    if len(text) > _LONGEST:
        return None
    folded = plain(text)
    bare = vocabulary.bare(folded)
    if not bare:
        return None if _BREAK.match(folded) else "no words"
    whole = vocabulary.WHOLE.get(bare) or _share_bar(folded)
    if whole:
        return whole
    count = length(folded)
    if count <= 6 and (_LOGO.match(bare) or (site_name and bare == vocabulary.bare(plain(site_name)))):
        return "logo"
    if count <= _LONGEST_LEGAL and _COPYRIGHT.match(folded) and _names(folded, site_name):
        return "legal line"
    if not _EMAIL_MARK.sub("", folded).strip(" .:;,-"):
        return "hidden e-mail address"
    for number in vocabulary.RULE_INDEX.candidates(folded):
        rule = vocabulary.RULES[number]
        if count <= rule.most_words and rule.pattern.search(folded):
            return rule.name
    return None


def _names(folded: str, site_name: str) -> bool:
    site = _NO_LETTERS.sub("", fold(site_name))
    return len(site) >= _TELLING_NAME and site in _NO_LETTERS.sub("", folded)


def topics_line(text: str) -> str | None:
    """What follows "Topics:" or its like in other languages, or None for any other line."""
    found = _TOPICS.match(text.strip())
    return found["rest"] if found else None


def is_attribution(text: str, site_name: str) -> bool:
    """Whether a line names who holds the rights, and that is an agency or, without a year, somebody other
    than the site.
    """
    found = _COPYRIGHT.match(text)
    if not found or len(text) > _LONGEST:
        return False
    letters, site = _NO_LETTERS.sub("", fold(text)), _NO_LETTERS.sub("", fold(site_name))
    return bool(_AGENCY.search(fold(text))) or (not found["year"] and site not in letters)


def credit_line(text: str) -> str | None:
    """What follows "Featured Image Credit:" or its like, or None for any other line."""
    found = _CREDIT.match(text.strip()) if len(text) <= 200 else None
    return found["rest"].strip() if found else None


def without_email_marks(text: str) -> tuple[str, str]:
    """The text with an ellipsis for each "[email protected]", an address nobody can read; and what went."""
    found = _EMAIL_MARK.findall(text)
    return (_EMAIL_MARK.sub("…", text), " ".join(found)) if found else (text, "")


def _share_bar(folded: str) -> str | None:
    if len(folded) > 200 and folded.count(" ") >= 12:
        return None
    parts = [part for part in (vocabulary.bare(one) for one in _SEPARATORS.split(folded)) if part]
    if len(parts) < 2 or len(folded) > 200:
        words = [vocabulary.bare(word) for word in folded.split()]
        parts = [word for word in words if word] if 2 <= len(words) <= 12 else []
    named = [part for part in parts if vocabulary.WHOLE.get(part) == "share bar"]
    rest = [part for part in parts if part not in named]
    return "share bar" if len(named) > 1 and vocabulary.SHARE_WORDS.issuperset(rest) else None
