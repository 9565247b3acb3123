"""Calls to do something else than read, in many languages; sentences about such things stay."""

from __future__ import annotations

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page


@pytest.mark.parametrize(
    "call",
    [
        "Laden Sie unsere App herunter", "Last ned appen vår", "Ladda ner vår app",
        "Stáhněte si naši aplikaci",
        "Κατεβάστε την εφαρμογή μας", "اپلیکیشن ما را دانلود کنید", "हमारे न्यूज़लेटर की सदस्यता लें",
        "در خبرنامه ما عضو شوید", "Follow our channel on Telegram", "Siga nosso canal no WhatsApp",
        "Tem uma dica? Escreva para nós", "هل لديك خبر؟ راسلنا", "Çerezleri kullanıyoruz",
        "نستخدم ملفات تعريف الارتباط", "クッキーを使用しています", "我们使用cookie",
        "Vi bruker informasjonskapsler",
        "Vi använder kakor",
        "Sitter du på tips i saken? Skriv til oss.", "Sitter du inne med uppgifter? Hör av dig.",
        "Har du et tip til os? Skriv.", "Skicka oss ett tips", "टिप्पणियाँ",
    ],
)  # fmt: skip
def test_a_call_leaves_the_body_and_is_on_record(call: str) -> None:
    article = clean(page(f"<p>{call}</p>"), "https://www.thecoast.example/world/river")
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert call in {removal.text for removal in article.removals}


@pytest.mark.parametrize(
    "text",
    [
        "Die Stadt will eine App für den Hafen, doch niemand lädt sie herunter, sagt die Bäckerin am Kai.",
        "Han laddade ner en bok om båtar och läste den på kajen tills det blev mörkt över staden.",
        "Hun sitter på kaien hver dag, og han har tips til dem som vil sende brev med båten til øya.",
        "Ela segue o canal até ao porto todas as manhãs, antes de os barcos saírem para o mar.",
        "The ferry follows the channel on Mondays, and people join the crew on the quay for bread.",
    ],
)
def test_a_sentence_stays(text: str) -> None:
    assert text in clean(page(f"<p>{text}</p>")).body_text
