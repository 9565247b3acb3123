from __future__ import annotations

from dataclasses import replace

import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.known import KnownTopics
from newsbell.domain.recognition import recognise
from newsbell.domain.topics import StoredTopic

PADDING = "\n".join(["The council met again and talked for hours about other things entirely."] * 12)

EMPTY = CleanArticle(
    url="",
    canonical_url="",
    title="",
    summary="",
    byline=(),
    body_html="",
    body_text="",
    lead_image=None,
    site_name="",
    language="en",
    published_at=None,
    modified_at=None,
    topics=(),
    removals=(),
)


def topic(name: str, *aliases: str) -> StoredTopic:
    return StoredTopic(id=1, name=name, slug=name, aliases=aliases, revision=0, articles=1)


def names(article: CleanArticle, *known: StoredTopic) -> list[str]:
    return [mention.name for mention in recognise(article, KnownTopics(known))]


def about(title: str, sentence: str, *, language: str = "en", times: int = 4) -> CleanArticle:
    """An article with that title, whose text says that sentence in each of its parts."""
    lines = [f"{sentence}\n" + "\n".join(PADDING.split("\n")[:3]) for _ in range(times)]
    return replace(EMPTY, title=title, body_text="\n".join(lines), language=language)


def test_what_is_in_the_title_and_goes_on_in_the_text_is_a_topic() -> None:
    article = about("Lake Orvel dries up", "Boats lie on the ground of Lake Orvel.")
    assert names(article, topic("Lake Orvel")) == ["Lake Orvel"]


def test_what_the_text_goes_on_about_is_a_topic_without_the_title() -> None:
    text = "Boats lie on the ground of Lake Orvel, and Lake Orvel is silent."
    article = replace(about("No water", text), summary="Lake Orvel has no water any more.")
    assert names(article, topic("Lake Orvel")) == ["Lake Orvel"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("The council met", f"{PADDING}\nShe once lived at Lake Orvel."),
        ("The council met", f"Lake Orvel was named once.\n{PADDING}"),
        ("The council met", f"{PADDING}\nLake Orvel! Lake Orvel! Lake Orvel!"),
        ("Great Holidays by the Sea", PADDING),
    ],
    ids=["once", "in the first paragraph", "in one place", "in the headline alone"],
)
def test_a_passing_mention_is_no_topic(title: str, text: str) -> None:
    assert names(replace(EMPTY, title=title, body_text=text), topic("Lake Orvel")) == []


def test_the_place_a_report_was_written_at_is_no_topic() -> None:
    dateline = about("Wages rise", "ORVELSTAD (Example Agency) - The minister spoke of wages.")
    assert names(dateline, topic("Orvelstad")) == []
    assert names(about("Orvelstad votes", "All of Orvelstad voted."), topic("Orvelstad")) == ["Orvelstad"]


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("Russia's river", "Russia", "en"),
        ("Новости: Россия и мир", "Россия", "ru"),
        ("हिन्दी में समाचार", "हिन्दी", "hi"),
        ("俄罗斯的河流", "俄罗斯", "zh"),
        ("러시아는 강", "러시아", "ko"),
        ("地震の規模", "地震", "ja"),
        ("ข่าวแผ่นดินไหววันนี้", "แผ่นดินไหว", "th"),
        ("Learning C++ at school", "C++", "en"),
        ("The WHO and the flood", "WHO", "en"),
        ("L’Orvel demain", "Orvel", "fr"),
        ("Post-Brexit trade", "Brexit", "en"),
        ("THE FLOOD IN RUSSIA", "Russia", "en"),
        ("قال البرلمان اليوم", "برلمان", "ar"),
        ("وبالبرلمان اليوم", "البرلمان", "ar"),
        ("החוק נדון בכנסת", "כנסת", "he"),
        ("שבכנסת נדון החוק", "כנסת", "he"),
    ],
)
def test_names_are_found_in_their_script(text: str, name: str, language: str) -> None:
    assert names(about(text, text, language=language), topic(name)) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Prussian blue", "Russia"),
        ("हिन्दीभाषी", "हिन्दी"),
        ("Learning C++ at school", "C#"),
        ("Learning Java++ at school", "Java"),
        ("Who came first", "WHO"),
        ("Tell us more", "US"),
        ("हिन्दी", "हिन"),
        ("The silver needs some polish", "Polish"),
        ("How to roast a turkey", "Turkey"),
        ("وزن الكتاب", "زن"),
        ("Some people", "some"),
    ],
)
def test_parts_of_words_and_small_words_are_no_mention(text: str, name: str) -> None:
    assert names(about(text, text), topic(name)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He writes for the Orvel Times.", "Orvel"),
        ("The Security Council met.", "Security"),
        ("Rain fell on New Orvel Island.", "New Orvel"),
    ],
)
def test_part_of_a_longer_name_is_no_mention(text: str, name: str) -> None:
    assert names(about("A day", text), topic(name)) == []


