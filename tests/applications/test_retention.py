"""What a round keeps no longer, and what stays of an application whose words were erased."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models

from applications.domain import access, receipts, soundness, workflow
from applications.domain.errors import LinkDead
from applications.domain.keeping import erasing, retention
from applications.domain.referees import letter_links
from applications.domain.review import notes
from applications.models import (
    Application,
    Document,
    Erasure,
    ErasureCause,
    FrozenAnswers,
    Referee,
    RetentionSettings,
    SectionAnswers,
    Status,
    StatusChange,
)
from jetportal.accounts.models import User
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import SENT_AT, make_application, make_office, make_user
from tests.applications.desk import LIST
from tests.factories import CLOSES_AT, make_round
from tests.referees import WRITTEN_AT, ask, submit, token_of

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
REMOVED_AT = retention.months_after(CLOSES_AT, 18)
ERASED_AT = retention.months_after(CLOSES_AT, 36)


def test_months_end_with_the_month():
    assert retention.months_after(datetime(2024, 8, 31, 9, tzinfo=UTC), 18) == datetime(
        2026, 2, 28, 9, tzinfo=UTC
    )
    assert retention.months_after(datetime(2024, 1, 31, tzinfo=UTC), 1).day == 29
    assert retention.months_after(datetime(2024, 12, 1, tzinfo=UTC), 12).year == 2025


def left(at: datetime) -> tuple[int, int, int]:
    counts = retention.run(at=at)
    return counts.drafts, counts.files, counts.erased


def test_drafts_go_with_their_files_after_the_months_of_the_round():
    application = make_application()
    names = [document.file.name for document in Document.objects.all()]

    assert left(REMOVED_AT - TICK) == (0, 0, 0)
    assert all(default_storage.exists(name) for name in names)
    assert left(REMOVED_AT) == (1, 0, 0)

    assert not Application.objects.filter(pk=application.pk).exists()
    assert names
    assert not any(default_storage.exists(name) for name in names)
    assert left(REMOVED_AT) == (0, 0, 0)


def test_files_go_from_what_has_ended_and_stay_with_the_rest():
    ended = make_application(status=Status.NOT_SELECTED)
    live = make_application(applicant=make_user("b@example.org"), status=Status.ACCEPTED)

    assert left(REMOVED_AT) == (0, 1, 0)

    assert not ended.documents.exists()
    assert live.documents.exists()
    assert SectionAnswers.objects.filter(application=ended).exists()


def test_rounds_have_months_of_their_own():
    round_ = make_round()
    RetentionSettings.objects.create(round=round_, remove_months=1, anonymize_months=2)
    make_application(round_=round_, status=Status.SUBMITTED)

    assert left(retention.months_after(CLOSES_AT, 2) - TICK) == (0, 0, 0)
    assert left(retention.months_after(CLOSES_AT, 2)) == (0, 0, 1)


def words_left(*words: str) -> list[str]:
    """Search every text of every table for these words, as somebody with the database would."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, (models.CharField, models.TextField, models.JSONField)):
                for value in model._default_manager.values_list(field.name, flat=True):
                    found += [f"{model.__name__}.{field.name}" for w in words if w in str(value)]
    return found


def test_erased_application_tells_nobody_who_it_was_and_still_what_happened():
    application = make_application(status=Status.NOT_SELECTED)
    notes.write(application.pk, by=make_office(), text="Ana called twice.", at=SENT_AT)
    OutgoingMail.objects.update(state=MailState.SENT, sent_at=SENT_AT)
    OutgoingMail.objects.filter(kind="lapsed").delete()
    before = list(StatusChange.objects.values_list("from_status", "to_status", "at"))
    digest = application.frozen.digest
    words = ("Lindqvist", "ana.lm@", "Ana called", "Okafor", "okafor@", "I coach archery")
    assert len(words_left(*words)) > len(words)

    assert left(ERASED_AT) == (0, 0, 1)

    assert words_left(*words) == []
    assert list(StatusChange.objects.values_list("from_status", "to_status", "at")) == before
    application.refresh_from_db()
    assert (application.status, application.submitted_at) == (Status.NOT_SELECTED, SENT_AT)
    valid = receipts.verify(application.reference_shown, digest, network="192.0.2.1", at=ERASED_AT)
    assert valid == receipts.Verdict.VALID
    assert list(soundness.faults()) == []
    assert left(ERASED_AT) == (0, 0, 0)


def test_page_of_an_erased_application_says_so_and_raises_no_alarm(office):
    application = make_application(status=Status.NOT_SELECTED)
    erasing.erase(application.pk, cause=ErasureCause.RETENTION, at=ERASED_AT)

    page = office.get(f"{LIST}{application.pk}/change/")

    assert page.status_code == 200
    assert "do not match their fingerprint" not in page.content.decode()
    assert '<p class="lead"><bdi>Erased</bdi>, ' in page.content.decode()
    assert office.get(LIST).status_code == 200


