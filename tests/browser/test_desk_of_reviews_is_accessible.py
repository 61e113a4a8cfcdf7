"""The pages of reviews, interviews and mail to many, looked at as they are."""

import pytest
from playwright.sync_api import Page

from applications.domain import access
from applications.domain.mailing import bulk
from applications.domain.mailing.placeholders import Words
from applications.domain.review import scoring
from applications.domain.review.scoring import Line
from applications.domain.roles import ensure_roles
from applications.models import Status
from tests.applicants import SENT_AT, assign, make_application, make_office, make_staff, seat_panel
from tests.browser.inspecting import Inspector
from tests.factories import make_round

pytestmark = pytest.mark.django_db(transaction=True)

FILES = "/admin/applications/application/"
REVIEWS = "/admin/applications/assignment/"
WORDS = "/admin/applications/roundwording/"
MANY = "/admin/applications/bulkmail/"
LINES = (
    Line("Motivation", "Why Japan, why now", weight=3, least=1, most=5),
    Line("Coaching", "", weight=1, least=0, most=10),
)


def test_pages_of_a_reviewer(inspector: Inspector, page: Page, enter, settings):
    settings.DEMO = True
    file = make_application(round_=make_round(), status=Status.SUBMITTED)
    scoring.set_rubric(file.round_id, LINES, by=make_office())
    user = make_staff("reviewer@example.org", access.REVIEWERS)
    assign(file, user, asked=False)
    enter(user)

    inspector.visit("/admin/", REVIEWS, f"{FILES}{file.pk}/conflict/")
    page.get_by_label("No, I do not know this person").check()
    page.get_by_role("button", name="Answer and go on").click()
    inspector.visit(f"{FILES}{file.pk}/change/", f"{FILES}{file.pk}/score/")


def test_pages_of_the_office(inspector: Inspector, enter, settings):
    settings.DEMO = True
    ensure_roles()
    file = make_application(round_=make_round(), status=Status.INTERVIEW_OFFERED)
    seat_panel(file, make_staff("panel@example.org", access.INTERVIEWERS))
    make_staff("reviewer@example.org", access.REVIEWERS)
    enter(make_staff("office@example.org", access.PROGRAM_OFFICE))

    rule = f"{REVIEWS}{file.round_id}/by-rule/?rule=evenly"
    inspector.visit(REVIEWS, f"{REVIEWS}{file.round_id}/", rule)
    inspector.visit(f"{FILES}{file.pk}/interview/", f"{FILES}{file.pk}/known/")
    inspector.visit(f"{FILES}export/", "/admin/applications/retentionsettings/add/")


def test_pages_of_words_and_of_mail_to_many(inspector: Inspector, enter, settings):
    settings.DEMO = True
    ensure_roles()
    file = make_application(round_=make_round(), status=Status.SUBMITTED)
    office = make_staff("office@example.org", access.PROGRAM_OFFICE)
    enter(office)
    proposed = bulk.propose([file.pk], by=office, at=SENT_AT)
    bulk.write(proposed.key, Words("News for {reference}", "Dear {name},\n\n{link}"), by=office)

    inspector.visit(WORDS, f"{WORDS}{file.round.pk}/", f"{WORDS}{file.round.pk}/incomplete/")
    inspector.visit(MANY, f"{MANY}{proposed.key}/", f"{MANY}{proposed.key}/words/")


def test_page_that_opens_a_file_of_another_consulate(inspector: Inspector, enter, settings):
    settings.DEMO = True
    enter(make_staff("c@example.org", access.COORDINATORS, consulate="denver"))

    inspector.visit(f"{FILES}open/")
