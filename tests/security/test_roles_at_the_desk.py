"""Every address of the desk and of files x every role. A new address fails here without its row.

The file is one application of New York with its interview set. Reviewer and interviewer have said
that they do not know the person.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest
from django.core.management import call_command
from django.test import Client

from applications.domain import access
from applications.domain.roles import ensure_roles
from applications.models import Application, Status
from jetportal.accounts.models import User
from tests.applicants import assign, make_application, make_staff, make_user, seat_panel
from tests.factories import make_round
from tests.security.addresses import every_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("refusals_untold")]

NOWHERE = 987_654  # the number of nothing
SIGNS = {200: "y", 302: ">", 403: "x", 404: "-", 405: "p", 409: "4"}
ROLES = (
    "coordinator",
    "coordinator elsewhere",
    "reviewer",
    "reviewer of others",
    "interviewer",
    "interviewer of others",
    "program office",
    "administrator",
    "no role",
)
# One sign per role in the order above: y a page, - not there, x not allowed, p only by a form,
# > leads elsewhere, 4 a move that is not possible from where the file is.
TABLE = """
yyyyyyyyy applications:list
yyyyyyyyy applications:start
>>>>>>>>> applications:start_from
y-----y-- applications:document
--------- applications:tasks
--------- applications:eligibility
--------- applications:check
--------- applications:submit
--------- applications:receipt
--------- applications:interview_calendar
y-----y-- applications:copy
--------- applications:answers
--------- applications:change_contact
--------- applications:corrections
--------- applications:correct
--------- applications:asked_document
--------- applications:withdraw
--------- applications:take_back
--------- applications:answer
--------- applications:reply
--------- applications:discard
--------- applications:after
ppppppppp applications:autosave
--------- applications:purpose_preview
--------- applications:documents
--------- applications:upload
--------- applications:replace_document
--------- applications:remove_document
--------- applications:references
--------- applications:add_referee
--------- applications:referee
--------- applications:remove_referee
--------- applications:replace_referee
--------- applications:correct_address
--------- applications:send_request
--------- applications:send_again
--------- applications:drop_parked
--------- applications:add_entry
--------- applications:entry
ppppppppp applications:autosave_entry
--------- applications:remove_entry
--------- applications:section
yyyyyyyyy admin:index
xxxxxxyyx admin:status
>>>>>>>>> admin:login
ppppppppp admin:logout
yyyyyyyyy admin:password_change
yyyyyyyyy admin:password_change_done
xxxxxxxxx admin:autocomplete
yyyyyyyyy admin:jsi18n
--------- admin:view_on_site
xxxxxxxxx admin:mfa_authenticator_changelist
xxxxxxxxx admin:mfa_authenticator_add
>>>>>>>>> admin:mfa_authenticator_history
xxxxxxxxx admin:mfa_authenticator_delete
xxxxxxxxx admin:mfa_authenticator_change
xxxxxxxxx admin:auth_group_changelist
xxxxxxxxx admin:auth_group_add
>>>>>>>>> admin:auth_group_history
xxxxxxxxx admin:auth_group_delete
xxxxxxxxx admin:auth_group_change
xxxxxxyyx admin:mail_outgoingmail_changelist
xxxxxxxxx admin:mail_outgoingmail_add
>>>>>>>>> admin:mail_outgoingmail_history
xxxxxx-xx admin:mail_outgoingmail_address
xxxxxxxxx admin:mail_outgoingmail_delete
xxxxxx>>x admin:mail_outgoingmail_change
xxxxxxxyx admin:positions_positiontype_changelist
xxxxxxxxx admin:positions_positiontype_add
>>>>>>>>> admin:positions_positiontype_history
xxxxxxxxx admin:positions_positiontype_delete
xxxxxxx>x admin:positions_positiontype_change
xxxxxxxyx admin:positions_consulate_changelist
xxxxxxxyx admin:positions_consulate_add
>>>>>>>>> admin:positions_consulate_history
xxxxxxxxx admin:positions_consulate_delete
xxxxxxx>x admin:positions_consulate_change
xxxxxxyyx admin:positions_sport_changelist
xxxxxxyyx admin:positions_sport_add
>>>>>>>>> admin:positions_sport_history
xxxxxxxxx admin:positions_sport_delete
xxxxxx>>x admin:positions_sport_change
xxxxxxyyx admin:positions_contractingorganization_changelist
xxxxxxyyx admin:positions_contractingorganization_add
>>>>>>>>> admin:positions_contractingorganization_history
xxxxxxxxx admin:positions_contractingorganization_delete
xxxxxx>>x admin:positions_contractingorganization_change
xxxxxxyyx admin:positions_recruitmentround_notice
ppppppppp admin:positions_recruitmentround_notice_again
ppppppppp admin:positions_recruitmentround_notice_confirm
xxxxxx--x admin:positions_recruitmentround_publish
xxxxxx--x admin:positions_recruitmentround_take_back
xxxxxx--x admin:positions_recruitmentround_archive
xxxxxx--x admin:positions_recruitmentround_bring_back
xxxxxx--x admin:positions_recruitmentround_preview
xxxxxx--x admin:positions_recruitmentround_extend
ppppppppp admin:positions_recruitmentround_extend_confirm
xxxxxx--x admin:positions_recruitmentround_cancel
xxxxxx--x admin:positions_recruitmentround_discard
xxxxxx--x admin:positions_round_announce
xxxxxxyyx admin:positions_recruitmentround_changelist
xxxxxxyyx admin:positions_recruitmentround_add
>>>>>>>>> admin:positions_recruitmentround_history
xxxxxxxxx admin:positions_recruitmentround_delete
xxxxxx>>x admin:positions_recruitmentround_change
xxxxxxyyx admin:positions_watch_changelist
xxxxxxxxx admin:positions_watch_add
>>>>>>>>> admin:positions_watch_history
xxxxxx>xx admin:positions_watch_delete
xxxxxx>>x admin:positions_watch_change
xxxxxxyyx admin:accounts_signin_changelist
xxxxxxxyx admin:accounts_user_changelist
xxxxxxxyx admin:accounts_user_add
>>>>>>>>> admin:accounts_user_history
xxxxxxxxx admin:accounts_user_delete
xxxxxxx>x admin:accounts_user_change
yyxxxxyxx admin:applications_application_changelist
yyxxxxyxx admin:applications_application_export
>>>>>>>>> admin:applications_application_move_many
y-y-y-y-- admin:applications_application_change
>----->-- admin:applications_application_note
4-----4-- admin:applications_application_move
yy------- admin:applications_application_visit
--y-y---- admin:applications_application_conflict
y-y-y-y-- admin:applications_application_known
--------- admin:applications_application_lift_conflict
--y------ admin:applications_application_score
ppppppppp admin:applications_application_set_score_aside
ppppppppp admin:applications_application_take_review_away
y-----y-- admin:applications_application_interview
----y---- admin:applications_application_interview_result
x-------- admin:applications_application_correction
ppppppppp admin:applications_application_correction_grant
ppppppppp admin:applications_application_correction_decline
------y-- admin:applications_application_sensitive
--------- admin:applications_application_sensitive_file
--------- admin:applications_application_reference
--------- admin:applications_application_take_in_letter
--------- admin:applications_application_reopen_request
--------- admin:applications_application_admit_letter
--------- admin:applications_application_letter
y-----y-- admin:applications_application_checks
x-----y-- admin:applications_application_ask
yyxxxxyxx admin:applications_bulkmove_changelist
--------- admin:applications_bulkmove_show
ppppppppp admin:applications_bulkmove_stop
yyxxxxyxx admin:applications_exportjob_changelist
--------- admin:applications_exportjob_show
--------- admin:applications_exportjob_file
xxxxxxyxx admin:applications_erasurerequest_changelist
xxxxxx-xx admin:applications_erasurerequest_decide
xxxxxxyyx admin:applications_formsettings_changelist
xxxxxx--x admin:applications_formsettings_round
xxxxxx--x admin:applications_formsettings_health
xxxxxx--x admin:applications_formsettings_references
xxxxxx--x admin:applications_formsettings_rules
xxxxxxyxx admin:applications_lategrant_changelist
xxxxxxyxx admin:applications_lategrant_add
ppppppppp admin:applications_lategrant_confirm
xxxxxx-xx admin:applications_lategrant_ask_for
xxxxxx-xx admin:applications_lategrant_change
ppppppppp admin:applications_lategrant_approve
ppppppppp admin:applications_lategrant_set_aside
xxxxxxyxx admin:applications_latesubmit_changelist
xxxxxxyxx admin:applications_resultbatch_changelist
xxxxxx-xx admin:applications_resultbatch_change
ppppppppp admin:applications_resultbatch_ask
ppppppppp admin:applications_resultbatch_approve
ppppppppp admin:applications_resultbatch_take_back
ppppppppp admin:applications_resultbatch_order
ppppppppp admin:applications_resultbatch_remove
xxxxxxyxx admin:applications_resultbatch_seats
ppppppppp admin:applications_resultbatch_set_number
ppppppppp admin:applications_resultbatch_mark_declined
ppppppppp admin:applications_resultbatch_count_late
xxyyyyyxx admin:applications_assignment_changelist
xxxxxxyxx admin:applications_assignment_round
xxxxxx>xx admin:applications_assignment_rubric
xxxxxx>xx admin:applications_assignment_by_rule
xxxxxx>xx admin:applications_assignment_by_lines
yyxxxxyxx admin:applications_bulkmail_changelist
--xxxx-xx admin:applications_bulkmail_show
--xxxx-xx admin:applications_bulkmail_words
ppppppppp admin:applications_bulkmail_send
ppppppppp admin:applications_bulkmail_stop
xxxxxxyxx admin:applications_roundwording_changelist
xxxxxx-xx admin:applications_roundwording_round
xxxxxx-xx admin:applications_roundwording_words
ppppppppp admin:applications_roundwording_preview
ppppppppp admin:applications_roundwording_take_back
xxxxxxyyx admin:applications_retentionsettings_changelist
xxxxxxyyx admin:applications_retentionsettings_add
>>>>>>>>> admin:applications_retentionsettings_history
xxxxxxxxx admin:applications_retentionsettings_delete
xxxxxx>>x admin:applications_retentionsettings_change
------yy- admin:app_list
"""
RULES = {name: signs for signs, name in (line.split(" ") for line in TABLE.split("\n") if line)}
OUTSIDE = ("coordinator elsewhere", "reviewer of others", "interviewer of others", "no role")


@pytest.fixture
def file() -> Application:
    call_command("load_catalogue", verbosity=0)
    ensure_roles()
    make_round(slug="sea-2026-summer")
    round_ = make_round()
    make_application(round_=round_, status=Status.SUBMITTED, applicant=make_user("b@example.org"))
    return make_application(round_=round_, status=Status.SUBMITTED)


@pytest.fixture
def people(file) -> Mapping[str, User]:
    other = Application.objects.for_desk().exclude(pk=file.pk).get()
    coordinators = {
        name: make_staff(f"{place}@example.org", access.COORDINATORS, consulate=place)
        for name, place in (("coordinator", "new-york"), ("coordinator elsewhere", "denver"))
    }
    people = {
        **coordinators,
        "reviewer": make_staff("reviewer@example.org", access.REVIEWERS),
        "reviewer of others": make_staff("reviewer2@example.org", access.REVIEWERS),
        "interviewer": make_staff("panel@example.org", access.INTERVIEWERS),
        "interviewer of others": make_staff("panel2@example.org", access.INTERVIEWERS),
        "program office": make_staff("office@example.org", access.PROGRAM_OFFICE),
        "administrator": make_staff("admin@example.org", access.ADMINISTRATORS),
        "no role": make_staff("nobody@example.org"),
    }
    assign(file, people["reviewer"])
    assign(other, people["reviewer of others"])
    seat_panel(file, people["interviewer"])
    seat_panel(other, people["interviewer of others"])
    return people


def addresses(file: Application) -> Iterator[tuple[str, str]]:
    """Yield the addresses of the desk and of applications, each with the keys of this file.

    Numbers of rows beneath it are those of nothing: one that is right by chance opens its page.
    """
    named = {
        "slug": file.round_id,
        "key": file.key,
        "document_key": file.documents.get(slot="citizenship").key,
        "slot": "citizenship",
        "section_key": "criminal",
        "list_key": "qualifications",
        "entry_id": "00000001",
        "target": "interview_confirmed",
        "referee_key": file.referees.all()[0].key,
    }
    there = defaultdict(lambda: NOWHERE, {**named, "pk": file.pk})
    nothing = defaultdict(lambda: NOWHERE, named)
    of_files = ("admin:applications_application_", "applications:")
    for (name, path), (_, elsewhere) in zip(
        every_address(there), every_address(nothing), strict=True
    ):
        if name.startswith(("admin:", "applications:")) and name != "admin:":
            yield name, path if name.startswith(of_files) else elsewhere


def of_this_file(name: str, path: str, file: Application) -> bool:
    return name.startswith("admin:applications_application_") and f"/{file.pk}/" in path


def browser(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def sign(client: Client, path: str) -> str:
    status = client.get(path).status_code
    return SIGNS.get(status, str(status))


def test_every_address_answers_every_role_as_the_table_says(file, people, settings):
    settings.DEMO = True  # the second factor has its own row below
    clients = [browser(people[role]) for role in ROLES]

    heard = {
        name: "".join(sign(client, path) for client in clients) for name, path in addresses(file)
    }

    assert heard == RULES


def test_nothing_sent_to_a_file_by_whom_it_is_not_for_changes_anything(file, people, settings):
    settings.DEMO = True
    clients = [browser(people[role]) for role in OUTSIDE]
    before = states(file)
    sent = {"reason": "Because", "text": "A note", "knows": "no"}
    paths = [path for name, path in addresses(file) if of_this_file(name, path, file)]

    heard = {client.post(path, sent).status_code for path in paths for client in clients}

    assert len(paths) > 12
    assert heard <= {403, 404, 405}
    assert states(file) == before


def states(file: Application) -> list[object]:
    rows = (file.notes, file.history, file.openings, file.conflict_answers, file.score_sheets)
    return [Application.objects.values().get(pk=file.pk), *(list(row.values()) for row in rows)]


def test_staff_without_a_second_factor_come_no_further_than_the_door(file, people):
    office = browser(people["program office"])
    desk = [path for name, path in addresses(file) if name.startswith("admin:")]

    led = {office.get(path).headers.get("Location", "") for path in desk}

    assert len(desk) > 80
    assert led == {"/accounts/"}
