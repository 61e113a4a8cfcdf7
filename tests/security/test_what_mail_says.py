"""Line ends and hosts that somebody makes up: none becomes a header of a mail, or a link in one."""

import re
from collections.abc import Iterable

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from applications.models import Application, Status
from jetportal.mail import outbox
from jetportal.mail.models import OutgoingMail
from tests.applicants import COACH, SENT_AT, make_application, make_user
from tests.factories import make_round

pytestmark = pytest.mark.django_db

BENT = "Grace\r\nBcc: planted@evil.example\r\n\r\nHello"
EVIL = "evil.example"
# What a mail of ours may begin with.
HEADERS = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "Reply-To"),
    *("List-Unsubscribe", "List-Unsubscribe-Post"),
}


@pytest.fixture(autouse=True)
def standing() -> Iterable[None]:
    with time_machine.travel(SENT_AT, tick=False):
        yield


@pytest.fixture
def client() -> Client:
    """A browser that claims to have reached another site."""
    claims = {"x-forwarded-host": EVIL, "forwarded": f"host={EVIL}", "x-host": EVIL}
    return Client(headers={**claims, "origin": f"https://{EVIL}", "referer": f"https://{EVIL}/"})


def sent_out() -> list[mail.EmailMessage]:
    """Send whatever is due, and check that each goes to one person with headers of ours only."""
    outbox.deliver_due(now=lambda: SENT_AT)
    for message in mail.outbox:
        raw = message.message()
        assert set(raw.keys()) <= HEADERS
        assert message.recipients() == [raw["To"]]
        assert not any("\n" in value.replace("\n ", "") for value in map(str, raw.values()))
        assert EVIL not in re.sub(r"planted@evil\.example", "", str(message.body))
    return list(mail.outbox)


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/accounts/login/", {}), ("/watch/", {"about": "sea"})],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "%0d%0a", "\u2028", "\x85", "\0"])
def test_line_end_in_an_address_reaches_nobody_else(client: Client, path, sent, end):
    client.post(path, {**sent, "email": f"mia@example.org{end}Bcc: planted@evil.example"})
    client.post(path, {**sent, "email": f"mia@example.org{end},planted@evil.example"})

    assert [message.to for message in sent_out()] == []


def test_line_ends_in_names_stay_words(client: Client):
    """In every single line an applicant types: their own name, a referee's, and where they work."""
    application = make_application(round_=make_round())
    client.force_login(application.applicant)
    page = reverse("applications:section", args=[application.key, "identity"])
    client.post(page, {"family_name": BENT, "first_name": BENT, "no_middle_name": "on"})
    referee = dict.fromkeys(("name", "title", "organization", "relation"), BENT)
    added = reverse("applications:add_referee", args=[application.key])
    for old in application.referees.all():
        client.post(reverse("applications:remove_referee", args=[application.key, old.key]))
    client.post(added, {**referee, "kind": COACH.kind, "email": "okafor@example.org"})
    for named in application.referees.all():
        client.post(reverse("applications:send_request", args=[application.key, named.key]))

    messages = sent_out()
    assert [message.to for message in messages] == [["okafor@example.org"]]
    assert "planted" in str(messages[0].body)


def test_links_in_mails_name_our_site_whatever_the_reader_claims(client: Client):
    application = make_application(round_=make_round())
    client.force_login(application.applicant)
    referee = application.referees.all()[0]
    client.post(reverse("applications:send_request", args=[application.key, referee.key]))
    client.post(reverse("applications:submit", args=[application.key]))
    Client(headers={"x-forwarded-host": EVIL}).post(
        "/watch/", {"about": "sea", "email": "w@example.org"}
    )

    links = {
        link for message in sent_out() for link in re.findall(r"https?://[^/\s]+", message.body)
    }
    assert Application.objects.get().status == Status.SUBMITTED
    assert links == {"http://testserver"}


def test_page_and_redirect_name_no_host_that_a_reader_claims(client: Client):
    make_user("mia@example.org")
    answers = [client.get(path) for path in ("/", "/admin/", "/rounds/feed.atom", "/sitemap.xml")]

    assert [answer for answer in answers if EVIL.encode() in answer.content] == []
    assert [answer for answer in answers if EVIL in answer.get("Location", "")] == []
    assert OutgoingMail.objects.count() == 0
