"""Own words for the mails of a round: what may stand in them, and what they become."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.domain import access, workflow
from applications.domain.errors import Refused
from applications.domain.mailing import previews, wordings
from applications.domain.mailing.kinds import OFFERS, TO_REFEREES, grouped, offered, template_of
from applications.domain.mailing.placeholders import Words, filled, filled_html, problems
from applications.domain.moves import Actor
from applications.domain.outcomes import move_messages, result_messages
from applications.domain.roles import ensure_roles
from applications.models import Application, RoundWording, Status, WordingKind
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from positions.domain import likeness
from tests.applicants import make_application, make_office, make_staff, move
from tests.factories import CLOSES_AT, make_round

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)
KINDS = list(WordingKind)
TEMPLATES = {path.name for path in Path("templates/emails").iterdir() if path.is_dir()}
# Mail about an account or a watch belongs to no application; the frame of own words is none.
UNWORDED = {"account_changed", "sign_in_code", "own_words"} | {
    f"watch_{what}" for what in ("changed", "confirm", "opened", "renew")
}
PLACES = offered(WordingKind.INELIGIBLE)
WHOLE = Words("About {reference}", "Dear applicant,\n\n{reference} ends here.\n\n{link}")


def office() -> User:
    ensure_roles()
    return User.objects.get(pk=make_staff("words@example.org", access.PROGRAM_OFFICE).pk)


def keep(application: Application, kind: WordingKind, words: Words = WHOLE) -> RoundWording:
    return wordings.save(application.round, kind, words, seen=None, by=office(), at=NOW)


def ended(application: Application) -> OutgoingMail:
    workflow.move(
        application.pk,
        Status.INELIGIBLE,
        by=make_office(),
        actors={Actor.PROGRAM_OFFICE},
        at=NOW,
        reason="No degree.",
    )
    return OutgoingMail.objects.get(kind="ineligible")


def test_every_kind_has_its_placeholders_and_delivered_words_that_could_be_sent():
    assert set(OFFERS) == set(WordingKind)
    wrong = {
        kind: found
        for kind in WordingKind
        if (found := problems(previews.as_delivered(kind), offered(kind)))
    }
    assert wrong == {}


def test_every_kind_is_a_mail_that_leaves():
    mails = {*result_messages.KINDS.values(), *move_messages.KINDS.values()}
    others = {"draft_lapsed", "withdrawn", "taken_back", "not_invited", "reply_reminder"}
    others |= {"late_reply", "late_reply_counted", "marked_declined"}
    others |= {"confirmation", "part_asked", "late_grant", "answers_changed"}
    others |= {"correction_granted", "correction_declined"}
    others |= {"round_extended", "round_extended_late", "round_cancelled", "round_cancelled_sent"}
    others |= {"document_refused", "document_refused_sent"}
    interviews = {f"interview_{what}" for what in ("time", "changed", "reminder", "unconfirmed")}
    letters = {
        f"reference_{what}"
        for what in (
            *("request", "again", "reminder", "extended", "unsafe", "thanks", "kept"),
            *("cancelled", "received", "declined", "failed"),
        )
    }

    assert mails | others | interviews | letters == set(WordingKind.values)
    assert {template_of(kind) for kind in WordingKind} == TEMPLATES - UNWORDED


def test_every_kind_stands_once_below_a_heading():
    assert [kind for _title, kinds in grouped() for kind in kinds] == list(WordingKind)


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        (Words("", WHOLE.text), "subject", "Write something here."),
        (Words(" ", WHOLE.text), "subject", "Write something here."),
        (Words("{link}", WHOLE.text), "subject", "{link} is too long for a subject."),
        (Words("a" * 151, WHOLE.text), "subject", "This is too long: 151 characters"),
        (Words("Hello", "Nothing"), "text", "{reference} is missing: the reference number."),
        (Words("Hello", "{reference}"), "text", "{link} is missing"),
        (Words("Hello", WHOLE.text + "{status}"), "text", "{status} stands for nothing"),
        (Words("Hello", WHOLE.text + "{until}"), "text", "{until} stands for nothing"),
        (Words("Hello", WHOLE.text + "{link.__class__}"), "text", "A { or } stands alone."),
        (Words("Hello", WHOLE.text + "{link!r}"), "text", "A { or } stands alone."),
        (Words("Hello", WHOLE.text + "{link:>9999999}"), "text", "A { or } stands alone."),
        (Words("Hello", WHOLE.text + "{0}"), "text", "A { or } stands alone."),
        (Words("Hello", WHOLE.text + "{}"), "text", "A { or } stands alone."),
        (Words("Hello", WHOLE.text + "{{ settings }}"), "text", "A { or } stands alone."),
        (Words("Hello", WHOLE.text + "a" * 8000), "text", "This is too long"),
    ],
)
def test_words_that_cannot_be_sent_are_told_beside_their_field(words, field, said):
    found = problems(words, PLACES)

    assert list(found) == [field]
    assert any(line.startswith(said) for line in found[field]), found


def test_value_with_braces_stays_a_text():
    values = {"reference": "{link}", "link": "{reference}"}

    assert filled("{reference} and {link}", values) == "{link} and {reference}"


def test_html_escapes_words_and_values_and_links_the_link_alone():
    text = "One <b>\ntwo\n\n{answer}\n \n{link}"
    values = {"answer": '"><script>x</script>', "link": "https://jet.example/?a=1&b=2"}

    assert filled_html(text, values) == (
        "<p>One &lt;b&gt;<br>two</p>\n"
        "<p>&quot;&gt;&lt;script&gt;x&lt;/script&gt;</p>\n"
        '<p><a href="https://jet.example/?a=1&amp;b=2">https://jet.example/?a=1&amp;b=2</a></p>'
    )


def test_move_is_told_in_the_own_words_of_its_round_and_no_other():
    application = make_application(status=Status.SUBMITTED)
    other = make_round(slug="sea-2026-summer")
    wordings.save(
        other, WordingKind.INELIGIBLE, Words("Other", WHOLE.text), seen=None, by=office(), at=NOW
    )
    keep(application, WordingKind.INELIGIBLE)

    mail = ended(application)

    link = f"http://testserver/applications/{application.key}/receipt/"
    shown = application.reference_shown
    assert mail.subject == f"About {shown}"
    assert mail.text.startswith(
        f"Dear applicant,\n\n{shown} ends here.\n\n{link}\n\n--\nJET Program"
    )
    assert f"<p>{shown} ends here.</p>" in mail.html
    assert f'<p><a href="{link}">{link}</a></p>' in mail.html
    assert "You receive this because you applied on our portal." in mail.text


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "{reference} {link} {gone}"},
        {"text": "No placeholder at all"},
        {"subject": "{reference"},
        {"text": "{reference} {link} " + "a" * 8000},
    ],
)
def test_broken_words_never_stop_a_mail(changes, caplog):
    application = make_application(status=Status.SUBMITTED)
    keep(application, WordingKind.INELIGIBLE)
    RoundWording.objects.update(**changes)

    with caplog.at_level(logging.ERROR):
        mail = ended(application)

    assert mail.subject == f"Your application cannot go on: {application.reference_shown}"
    told = [record.getMessage() for record in caplog.records]
    assert told == ["own words unused round=sea-2025-summer kind=ineligible: ValueError"]


def test_subject_of_own_words_begins_no_other_header():
    application = make_application(status=Status.SUBMITTED)
    keep(application, WordingKind.INELIGIBLE)
    RoundWording.objects.update(subject="Hello\r\nBcc: all@example.org")

    assert ended(application).subject == "Hello Bcc: all@example.org"


def test_before_and_after_the_interview_not_selected_has_words_of_its_own():
    first = make_application(status=Status.IN_SCREENING)
    keep(first, WordingKind.NOT_INVITED, Words("Not invited", "{reference} {link}"))
    keep(first, WordingKind.NOT_SELECTED, Words("Not selected", "{reference} {link}"))

    move(first, Status.NOT_SELECTED, at=NOW)

    assert OutgoingMail.objects.get(kind="not_selected").subject == "Not invited"


def test_answer_is_asked_for_with_its_last_minute_and_page():
    application = make_application(status=Status.INTERVIEWED)
    text = "{reference} {until} {until_local} {link}"
    keep(application, WordingKind.SHORT_LISTED, Words("By {until}", text))

    move(application, Status.SHORT_LISTED, at=NOW)

    mail = OutgoingMail.objects.get(kind="short_listed")
    text = " ".join(mail.text.split())
    until = mail.subject.removeprefix("By ")
    assert until.endswith("HST")
    assert text.startswith(f"{application.reference_shown} {until} ")
    assert f"/applications/{application.key}/reply/" in mail.text
    assert "EDT" in mail.text


def test_second_person_with_an_old_page_overwrites_nothing():
    round_ = make_round()
    by = office()
    kind = WordingKind.PLACED
    first = wordings.save(round_, kind, WHOLE, seen=None, by=by, at=NOW)

    for seen in (None, NOW - timedelta(days=1)):
        with pytest.raises(Refused, match="Somebody has changed these words"):
            wordings.save(round_, kind, Words("Late", WHOLE.text), seen=seen, by=by, at=NOW)
        with pytest.raises(Refused, match="Somebody has changed these words"):
            wordings.take_back(round_, kind, seen=seen, by=by)

    assert RoundWording.objects.get().subject == WHOLE.subject
    wordings.take_back(round_, kind, seen=first.changed_at, by=by)
    wordings.take_back(round_, kind, seen=first.changed_at, by=by)
    assert not RoundWording.objects.exists()


def test_second_click_finds_the_same_words_kept():
    round_ = make_round()
    by = office()

    first, second = (
        wordings.save(round_, WordingKind.PLACED, WHOLE, seen=None, by=by, at=NOW) for _ in "12"
    )

    assert first == second == RoundWording.objects.get()


def test_only_who_may_change_words_does():
    round_ = make_round()
    ensure_roles()
    for role in (access.COORDINATORS, access.ADMINISTRATORS, access.REVIEWERS):
        by = User.objects.get(pk=make_staff(f"{role[:4]}@example.org", role).pk)
        with pytest.raises(Refused):
            wordings.save(round_, WordingKind.PLACED, WHOLE, seen=None, by=by, at=NOW)

    assert not RoundWording.objects.exists()


def test_round_like_a_past_one_has_its_words():
    past = make_round()
    wordings.save(past, WordingKind.PLACED, WHOLE, seen=None, by=office(), at=NOW)
    new = make_round(slug="sea-2026-summer")

    likeness.copy_settings(past, new)
    likeness.copy_settings(past, new)

    copied = RoundWording.objects.get(round=new)
    assert (copied.kind, copied.subject, copied.text) == ("placed", WHOLE.subject, WHOLE.text)


@pytest.mark.both_databases
def test_database_keeps_nonsense_out():
    wordings.save(make_round(), WordingKind.PLACED, WHOLE, seen=None, by=office(), at=NOW)

    for changes in ({"kind": "gossip"}, {"subject": " "}, {"text": "\n"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoundWording.objects.update(**changes)


def test_preview_takes_a_real_application_and_only_one_the_person_may_see():
    application = make_application(status=Status.SUBMITTED)
    round_, user = application.round, office()
    elsewhere = make_staff("denver@example.org", access.COORDINATORS, consulate="denver")

    assert previews.sample(round_, "", user=user) == (application, False)
    assert previews.sample(round_, application.reference_shown.lower(), user=user) == (
        application,
        False,
    )
    for reference, who in (("7K4M-92TP-H", user), (application.reference_shown, elsewhere)):
        with pytest.raises(Refused, match="No application of this round that you may see"):
            previews.sample(round_, reference, user=who)


def test_every_kind_is_previewed_on_an_application_that_is_somewhere_else():
    application = make_application(status=Status.SUBMITTED)
    shown, _borrowed = previews.sample(application.round, "", user=office())

    mails = {
        kind: previews.preview(kind, previews.as_delivered(kind), shown, at=NOW)[0]
        for kind in KINDS
    }

    texts = {kind: mail.subject + mail.text for kind, mail in mails.items()}
    assert [text for text in texts.values() if "{" in text] == []
    lost = [kind for kind, text in texts.items() if f"/applications/{application.key}/" not in text]
    assert set(lost) == {*TO_REFEREES, WordingKind.LATE_GRANT}
    assert (
        reverse("applications:start", args=[application.round.slug])
        in texts[WordingKind.LATE_GRANT]
    )
