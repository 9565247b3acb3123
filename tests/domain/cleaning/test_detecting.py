"""The language of what declares none."""

from __future__ import annotations

import sys

import pytest

from newsbell.domain.cleaning import clean
from newsbell.domain.cleaning.detecting import detected_language
from tests.domain.cleaning.pages import PARAGRAPHS, page

TEXTS = {
    "en": " ".join(PARAGRAPHS),
    "de": "Der Fluss stieg am Montag wieder an, und die Unterstadt stand am Abend unter Wasser.",
    "uk": "У понеділок річка знову піднялася, і надвечір нижнє місто стояло під водою.",
    "ru": "В понедельник река снова поднялась, и к вечеру нижний город стоял под водой.",
    "ar": "ارتفع منسوب النهر من جديد يوم الاثنين، وبحلول المساء كانت البلدة السفلى تحت الماء.",
    "he": "הנהר עלה שוב ביום שני, ועד הערב עמדה העיר התחתונה מתחת למים, כך סיפרו אנשים שגרים לצד הרציף הישן.",
    "el": "Η στάθμη του ποταμού ανέβηκε ξανά τη Δευτέρα και η κάτω πόλη βρέθηκε κάτω από το νερό.",
    "zh": "河水周一再次上涨，傍晚时分下城已被水淹没，人们说。工程师预计水位将在周四之前下降。",
    "ja": "月曜日に川の水位が再び上昇し、夕方には下町が水に浸かったと住民は話した。",
}


@pytest.fixture(autouse=True)
def detector() -> None:
    pytest.importorskip("pycld2", reason="not built for this machine")


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_text_that_is_long_enough(language: str, text: str) -> None:
    assert detected_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The river rose.",
        "12 345 " * 200,
        f"{TEXTS['de']} {TEXTS['uk']} {TEXTS['en']}",
        "\x00\ud800" + "zxqv " * 60,
    ],
)
def test_what_is_short_mixed_or_no_language_stays_undeclared(text: str) -> None:
    assert detected_language(text) == ""


@pytest.mark.parametrize("declared", ["", " lang=und", " lang=zxx", " lang=''"])
def test_a_page_that_declares_nothing(declared: str) -> None:
    assert clean(page().replace("<html lang=en>", f"<html{declared}>")).language == "en"


def test_what_a_page_declares_holds() -> None:
    assert clean(page().replace("lang=en", "lang=cy")).language == "cy"


def test_a_plain_text() -> None:
    assert clean("Der Fluss\n\n" + "\n\n".join([TEXTS["de"]] * 2)).language == "de"


def test_without_the_library_nothing_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycld2", None)
    assert detected_language(TEXTS["de"]) == ""
