"""One mail to many: fixed recipients, a dry run, one confirmation, and a worker that resumes."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from applications import tasks
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.mailing import bulk
from applications.domain.mailing.placeholders import Words
from applications.domain.roles import ensure_roles
from applications.models import Application, BulkMail, BulkMailState, SectionAnswers, Status
from jetportal.accounts.models import User
from jetportal.mail.models import Lane, MailState, Outcome, OutgoingMail, OutgoingMailAttempt
from jetportal.mail.nudge import nudge_task
from tests.applicants import make_staff, make_user
from tests.applications.desk import LIST, sent
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)
WORDS = Words("News for {reference}", "Dear {name},\n\nPlease read.\n\n{link}")
HOME = "/admin/applications/bulkmail/"


@pytest.fixture(autouse=True)
def with_permissions(db):
    ensure_roles()


def office(email: str = "office@example.org") -> User:
    return User.objects.get(pk=make_staff(email, access.PROGRAM_OFFICE).pk)


def confirmed(*applications: Application, words: Words = WORDS) -> BulkMail:
    by = office()
    mail = bulk.propose([one.pk for one in applications], by=by, at=NOW)
    mail = bulk.write(mail.key, words, by=by)
    return bulk.confirm(mail.key, edition=mail.edition, by=by, at=NOW)


def written() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="written_to_many").order_by("pk"))


def copies(application: Application, count: int) -> list[Application]:
    """Store more applications like this one, without filling forms."""
    people = User.objects.bulk_create(
        User(email=f"many{number}@example.org") for number in range(count)
    )
    names = [f.attname for f in Application._meta.concrete_fields if f.attname != "id"]
    same = {name: getattr(application, name) for name in names if name not in {"key", "reference"}}
    symbols = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    rows = [
        Application(
            **{**same, "applicant_id": person.pk, "email": person.email},
            reference="AAAAAA" + symbols[n // 900] + symbols[n // 30 % 30] + symbols[n % 30],
        )
        for n, person in enumerate(people)
    ]
    return Application.objects.bulk_create(rows)


def refuse_mail_to(address: str, **changes: object) -> None:
    mail = OutgoingMail.objects.filter(recipient=address).earliest("pk")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, **changes)
    OutgoingMailAttempt.objects.create(mail=mail, at=NOW, outcome=Outcome.FAILED, smtp_code=550)


def test_everybody_chosen_gets_one_mail_in_the_bulk_lane():
    first, second = sent(0), sent(1)
    mail = confirmed(first, second)

    assert bulk.send_due(now=lambda: NOW) == 2
    assert bulk.send_due(now=lambda: NOW) == 0

    mail.refresh_from_db()
    assert (mail.state, mail.done, mail.queued, mail.left_out) == ("done", 2, 2, {})
    assert [(row.key, row.lane, row.recipient, row.subject) for row in written()] == [
        (
            f"written_to_many:{one.pk}:{mail.pk}",
            Lane.BULK,
            one.email,
            f"News for {one.reference_shown}",
        )
        for one in (first, second)
    ]
    assert written()[0].text.startswith("Dear Ana Lindqvist-Moreno,\n\nPlease read.\n")
    assert f"/applications/{first.key}/receipt/" in written()[0].html


def test_dry_run_counts_says_why_and_writes_three_samples():
    people = [sent(number) for number in range(4)]
    gone = sent(4, status=Status.WITHDRAWN)
    bad = sent(5)
    refuse_mail_to(bad.email)
    by = office()
    mail = bulk.propose([one.pk for one in (*people, gone, bad)] + [987_654], by=by, at=NOW)
    mail = bulk.write(mail.key, WORDS, by=by)
    before = OutgoingMail.objects.count()

    run = bulk.dry_run(mail, by=by)

    assert run.count == 4
    assert dict(run.left_out) == {bulk.WITHDRAWN: 1, bulk.REFUSED_ADDRESS: 1, bulk.GONE: 1}
    assert [reference for reference, _mail, _html in run.samples] == [
        one.reference_shown for one in people[:3]
    ]
    assert OutgoingMail.objects.count() == before


def test_who_is_left_out_is_judged_again_when_their_turn_comes():
    stays, leaves = sent(0), sent(1)
    mail = confirmed(stays, leaves)
    Application.objects.filter(pk=leaves.pk).update(status=Status.WITHDRAWN)  # as if meanwhile

    bulk.send_due(now=lambda: NOW)

    mail.refresh_from_db()
    assert [row.recipient for row in written()] == [stays.email]
    assert mail.left_out == {str(leaves.pk): bulk.WITHDRAWN}


def test_code_that_was_not_delivered_leaves_nobody_out():
    application = sent(0)
    refuse_mail_to(application.email, secret=True, text="", html="")

    assert bulk.sort([application.pk], by=office()).left_out == {}


def test_second_confirmation_sends_nothing_more():
    application = sent(0)
    mail = confirmed(application)
    bulk.send_due(now=lambda: NOW)

    again = bulk.confirm(mail.key, edition=mail.edition, by=office(), at=NOW)
    bulk.send_due(now=lambda: NOW)

    assert (again.state, len(written())) == (BulkMailState.DONE, 1)


def test_same_choice_is_one_mail_until_it_has_words():
    by, keys = office(), [sent(0).pk, sent(1).pk]
    later = NOW + timedelta(days=3)

    first = bulk.propose(keys, by=by, at=NOW)
    again = bulk.propose(keys, by=by, at=later)
    others = [
        bulk.propose(keys[:1], by=by, at=later),
        bulk.propose(keys[::-1], by=by, at=later),
        bulk.propose(keys, by=office("other@example.org"), at=later),
    ]
    bulk.write(first.key, WORDS, by=by)
    others.append(bulk.propose(keys, by=by, at=later))

    assert (again.pk, again.written_at) == (first.pk, later)  # it is kept from then on
    assert len({first.pk, *(mail.pk for mail in others)}) == 1 + len(others)


@pytest.mark.parametrize("clicks", [1, 2])
def test_confirming_tells_a_worker_once(clicks, django_capture_on_commit_callbacks):
    by = office()
    mail = bulk.write(bulk.propose([sent(0).pk], by=by, at=NOW).key, WORDS, by=by)

    with django_capture_on_commit_callbacks() as after:
        for _ in range(clicks):
            bulk.confirm(mail.key, edition=mail.edition, by=by, at=NOW)

    told = [call.args for call in after if getattr(call, "func", None) is nudge_task]
    assert told == [(tasks.send_mail_to_many.name,)]


def test_words_that_changed_since_they_were_looked_at_are_not_sent():
    by = office()
    mail = bulk.propose([sent(0).pk], by=by, at=NOW)
    for edition in (0, 1):
        with pytest.raises(Refused, match="The words have changed"):
            bulk.confirm(mail.key, edition=edition, by=by, at=NOW)
    bulk.write(mail.key, WORDS, by=by)
    bulk.write(mail.key, Words("Other", "Other words"), by=by)

    with pytest.raises(Refused, match="The words have changed"):
        bulk.confirm(mail.key, edition=1, by=by, at=NOW)
    bulk.confirm(mail.key, edition=2, by=by, at=NOW)
    with pytest.raises(Refused, match="Its words stay"):
        bulk.write(mail.key, WORDS, by=by)


def test_worker_that_dies_in_a_batch_resumes_without_a_second_copy(monkeypatch):
    mail = confirmed(*(sent(number) for number in range(3)))
    assert bulk.send_batch(mail.pk, at=NOW, size=1) == 1

    with monkeypatch.context() as broken:
        broken.setattr(BulkMail, "save", lambda *_args, **_named: 1 / 0)  # after the mails
        with pytest.raises(ZeroDivisionError):
            bulk.send_batch(mail.pk, at=NOW, size=1)
    assert len(written()) == 1

    bulk.send_due(now=lambda: NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.queued, len(written())) == ("done", 3, 3)


def test_five_thousand_are_queued_in_batches_of_a_fixed_number_of_queries(
    django_assert_max_num_queries,
):
    rows = copies(sent(0), 5000)
    mail = confirmed(*rows)

    with django_assert_max_num_queries(5000 // bulk.BATCH * 11 + 4):
        bulk.send_due(now=lambda: NOW)

    mail.refresh_from_db()
    assert (mail.state, mail.queued) == ("done", 5000)
    assert (
        OutgoingMail.objects.filter(kind="written_to_many").values("recipient").distinct().count()
        == 5000
    )


def test_stopped_mail_queues_no_more():
    mail = confirmed(sent(0), sent(1))
    bulk.send_batch(mail.pk, at=NOW, size=1)

    bulk.stop(mail.key, by=office(), at=NOW)
    bulk.send_due(now=lambda: NOW)

    mail.refresh_from_db()
    assert (mail.state, mail.queued, len(written())) == ("stopped", 1, 1)


def test_writer_who_may_not_write_any_more_sends_nothing():
    mail = confirmed(sent(0))
    mail.written_by.groups.clear()

    bulk.send_due(now=lambda: NOW)

    mail.refresh_from_db()
    assert (mail.state, mail.queued, written()) == ("done", 0, [])


def test_name_that_was_typed_as_code_stays_a_name():
    application = sent(0)
    row = SectionAnswers.objects.get(application=application, section="identity")
    row.answers["first_name"] = ["{link}<script>\r\nBcc: all@example.org"]
    row.save()
    confirmed(application, words=Words("For {name}", "{name}"))

    bulk.send_due(now=lambda: NOW)

    mail = written()[0]
    assert mail.subject == "For {link}<script> Bcc: all@example.org Lindqvist-Moreno"
    assert "<p>{link}&lt;script&gt; Bcc: all@example.org Lindqvist-Moreno</p>" in mail.html


def test_coordinator_writes_to_the_own_consulate_alone():
    own, other = sent(0), sent(1, consulate="denver")
    by = make_staff("ny@example.org", access.COORDINATORS, consulate="new-york")

    told = bulk.sort([own.pk, other.pk], by=by)

    assert [one.pk for one in told.getting] == [own.pk]
    assert told.left_out == {other.pk: bulk.GONE}


def test_draft_that_nobody_confirmed_is_forgotten():
    by = office()
    bulk.propose([sent(0).pk], by=by, at=NOW - timedelta(days=8))
    kept = bulk.propose([1], by=by, at=NOW - timedelta(days=6))

    with time_machine.travel(NOW, tick=False):
        tasks.send_mail_to_many()

    assert list(BulkMail.objects.all()) == [kept]


@pytest.fixture
def desk(at_the_desk):
    return at_the_desk(access.PROGRAM_OFFICE, email="office@example.org")


def choose(client, *applications: Application, query: str = "", across: str = "0") -> str:
    answer = client.post(
        LIST + query,
        {
            "action": "write_to",
            "_selected_action": [one.pk for one in applications],
            "select_across": across,
            "index": 0,
        },
    )
    assert answer.status_code == 302
    return answer.headers["Location"].removesuffix("words/")


def test_mail_is_chosen_written_looked_at_sent_once_and_watched(desk):
    first, second = sent(0), sent(1)
    page = choose(desk, first)
    everybody = choose(desk, first, query="?status=submitted", across="1")
    assert BulkMail.objects.get(key=everybody.split("/")[-2]).rows == [second.pk, first.pk]

    assert "{name}" in desk.get(f"{page}words/").content.decode()
    wrong = desk.post(f"{page}words/", {"subject": "Hello", "text": "{status} {"})
    assert wrong.status_code == 422
    assert "{status} stands for nothing in this mail." in wrong.content.decode()

    shown = desk.post(f"{page}words/", {"subject": WORDS.subject, "text": WORDS.text}, follow=True)
    text = shown.content.decode()
    assert "1 mail would leave." in text
    assert f"News for {first.reference_shown}" in text
    assert "<p>Dear Ana Lindqvist-Moreno,</p>" in text

    for _ in range(2):
        assert desk.post(f"{page}send/", {"edition": 1}).status_code == 302
    assert "0 of 1 applicants dealt with" in desk.get(page).content.decode()
    bulk.send_due(now=timezone.now)
    assert "1 of 1 applicants dealt with, 1 mail handed" in desk.get(page).content.decode()
    assert len(written()) == 1
    listed = desk.get(HOME).content.decode()
    assert "News for {reference}" in listed
    file = desk.get(f"{LIST}{first.pk}/change/").content.decode()
    assert "Written to many" in file


def test_old_page_confirms_nothing(desk):
    page = choose(desk, sent(0))
    for subject in ("First", "Second"):
        desk.post(f"{page}words/", {"subject": subject, "text": "Words"})

    for edition in ("1", "", "x", "9" * 30, "²"):
        answer = desk.post(f"{page}send/", {"edition": edition})
        assert answer.status_code == 409
        assert "The words have changed since" in answer.content.decode()

    assert BulkMail.objects.get().state == BulkMailState.WRITTEN


def test_mail_of_somebody_else_is_not_there(desk, at_the_desk):
    page = choose(desk, sent(0))
    desk.post(f"{page}words/", {"subject": "Hello", "text": "Words"})
    other = at_the_desk(access.PROGRAM_OFFICE, email="second@example.org")

    for path in (page, f"{page}words/"):
        assert other.get(path).status_code == 404
    for path in (f"{page}send/", f"{page}stop/", f"{page}words/"):
        assert other.post(path, {"edition": 1, "subject": "a", "text": "b"}).status_code == 404

    assert BulkMail.objects.get().state == BulkMailState.WRITTEN


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_use_a_fixed_number_of_queries(desk, rows, django_assert_num_queries):
    people = [sent(number) for number in range(rows)]
    pages = []
    for _ in range(rows):
        pages.append(choose(desk, *people))
        desk.post(f"{pages[-1]}words/", {"subject": "Hello", "text": "Words"})

    with django_assert_num_queries(7):
        listed = desk.get(HOME)
    with django_assert_num_queries(9):
        desk.get(pages[0])

    assert listed.context["cl"].result_count == rows


def test_desk_without_the_permission_writes_to_nobody(desk):
    application = sent(0)
    make_user("office@example.org").groups.get().permissions.clear()

    answer = desk.post(
        LIST, {"action": "write_to", "_selected_action": [application.pk]}, follow=True
    )

    assert "You may not write to many applicants." in answer.content.decode()
    assert not BulkMail.objects.exists()
