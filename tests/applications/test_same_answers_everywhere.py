"""What was typed is what everybody reads: owner, review, PDF and desk, in every section.

Every input of every section and every list is filled, up to its limit, over HTTP.
"""

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import reverse

from applications.domain.form import completeness
from applications.domain.roles import ensure_roles
from applications.models import Application, Status
from applications.models.answers import SENSITIVE
from applications.sections.base import Asked, EntryList, Section
from applications.sections.registry import sections_for
from positions.models import RoundKind
from tests.applicants import SENT_AT, add_documents, make_application, move, name_referees
from tests.applications.test_copies import body, squeezed
from tests.applications.typed import Page, Typed, as_sent, right_answers
from tests.factories import make_round

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
ENTRIES = 2  # of every list

Pairs = list[tuple[str, str]]


def address(name: str, application: Application, *more: str) -> str:
    return reverse(f"applications:{name}", args=[application.key, *more])


def post(client: Client, path: str, typed: Typed) -> str:
    """Send a form, and return where it leads."""
    response = client.post(path, as_sent(typed), content_type=FORM)
    assert response.status_code == 302
    return str(response["Location"])


class Applicant:
    """Fills every input of a form over HTTP; knows what was typed, and what it is in words."""

    def __init__(self, application: Application) -> None:
        self.application, self.client = application, Client()
        self.client.force_login(application.applicant)
        self.typed: dict[str, Typed] = {}  # by the address of the page
        self.told: dict[str, Pairs] = {}  # by section

    def fill(self, section: Section) -> None:
        """Fill the lists, then the fields: nothing that is right is refused."""
        entries = [
            pair
            for declared in section.lists
            for number in range(1, ENTRIES + 1)
            for pair in self._add(section, declared, number)
        ]
        page = address("section", self.application, section.key)
        typed, told = right_answers(section.bind(None, self._asked()), section.key)
        if post(self.client, page, typed) == page:  # something to look at again
            assert "Error:" not in self.client.get(page).content.decode(), section.key
        self.typed[page], self.told[section.key] = typed, told + entries

    def _add(self, section: Section, declared: EntryList, number: int) -> Pairs:
        form = declared.bind(None, self._asked(), section=section.key)
        typed, told = right_answers(form, f"{section.key}.{declared.key}.{number}")
        page = address("entry", self.application, section.key, declared.key, f"{number:08x}")
        leads = post(self.client, page, typed)
        assert leads.endswith(f"#{declared.key}"), page
        self.typed[page] = typed
        name = f"{declared.singular[0].upper()}{declared.singular[1:]} {number}"
        return [(f"{name}: {label}", words) for label, words in told]

    def _asked(self) -> Asked:
        rows = Application.objects.with_round()
        return completeness.load(rows.get(pk=self.application.pk)).asked

    def inputs(self, page: str) -> Typed:
        """Read a page back; of what can be left out, what is empty."""
        found = Page(self.client.get(page).content).inputs
        return {name: values for name, values in found.items() if values != [""]}


@pytest.fixture(params=RoundKind.values)
def applicant(request: pytest.FixtureRequest) -> Applicant:
    """Somebody whose draft is filled as far as it can be, with everything that must be beside."""
    round_ = make_round(slug=f"{request.param}-2025")
    applicant = Applicant(make_application(round_=round_, filled=False))
    for section in sections_for(round_):
        applicant.fill(section)
    add_documents(applicant.application)
    name_referees(applicant.application)
    return applicant


def missing_from(pairs: Pairs, told: Pairs) -> Pairs:
    return [pair for pair in told if pair not in pairs]


def test_answers_are_the_same_wherever_they_are_read(applicant: Applicant, office: Client):
    ensure_roles()
    application = applicant.application

    come_back_in_every_input(applicant)
    stand_on(applicant, applicant.client, address("check", application))
    move(application, Status.SUBMITTED, at=SENT_AT)
    stand_on(applicant, applicant.client, address("answers", application))
    stand_at_the_desk(applicant, office)
    stand_in_the_copy(applicant)


def come_back_in_every_input(applicant: Applicant) -> None:
    found = {page: applicant.inputs(page) for page in applicant.typed}

    assert found == applicant.typed


def stand_on(applicant: Applicant, reader: Client, page: str, *, but: Iterable[str] = ()) -> None:
    """Find every question with its answer on a page; of the sections `but`, none at all."""
    pairs = Page(reader.get(page).content).pairs
    for key, told in applicant.told.items():
        assert missing_from(pairs, told) == (told if key in but else []), key


def stand_at_the_desk(applicant: Applicant, office: Client) -> None:
    """Read the file, and open each part that is kept apart from it."""
    desk = f"/admin/applications/application/{applicant.application.pk}/"
    stand_on(applicant, office, f"{desk}change/", but=SENSITIVE)
    for key in SENSITIVE:
        opened = office.post(f"{desk}sensitive/{key}/", {"reason": "To place them"})
        assert missing_from(Page(opened.content).pairs, applicant.told[key]) == [], key


def stand_in_the_copy(applicant: Applicant) -> None:
    applicant.application.refresh_from_db()
    response = applicant.client.get(address("copy", applicant.application))
    text = body(b"".join(response.streaming_content), applicant.application)
    for key, told in applicant.told.items():
        answers = [squeezed(label + words) for label, words in told if words]
        found = [answer for answer in answers if answer in text]
        assert found == ([] if key in SENSITIVE else answers), key