def test_the_longest_name_wins() -> None:
    article = about("A walk through Orvel Harbour", "He walked along Orvel Harbour.")
    assert names(article, topic("Orvel"), topic("Orvel Harbour")) == ["Orvel Harbour"]


def test_a_university_of_a_city_is_not_the_city() -> None:
    assert names(about("東京大学の発表", "東京大学は発表した。", language="ja"), topic("東京")) == []
    assert names(about("東京で地震", "東京で揺れた。", language="ja"), topic("東京")) == ["東京"]


def test_an_alias_stands_for_its_topic() -> None:
    article = about("Fighting near Kiev", "In Kiev it was quiet.")
    assert names(article, topic("Kyiv", "Kiev")) == ["Kyiv"]


def test_a_person_goes_on_by_the_surname() -> None:
    article = about("Aas opens the bridge", "Aas spoke for an hour.")
    named = replace(article, body_text=f"Sunniva Aas is mayor.\n{article.body_text}")
    assert names(named, topic("Sunniva Aas")) == ["Sunniva Aas"]
    assert names(article, topic("Sunniva Aas")) == []
    another = replace(named, body_text=named.body_text.replace("Aas spoke", "Per Aas spoke"))
    assert names(replace(another, title="A bridge opens"), topic("Sunniva Aas")) == []


def test_a_common_word_counts_in_small_letters_where_the_text_is_about_it() -> None:
    often = about("A year of handball", "In handball the ball is small, and handball is fast.")
    assert names(often, topic("Handball")) == ["Handball"]
    passing = about("A year of sport", "Much was said.")
    assert names(replace(passing, body_text=f"handball\n{passing.body_text}"), topic("Handball")) == []


def test_an_alias_of_several_words_makes_a_word_with_a_capital_a_name() -> None:
    fruit = about("A year of the orchid", "An orchid is a flower, and an orchid needs light.")
    assert names(fruit, topic("Orchid")) == ["Orchid"]
    assert names(fruit, topic("Orchid", "Orchid Telecom")) == []


def test_a_german_verb_is_not_a_german_noun() -> None:
    assert names(about("Wir essen", "Alle essen gern.", language="de"), topic("Essen")) == []
    assert names(about("Essen wählt", "Ganz Essen wählt.", language="de"), topic("Essen")) == ["Essen"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ukrainian farmers wait, and all of Ukraine with them", "en"),
        ("Ukrainische Bauern warten in der Ukraine", "de"),
        ("Українські фермери чекають в Україні", "uk"),
        ("Украинские фермеры ждут на Украине", "ru"),
        ("Rolnicy w Ukrainie czekają", "pl"),
        ("Gli agricoltori aspettano in Ucraina", "it"),
        ("Oekraïense boeren wachten in Oekraïne", "nl"),
        ("ウクライナの農家", "ja"),
    ],
)
def test_a_country_is_found_by_all_its_names(text: str, language: str) -> None:
    article = about(text, f"{text}.", language=language)
    for name in ("Ukraine", "Україна", "Ucraina"):
        assert names(article, topic(name), topic("Russia")) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("South Korean trains stop in South Korea", "North Korea"),
        ("Nigeria votes", "Niger"),
        ("Papua New Guinea votes", "Guinea"),
        ("Northern Ireland votes", "Ireland"),
        ("The fair in New Mexico", "Mexico"),
        ("Indiana votes", "India"),
        ("Oil from the Gulf of Mexico", "Mexico"),
        ("The US Open begins", "United States"),
        ("The moon Europa has an ocean", "Europa"),
        ("Jordan scored again", "Jordanien"),
        ("A Georgia county votes", "Georgien"),
    ],
)
def test_a_country_is_not_another_nor_what_is_called_after_it(text: str, name: str) -> None:
    assert names(about(text, f"{text}."), topic(name)) == []


def test_an_ambiguous_country_counts_where_a_word_tells() -> None:
    article = about("Georgia votes", "All of Georgia votes, and Tbilisi first.")
    assert names(article, topic("Georgien")) == ["Georgien"]


def test_an_adjective_counts_half() -> None:
    restaurant = about("A cook", "The Turkish cook ordered flour.")
    assert names(restaurant, topic("Turkey")) == []


def test_twenty_thousand_topics_are_looked_for_in_one_pass() -> None:
    known = [topic(f"Subject number {number}") for number in range(20_000)]
    article = about("Subject number 19999", "It is about subject number 19999.")
    assert names(article, *known) == ["Subject number 19999"]


def test_each_says_how_sure_it_is() -> None:
    article = about("Lake Orvel is dry", "Boats lie at Lake Orvel, and at Tarn, and at Tarn.")
    found = recognise(article, KnownTopics([topic("Tarn"), topic("Lake Orvel")]))
    assert [mention.name for mention in found] == ["Lake Orvel", "Tarn"]
    assert all(mention.origin == "recognised" and 0.5 <= mention.weight <= 1.0 for mention in found)
    assert found[0].weight > found[1].weight
