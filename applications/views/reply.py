"""The applicant's answer to a result: an offer, or a place on the alternate list."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications.domain.errors import Refused
from applications.domain.outcomes import replies
from applications.models import REPLIES, Application, Reply, ReplyForm, Status
from applications.sections.fields import Choice
from applications.views.common import applicant_page, own, reader_zone
from jetportal.requests import SignedInRequest
from positions.deadlines import deadline_in_words, in_words

SAID = {
    Reply.ACCEPT: "You accepted the offer.",
    Reply.DECLINE: "You declined the offer.",
    Reply.KEEP: "You stay on the alternate list.",
    Reply.LEAVE: "You left the alternate list.",
}
REFUSED = 409
UNPROCESSABLE = 422


class AnswerForm(forms.Form):
    answer = Choice("Your answer", missing="Choose your answer")

    def __init__(self, sent: dict[str, str] | None, asked: str) -> None:
        super().__init__(sent, label_suffix="")
        choices = [(reply.value, reply.label) for reply in REPLIES[Status(asked)]]
        self.fields["answer"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, as pages show it: the deadline on both clocks, and a late answer."""

    is_offer: bool
    until: str
    until_local: str
    is_late: bool
    late_answer: str
    late_at: str


def asked_words(form: ReplyForm, request: SignedInRequest) -> Asked:
    application = form.application
    round_, consulate = application.round, application.consulate
    deciding = round_.zoneinfo
    local = reader_zone(request) or (ZoneInfo(consulate.zone) if consulate else deciding)
    same = local.key == deciding.key
    return Asked(
        is_offer=form.asked == Status.SHORT_LISTED,
        until=form.deadline,
        until_local="" if same else deadline_in_words(form.until_at, local),
        is_late=not form.accepts(request.received_at),
        late_answer=str(Reply(form.late_answer).label) if form.late_answer else "",
        late_at=in_words(form.late_at, deciding) if form.late_at else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_page
def reply(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask for the answer to a result, with its deadline; what arrives late is kept, kindly."""
    application = own(request, key)
    waiting = replies.asked(application, at=request.received_at)
    if waiting is None:
        if request.method == "POST":
            messages.warning(request, "We wait for no answer from you now. Nothing was changed.")
        return redirect("applications:receipt", key=key)
    if request.method != "POST":
        return _page(request, application, waiting, AnswerForm(None, waiting.asked))
    form = AnswerForm(request.POST.dict(), waiting.asked)
    if not form.is_valid():
        return _page(request, application, waiting, form)
    return _answered(request, key, Reply(form.cleaned_data["answer"]))


def _answered(request: SignedInRequest, key: UUID, chosen: Reply) -> HttpResponse:
    try:
        form = replies.answer(key, chosen, by=request.user, received_at=request.received_at)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=key)
    if form.late_answer and not form.answer:
        messages.warning(request, "Your answer came after the deadline. It is kept, see below.")
        return redirect("applications:reply", key=key)
    messages.success(request, f"{SAID[chosen]} A confirmation is on its way.")
    return redirect("applications:receipt", key=key)


def _page(
    request: SignedInRequest, application: Application, waiting: ReplyForm, form: AnswerForm
) -> HttpResponse:
    context = {
        "nav": "account",
        "application": application,
        "asked": asked_words(waiting, request),
        "form": form,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "applications/reply.html", context, status=status)
