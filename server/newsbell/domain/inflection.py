"""The endings that names of countries and their adjectives take, language by language.

A word is a form of a name where it is the name's stem with one of the language's endings. This is for names
of countries only, which are long and hardly stems of other words; whole stemmers also join what must stay
apart (Niger and Nigeria), and none is there for Ukrainian.
"""

from __future__ import annotations

import re
from functools import cache

SHORTEST_STEM = 4
_SHORTEST_BARE = 3
VOWELS = re.compile(r"(?:[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýąęěіїєаеёиоуыэюяйь])+$")


def _adjectives(stems: str, endings: str) -> str:
    return " ".join(stem + ending for stem in stems.split() for ending in ["", *endings.split()])


_GERMAN = _adjectives("isch nisch ensisch esisch", "e er es en em") + (
    " e er en em ers ern erin erinnen ier iern es s n"
)
_FRENCH = _adjectives("ien ienn ain ais éen éenn ois", "e s es") + " e s es ne nes"
_SPANISH = _adjectives("an ian en es eñ ens", "o a os as") + " és esa eses esas í íes o a os as es"
_PORTUGUESE = _adjectives("an ian en es ens", "o a os as") + " ês esa eses esas o a os as es"
_ITALIAN = _adjectives("an ian es in", "o a i e") + " o a i e he hi"
_DUTCH = _adjectives("s isch ees aans ens iaans", "e") + " er ers aan anen"
_NORDIC = _adjectives("sk isk ensk ansk iansk ier", "a e t en er ere arna erne aren") + " s are arna n ns"
_CZECH = (
    "a e y i u ou ě em ům ech ách ami ské ský ská ského skému ském ským skou ští ských skými "
    "an ané anů anům anec"
)
_POLISH = (
    _adjectives("ńsk sk ijsk ack eck ck", "i a ie iego iej iemu im ich ą imi")
    + " a e y i u ą ę ie ii ią ię iej ych ym ymi iego iemu im ich imi"
    + " em om ach ami ów owi czyk czycy czyków ka ki kę"
)
_RUSSIAN = (
    _adjectives("ск анск инск ьск ийск янск", "ий ая ое ие ого ой ому ую им ом их ими ем")
    + " а у е ы ой ою ом ам ах ами и ю ей ею ия ии ию ией ием я ь"
    + " ец ца цы цев цам цами це цу цем ый ые ых ым ыми ий ая ое ие ого ому ую им их ими"
)
_UKRAINIAN = (
    _adjectives("ськ анськ інськ йськ", "ий а е і ого ої ому ій у им ою их ими ім")
    + " а у і и ою ой о ам ах ами ії ію ією ія я ю єю ї"
    + " ець ця ці ців цям цями цю цем ий е ого ої ому ій им их ими"
)
_FINNISH = "a n ssa sta an ksi lla lta lle na ta in ja t lainen laiset laisen laista laisten nmaan"
_HUNGARIAN = (
    "t nak ban ból ba on ra ról val nál hoz ig i iak ot et nek ben ből be en re ről "
    "át án ának ában ából ára áról ával ához"
)
_GREEK = (
    "ας α ου ος ο ς ης ων οι ους ία ίας ίες ιών "
    "ικός ική ικό ικού ικής ικοί ικές ικά ικών ικούς ός ού οί ών ούς"
)
ENDINGS: dict[str, frozenset[str]] = {
    language: frozenset(endings.casefold().split())  # as words are folded: "ς" is "σ" there
    for language, endings in {
        "en": "s",
        "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH, "pt": _PORTUGUESE, "it": _ITALIAN, "nl": _DUTCH,
        "sv": _NORDIC, "nb": _NORDIC, "da": _NORDIC, "cs": _CZECH, "sk": _CZECH, "pl": _POLISH,
        "ru": _RUSSIAN, "uk": _UKRAINIAN, "bg": _RUSSIAN, "fi": _FINNISH, "hu": _HUNGARIAN, "el": _GREEK,
        "ro": "a ei ul ului ii lor esc ească ești an ană ani ane eană", "tr": "lı li lu lü lar ler",
    }.items()
}  # fmt: skip
_LONGEST = {language: max(map(len, endings)) for language, endings in ENDINGS.items()}


@cache
def stem(word: str, language: str) -> str:
    """A folded name's stem in that language: without the ending it is listed with; the word itself where
    too little would be left or the language has no endings here.
    """
    if language not in ENDINGS or language == "en":
        return word
    for ending in LISTED.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    bare = VOWELS.sub("", word)
    if len(bare) < SHORTEST_STEM:  # "Китай", whose forms are "Китая" and "Китаю"
        bare = VOWELS.sub("", word[-1:])
        bare = word[:-1] + bare
    return bare if len(bare) >= SHORTEST_STEM else word


# What the dictionary form of an adjective ends in.
LISTED = {
    "ru": ("ский", "ец", "ий"), "uk": ("ський", "ська", "ець", "ий"), "bg": ("ски",), "pl": ("y", "i"),
    "es": ("o",), "it": ("o",), "pt": ("o",), "sv": ("a",), "de": (), "el": ("ία", "α", "οσ"),
}  # fmt: skip


def stems(word: str, language: str) -> list[str]:
    """The word as it is, and the stems it could have in that language: those before each known ending."""
    endings = ENDINGS.get(language, frozenset())
    shortest = max(SHORTEST_STEM, len(word) - _LONGEST.get(language, 0))
    return [word, *(word[:at] for at in range(len(word) - 1, shortest - 1, -1) if word[at:] in endings)]


# What Arabic and Hebrew write as one with the word that follows: and, then, in, like, to, the; and more.
ARABIC = ("ال", "وال", "فال", "بال", "كال", "لل", "ولل", "وبال", "و", "ف", "ب", "ك", "ل", "وب", "ول")
HEBREW = re.compile("^[ושהכלבמ]{1,3}")


def without_prefixes(word: str) -> list[str]:
    """The word as it is, and what it is without the particles that Arabic and Hebrew write before it; Arabic
    with its article and without, for names are known by either.
    """
    if "\u0590" <= word[:1] <= "\u05ff":
        longest = match.end() if (match := HEBREW.match(word)) else 0
        return [word, *(word[at:] for at in range(1, longest + 1) if len(word) - at >= _SHORTEST_BARE)]
    if "\u0600" <= word[:1] <= "\u06ff":
        rests = [word[len(one) :] for one in ARABIC if word.startswith(one)]
        bare = [rest for rest in (word, *rests) if len(rest) >= _SHORTEST_BARE]
        return list(dict.fromkeys([word, *bare, *(f"ال{rest}" for rest in bare)]))
    return [word]
