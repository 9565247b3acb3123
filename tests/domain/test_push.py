import pytest

from newsbell.domain.push import Outcome, classify


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (201, Outcome.SENT),
        (202, Outcome.SENT),
        (301, Outcome.REFUSED),
        (307, Outcome.REFUSED),
        (400, Outcome.MESSAGE_REFUSED),
        (401, Outcome.KEY_REFUSED),
        (403, Outcome.KEY_REFUSED),
        (404, Outcome.GONE),
        (406, Outcome.REFUSED),
        (408, Outcome.LATER),
        (410, Outcome.GONE),
        (413, Outcome.MESSAGE_REFUSED),
        (429, Outcome.LATER),
        (500, Outcome.LATER),
        (503, Outcome.LATER),
        (0, Outcome.LATER),
        (103, Outcome.LATER),
    ],
)
def test_each_answer_of_a_push_service_has_its_meaning(status: int, outcome: Outcome) -> None:
    assert classify(status) is outcome