# Texts that hang on an application: what is no word about somebody, and stays.
KEPT = {
    "Application": {"reference"},
    "BulkMoveRow": {"why"},  # our words; the row goes after a month
    "FrozenAnswers": {"section", "salt", "digest"},
    "CompletenessCheck": {"section"},
    "CorrectionRequest": {"section"},
    "Interview": {"zone", "place", "link"},
    "ReferenceRequest": {"token_digest"},
    "SensitiveOpening": {"part"},
}
# What `domain.keeping.erasing` empties by name; rows that go as a whole are not asked for.
EMPTIED = {
    "Application": {"family_name_folded", "email"},
    "FrozenAnswers": {"canonical", "sealed"},
    "Referee": {"name", "title", "organization", "relation", "email"},
    "ReferenceRequest": {"token_sealed"},
    "Reference": {"sealed", "file"},
}
GO_AS_A_WHOLE = {"Document", "ReferenceDraft"} | {m.__name__ for m, _ in erasing.WORDS_ALONE}
WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField)


def hangs_on_an_application(model: type[models.Model]) -> bool:
    parents = [f.related_model for f in model._meta.concrete_fields if f.is_relation]
    ours = [each for each in parents if each._meta.app_label == "applications" and each != model]
    return model is Application or any(map(hangs_on_an_application, ours))


def test_every_text_about_an_application_is_erased_or_kept_on_purpose():
    unknown = []
    for model in apps.get_app_config("applications").get_models():
        name = model.__name__
        if name in GO_AS_A_WHOLE or not hangs_on_an_application(model):
            continue
        reasons = {field for each, _way, field in erasing.REASONS if each is model}
        known = KEPT.get(name, set()) | EMPTIED.get(name, set()) | reasons
        texts = (f for f in model._meta.concrete_fields if isinstance(f, WORDS) and not f.choices)
        unknown += [f"{name}.{field.name}" for field in texts if field.name not in known]

    assert unknown == []


def test_letters_are_erased_with_their_files_and_links():
    application = make_application()
    request = ask(application)
    letter = submit(request)
    token = token_of(request)

    for row in (letter, request):
        row.refresh_from_db()
    workflow.submit(
        application.key, by=application.applicant, received_at=SENT_AT, recorded_at=SENT_AT
    )
    erasing.erase(application.pk, cause=ErasureCause.RETENTION, at=ERASED_AT)

    for row in (letter, request):
        row.refresh_from_db()
    assert (letter.sealed, request.token_sealed, letter.received_at) == (
        erasing.ERASED,
        erasing.ERASED,
        WRITTEN_AT,
    )
    with pytest.raises(LinkDead):
        letter_links.to_send(token, at=WRITTEN_AT)


def test_months_of_a_round_are_set_at_the_desk(at_the_desk):
    call_command("ensure_roles", verbosity=0)
    round_ = make_round()
    office = at_the_desk(access.PROGRAM_OFFICE)
    add = "/admin/applications/retentionsettings/add/"
    values = {"round": round_.slug, "remove_months": 24, "anonymize_months": 12}

    wrong = office.post(add, values)
    right = office.post(add, {**values, "anonymize_months": 24})

    assert "the second not less than the first" in wrong.content.decode()
    assert right.status_code == 302
    assert RetentionSettings.objects.get().round == round_
    assert office.get("/admin/applications/retentionsettings/").status_code == 200
    coordinator = at_the_desk(access.COORDINATORS, email="c@example.org", consulate="denver")
    assert coordinator.get(add).status_code == 403


def test_account_with_another_application_keeps_its_address():
    person = make_user()
    old = make_application(applicant=person, status=Status.NOT_SELECTED)
    make_application(applicant=person, round_=make_round(slug="annual-2026"))

    erasing.erase(old.pk, cause=ErasureCause.RETENTION, at=ERASED_AT)

    person.refresh_from_db()
    assert (person.email, person.is_active) == ("ana.lm@example.org", True)
    assert not Referee.objects.filter(application=old, email__contains="example.org").exists()


def test_mail_that_has_not_left_keeps_its_words():
    application = make_application(status=Status.SUBMITTED)
    waiting = OutgoingMail.objects.get(key=f"confirmation:{application.pk}")

    erasing.erase(application.pk, cause=ErasureCause.RETENTION, at=ERASED_AT)

    kept = OutgoingMail.objects.get(pk=waiting.pk)
    assert (kept.recipient, kept.text) == (waiting.recipient, waiting.text)


def test_run_that_is_cut_short_is_gone_on_with():
    for number in range(3):
        make_application(applicant=make_user(f"p{number}@example.org"), status=Status.SUBMITTED)

    assert [retention.run(at=ERASED_AT, limit=2).erased for _ in range(3)] == [2, 1, 0]
    assert Erasure.objects.count() == 3
    assert not FrozenAnswers.objects.exclude(canonical="").exists()
    assert not User.objects.filter(email__startswith="p", is_active=True).exists()


def test_command_counts_before_it_does_anything(capsys, time_machine, caplog):
    make_application(status=Status.SUBMITTED)
    make_application(applicant=make_user("draft@example.org"))
    time_machine.move_to(ERASED_AT)

    call_command("keep_retention", dry_run=True)
    assert Application.objects.count() == 2
    with caplog.at_level(logging.INFO, logger="applications"):
        call_command("keep_retention")

    assert capsys.readouterr().out.splitlines() == [
        "would do: drafts 1, applications without files 0, erased 1",
        "done: drafts 1, applications without files 0, erased 1",
    ]
    assert "example.org" not in caplog.text
    assert (Application.objects.count(), Erasure.objects.count()) == (1, 1)
