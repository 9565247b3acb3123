"""Writes server/newsbell/domain/countries.json: what countries, continents, the European Union and the United
Nations are called, from the Unicode CLDR (by babel); and extension/src/topics/country_table.js, the same for
the extension with what else its matcher needs of the server's.

    python scripts/countries.py          writes them
    python scripts/countries.py --check  says whether they are in step

countries.toml beside this file adds what CLDR does not say. One line a country: names with the languages they
are used in, then adjectives, so that a change can be read in a review.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from newsbell.domain import inflection
from newsbell.domain.cleaning import vocabulary

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "server" / "newsbell" / "domain" / "countries.json"
MODULE = HERE.parent / "extension" / "src" / "topics" / "country_table.js"
SOURCE = tomllib.loads((HERE / "countries.toml").read_text(encoding="utf-8"))
LANGUAGES = tuple(SOURCE["languages"]["all"])
DEPENDENT = frozenset(SOURCE["territories"]["dependent"])
REGIONS = frozenset(SOURCE["territories"]["regions"])
NOT_COUNTRIES = frozenset(SOURCE["territories"]["none"])


def table() -> dict[str, Any]:
    """What countries.json holds: by code names and adjectives with their languages; the ambiguous; others."""
    codes = sorted(
        code
        for code in Locale("en").territories
        if code in REGIONS or (len(code) == 2 and code not in NOT_COUNTRIES | DEPENDENT)
    )
    return {
        "countries": {
            code: {"names": _joined(_names(code)), "adjectives": _joined(_adjectives(code))} for code in codes
        },
        "ambiguous": {code: one for code, one in SOURCE["ambiguous"].items() if code in codes},
        "other": sorted({*SOURCE["other"]["und"], *_other()}),
    }


def _names(code: str) -> set[tuple[str, str]]:
    own = [language for language in get_official_languages(code, regional=False) if _known(language)]
    found = {
        (name, "und" if language in own else language)
        for language in dict.fromkeys((*LANGUAGES, *own))
        for name in _split(str(Locale.parse(language).territories.get(code, "")))
    }
    given = SOURCE["names"].get(code, {})
    found = {(name, language) for name, language in found if name not in SOURCE["left_out"].get(language, ())}
    return found | {(name, language) for language, names in given.items() for name in names}


def _adjectives(code: str) -> set[tuple[str, str]]:
    given = {
        (name, language)
        for language, by_code in SOURCE["adjectives"].items()
        for name in by_code.get(code, ())
    }
    national = dict(reversed(pair.split(":")) for pair in SOURCE["languages"]["national"])
    if code not in national:
        return given
    # What a language is called is the country's adjective: "ukrainisch", "немецкий", "tedesco".
    of_speech = {
        (_small(str(Locale(language).languages.get(national[code], "")), language), language)
        for language in LANGUAGES
        if language
        not in {
            "en",
            "cs",
            "sk",
            "tr",
            "hi",
            "ar",
            "he",
            "fa",
            "vi",
            "id",
            "th",
            "ja",
            "zh",
            "ko",
            "fi",
            "hu",
        }
    }
    return given | {(name, language) for name, language in of_speech if name and " " not in name}


def _small(name: str, language: str) -> str:
    """German writes the adjective small and the language, which CLDR names, with a capital."""
    return name.lower() if language == "de" else name


def _other() -> set[str]:
    """Dependent territories and parts of the world: longer names that hold a country's."""
    found = set()
    for language in LANGUAGES[:8]:
        for code, name in Locale(language).territories.items():
            if code in DEPENDENT or (len(code) == 3 and code not in REGIONS):
                found.update(one for one in _split(str(name)) if " " in one)
    return found


def _split(name: str) -> list[str]:
    """CLDR's "Myanmar (Burma)" is two names; "Congo - Kinshasa" is nobody's."""
    if " - " in name:
        return []
    return [part.strip() for part in re.split(r"[()]", name) if part.strip()]


def _known(language: str) -> bool:
    try:
        Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _joined(pairs: set[tuple[str, str]]) -> dict[str, str]:
    languages: dict[str, set[str]] = defaultdict(set)
    for name, language in pairs:
        languages[name].add(language)
    return {
        name: "und" if "und" in used else " ".join(sorted(used)) for name, used in sorted(languages.items())
    }


def text() -> str:
    found = table()
    lines = (f"{_json(code)}: {_json(one)}" for code, one in found["countries"].items())
    rest = _json({key: found[key] for key in ("ambiguous", "other")})
    return '{"countries": {\n' + ",\n".join(lines) + "\n},\n" + rest[1:] + "\n"


def module() -> str:
    """The extension's copy, with what its matcher needs beside. It is a module, since the extension may fetch
    no file of its own, and JSON within, which is parsed sooner than code.
    """
    found = table()
    rest = {
        "ambiguous": found["ambiguous"],
        "other": found["other"],
        "endings": {language: sorted(endings) for language, endings in inflection.ENDINGS.items()},
        "listed": inflection.LISTED,
        "vowels": inflection.VOWELS.pattern,
        "arabic": inflection.ARABIC,
        "hebrew": inflection.HEBREW.pattern,
        "sections": sorted(vocabulary.SECTIONS),
        "notTopics": sorted(vocabulary.NOT_TOPICS),
    }
    lines = ",\n".join(f"{_json(code)}:{_short(one)}" for code, one in found["countries"].items())
    data = '{"countries":{\n' + lines + "\n},\n" + _short(rest)[1:]
    if any(sign in data for sign in ("\\", "`", "${")):
        raise ValueError("a name has a sign that ends or changes a template literal")
    return (
        f"// Written by scripts/countries.py from the Unicode CLDR.\nexport default JSON.parse(`{data}`);\n"
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> int:
    wanted = {TABLE: text(), MODULE: module()}
    if "--check" in sys.argv:
        behind = [path.name for path, now in wanted.items() if path.read_text(encoding="utf-8") != now]
        print(f"not in step: {' '.join(behind)}: python scripts/countries.py" if behind else "in step")
        return 1 if behind else 0
    for path, now in wanted.items():
        path.write_text(now, encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
