"""Erasing the words of one application: who it was cannot be told any more, what happened can.

Kept: moves, instants, counts, the reference number and the fingerprint, so that a receipt can
still be checked. Files go before their rows, so that none is left behind when a run is cut short.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from applications.domain.mail_log import grants_for, mails_about
from applications.models import (
    Application,
    ConflictLifting,
    CorrectionRequest,
    DecisionChange,
    Document,
    EligibilityCheck,
    Erasure,
    ErasureCause,
    FileOpening,
    InterviewSheet,
    LateSubmit,
    Note,
    Referee,
    Reference,
    ReferenceDraft,
    ReferenceEvent,
    ReferenceRequest,
    ScoreSheet,
    SectionAnswers,
    SensitiveOpening,
    StatusChange,
)
from jetportal.accounts.models import User
from jetportal.mail.models import AddressCorrection, MailState, OutgoingMail

ERASED = "erased"
NOBODY = "erased@invalid.example"

# Rows that are nothing but words, by the way from the application.
WORDS_ALONE: tuple[tuple[type[models.Model], str], ...] = (
    (SectionAnswers, "application"),
    (EligibilityCheck, "application"),
    (LateSubmit, "application"),
    (Note, "application"),
)
# What somebody gave as a reason. These rows are written once and never again, but for this.
REASONS: tuple[tuple[type[models.Model], str, str], ...] = (
    (StatusChange, "application", "reason"),
    (CorrectionRequest, "application", "reason"),
    (CorrectionRequest, "application", "answer"),
    (DecisionChange, "application", "reason"),
    (SensitiveOpening, "application", "reason"),
    (FileOpening, "application", "reason"),
    (ConflictLifting, "application", "reason"),
    (ScoreSheet, "application", "comment"),
    (ScoreSheet, "application", "why_set_aside"),
    (InterviewSheet, "interview__application", "comment"),
    (ReferenceEvent, "request__referee__application", "reason"),
    (Reference, "request__referee__application", "reason"),
)


def erase(pk: int, *, cause: ErasureCause, at: datetime) -> bool:
    """Erase one sent application; False where that was done before. Any number of times is once."""
    with transaction.atomic():
        application = Application.objects.select_for_update(of=("self",)).get(pk=pk)
        if Erasure.objects.filter(application=application).exists():
            return False
        remove_files(application)
        _erase_letters(application)
        erase_mail(application)
        for model, way in WORDS_ALONE:
            _rows(model, way, application).delete()
        for model, way, field in REASONS:
            _rows(model, way, application).exclude(**{field: ""}).update(**{field: ERASED})
        grants_for(application).update(reason=ERASED)
        application.versions.update(canonical="", sealed="")
        application.email, application.family_name_folded = NOBODY, ""
        application.save(update_fields=["email", "family_name_folded"])
        Erasure.objects.create(application=application, at=at, cause=cause)
        erase_account(application.applicant_id)
    return True


def _rows(model: type[models.Model], way: str, application: Application) -> Any:
    return model._default_manager.filter(**{way: application})


def remove_files(application: Application) -> int:
    """Delete the documents of an application, each file before its row; return how many."""
    count = 0
    for document in Document.objects.filter(application=application):
        document.file.delete(save=False)
        document.delete()
        count += 1
    return count


def remove_letter_files(application: Application) -> None:
    """Delete the files of letters and of their drafts; the rows are the caller's."""
    rows: Iterable[Any] = (
        *Reference.objects.filter(request__referee__application=application).exclude(file=ERASED),
        *ReferenceDraft.objects.filter(request__referee__application=application),
    )
    for row in rows:
        if row.file:
            row.file.delete(save=False)


def _erase_letters(application: Application) -> None:
    remove_letter_files(application)
    requests = ReferenceRequest.objects.filter(referee__application=application)
    ReferenceDraft.objects.filter(request__in=requests).delete()
    letters = Reference.objects.filter(request__in=requests)
    letters.exclude(file="").update(file=ERASED)
    letters.update(sealed=ERASED)
    for request in requests.exclude(token_digest=None):
        request.token_sealed = ERASED
        request.token_digest = hashlib.sha256(f"{ERASED}:{request.pk}".encode()).hexdigest()
        request.save(update_fields=["token_sealed", "token_digest"])
    Referee.objects.filter(application=application).update(
        name=ERASED,
        title="",
        organization=ERASED,
        relation=ERASED,
        email=Concat(Value("erased-"), Cast("pk", CharField()), Value("@invalid.example")),
    )


def erase_mail(application: Application) -> None:
    """Blank the mails about the application; what has not left yet keeps its words until then."""
    _blank(mails_about(application))


def _blank(mails: Any) -> None:
    mails.exclude(state=MailState.QUEUED).update(
        recipient=NOBODY,
        subject=ERASED,
        text="",
        html="",
        headers=[],
        attachment="",
        attachment_name="",
        attachment_kind="",
    )
    done = mails.exclude(state=MailState.QUEUED)
    AddressCorrection.objects.filter(mail__in=done.values("pk")).update(was=NOBODY)
    done.update(recipient=NOBODY, subject=ERASED, text="", html="", headers=[])


def erase_account(pk: int) -> None:
    """Forget the address of somebody of whom nothing else is left; staff keep their account."""
    left = Application.objects.filter(applicant=pk, erasure=None)
    user = User.objects.get(pk=pk)
    if user.is_staff or left.exists():
        return
    _blank(OutgoingMail.objects.filter(recipient=user.email))
    Authenticator.objects.filter(user=user).delete()
    user.email, user.is_active = f"erased-{pk}@invalid.example", False
    user.set_unusable_password()
    user.save(update_fields=["email", "is_active", "password"])
