"""Whoever says that they know an applicant sees the file nowhere; the office alone undoes it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.domain import access
from applications.domain.errors import ReasonNeeded, Refused
from applications.domain.outcomes import results
from applications.domain.review import conflicts, exports, judging, overview, scoring, visits
from applications.domain.review.scoring import Line
from applications.domain.soundness import faults
from applications.models import (
    Application,
    ConflictAnswer,
    ConflictLifting,
    Decision,
    ErasureRequest,
    ExportKind,
    LateGrant,
    ScoreSum,
    Status,
)
from jetportal.accounts.models import User
from tests.applicants import SENT_AT, assign, make_office, make_staff, move
from tests.applications.desk import LIST, sent
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

HOME = "/admin/"


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with time_machine.travel(CLOSES_AT + timedelta(days=12), tick=False):
        yield


@pytest.fixture
def file() -> Application:
    return sent(0)


def known(file: Application) -> str:
    return f"{LIST}{file.pk}/known/"


def lift_page(file: Application, user: User) -> str:
    return f"{LIST}{file.pk}/known/{user.pk}/lift/"


@pytest.mark.parametrize("role", ["coordinator", "office"])
def test_file_is_hidden_everywhere_from_whoever_says_they_know_the_person(role, request, file):
    client: Client = request.getfixturevalue(role)
    other, user = (
        sent(1),
        make_staff(f"{'new-york' if role == 'coordinator' else role}@example.org"),
    )
    change = f"{LIST}{file.pk}/change/"
    wanted = exports.Wanted(ExportKind.CSV, ("reference",), (file.pk, other.pk))
    job = exports.ask(wanted, by=user, at=SENT_AT)

    def seen() -> list[object]:
        listed = client.get(LIST).context["cl"].result_list
        found = client.get(LIST, {"q": file.reference}).context["cl"].result_list
        (panel,) = client.get(HOME).context["panels"]
        document = file.documents.first()
        pages = [change, f"{LIST}{file.pk}/checks/", f"{LIST}{file.pk}/interview/", known(file)]
        pages += [reverse("applications:document", args=[document.key])]
        pages += [reverse("applications:copy", args=[file.key])]
        statuses = {client.get(page).status_code for page in pages}
        return [
            len(listed),
            len(found),
            panel.total,
            statuses,
            client.get(f"{LIST}{other.pk}/change/").context["queue"].newer_url != ""
            or client.get(f"{LIST}{other.pk}/change/").context["queue"].older_url != "",
            exports.may_fetch(user, job),
        ]

    before = seen()
    asked = client.get(known(file))
    led = client.post(known(file))

    assert before == [2, 1, 2, {200}, True, True]
    assert "I know this person" in asked.content.decode()
    assert led["Location"] == HOME
    assert seen() == [1, 0, 1, {404}, False, False]
    assert file.reference_shown not in client.get(HOME).content.decode()


def test_second_click_is_answered_like_the_first(office, file):
    first, second = office.post(known(file)), office.post(known(file))

    assert (first["Location"], second["Location"]) == (HOME, HOME)
    assert "This file is hidden from you." in office.get(HOME).content.decode()
    assert ConflictAnswer.objects.count() == 1


def test_large_counts_forget_the_file_at_once(office, file, monkeypatch):
    monkeypatch.setattr(overview, "KEPT_FROM", 0)
    cache.clear()
    sent(1)
    before = office.get(HOME).context["panels"][0].total

    office.post(known(file))

    assert (before, office.get(HOME).context["panels"][0].total) == (2, 1)


def test_person_is_gone_from_grants_erasures_and_openings(office, file):
    by = make_staff("office@example.org")
    visitor = make_staff("d@example.org", access.COORDINATORS, consulate="denver")
    coordinator = make_staff("n@example.org", access.COORDINATORS, consulate="new-york")
    visits.open_file(file.reference, reason="To compare", by=visitor, at=SENT_AT)
    grant = LateGrant.objects.create(
        applicant=file.applicant,
        round=file.round,
        until_at=file.round.closes_at,
        reason="x",
        asked_by=make_office(),
        asked_at=SENT_AT,
    )
    erasure = ErasureRequest.objects.create(applicant=file.applicant, asked_at=SENT_AT)
    pages = [
        reverse("admin:applications_lategrant_change", args=[grant.pk]),
        reverse("admin:applications_erasurerequest_decide", args=[erasure.pk]),
    ]
    lists = [f"/admin/applications/{name}/" for name in ("lategrant", "erasurerequest")]

    def seen() -> list[object]:
        return [
            *(office.get(page).status_code for page in pages),
            *(file.applicant.email in office.get(page).content.decode() for page in lists),
            len(overview.openings_of(coordinator, at=SENT_AT)),
        ]

    before = seen()
    conflicts.declare(file.pk, by=by, at=SENT_AT)
    conflicts.declare(file.pk, by=coordinator, at=SENT_AT)

    assert before == [200, 200, True, True, 1]
    assert seen() == [404, 404, False, False, 0]


def test_turn_of_a_reviewer_ends_with_what_they_declare_themselves(at_the_desk, file):
    client = at_the_desk(access.REVIEWERS, email="reviewer@example.org")
    user = make_staff("reviewer@example.org")
    assign(file, user)
    before = client.get(f"{LIST}{file.pk}/change/").status_code

    client.post(known(file))

    assert before == 200
    assert client.get(f"{LIST}{file.pk}/change/").status_code == 404
    assert not file.assignments.running().exists()
    assert ConflictAnswer.objects.get(by=user).knows


def test_nobody_declares_for_a_file_they_do_not_see(file):
    stranger = make_staff("d@example.org", access.COORDINATORS, consulate="denver")

    with pytest.raises(Application.DoesNotExist):
        conflicts.declare(file.pk, by=stranger, at=SENT_AT)


def test_office_undoes_it_with_a_reason_that_is_kept(office, coordinator, file):
    coordinator.post(known(file))
    user = make_staff("new-york@example.org")

    listed = office.get(known(file)).content.decode()
    blank = office.post(lift_page(file, user), {"reason": " \n"})
    led = office.post(lift_page(file, user), {"reason": " Another person of that name. "})
    again = office.get(lift_page(file, user))
    beyond = office.get(f"{known(file)}{10**20}/lift/")

    lifting = ConflictLifting.objects.get()
    assert "new-york@example.org" in listed
    assert blank.status_code == 422
    assert "Say why." in blank.content.decode()
    assert led["Location"] == known(file)
    assert again.status_code == beyond.status_code == 404
    assert (lifting.of, lifting.by.email) == (user, "office@example.org")
    assert lifting.reason == "Another person of that name."
    assert lifting.reason in office.get(known(file)).content.decode()
    assert coordinator.get(f"{LIST}{file.pk}/change/").status_code == 200


def test_second_click_on_undoing_is_answered_like_the_first(office, coordinator, file):
    coordinator.post(known(file))
    user = make_staff("new-york@example.org")
    page, reason = lift_page(file, user), {"reason": "A mistake"}

    first, second = office.post(page, reason), office.post(page, reason)
    late = conflicts.lift(
        file.pk, user.pk, reason="x", by=make_staff("office@example.org"), at=SENT_AT
    )

    assert (first["Location"], second["Location"]) == (known(file), known(file))
    assert ConflictLifting.objects.get() == late
    with pytest.raises(Refused, match="not hidden"):
        conflicts.lift(file.pk, user.pk, reason="x", by=make_office(2), at=SENT_AT)


def test_saying_it_again_is_undone_anew(office, coordinator, file):
    user = make_staff("new-york@example.org")
    for reason in ("A mistake", "A mistake"):
        coordinator.post(known(file))
        office.post(lift_page(file, user), {"reason": reason})

    assert ConflictLifting.objects.count() == 2
    assert coordinator.get(f"{LIST}{file.pk}/change/").status_code == 200


def test_whoever_judges_is_asked_anew_after_it_was_undone(file):
    user = make_staff("reviewer@example.org", access.REVIEWERS)
    assign(file, user)
    conflicts.declare(file.pk, by=user, at=SENT_AT)
    conflicts.lift(file.pk, user.pk, reason="A mistake", by=make_office(), at=SENT_AT)
    assign(file, user, asked=False)

    assert judging.asks_first(user, file.pk)


def scored(file: Application, user: User, value: int) -> None:
    """Let a reviewer give this, from 0 to 100."""
    if not file.round.criteria.exists():
        scoring.set_rubric(file.round_id, [Line("All", "", 1, 0, 100)], by=make_office())
    marks = {file.round.criteria.get().pk: value}
    assign(file, user)
    scoring.give(file.pk, marks, comment="", by=user, at=SENT_AT)


def test_score_of_whoever_knows_the_person_counts_no_more_until_it_is_undone(
    office, coordinator, at_the_desk, file
):
    client = at_the_desk(access.REVIEWERS, email="reviewer@example.org")
    user = make_staff("reviewer@example.org")
    other = make_staff("other@example.org", access.REVIEWERS)
    scored(file, user, 90), scored(file, other, 40)

    def told(browser: Client) -> tuple[bool, bool]:
        page = browser.get(f"{LIST}{file.pk}/change/").content.decode()
        return scoring.KNOWN in page, "<s>90 %</s>" in page

    before = ScoreSum.objects.get(application=file)
    client.post(known(file))
    during = ScoreSum.objects.get(application=file)
    shown = (told(office), told(coordinator))
    asked = office.get(lift_page(file, user)).content.decode()
    office.post(lift_page(file, user), {"reason": "Another person of that name."})
    after = ScoreSum.objects.get(application=file)

    assert [(row.sheets, row.mean) for row in (before, during, after)] == [
        (2, 65),
        (1, 40),
        (2, 65),
    ]
    assert shown == ((True, True), (False, False))
    assert "The score they had given counts again." in asked
    assert told(office) == (False, False)
    assert list(faults()) == []


def test_score_the_office_has_set_aside_does_not_come_back_with_it(file):
    user = make_staff("reviewer@example.org", access.REVIEWERS)
    scored(file, user, 90)
    scoring.set_aside(file.score_sheets.get().pk, reason="Mistyped", by=make_office(), at=SENT_AT)

    conflicts.declare(file.pk, by=user, at=SENT_AT)
    conflicts.lift(file.pk, user.pk, reason="A mistake", by=make_office(), at=SENT_AT)

    assert file.score_sheets.get().why_set_aside == "Mistyped"
    assert not ScoreSum.objects.exists()


def test_coordinators_neither_undo_nor_see_who_it_is_hidden_from(coordinator, office, file):
    office.post(known(file))
    user = make_staff("office@example.org")
    by = make_staff("new-york@example.org")

    text = coordinator.get(known(file)).content.decode()

    assert "Hidden from" not in text
    assert "office@example.org" not in text
    assert coordinator.get(lift_page(file, user)).status_code == 404
    with pytest.raises(Refused):
        conflicts.lift(file.pk, user.pk, reason="x", by=by, at=SENT_AT)


def test_nobody_undoes_their_own_and_nothing_without_a_reason(file):
    first, second = make_office(), make_office(2)
    conflicts.declare(file.pk, by=first, at=SENT_AT)

    with pytest.raises(Application.DoesNotExist):
        conflicts.lift(file.pk, first.pk, reason="x", by=first, at=SENT_AT)
    with pytest.raises(ReasonNeeded):
        conflicts.lift(file.pk, first.pk, reason="  ", by=second, at=SENT_AT)
    for of, reason in ((first, ""), (second, "x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConflictLifting.objects.create(
                application=file, of=of, by=second, said_at=SENT_AT, at=SENT_AT, reason=reason
            )


def test_pages_of_results_hide_the_file_from_whoever_knows_the_person(office, file):
    other = sent(1)
    for application in (file, other):
        move(application, Status.IN_SCREENING, at=SENT_AT)
        decision = results.record(
            application.pk, Status.INTERVIEW_OFFERED, by=make_office(), at=SENT_AT
        )
    batch = f"/admin/applications/resultbatch/{decision.batch.pk}/"
    mine = Decision.objects.get(application=file)
    before = office.get(f"{batch}change/").content.decode()

    office.post(known(file))
    office.get(HOME)  # says it once
    after = office.get(f"{batch}change/").content.decode()
    taken = office.post(f"{batch}remove/{mine.pk}/").status_code

    assert file.reference_shown in before
    assert file.reference_shown not in after
    assert other.reference_shown in after
    assert "Samples of the mails" in before
    assert "Samples of the mails" not in after
    assert taken == 404
