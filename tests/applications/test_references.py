"""What an applicant does about referees: names, asks, asks again, names somebody else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from applications.domain.errors import LinkDead, NotChangeable, Refused
from applications.domain.form import completeness
from applications.domain.form.completeness import Progress
from applications.domain.referees import asking, letters, reference_rules, references
from applications.domain.referees.asking import AlreadyThere
from applications.models import (
    Application,
    Failure,
    LettersPolicy,
    Referee,
    ReferenceRequest,
    RequestState,
    Status,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import (
    COACH,
    EMPLOYER,
    PROFESSOR,
    SENT_AT,
    make_application,
    make_user,
    move,
)
from tests.factories import CLOSES_AT, make_round
from tests.referees import ASKED_AT, NAMED_AT, ask, fresh, set_references, submit, token_of

pytestmark = pytest.mark.django_db
AT = NAMED_AT
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def draft(db) -> Application:
    """A draft that says who applies, and names nobody yet."""
    application = make_application()
    application.referees.all().delete()
    return application


def add(application: Application, words=COACH, at: datetime = AT) -> Referee:
    return references.add(application.key, words, by=application.applicant, at=at)


def send(application: Application, referee: Referee, at: datetime = ASKED_AT) -> ReferenceRequest:
    return asking.send(application.key, referee.key, by=application.applicant, at=at)


def again(application: Application, referee: Referee, at: datetime) -> ReferenceRequest:
    return asking.send_again(application.key, referee.key, by=application.applicant, at=at)


def refused(field: str = "") -> object:
    return pytest.raises(Refused, check=lambda refusal: refusal.field == field)


def mails(kind: str = "reference_request") -> list[str]:
    rows = OutgoingMail.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("recipient", flat=True))


def problems(application: Application) -> list[str]:
    fresh_row = Application.objects.with_round().get(pk=application.pk)
    requests = references.requests_of(fresh_row)
    return [fault.words for fault in references.faults(fresh_row, requests)]


def test_naming_tells_nobody(draft):
    referee = add(draft)

    assert fresh(referee).state == RequestState.DRAFT
    assert not OutgoingMail.objects.exists()


def test_places_are_as_many_as_the_round_asks_for(draft):
    add(draft), add(draft, EMPLOYER)

    with refused():
        add(draft, PROFESSOR)
    references.remove(draft.key, Referee.objects.get(place=1).key, by=draft.applicant, at=AT)

    assert add(draft, PROFESSOR).place == 1


@pytest.mark.parametrize(
    "email", ["ana.lm@example.org", " ANA.LM@Example.org ", "second@example.org"]
)
def test_referee_has_no_address_of_the_applicant(draft, email: str):
    contact = draft.sections.get(section="contact")
    contact.answers["second_email"] = ["Second@example.org"]
    contact.save()

    with refused("email"):
        add(draft, replace(COACH, email=email))


def test_one_address_is_named_once_however_it_is_written(draft):
    add(draft)

    with refused("email"):
        add(draft, replace(EMPLOYER, email="Okafor@Example.ORG"))


def test_kind_is_one_the_round_asks_for():
    annual = make_application(round_=make_round(slug="annual-2025"))
    annual.referees.all().delete()

    with refused("kind"):
        add(annual, COACH)


def test_changing_what_a_draft_says_checks_its_address_against_the_others(draft):
    first, _second = add(draft), add(draft, EMPLOYER)

    same = references.change(draft.key, first.key, COACH, by=draft.applicant, at=AT)
    with refused("email"):
        references.change(
            draft.key,
            first.key,
            replace(COACH, email=EMPLOYER.email),
            by=draft.applicant,
            at=AT,
        )

    assert same.email == COACH.email


def test_request_is_sent_once_with_both_clocks_and_both_languages(draft):
    referee = add(draft)

    send(draft, referee)
    with pytest.raises(AlreadyThere):
        send(draft, referee)

    mail = OutgoingMail.objects.get()
    request = fresh(referee)
    assert (request.state, request.sent_at) == (RequestState.SENT, ASKED_AT)
    assert f"/references/{token_of(request)}/" in mail.text
    for words in (
        "Ana Lindqvist-Moreno",
        "Sports Exchange Advisor (SEA)",
        "Friday, March 14, 2025, 11:59\u00a0PM\u00a0HST",
        "Saturday, March 15, 2025, 6:59\u00a0PM\u00a0JST",
        "2025年3月14日（金）23時59分（HST）",
        "2025年3月15日（土）18時59分（JST）",
        "スポーツ国際交流員（SEA）に応募するにあたり",
    ):
        assert words in mail.text
        assert words in mail.html


def test_nobody_is_asked_by_somebody_without_a_name():
    application = make_application(filled=False)
    referee = add(application)

    with refused():
        send(application, referee)

    assert not OutgoingMail.objects.exists()


def test_nobody_is_asked_after_the_end_of_letters(draft):
    referee = add(draft)

    with refused():
        send(draft, referee, at=CLOSES_AT)


def test_sending_again_carries_the_same_link_and_a_second_click_is_no_second_wish(draft):
    referee = add(draft)
    token = token_of(send(draft, referee))

    again(draft, referee, ASKED_AT + 2 * MINUTE)
    with pytest.raises(AlreadyThere):
        again(draft, referee, ASKED_AT + 2 * MINUTE)

    texts = OutgoingMail.objects.order_by("pk").values_list("text", flat=True)
    assert [token in text for text in texts] == [True, True]
    assert ["the same request as before" in text for text in texts] == [False, True]


def test_limit_of_a_day_counts_whoever_was_asked_in_that_place(draft):
    referee = add(draft)
    send(draft, referee)
    for hour in (1, 2):
        again(draft, referee, ASKED_AT + timedelta(hours=hour))
    again(draft, referee, ASKED_AT + timedelta(hours=3))

    with refused():
        again(draft, referee, ASKED_AT + timedelta(hours=4))
    other = references.replace(
        draft.key, referee.key, EMPLOYER, by=draft.applicant, at=ASKED_AT + timedelta(hours=4)
    )
    with refused():
        send(draft, other, at=ASKED_AT + timedelta(hours=4))

    assert send(draft, other, at=ASKED_AT + DAY).state == RequestState.SENT


def correct(application: Application, referee: Referee, email: str) -> ReferenceRequest:
    return asking.correct_address(
        application.key, referee.key, email, by=application.applicant, at=ASKED_AT + 5 * MINUTE
    )


def test_corrected_address_of_a_failed_request_gets_the_same_link_once(draft):
    referee = add(draft)
    request = send(draft, referee)
    token = token_of(request)
    ReferenceRequest.objects.update(state=RequestState.FAILED, failure=Failure.ADDRESS)

    correct(draft, referee, "Grace@Example.org")
    with pytest.raises(AlreadyThere):
        correct(draft, referee, "grace@example.org")

    request = fresh(referee)
    assert (request.state, request.failure) == (RequestState.SENT, "")
    assert token_of(request) == token
    assert mails() == ["okafor@example.org", "grace@example.org"]


def test_corrected_address_of_a_delivered_request_closes_the_first_link(draft):
    referee = add(draft)
    token = token_of(send(draft, referee))

    correct(draft, referee, "grace@example.org")

    with pytest.raises(LinkDead):
        letters.by_token(token, at=ASKED_AT + DAY)
    assert letters.by_token(token_of(fresh(referee)), at=ASKED_AT + DAY)


def test_address_of_an_opened_request_is_not_corrected(draft):
    referee = add(draft)
    letters.start(token_of(send(draft, referee)), at=ASKED_AT)

    with refused():
        correct(draft, referee, "grace@example.org")


def test_referee_whose_letter_is_in_stays(draft):
    request = ask(draft)
    submit(request)

    with refused():
        references.replace(
            draft.key, request.referee.key, EMPLOYER, by=draft.applicant, at=ASKED_AT
        )


def test_replacing_and_asking_goes_on_after_sending():
    application = make_application(status=Status.SUBMITTED)
    request = ask(application, at=SENT_AT + MINUTE)

    other = references.replace(
        application.key,
        request.referee.key,
        PROFESSOR,
        by=application.applicant,
        at=SENT_AT + 2 * MINUTE,
    )

    assert send(application, other, at=SENT_AT + 3 * MINUTE).state == RequestState.SENT


def test_nobody_is_asked_for_an_application_that_ended():
    application = make_application(status=Status.SUBMITTED)
    request = ask(application, at=SENT_AT)
    move(application, Status.WITHDRAWN, at=SENT_AT + MINUTE)

    with pytest.raises(NotChangeable):
        again(application, request.referee, SENT_AT + DAY)
    request.refresh_from_db()
    assert request.state == RequestState.CANCELLED


def test_stranger_asks_for_nobody(draft):
    referee = add(draft)

    with pytest.raises(Application.DoesNotExist):
        asking.send(draft.key, referee.key, by=make_user("eve@example.org"), at=ASKED_AT)


# --- Rules ----------------------------------------------------------------------------------------


def test_round_says_how_many_referees_are_missing(draft):
    assert problems(draft) == ["Name two referees"]
    add(draft)
    assert problems(draft) == ["Name one more referee"]
    add(draft, EMPLOYER)
    assert problems(draft) == []


def test_sea_round_asks_for_one_from_sport(draft):
    add(draft, PROFESSOR), add(draft, EMPLOYER)

    assert problems(draft) == ["At least one must be from sport"]


@pytest.mark.parametrize(
    ("conferred", "faults"),
    [
        ("2018", []),
        ("2025", ["At least one must be academic, because your degree is not conferred yet"]),
    ],
)
def test_annual_round_asks_the_university_while_no_degree_is_conferred(conferred, faults):
    application = make_application(round_=make_round(slug="annual-2025"))
    application.referees.all().delete()
    education = application.sections.get(section="education")
    education.entries["schools"][0]["answers"]["conferred_year"] = [conferred]
    education.save()
    add(application, EMPLOYER), add(application, replace(EMPLOYER, email="other@example.org"))

    assert problems(application) == faults


def judged(application: Application) -> completeness.Judgement:
    row = Application.objects.with_round().get(pk=application.pk)
    return completeness.judge_references(completeness.load(row))


def test_missing_letters_are_a_warning_and_do_not_block():
    application = make_application()

    part = judged(application)

    assert part.progress is Progress.COMPLETE
    assert [warned.words for warned in part.warnings] == ["The request is not sent yet"] * 2


def test_round_may_block_sending_until_letters_are_in():
    application = make_application()
    set_references(application.round, policy=LettersPolicy.BLOCK, sport_needed=True)
    submit(ask(application))

    part = judged(application)
    submit(ask(application, EMPLOYER))
    then = judged(application)

    assert (part.complete, part.warnings) == (False, ())
    assert part.problems == (("伊藤 健", "The request is not sent yet"),)
    assert (then.complete, then.problems, then.warnings) == (True, (), ())


@pytest.mark.parametrize("state", [s for s in RequestState if s != RequestState.RECEIVED])
def test_every_state_without_a_letter_has_words(state: RequestState):
    assert reference_rules.MISSING[state]
