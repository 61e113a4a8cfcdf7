"""Lists of the desk say what they are for, also while they are empty."""

import pytest
from django.test import Client

from applications.domain import access
from applications.domain.roles import ensure_roles
from tests.applicants import make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("exportjob", "kept for 7 days"),
        ("erasurerequest", "their words are erased"),
        ("lategrant", "one of you asks, another approves"),
        ("latesubmit", "sent after their end"),
        ("retentionsettings", "18 months after closing"),
    ],
)
def test_empty_list_says_what_it_is_for(settings, name, words):
    settings.DEMO = True
    ensure_roles()
    client = Client()
    client.force_login(make_staff("office@example.org", access.PROGRAM_OFFICE))

    page = client.get(f"/admin/applications/{name}/")

    assert page.context["cl"].result_count == 0
    assert words in page.content.decode()
    assert page.content.decode().count("<h1") == 1
