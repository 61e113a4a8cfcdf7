import pytest

from jetportal.mail.message import UnsendableError
from tests.jetportal.mail.factories import make_message


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\nBcc: everybody@example.org"},
        {"subject": "Hello\r\n\r\nA body"},
        {"subject": "Hello\u2028there"},
        {"subject": "Hello\x00"},
        {"subject": "Hello \ud800"},
        {"subject": "  "},
        {"subject": "x" * 201},
        {"to": "mia@example.org\nBcc: everybody@example.org"},
        {"to": "mia@example.org, everybody@example.org"},
        {"to": "nobody"},
        {"to": ""},
        {"text": " \n"},
        {"text": "nothing\x00"},
        {"html": "<p>\udfff</p>"},
        {"headers": (("Reply-To", "a@example.org\nBcc: b@example.org"),)},
        {"headers": (("Reply-To: a@example.org\nBcc", "b@example.org"),)},
    ],
)
def test_message_refuses_what_could_smuggle_or_never_leave(changes):
    with pytest.raises(UnsendableError):
        make_message(**changes)


def test_message_takes_any_script():
    message = make_message(subject="参加者 Zoë 🎌", text="ありがとう\n", to="mia@bücher.example")

    assert message.subject == "参加者 Zoë 🎌"
