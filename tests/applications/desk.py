"""What the tests of the desk share."""

from datetime import timedelta

from applications.models import Application, Status, StatusChange
from tests.applicants import SENT_AT, make_application, make_user

LIST = "/admin/applications/application/"


def sent(number: int = 0, **changes: object) -> Application:
    """Make the application of person `number`; a higher number arrived later."""
    values = {
        "applicant": make_user(f"person{number}@example.org"),
        "status": Status.SUBMITTED,
        "at": SENT_AT + timedelta(minutes=number),
    }
    return make_application(**{**values, **changes})


def move_page(application: Application, target: str) -> str:
    return f"{LIST}{application.pk}/move/{target}/"


def last_change(application: Application) -> tuple[str, str, str, str]:
    """Return from where, to where, by whom and why it was moved last."""
    change = StatusChange.objects.filter(application=application).latest("pk")
    assert change.by is not None
    return (change.from_status, change.to_status, change.by.email, change.reason)
