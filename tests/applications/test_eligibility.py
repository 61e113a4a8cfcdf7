"""The eligibility check: what each answer means, what is kept, and that it blocks nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from applications.domain.errors import NotEditable
from applications.domain.form import completeness, eligibility
from applications.domain.form.eligibility import judge, keep
from applications.domain.form.eligibility_rules import RULES
from applications.domain.form.rules import set_rules
from applications.models import Application, EligibilityCheck, Outlook, Status
from applications.sections.eligibility import VERSION, EligibilityForm
from applications.sections.rules import defaults
from positions.models import RecruitmentRound
from tests.applicants import SENT_AT, STARTED_AT, make_application, make_user, move
from tests.factories import make_round

pytestmark = pytest.mark.django_db

LIKELY, UNLIKELY, ASK = Outlook.LIKELY, Outlook.UNLIKELY, Outlook.ASK
FITS = {
    "citizen": "yes",
    "nationality": "no",
    "english": "native",
    "residence": "never",
    "service": "never",
    "declined": "no",
}
SEA = {**FITS, "position": "SEA", "coaching": "experience"}
ALT = {**FITS, "position": "ALT", "degree": "have"}
CIR = {**ALT, "position": "CIR", "japanese": "n2"}


@pytest.fixture
def annual() -> RecruitmentRound:
    round_ = make_round(slug="annual-2026", departure_season="summer 2026")
    set_rules(round_, replace(defaults(round_), degree_by=date(2026, 6, 26)))
    return RecruitmentRound.objects.get(pk=round_.pk)


def form_of(round_: RecruitmentRound, answers: dict[str, str]) -> EligibilityForm:
    asked = eligibility.asked_in(round_, round_.vacancies.all())
    return EligibilityForm({name: [value] for name, value in answers.items()}, asked=asked)


def sent(answers: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in answers.items()}


@pytest.mark.parametrize(
    ("answers", "changed", "expected"),
    [
        (ALT, {}, LIKELY),
        (ALT, {"citizen": "no"}, UNLIKELY),
        (ALT, {"citizen": "unsure"}, ASK),
        (ALT, {"nationality": "yes"}, LIKELY),
        (ALT, {"degree": "later"}, UNLIKELY),
        (ALT, {"degree": "no"}, UNLIKELY),
        (ALT, {"english": "working"}, ASK),
        (ALT, {"english": "less"}, UNLIKELY),
        (ALT, {"residence": "less"}, LIKELY),
        (ALT, {"residence": "more"}, UNLIKELY),
        (ALT, {"service": "earlier"}, LIKELY),
        (ALT, {"service": "recent"}, UNLIKELY),
        (ALT, {"service": "many"}, UNLIKELY),
        (ALT, {"declined": "before"}, LIKELY),
        (ALT, {"declined": "accepted"}, ASK),
        (ALT, {"declined": "recent"}, UNLIKELY),
        (ALT, {"japanese": "none"}, LIKELY),  # an ALT needs none
        (ALT, {"declined": "accepted", "citizen": "no"}, UNLIKELY),  # the worse one counts
        (CIR, {}, LIKELY),
        (CIR, {"japanese": "lower"}, UNLIKELY),
        (CIR, {"japanese": "unsure"}, ASK),
        (SEA, {}, LIKELY),
        (SEA, {"english": "working"}, LIKELY),
        (SEA, {"coaching": "neither"}, UNLIKELY),
        (SEA, {"coaching": "qualification"}, LIKELY),
    ],
)
def test_answer_leads_to_its_outlook(annual, answers, changed, expected):
    round_ = make_round() if answers is SEA else annual
    form = form_of(round_, {**answers, **changed})

    assert form.is_valid(), form.errors
    assert judge(form).outlook is expected


def test_every_answer_of_every_question_has_words(annual):
    for round_ in (annual, make_round()):
        for rule in RULES:
            form = form_of(round_, {})
            if rule.question in form.fields:
                choices: Any = form.fields[rule.question].choices
                positions = ("ALT", "CIR") if round_ is annual else ("SEA",)
                rules = form.asked.rules
                for position in positions:
                    known = set(rule.outcomes(rules, position)) | {"unsure"}
                    assert {value for value, _words in choices} == known, rule.question


def test_rules_are_told_with_the_dates_of_the_round_and_their_source(annual):
    form = form_of(annual, ALT)
    form.is_valid()
    told = {verdict.rule: verdict for verdict in judge(form).verdicts}

    assert told["degree"].text == "Your bachelor's degree is conferred by June 26, 2026."
    assert told["degree"].answer == "Yes, conferred by June 26, 2026"
    assert told["degree"].source == "Stated by the program"
    assert told["residence"].text.endswith(
        "fewer than 6 years in all, in the 10 years before 2026."
    )
    assert told["service"].source.startswith("Reported by earlier applicants")
    assert "japanese" not in told
    assert "coaching" not in told


def test_degree_is_a_question_for_us_until_its_date_is_set():
    round_ = make_round(slug="annual-2026")
    form = form_of(round_, {**ALT, "degree": "later"})

    assert form.is_valid()
    assert judge(form).outlook is ASK


def test_sea_round_asks_for_a_degree_only_if_it_is_set():
    round_ = make_round()
    assert "degree" not in form_of(round_, {}).fields

    set_rules(round_, replace(defaults(round_), degree_asked=True))

    assert "degree" in form_of(RecruitmentRound.objects.get(), {}).fields


def test_cir_must_say_how_good_the_japanese_is(annual):
    form = form_of(annual, {**CIR, "japanese": ""})

    assert form.errors == {"japanese": ["Choose one"]}


def test_public_page_answers_without_a_trace(client: Client, annual):
    address = f"/rounds/{annual.slug}/eligibility/"

    page = client.get(address)
    answer = client.post(address, {**CIR, "japanese": "lower"})

    assert page.status_code == answer.status_code == 200
    words = answer.content.decode()
    assert "You are unlikely to be eligible as a CIR." in words
    assert "nobody is moved to ALT by itself" in words
    assert 'method="post"' in words
    assert "no-store" in answer["Cache-Control"]
    assert not EligibilityCheck.objects.exists()
    assert "sessionid" not in client.cookies


def test_public_page_says_what_is_missing(client: Client, annual):
    answer = client.post(f"/rounds/{annual.slug}/eligibility/", {**ALT, "citizen": ""})

    words = answer.content.decode()
    assert "One answer to mend" in words
    assert "Rule by rule" not in words


def test_answers_in_the_address_are_not_read(client: Client, annual):
    page = client.get(f"/rounds/{annual.slug}/eligibility/", ALT).content.decode()

    assert "checked" not in page
    assert "Rule by rule" not in page


def test_round_that_is_not_published_has_no_check(client: Client):
    make_round(slug="sea-draft", published_at=None)

    assert client.get("/rounds/sea-draft/eligibility/").status_code == 404
    assert client.post("/rounds/nothing/eligibility/", SEA).status_code == 404


def test_round_page_leads_to_the_check(client: Client):
    make_round()

    assert (
        "/rounds/sea-2025-summer/eligibility/"
        in client.get("/rounds/sea-2025-summer/").content.decode()
    )


def test_result_is_kept_with_the_draft_as_it_was_given(client: Client):
    application = make_application()
    client.force_login(application.applicant)
    address = f"/applications/{application.key}/eligibility/"

    answer = client.post(address, {**SEA, "coaching": "neither", "nonsense": "x"})

    assert answer["Location"] == address
    kept = EligibilityCheck.objects.get()
    assert (kept.application, kept.position, kept.outlook) == (application, "SEA", UNLIKELY)
    assert kept.wording == VERSION
    assert kept.answers == sent({**SEA, "coaching": "neither"})
    assert kept.rules["residence_years"] == 6
    page = client.get(address).content.decode()
    assert "You are unlikely to be eligible as an SEA." in page


def test_kept_result_stays_when_the_rules_change(client: Client):
    application = make_application()
    keep(application.key, sent(SEA), by=application.applicant, at=STARTED_AT)

    set_rules(application.round, replace(defaults(application.round), residence_years=2))

    kept = eligibility.as_kept(EligibilityCheck.objects.get())
    assert "fewer than 6 years" in next(v.text for v in kept.verdicts if v.rule == "residence")


def test_second_check_replaces_the_first():
    application = make_application()
    by = application.applicant
    keep(application.key, sent({**SEA, "citizen": "no"}), by=by, at=STARTED_AT)

    keep(application.key, sent(SEA), by=by, at=SENT_AT)

    kept = EligibilityCheck.objects.get()
    assert (kept.outlook, kept.at) == (LIKELY, SENT_AT)


def test_check_with_a_missing_answer_keeps_nothing_and_shows_what_was_chosen(client: Client):
    application = make_application()
    client.force_login(application.applicant)

    answer = client.post(f"/applications/{application.key}/eligibility/", {**SEA, "citizen": ""})

    assert "One answer to mend" in answer.content.decode()
    assert answer.context["form"]["coaching"].value() == "experience"
    assert not EligibilityCheck.objects.exists()


def test_page_of_a_draft_knows_what_was_answered_already(client: Client):
    application = make_application()
    client.force_login(application.applicant)

    form = client.get(f"/applications/{application.key}/eligibility/").context["form"]

    known = ("position", "citizen", "nationality")
    assert [form[name].value() for name in known] == ["SEA", "yes", "no"]


def test_unlikely_result_blocks_nothing_and_counts_as_no_part(client: Client):
    application = make_application()
    by = application.applicant
    keep(application.key, sent({**SEA, "citizen": "no"}), by=by, at=STARTED_AT)
    client.force_login(by)

    tasks = client.get(f"/applications/{application.key}/").content.decode()

    assert "Can I apply?" in tasks
    assert "Unlikely" in tasks
    assert completeness.missing_parts(completeness.load(application)) == ()
    move(application, Status.SUBMITTED, at=SENT_AT)
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_check_stays_as_it_was_once_the_application_is_sent(client: Client):
    application = make_application(status=Status.SUBMITTED)
    client.force_login(application.applicant)
    address = f"/applications/{application.key}/eligibility/"
    receipt = f"/applications/{application.key}/receipt/"

    assert client.get(address)["Location"] == receipt
    assert client.post(address, SEA)["Location"] == receipt
    with pytest.raises(NotEditable):
        keep(application.key, sent(SEA), by=application.applicant, at=SENT_AT)


def test_desk_reads_the_check(office: Client):
    application = make_application()
    keep(application.key, sent({**SEA, "english": "less"}), by=make_user(), at=STARTED_AT)
    move(application, Status.SUBMITTED, at=SENT_AT)

    desk = office.get(f"/admin/applications/application/{application.pk}/change/")

    words = desk.content.decode()
    assert "Eligibility check" in words
    assert "Less than that" in words


def test_nobody_keeps_a_check_in_the_application_of_another():
    application = make_application()

    with pytest.raises(Application.DoesNotExist):
        keep(application.key, sent(SEA), by=make_user("other@example.org"), at=STARTED_AT)


@pytest.mark.parametrize("field", ["position", "outlook", "wording"])
def test_database_knows_every_position_outlook_and_wording(field):
    application = make_application(filled=False)
    row = {"position": "ALT", "outlook": "ask", "wording": "1", field: ""}

    with pytest.raises(IntegrityError):
        EligibilityCheck.objects.create(application=application, at=STARTED_AT, **row)


def test_page_and_keeping_cost_few_queries(client: Client, django_assert_max_num_queries):
    application = make_application()
    client.force_login(application.applicant)
    address = f"/applications/{application.key}/eligibility/"

    with django_assert_max_num_queries(8):
        client.get(address)
    with django_assert_max_num_queries(11):  # two of them are the test's own savepoint
        client.post(address, SEA)
