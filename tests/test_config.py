"""Settings: read from the environment, refused with the variable's name, shown with secrets masked."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields
from datetime import timedelta
from pathlib import Path

import pytest

from newsbell.config import Settings, describe, unknown_variables, variable
from newsbell.errors import SettingsError

SETTINGS = fields(Settings)
DOCUMENT = Path(__file__).parents[1] / "docs" / "settings.md"


def test_nothing_set_gives_the_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.full_text
    assert settings.resolved_database_url == f"sqlite:///{settings.data_dir / 'newsbell.sqlite3'}"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"NEWSBELL_ALERT_MAX_AGE": " "}) == Settings()


def test_settings_cannot_be_changed_after_they_are_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().base_url = "https://other.example"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("DATA_DIR", "/srv/newsbell", Path("/srv/newsbell")),
        ("DATA_DIR", "~/news", Path("~/news").expanduser()),
        ("BASE_URL", "https://news.example.org/", "https://news.example.org"),
        ("BASE_URL", "http://[::1]:8080", "http://[::1]:8080"),
        ("VAPID_SUBJECT", "mailto:desk@news.example.org", "mailto:desk@news.example.org"),
        ("VAPID_SUBJECT", "https://news.example.org/contact", "https://news.example.org/contact"),
        ("PRIVATE_HOSTS", "Localhost:9000, 10.0.0.5 ,", frozenset({"localhost:9000", "10.0.0.5"})),
        ("PUSH_HOSTS", "push.example.", frozenset({"push.example"})),
        ("BROKER_URL", "amqp://me:secret@queue.example/", "amqp://me:secret@queue.example/"),
        ("BROKER_URL", "rediss://queue.example/0", "rediss://queue.example/0"),
        ("FULL_TEXT", "no", False),
        ("FULL_TEXT", "YES", True),
        ("ALERT_MAX_AGE", "1.5", timedelta(hours=1.5)),
        ("TRUSTED_PROXIES", "2", 2),
    ],
)
def test_a_setting_is_read(name: str, text: str, value: object) -> None:
    settings = Settings.from_environment({f"NEWSBELL_{name}": f" {text} "})
    assert getattr(settings, name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BASE_URL", "news.example.org"),
        ("BASE_URL", "ftp://news.example.org"),
        ("BASE_URL", "https://news.example.org/below"),
        ("BASE_URL", "https://news.example.org/?a=b"),
        ("VAPID_SUBJECT", "desk@news.example.org"),
        ("VAPID_SUBJECT", "http://news.example.org"),
        ("BROKER_URL", "queue.example"),
        ("BROKER_URL", "amqp://"),
        ("BROKER_URL", "sqs://queue.example"),
        ("FULL_TEXT", "maybe"),
        ("ALERT_MAX_AGE", "a day"),
        ("ALERT_MAX_AGE", "-1"),
        ("ALERT_MAX_AGE", "nan"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "1.5"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"NEWSBELL_{name}") as refused:
        Settings.from_environment({f"NEWSBELL_{name}": text})
    assert refused.value.field == f"NEWSBELL_{name}"


@pytest.mark.parametrize(
    ("given", "resolved"),
    [
        ("postgresql://me:secret@db/news", "postgresql+psycopg://me:secret@db/news"),
        ("postgres://me@db/news", "postgresql+psycopg://me@db/news"),
        ("postgresql+psycopg://me@db/news", "postgresql+psycopg://me@db/news"),
        ("sqlite:////srv/news.db", "sqlite:////srv/news.db"),
    ],
)
def test_the_database_url_names_its_driver(given: str, resolved: str) -> None:
    assert Settings(database_url=given).resolved_database_url == resolved


@pytest.mark.parametrize(
    ("settings", "subject"),
    [
        (Settings(base_url="https://news.example.org"), "https://news.example.org"),
        (
            Settings(base_url="https://news.example.org", vapid_subject="mailto:a@b.example"),
            "mailto:a@b.example",
        ),
    ],
)
def test_the_vapid_subject_is_the_base_url_unless_set(settings: Settings, subject: str) -> None:
    assert settings.resolved_vapid_subject == subject


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "database"
    file.write_text("postgresql://me:secret@db/news\n")
    settings = Settings.from_environment({"NEWSBELL_DATABASE_URL_FILE": str(file)})
    assert settings.database_url == "postgresql://me:secret@db/news"


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NEWSBELL_DATABASE_URL_FILE"):
        Settings.from_environment({"NEWSBELL_DATABASE_URL_FILE": str(tmp_path / "nothing")})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "database"
    file.write_text("postgresql://db/one")
    environ = {"NEWSBELL_DATABASE_URL": "postgresql://db/two", "NEWSBELL_DATABASE_URL_FILE": str(file)}
    with pytest.raises(SettingsError, match="both set"):
        Settings.from_environment(environ)


def test_what_is_no_secret_is_not_read_from_a_file(tmp_path: Path) -> None:
    assert Settings.from_environment({"NEWSBELL_BASE_URL_FILE": str(tmp_path / "nothing")}) == Settings()


def test_secrets_are_masked_where_settings_are_shown() -> None:
    shown = describe(
        Settings(database_url="postgresql://me:secret@db/news", broker_url="amqp://me:secret@q/")
    )
    assert "secret@" not in str(shown)
    masked = {name for name, value, _ in shown if value == "********"}
    assert masked == {"NEWSBELL_DATABASE_URL", "NEWSBELL_BROKER_URL"}


@pytest.mark.parametrize("spec", SETTINGS, ids=lambda spec: spec.name)
def test_what_is_shown_can_be_set_again(spec: object) -> None:
    settings = Settings(
        base_url="https://news.example.org",
        vapid_subject="mailto:a@b.example",
        private_hosts=frozenset({"b", "a:1"}),
        push_hosts=frozenset({"push.example"}),
        full_text=False,
        alert_max_age=timedelta(minutes=90),
        trusted_proxies=1,
    )
    shown = {name: value for name, value, _ in describe(settings)}
    again = Settings.from_environment({variable(spec): shown[variable(spec)]})
    name = variable(spec).removeprefix("NEWSBELL_").lower()
    assert getattr(again, name) == getattr(settings, name)


@pytest.mark.parametrize("spec", SETTINGS, ids=lambda spec: spec.name)
def test_every_setting_is_documented(spec: object) -> None:
    rows = re.findall(
        r"^\| `(NEWSBELL_\w+)` \| .+ \| .+ \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert variable(spec) in rows


def test_nothing_is_documented_that_is_no_setting() -> None:
    named = set(re.findall(r"NEWSBELL_\w+", DOCUMENT.read_text(encoding="utf-8")))
    known = {variable(spec) for spec in SETTINGS}
    known |= {f"{variable(spec)}_FILE" for spec in SETTINGS if spec.metadata["secret"]}
    assert named - known <= {
        "NEWSBELL_TEST_DATABASE_URL",
        "NEWSBELL_TEST_BROKER_URL",
        "NEWSBELL_TEST_REDIS_URL",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSBELL_PUSH_HOSTS", "com"),
        ("NEWSBELL_PUSH_HOSTS", "*"),
        ("NEWSBELL_PUSH_HOSTS", "https://push.example.org"),
        ("NEWSBELL_PRIVATE_HOSTS", "http://10.0.0.5/"),
        ("NEWSBELL_PRIVATE_HOSTS", "10.0.0.0/8"),
        ("NEWSBELL_ALERT_MAX_AGE", "abc"),
        ("NEWSBELL_ALERT_MAX_AGE", "nan"),
        ("NEWSBELL_TRUSTED_PROXIES", "x"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_in_plain_words(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert caught.value.field == name
    assert "literal" not in caught.value.message
    assert "could not convert" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSBELL_PUSH_HOSTS", "push.example.org,Other.Example."),
        ("NEWSBELL_PRIVATE_HOSTS", "localhost,10.0.0.5:8080,[::1]:9000,::1,mirror.lan"),
        ("NEWSBELL_ALERT_MAX_AGE", "1.5"),
        ("NEWSBELL_TRUSTED_PROXIES", "10"),
    ],
)
def test_its_twin_is_taken(name: str, value: str) -> None:
    assert Settings.from_environment({name: value}) != Settings()


def test_a_misspelt_setting_is_noticed() -> None:
    environ = {"NEWSBELL_BASEURL": "x", "NEWSBELL_BASE_URL": "x", "NEWSBELL_TEST_DATABASE_URL": "x"}
    assert unknown_variables(environ) == ["NEWSBELL_BASEURL"]
