"""The topics known here, ready to be looked for in texts: made once, used for many articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache

import justext

from newsbell.domain.cleaning import vocabulary
from newsbell.domain.countries import code_of, is_proper
from newsbell.domain.phrases import Phrases, name_words
from newsbell.domain.topics import StoredTopic, fold

SHORTEST_WORD = 4
"""Letters of a name with a capital that may also be meant where it has none."""
_STOP_LISTS = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "nl": "Dutch", "nb": "Norwegian_Bokmal", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese",
}  # fmt: skip


class KnownTopics:
    """Topics with the ways to find them by their names.

    `names` has the shown name of each by any of its folded names. `phrases` stand for numbers, which are
    places in `topics`. `by_country`: the topics called as that country is, in any language. `surnames`: those
    whose name may be a person's, by its last word. `common`: those called by one word with a capital which
    may be a common word all the same; `small` has them by that word folded. `vague`: those called by one
    common word, or as the sections of newspapers are; more must speak for them. `mute`: those whose name
    says nothing.
    """

    def __init__(self, topics: Sequence[StoredTopic] = ()) -> None:
        self.topics = tuple(topics)
        self.names = {fold(name): topic.name for topic in topics for name in (*topic.aliases, topic.name)}
        self.phrases = Phrases()
        self.by_country: dict[str, list[int]] = defaultdict(list)
        self.surnames: dict[str, list[int]] = defaultdict(list)
        self.small: dict[str, list[int]] = defaultdict(list)
        self.common: set[int] = set()
        self.vague: set[int] = set()
        self.mute: set[int] = set()
        for number, topic in enumerate(topics):
            self._add(number, topic)

    def _add(self, number: int, topic: StoredTopic) -> None:
        for name in (topic.name, *topic.aliases):
            code = code_of(name)
            if code is None:
                self.phrases.add(name, number)
            elif number not in self.by_country[code]:
                self.by_country[code].append(number)
            written = name_words(name)[0]
            if 2 <= len(written) <= 3 and all(is_capitalised(word) for word in written):
                self.surnames[written[-1]].append(number)
        self._weigh(number, topic)

    def _weigh(self, number: int, topic: StoredTopic) -> None:
        folded = fold(topic.name)
        written, own = name_words(topic.name)
        if folded in vocabulary.NOT_TOPICS or (topic.name.islower() and folded in _commonest()):
            self.mute.add(number)
        if len(own) != 1 or code_of(topic.name):
            return
        if folded in vocabulary.SECTIONS or written[0][:1].islower():
            self.vague.add(number)
        is_longer = any(len(name_words(name)[0]) > 1 for name in topic.aliases)
        if is_capitalised(written[0]) and not is_longer and not is_proper(folded):
            self.common.add(number)
            if len(own[0]) >= SHORTEST_WORD:
                self.small[own[0]].append(number)


def is_capitalised(word: str) -> bool:
    return word[:1].isupper() and word[1:].islower()


@cache
def _commonest() -> frozenset[str]:
    """Words that say nothing as a topic: the commonest of any language."""
    return frozenset().union(*map(common_words, _STOP_LISTS))


@lru_cache(maxsize=64)
def common_words(language: str) -> frozenset[str]:
    """The commonest words of a language (an ISO 639 code), folded; none where no list is at hand."""
    name = _STOP_LISTS.get(language)
    return frozenset(map(fold, justext.get_stoplist(name))) if name else frozenset()


NOTHING = KnownTopics()
