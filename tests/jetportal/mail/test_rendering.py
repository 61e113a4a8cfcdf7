from dataclasses import dataclass
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist

from jetportal.mail.rendering import render


@dataclass(frozen=True)
class Greeting:
    name: str


@pytest.fixture
def words(tmp_path: Path, settings) -> Path:
    """Add the templates of a kind `greeting` to those of the portal."""
    folder = tmp_path / "emails" / "greeting"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Hello {{ name }}\n")
    (folder / "body.txt").write_text(
        '{% extends "emails/base.txt" %}{% block words %}Dear {{ name }},\n\n\n\n'
        "{{ site_url }}/applications/{% endblock words %}"
    )
    (folder / "body.html").write_text(
        '{% extends "emails/base.html" %}'
        "{% block words %}<p>Dear {{ name }}</p>{% endblock words %}"
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    return folder


def test_render_escapes_html_and_only_html(words):
    message = render("greeting", to="mia@example.org", context=Greeting("O'Neil <b>"))

    assert message.subject == "Hello O'Neil <b>"
    assert message.text.splitlines()[0] == "Dear O'Neil <b>,"
    assert "<p>Dear O&#x27;Neil &lt;b&gt;</p>" in message.html


def test_render_links_to_the_site_and_names_the_support(words):
    message = render("greeting", to="mia@example.org", context={"name": "Mia"})

    assert message.text == (
        "Dear Mia,\n\nhttp://testserver/applications/\n\n--\nJET Program, United States\n"
        "http://testserver/\nYou receive this because this address is used on our portal.\n"
        "Questions: portal@jet.example\n"
    )
    assert "<title>Hello Mia</title>" in message.html


def test_render_keeps_a_subject_on_one_short_line(words):
    message = render("greeting", to="m@example.org", context={"name": "A\r\nBcc: x@y.z\x00 " * 99})

    assert message.subject.startswith("Hello A Bcc: x@y.z\ufffd A Bcc:")
    assert (len(message.subject), message.subject[-1]) == (200, "…")


def test_render_leaves_out_of_a_subject_what_turns_it_around(words):
    message = render("greeting", to="m@example.org", context={"name": "\u202eMia\u2069"})

    assert message.subject == "Hello Mia"


def test_render_replaces_what_no_mail_can_hold(words):
    message = render("greeting", to="m@example.org", context={"name": "A\x00B\ud800C"})

    assert message.text.startswith("Dear A\ufffdB\ufffdC,")


def test_render_needs_all_three_templates(words):
    (words / "body.html").unlink()

    with pytest.raises(TemplateDoesNotExist):
        render("greeting", to="mia@example.org", context=Greeting("Mia"))
