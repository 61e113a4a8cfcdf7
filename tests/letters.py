"""What a referee does on the pages behind the link, by plain requests."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from applications.domain.form import drafts
from applications.domain.referees.references import RefereeWords
from applications.models import Application, RefereeKind, ReferenceRequest
from tests.applicants import STARTED_AT, answers_for, make_application
from tests.referees import ask, token_of

ITO = RefereeWords(
    kind=RefereeKind.PROFESSIONAL,
    name="伊藤 健",  # "Ken Ito" as he writes it
    title="Mr.",
    organization="Example Sports Center",
    relation="My supervisor for two years",
    email="ito@example.org",
)

LETTER = (
    "アナ・リンドクビスト＝モレノさんを、自信をもって推薦いたします。五年にわたり弓術を指導して"
    "まいりましたが、約束を守り、後輩の話をよく聞き、失敗しても投げ出すことがありませんでした。"
) * 4
TYPED = {
    "known": "2019年からアーチェリークラブで指導しております。",
    "reliability": "5",
    "adaptability": "4",
    "communication": "4",
    "cooperation": "5",
    "initiative": "3",
    "openness": "0",
    "recommendation": "strongly",
    "letter": LETTER,
}


def named_draft() -> Application:
    """Return a draft of which a referee sees something: who asks, and for which position."""
    application = make_application(filled=False)
    for section in ("position", "identity"):
        typed = answers_for(application.round)[section]
        drafts.save_section(
            application.key, section, typed, by=application.applicant, at=STARTED_AT
        )
    return application


def asked_by_mail() -> ReferenceRequest:
    return ask(named_draft(), ITO)


class RefereeBrowser:
    """The browser of one referee: nobody is signed in, and the server minds its tokens."""

    def __init__(self, request: ReferenceRequest | str, **headers: str) -> None:
        self.token = request if isinstance(request, str) else token_of(request)
        self.client = Client(enforce_csrf_checks=True, headers=headers or None)

    def path(self, page: str = "") -> str:
        return f"/references/{self.token}/{page}{'/' if page else ''}"

    def get(self, page: str = "", **query: str) -> HttpResponse:
        return self.client.get(self.path(page), query)

    def post(self, page: str, **data: Any) -> HttpResponse:
        return self.client.post(self.path(page), data)

    def write(self, *, version: int = 0, then: str = "preview", **changes: Any) -> HttpResponse:
        """Send the form of the letter as one of its buttons does."""
        return self.post("write", version=version, then=then, **{**TYPED, **changes})

    def send(self, *, version: int | None = None, **more: str) -> HttpResponse:
        """Press the last button, on the page as it is now."""
        context = self.get("preview").context
        seen = context["version"] if version is None else version
        return self.post("submit", version=seen, proof=context["proof"], **more)
